/* Preloaded into a program under test, this ends it as kill -9 does, at the k-th call that a crash
 * could come before: the program itself is the one that ships.
 *
 *   SEEDBED_TEST_DIE_AT_STATEMENT=k   of SQLite's statements that are no queries and no pragmas
 *   SEEDBED_TEST_DIE_AT_WRITE=k       of SQLite's writes to its files, and of syncing, cutting and removing them
 *
 * or lets that call fail:
 *
 *   SEEDBED_TEST_FAIL_AT_WRITE=k      a write for want of room, the others with an error of the disk
 *
 * SEEDBED_TEST_TELL=FILE makes that file as soon as it happens.  SEEDBED_TEST_CLOCK_SHIFT=seconds moves
 * the program's clock.  SEEDBED_TEST_NO_PROC=1 hides /proc from it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

static long number_of(const char* variable) {
  const char* number = getenv(variable);
  return number != NULL ? atol(number) : 0;
}

/* True for the one call that is meant. */
static int is_hit(const char* variable, long* left) {
  if (*left < 0) *left = number_of(variable);
  if (*left == 0 || --*left > 0) return 0;
  const char* file = getenv("SEEDBED_TEST_TELL");
  if (file != NULL) close(open(file, O_WRONLY | O_CREAT, 0600));
  return 1;
}

static void die_at(const char* variable, long* left) {
  if (is_hit(variable, left)) kill(getpid(), SIGKILL);
}

static void statement(const char* sql) {
  static long left = -1;
  const int harmless = sql == NULL || strncasecmp(sql, "SELECT", 6) == 0 || strncasecmp(sql, "PRAGMA", 6) == 0;
  if (!harmless) die_at("SEEDBED_TEST_DIE_AT_STATEMENT", &left);
}

static int inside_exec; /* which steps through its statements itself */

/* True if it has to fail. */
static int change_of_a_file(int error) {
  static long left_to_die = -1, left_to_fail = -1;
  die_at("SEEDBED_TEST_DIE_AT_WRITE", &left_to_die);
  if (!is_hit("SEEDBED_TEST_FAIL_AT_WRITE", &left_to_fail)) return 0;
  errno = error;
  return 1;
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
  if (change_of_a_file(ENOSPC)) return -1;
  return next(descriptor, bytes, size, offset);
}

int ftruncate64(int descriptor, off64_t size) {
  NEXT(ftruncate64)
  if (change_of_a_file(EIO)) return -1;
  return next(descriptor, size);
}

int fdatasync(int descriptor) {
  NEXT(fdatasync)
  if (change_of_a_file(EIO)) return -1;
  return next(descriptor);
}

int unlink(const char* path) {
  NEXT(unlink)
  if (change_of_a_file(EIO)) return -1;
  return next(path);
}

int clock_gettime(clockid_t clock, struct timespec* now) {
  static long shift;
  static int known;
  NEXT(clock_gettime)
  if (!known) {
    shift = number_of("SEEDBED_TEST_CLOCK_SHIFT");
    known = 1;
  }
  const int code = next(clock, now);
  if (code == 0 && clock == CLOCK_REALTIME) now->tv_sec += shift;
  return code;
}

static int is_hidden(const char* path) {
  return number_of("SEEDBED_TEST_NO_PROC") != 0 && strncmp(path, "/proc/", 6) == 0;
}

int access(const char* path, int mode) {
  NEXT(access)
  if (!is_hidden(path)) return next(path, mode);
  errno = ENOENT;
  return -1;
}

int posix_spawn(pid_t* process, const char* path, const posix_spawn_file_actions_t* actions,
                const posix_spawnattr_t* attributes, char* const arguments[], char* const environment[]) {
  NEXT(posix_spawn)
  return is_hidden(path) ? ENOENT : next(process, path, actions, attributes, arguments, environment);
}
