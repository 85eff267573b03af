/* What Debian's libstdc++ asks of glibc and musl does not have. With it an executable for musl, which
   wants Alpine's libstdc++, can be tried where only Debian's is at hand. No part of a release. */
typedef unsigned long size_t;
struct tm;
extern size_t strftime_l(char *, size_t, const char *, const struct tm *, void *);
extern long getrandom(void *, size_t, unsigned);

char __libc_single_threaded = 0;
int __cpu_model[4];
int __cpu_indicator_init(void) { return 0; }
int _dl_find_object(void *address, void *found) { return -1; }
int __cxa_thread_atexit_impl(void (*f)(void *), void *object, void *handle) { return 0; }
unsigned long __getauxval(unsigned long type) { return 0; }
size_t __strftime_l(char *s, size_t n, const char *format, const struct tm *time, void *locale) {
  return strftime_l(s, n, format, time, locale);
}
unsigned arc4random(void) {
  unsigned x;
  getrandom(&x, sizeof x, 0);
  return x;
}
