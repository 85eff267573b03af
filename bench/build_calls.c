/*
 * The calls that a build of a folder takes, and nothing else, by one thread:
 *
 *   build_calls FOLDER IMAGE
 *
 * Each folder is listed, and each name in it looked at and asked for its attributes; then each file
 * is opened, read, looked at and closed, and what was read written to IMAGE in pieces of 1 MiB, each
 * file in whole blocks of 1 KiB. Nothing is compared, planned or hashed: it is what no program that
 * builds an image by one thread, with these checks, can be faster than.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#ifndef SYS_listxattrat
#define SYS_listxattrat 465
#endif
#define PIECE (1L << 20)
#define BLOCK 1024L

struct file {
  char *name;
  long size;
  size_t folder;
};

static char **folders;
static struct file *files;
static size_t count_folders, count_files;
static char *buffer;
static long used, written;
static int image;

static void *grow(void *array, size_t count, size_t size) {
  if ((count & (count - 1)) != 0) return array;
  array = realloc(array, (count == 0 ? 1 : 2 * count) * size);
  if (array == NULL) abort();
  return array;
}

static void add_folder(const char *path) {
  folders = grow(folders, count_folders, sizeof *folders);
  folders[count_folders++] = strdup(path);
}

static void attributes(int folder, const char *folder_path, const char *name) {
  char path[8192];
  if (syscall(SYS_listxattrat, folder, name, AT_SYMLINK_NOFOLLOW, NULL, 0) >= 0) return;
  if (errno != ENOSYS && errno != EPERM) return;
  snprintf(path, sizeof path, "%s/%s", folder_path, name);
  llistxattr(path, NULL, 0);
}

static void look(size_t at) {
  static char names[65536];
  size_t first = count_files;
  int folder = open(folders[at], O_RDONLY | O_DIRECTORY);
  if (folder < 0) abort();
  for (long got; (got = syscall(SYS_getdents64, folder, names, sizeof names)) > 0;)
    for (long offset = 0; offset < got;) {
      struct dirent64 *entry = (struct dirent64 *)(names + offset);
      offset += entry->d_reclen;
      if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
      files = grow(files, count_files, sizeof *files);
      files[count_files++] = (struct file){strdup(entry->d_name), 0, at};
    }
  for (size_t i = first; i < count_files; i++) {
    struct statx status;
    const int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT;
    if (statx(folder, files[i].name, flags, STATX_BASIC_STATS | STATX_BTIME, &status) != 0) abort();
    attributes(folder, folders[at], files[i].name);
    if (S_ISREG(status.stx_mode)) files[i].size = status.stx_size;
    if (S_ISDIR(status.stx_mode)) {
      char path[8192];
      snprintf(path, sizeof path, "%s/%s", folders[at], files[i].name);
      add_folder(path);
    }
  }
  close(folder);
}

static void hand_on(void) {
  if (used > 0 && pwrite(image, buffer, used, written) != used) abort();
  written += used;
  used = 0;
}

static void read_file(int folder, const struct file *file) {
  struct statx status;
  int fd = openat(folder, file->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) abort();
  if (file->size <= PIECE && used + file->size > PIECE) hand_on();
  for (long done = 0, got; done < file->size; done += got, used += got) {
    if (used == PIECE) hand_on();
    long room = PIECE - used, left = file->size - done;
    if ((got = pread(fd, buffer + used, left < room ? left : room, done)) <= 0) abort();
  }
  used = (used + BLOCK - 1) / BLOCK * BLOCK;
  if (statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &status) != 0) abort();
  close(fd);
}

int main(int argc, char **argv) {
  if (argc != 3 || (buffer = calloc(1, PIECE)) == NULL) return 2;
  image = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (image < 0) return 2;
  add_folder(argv[1]);
  for (size_t at = 0; at < count_folders; at++) look(at);
  int folder = -1;
  for (size_t i = 0, at = count_folders; i < count_files; i++) {
    if (files[i].size == 0) continue;
    if (files[i].folder != at) {
      if (folder >= 0) close(folder);
      at = files[i].folder;
      if ((folder = open(folders[at], O_RDONLY | O_DIRECTORY)) < 0) abort();
    }
    read_file(folder, &files[i]);
  }
  hand_on();
  return 0;
}
