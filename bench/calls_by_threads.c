/*
 * The calls that reading a tree takes, and nothing else, by several threads:
 *
 *   calls_by_threads FOLDER COUNT_THREADS
 *
 * lstat, llistxattr, open, read to the end and close of each regular file below FOLDER. It is what
 * no program that reads the tree by so many threads can be faster than.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

static char **paths;
static size_t count_paths, next_path;

/* Lists all regular files, without a look at any. */
static void list(const char *folder) {
  DIR *opened = opendir(folder);
  if (opened == NULL) abort();
  for (struct dirent *entry; (entry = readdir(opened)) != NULL;) {
    char path[4096];
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    if (entry->d_type == DT_DIR) list(path);
    if (entry->d_type != DT_REG) continue;
    if ((count_paths & (count_paths - 1)) == 0)
      paths = realloc(paths, (count_paths == 0 ? 1 : 2 * count_paths) * sizeof *paths);
    paths[count_paths++] = strdup(path);
  }
  closedir(opened);
}

static void *work(void *unused) {
  char *buffer = malloc(1 << 20);
  for (;;) {
    size_t i = __atomic_fetch_add(&next_path, 1, __ATOMIC_SEQ_CST);
    if (i >= count_paths) break;
    struct stat status;
    char names[256];
    if (lstat(paths[i], &status) != 0) abort();
    llistxattr(paths[i], names, sizeof names);
    int fd = open(paths[i], O_RDONLY);
    if (fd < 0) abort();
    for (long left = status.st_size, got; left > 0; left -= got)
      if ((got = read(fd, buffer, 1 << 20)) <= 0) abort();
    close(fd);
  }
  free(buffer);
  return NULL;
}

int main(int argc, char **argv) {
  int count = argc > 2 ? atoi(argv[2]) : 16;
  pthread_t threads[64];
  if (argc < 2 || count < 1 || count > 64) return 2;
  list(argv[1]);
  for (int i = 0; i < count; i++)
    if (pthread_create(&threads[i], NULL, work, NULL) != 0) return 2;
  for (int i = 0; i < count; i++) pthread_join(threads[i], NULL);
  printf("%zu files\n", count_paths);
  return 0;
}
