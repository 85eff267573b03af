/*
 * A file system that shows a folder, and writes into it, and takes its time, as one over a network does:
 *
 *   slow_fs FOLDER MOUNTPOINT MICROSECONDS [OP:PATH]...
 *
 * Each operation takes MICROSECONDS longer; any number of them go on at once. Names and attributes
 * may be kept by the kernel for a second. With OP:PATH an operation on that path, absolute within
 * FOLDER, is never answered: getattr, open, read, readdir, listxattr. With OP:PATH:N it is the Nth
 * that is not.
 */
#define FUSE_USE_VERSION 31
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

static char root[4096];
static long delay_us;
static struct hang {
  char op[16], path[256];
  int left;
} hangs[16];
static int count_hangs;

/* Takes the time of an operation: all of it, where it is one that hangs. */
static void take_time(const char *op, const char *path) {
  struct timespec delay = {delay_us / 1000000, delay_us % 1000000 * 1000};
  for (int i = 0; i < count_hangs; i++) {
    if (strcmp(hangs[i].op, op) != 0 || strcmp(hangs[i].path, path) != 0) continue;
    if (__atomic_sub_fetch(&hangs[i].left, 1, __ATOMIC_SEQ_CST) <= 0)
      for (;;) pause();
  }
  if (delay_us > 0) nanosleep(&delay, NULL);
}

static char *real(const char *path, char *into) {
  snprintf(into, 8192, "%s%s", root, path);
  return into;
}

static int answer(int result) { return result < 0 ? -errno : result; }

static int get_attributes(const char *path, struct stat *into, struct fuse_file_info *fi) {
  char at[8192];
  take_time("getattr", path);
  return answer(lstat(real(path, at), into));
}

static int read_link(const char *path, char *into, size_t size) {
  char at[8192];
  take_time("readlink", path);
  int count = readlink(real(path, at), into, size - 1);
  if (count < 0) return -errno;
  into[count] = 0;
  return 0;
}

static int open_file(const char *path, struct fuse_file_info *fi) {
  char at[8192];
  take_time("open", path);
  int fd = open(real(path, at), fi->flags & ~O_NOFOLLOW);
  if (fd < 0) return -errno;
  fi->fh = fd;
  return 0;
}

static int read_file(const char *path, char *into, size_t size, off_t at,
                     struct fuse_file_info *fi) {
  take_time("read", path);
  return answer(pread(fi->fh, into, size, at));
}

static int flush_file(const char *path, struct fuse_file_info *fi) {
  take_time("flush", path);
  return 0;
}

static int release_file(const char *path, struct fuse_file_info *fi) { return close(fi->fh), 0; }

static off_t seek_file(const char *path, off_t at, int whence, struct fuse_file_info *fi) {
  take_time("seek", path);
  off_t found = lseek(fi->fh, at, whence);
  return found < 0 ? -errno : found;
}

static int open_folder(const char *path, struct fuse_file_info *fi) {
  take_time("opendir", path);
  return 0;
}

static int read_folder(const char *path, void *into, fuse_fill_dir_t fill, off_t at,
                       struct fuse_file_info *fi, enum fuse_readdir_flags flags) {
  char here[8192];
  take_time("readdir", path);
  DIR *folder = opendir(real(path, here));
  if (folder == NULL) return -errno;
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
    struct stat status = {.st_ino = entry->d_ino, .st_mode = entry->d_type << 12};
    fill(into, entry->d_name, &status, 0, 0);
  }
  closedir(folder);
  return 0;
}

static int list_attributes(const char *path, char *into, size_t size) {
  char at[8192];
  take_time("listxattr", path);
  return answer(llistxattr(real(path, at), into, size));
}

static int get_attribute(const char *path, const char *name, char *into, size_t size) {
  char at[8192];
  take_time("getxattr", path);
  return answer(lgetxattr(real(path, at), name, into, size));
}

