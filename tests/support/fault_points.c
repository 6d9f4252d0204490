/* Preloaded into a program under test, this ends it as kill -9 does, at the k-th call that a crash
 * could come before: the program itself is the one that ships.
 *
 *   SEEDBED_TEST_DIE_AT_STATEMENT=k   of SQLite's statements that are no queries and no pragmas
 *   SEEDBED_TEST_DIE_AT_WRITE=k       of SQLite's writes to its files, and of syncing, cutting and removing them
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/types.h>
#include <unistd.h>

#include <sqlite3.h>

static void die_at(const char* variable, long* left) {
  if (*left < 0) {
    const char* number = getenv(variable);
    *left = number != NULL ? atol(number) : 0;
  }
  if (*left > 0 && --*left == 0) kill(getpid(), SIGKILL);
}

static void statement(const char* sql) {
  static long left = -1;
  const int harmless = sql == NULL || strncasecmp(sql, "SELECT", 6) == 0 || strncasecmp(sql, "PRAGMA", 6) == 0;
  if (!harmless) die_at("SEEDBED_TEST_DIE_AT_STATEMENT", &left);
}

static int inside_exec; /* which steps through its statements itself */

static void change_of_a_file(void) {
  static long left = -1;
  die_at("SEEDBED_TEST_DIE_AT_WRITE", &left);
}

/* The function behind this one of the same name.  A cast from void* is no ISO C, hence the copy. */
#define NEXT(name)                                      \
  static __typeof__(&name) next;                        \
  if (next == NULL) {                                   \
    void* found = dlsym(RTLD_NEXT, #name);              \
    memcpy(&next, &found, sizeof next);                 \
  }

int sqlite3_step(sqlite3_stmt* prepared) {
  NEXT(sqlite3_step)
  if (inside_exec == 0 && !sqlite3_stmt_busy(prepared)) statement(sqlite3_sql(prepared));
  return next(prepared);
}

int sqlite3_exec(sqlite3* database, const char* sql, int (*row)(void*, int, char**, char**), void* context,
                 char** message) {
  NEXT(sqlite3_exec)
  statement(sql);
  ++inside_exec;
  const int code = next(database, sql, row, context, message);
  --inside_exec;
  return code;
}

ssize_t pwrite64(int descriptor, const void* bytes, size_t size, off64_t offset) {
  NEXT(pwrite64)
  change_of_a_file();
  return next(descriptor, bytes, size, offset);
}

int ftruncate64(int descriptor, off64_t size) {
  NEXT(ftruncate64)
  change_of_a_file();
  return next(descriptor, size);
}

int fdatasync(int descriptor) {
  NEXT(fdatasync)
  change_of_a_file();
  return next(descriptor);
}

int unlink(const char* path) {
  NEXT(unlink)
  change_of_a_file();
  return next(path);
}
