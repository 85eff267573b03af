/*
 * The calls that extracting a folder takes, and nothing else:
 *
 *   make_calls FOLDER IMAGE TARGET THREADS
 *
 * FOLDER is only looked at, to know what there is. Then, and this is what is measured, all its
 * folders and regular files are made below TARGET: of each file as many bytes are read of IMAGE,
 * from wherever the last file ended, as it has, and written; mode and times are set. Threads take
 * folder by folder. Nothing is compared or hashed: it is what no program that makes the same files
 * by so many threads can be faster than. Prints seconds.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct file {
  char *name;
  struct stat status;
  long at;
};

struct folder {
  char *path;
  struct stat status;
  size_t first, end;
};

static struct folder *folders;
static struct file *files;
static size_t count_folders, count_files, next_folder;
static long total, most;
static int image, target;

static void *grow(void *array, size_t count, size_t size) {
  if ((count & (count - 1)) != 0) return array;
  array = realloc(array, (count == 0 ? 1 : 2 * count) * size);
  if (array == NULL) abort();
  return array;
}

static void add_folder(const char *path, const struct stat *status) {
  folders = grow(folders, count_folders, sizeof *folders);
  folders[count_folders++] = (struct folder){strdup(path), *status, 0, 0};
}

static void look(int source, size_t at) {
  int fd = openat(source, folders[at].path, O_RDONLY | O_DIRECTORY);
  DIR *opened = fd < 0 ? NULL : fdopendir(fd);
  if (opened == NULL) abort();
  folders[at].first = count_files;
  for (struct dirent *entry; (entry = readdir(opened)) != NULL;) {
    struct stat status;
    const char *name = entry->d_name;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) continue;
    if (fstatat(fd, name, &status, AT_SYMLINK_NOFOLLOW) != 0) abort();
    if (S_ISDIR(status.st_mode)) {
      char path[8192];
      snprintf(path, sizeof path, "%s/%s", folders[at].path, name);
      add_folder(path, &status);
    }
    if (!S_ISREG(status.st_mode)) continue;
    files = grow(files, count_files, sizeof *files);
    files[count_files++] = (struct file){strdup(name), status, total};
    total += status.st_size;
    if (status.st_size > most) most = status.st_size;
  }
  folders[at].end = count_files;
  closedir(opened);
}

static void describe(int fd, const struct stat *status) {
  const struct timespec times[2] = {status->st_mtim, status->st_mtim};
  if (fchmod(fd, status->st_mode & 07777) != 0 || futimens(fd, times) != 0) abort();
}

static void make_file(int folder, const struct file *file, char *buffer) {
  long size = file->status.st_size;
  int fd = openat(folder, file->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) abort();
  if (size > 0 && pread(image, buffer, size, file->at) != size) abort();
  if (size > 0 && pwrite(fd, buffer, size, 0) != size) abort();
  describe(fd, &file->status);
  close(fd);
}

static void *make_files(void *unused) {
  char *buffer = malloc(most + 1);
  if (buffer == NULL) abort();
  for (size_t at; (at = __atomic_fetch_add(&next_folder, 1, __ATOMIC_RELAXED)) < count_folders;) {
    int folder = openat(target, folders[at].path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) abort();
    for (size_t i = folders[at].first; i < folders[at].end; i++)
      make_file(folder, &files[i], buffer);
    close(folder);
  }
  free(buffer);
  return unused;
}

int main(int argc, char **argv) {
  struct timespec begin, end;
  struct stat status;
  pthread_t threads[64];
  if (argc != 5 || stat(argv[1], &status) != 0) return 2;
  int source = open(argv[1], O_RDONLY | O_DIRECTORY);
  int count_threads = atoi(argv[4]);
  image = open(argv[2], O_RDONLY);
  if (source < 0 || image < 0 || count_threads < 1 || count_threads > 64) return 2;
  add_folder(".", &status);
  for (size_t at = 0; at < count_folders; at++) look(source, at);
  clock_gettime(CLOCK_MONOTONIC, &begin);
  if (mkdir(argv[3], 0700) != 0 || (target = open(argv[3], O_RDONLY | O_DIRECTORY)) < 0) return 2;
  for (size_t at = 1; at < count_folders; at++)
    if (mkdirat(target, folders[at].path, 0700) != 0) abort();
  for (int i = 1; i < count_threads; i++)
    if (pthread_create(&threads[i], NULL, make_files, NULL) != 0) abort();
  make_files(NULL);
  for (int i = 1; i < count_threads; i++) pthread_join(threads[i], NULL);
  for (size_t at = count_folders; at-- > 0;) {
    int folder = openat(target, folders[at].path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) abort();
    describe(folder, &folders[at].status);
    close(folder);
  }
  clock_gettime(CLOCK_MONOTONIC, &end);
  printf("%.3f\n", end.tv_sec - begin.tv_sec + (end.tv_nsec - begin.tv_nsec) / 1e9);
  return 0;
}
