/*
 * The calls that names of one folder take, and nothing else:
 *
 *   name_calls list FOLDER          reads all names, and looks at each
 *   name_calls make FOLDER COUNT    makes so many files of a few bytes, with mode and times
 *
 * It is what no program of one thread that does as much can be faster than.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int list(const char *folder) {
  DIR *opened = opendir(folder);
  if (opened == NULL) return 1;
  for (struct dirent *entry; (entry = readdir(opened)) != NULL;) {
    struct stat status;
    if (fstatat(dirfd(opened), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) return 1;
  }
  return closedir(opened) != 0;
}

static int make(const char *folder, long count) {
  const struct timespec times[2] = {{1700000000, 0}, {1700000000, 0}};
  int at = open(folder, O_RDONLY | O_DIRECTORY);
  if (at < 0) return 1;
  for (long i = 0; i < count; i++) {
    char name[64];
    snprintf(name, sizeof name, "file-%09ld.txt", i);
    int fd = openat(at, name, O_WRONLY | O_CREAT | O_EXCL, 0600);
    if (fd < 0 || write(fd, "a few bytes", 11) != 11 || fchmod(fd, 0644) != 0) return 1;
    if (futimens(fd, times) != 0 || close(fd) != 0) return 1;
  }
  return close(at) != 0;
}

int main(int argc, char **argv) {
  if (argc == 3 && strcmp(argv[1], "list") == 0) return list(argv[2]);
  if (argc == 4 && strcmp(argv[1], "make") == 0) return make(argv[2], atol(argv[3]));
  return 2;
}
