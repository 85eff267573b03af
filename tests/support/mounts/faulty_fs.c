/*
 * A file system that shows a folder, and fails where it is told to:
 *
 *   faulty_fs FOLDER MOUNTPOINT [OP:PATH:ERRNO[:ARGUMENT]]...
 *
 * OP is what fails, PATH is absolute within FOLDER, ERRNO a number:
 *   getattr   from the second time on, so that the name can be looked up once
 *   open, readdir, listxattr, getxattr (ARGUMENT: the attribute's name)
 *   read      ARGUMENT: START-END, the bytes that cannot be read; only the file's bytes before them
 *             are given when a read begins there
 *   short     ERRNO is the most bytes that one read gives
 *   stuck     SEEK_HOLE answers where it was asked from
 *   crumbs    data and holes take turns, ERRNO bytes each
 *   endless   readdir never ends
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
#include <sys/xattr.h>
#include <unistd.h>

struct rule {
  char op[16], path[256], argument[256];
  int number, count;
};

static struct rule rules[64];
static int count_rules;
static char root[4096];

static struct rule *find(const char *op, const char *path) {
  for (int i = 0; i < count_rules; i++)
    if (strcmp(rules[i].op, op) == 0 && strcmp(rules[i].path, path) == 0) return &rules[i];
  return NULL;
}

static int failure(const char *op, const char *path) {
  struct rule *rule = find(op, path);
  return rule == NULL ? 0 : -rule->number;
}

static char *real(const char *path, char *into) {
  snprintf(into, 8192, "%s%s", root, path);
  return into;
}

static int answer(int result) { return result < 0 ? -errno : result; }

static int get_attributes(const char *path, struct stat *into, struct fuse_file_info *fi) {
  char at[8192];
  struct rule *rule = find("getattr", path);
  if (rule != NULL && rule->count++ > 0) return -rule->number;
  return answer(lstat(real(path, at), into));
}

static int read_link(const char *path, char *into, size_t size) {
  char at[8192];
  int count = readlink(real(path, at), into, size - 1);
  if (count < 0) return -errno;
  into[count] = 0;
  return 0;
}

static int open_file(const char *path, struct fuse_file_info *fi) {
  char at[8192];
  int failed = failure("open", path);
  if (failed != 0) return failed;
  int fd = open(real(path, at), fi->flags & ~O_NOFOLLOW);
  if (fd < 0) return -errno;
  fi->fh = fd;
  fi->direct_io = 1;
  return 0;
}

static int read_file(const char *path, char *into, size_t size, off_t at,
                     struct fuse_file_info *fi) {
  struct rule *most = find("short", path);
  if (most != NULL && size > (size_t)most->number) size = most->number;
  for (int i = 0; i < count_rules; i++) {
    long long start, end;
    if (strcmp(rules[i].op, "read") != 0 || strcmp(rules[i].path, path) != 0) continue;
    sscanf(rules[i].argument, "%lld-%lld", &start, &end);
    if (at < end && at + (long long)size > start) return -rules[i].number;
  }
  return answer(pread(fi->fh, into, size, at));
}

static int release_file(const char *path, struct fuse_file_info *fi) { return close(fi->fh), 0; }

static off_t seek_file(const char *path, off_t at, int whence, struct fuse_file_info *fi) {
  struct rule *crumbs = find("crumbs", path);
  if (find("stuck", path) != NULL && whence == SEEK_HOLE) return at;
  if (crumbs != NULL) {
    long long piece = crumbs->number, index = at / piece;
    int is_hole = index % 2;
    return (whence == SEEK_HOLE) == is_hole ? at : (index + 1) * piece;
  }
  off_t found = lseek(fi->fh, at, whence);
  return found < 0 ? -errno : found;
}

static int read_folder(const char *path, void *into, fuse_fill_dir_t fill, off_t at,
                       struct fuse_file_info *fi, enum fuse_readdir_flags flags) {
  char here[8192], name[32];
  int failed = failure("readdir", path);
  if (failed != 0) return failed;
  if (find("endless", path) != NULL) {
    for (off_t i = at + 1;; i++) {
      snprintf(name, sizeof name, "f%09lld", (long long)i);
      if (fill(into, name, NULL, i, 0) != 0) return 0;
    }
  }
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
  int failed = failure("listxattr", path);
  return failed != 0 ? failed : answer(llistxattr(real(path, at), into, size));
}

static int get_attribute(const char *path, const char *name, char *into, size_t size) {
  char at[8192];
  for (int i = 0; i < count_rules; i++) {
    struct rule *rule = &rules[i];
    if (strcmp(rule->op, "getxattr") != 0 || strcmp(rule->path, path) != 0) continue;
    if (strcmp(rule->argument, name) == 0) return -rule->number;
  }
  return answer(lgetxattr(real(path, at), name, into, size));
}

static void *start(struct fuse_conn_info *connection, struct fuse_config *config) {
  config->use_ino = 1;
  config->entry_timeout = 1e6;
  config->attr_timeout = 0;
  return NULL;
}

static const struct fuse_operations operations = {
    .init = start, .getattr = get_attributes, .readlink = read_link, .open = open_file,
    .read = read_file, .release = release_file, .lseek = seek_file, .readdir = read_folder,
    .listxattr = list_attributes, .getxattr = get_attribute,
};

int main(int argc, char **argv) {
  char *own[] = {argv[0], "-f", "-s", "-o", "allow_other,fsname=icecore-faulty", argv[2], NULL};
  if (argc < 3 || realpath(argv[1], root) == NULL) return 2;
  for (int i = 3; i < argc; i++) {
    struct rule *rule = &rules[count_rules++];
    if (sscanf(argv[i], "%15[^:]:%255[^:]:%d:%255s", rule->op, rule->path, &rule->number,
               rule->argument) < 3)
      return 2;
  }
  return fuse_main(6, own, &operations, NULL);
}