static int create_file(const char *path, mode_t mode, struct fuse_file_info *fi) {
  char at[8192];
  take_time("create", path);
  int fd = open(real(path, at), fi->flags & ~O_NOFOLLOW, mode);
  if (fd < 0) return -errno;
  fi->fh = fd;
  return 0;
}

static int write_file(const char *path, const char *from, size_t size, off_t at,
                      struct fuse_file_info *fi) {
  take_time("write", path);
  return answer(pwrite(fi->fh, from, size, at));
}

static int truncate_file(const char *path, off_t size, struct fuse_file_info *fi) {
  char at[8192];
  take_time("truncate", path);
  return answer(fi != NULL ? ftruncate(fi->fh, size) : truncate(real(path, at), size));
}

static int make_folder(const char *path, mode_t mode) {
  char at[8192];
  take_time("mkdir", path);
  return answer(mkdir(real(path, at), mode));
}

static int make_link(const char *target, const char *path) {
  char at[8192];
  take_time("symlink", path);
  return answer(symlink(target, real(path, at)));
}

static int change_mode(const char *path, mode_t mode, struct fuse_file_info *fi) {
  char at[8192];
  take_time("chmod", path);
  return answer(fi != NULL ? fchmod(fi->fh, mode) : chmod(real(path, at), mode));
}

static int change_owner(const char *path, uid_t user, gid_t group, struct fuse_file_info *fi) {
  char at[8192];
  take_time("chown", path);
  return answer(lchown(real(path, at), user, group));
}

static int change_times(const char *path, const struct timespec times[2],
                        struct fuse_file_info *fi) {
  char at[8192];
  take_time("utimens", path);
  return answer(utimensat(AT_FDCWD, real(path, at), times, AT_SYMLINK_NOFOLLOW));
}

static int remove_file(const char *path) {
  char at[8192];
  take_time("unlink", path);
  return answer(unlink(real(path, at)));
}

static int remove_folder(const char *path) {
  char at[8192];
  take_time("rmdir", path);
  return answer(rmdir(real(path, at)));
}

static int move(const char *from, const char *to, unsigned int flags) {
  char here[8192], there[8192];
  take_time("rename", from);
  return answer(renameat2(AT_FDCWD, real(from, here), AT_FDCWD, real(to, there), flags));
}

static int room(const char *path, struct statvfs *into) {
  char at[8192];
  take_time("statfs", path);
  return answer(statvfs(real(path, at), into));
}

static void *start(struct fuse_conn_info *connection, struct fuse_config *config) {
  config->use_ino = 1;
  /* Else one READDIRPLUS would look up name after name, with a delay for each. */
  connection->want &= ~FUSE_CAP_READDIRPLUS;
  config->entry_timeout = 1;
  config->attr_timeout = 1;
  return NULL;
}

static const struct fuse_operations operations = {
    .init = start, .getattr = get_attributes, .readlink = read_link, .open = open_file,
    .read = read_file, .flush = flush_file, .release = release_file, .lseek = seek_file,
    .opendir = open_folder, .readdir = read_folder, .listxattr = list_attributes,
    .getxattr = get_attribute, .create = create_file, .write = write_file,
    .truncate = truncate_file, .mkdir = make_folder, .symlink = make_link, .chmod = change_mode,
    .chown = change_owner, .utimens = change_times, .unlink = remove_file, .rmdir = remove_folder,
    .rename = move, .statfs = room,
};

int main(int argc, char **argv) {
  char *own[] = {argv[0], "-f", "-o", "allow_other,fsname=icecore-slow,max_threads=64",
                 "-o", "max_idle_threads=64", argc > 2 ? argv[2] : "", NULL};
  if (argc < 4 || realpath(argv[1], root) == NULL) return 2;
  delay_us = atol(argv[3]);
  for (int i = 4; i < argc && count_hangs < 16; i++) {
    struct hang *hang = &hangs[count_hangs++];
    hang->left = 1;
    if (sscanf(argv[i], "%15[^:]:%255[^:]:%d", hang->op, hang->path, &hang->left) < 2) return 2;
  }
  return fuse_main(7, own, &operations, NULL);
}
