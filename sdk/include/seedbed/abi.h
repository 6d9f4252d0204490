#ifndef SEEDBED_ABI_H
#define SEEDBED_ABI_H
/* The contract between seedbed and a seeder plugin, in C11.
 *
 * One thread calls a plugin, never two at a time.  Every pointer that crosses this boundary is
 * valid for the length of the call it is passed to and no longer; who receives it copies what it
 * keeps.  Nothing is allocated on one side and freed on the other, and no exception may cross.
 * Structs start with their size in bytes and grow at their end only: check SEEDBED_HAS before
 * using a member that a later release added.  SEEDBED_ABI_VERSION is raised only to break.
 *
 * C++ authors include <seedbed/seeder.hpp> instead and never see this file. */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SEEDBED_ABI_VERSION 1u
#define SEEDBED_HAS(type, p, member) \
  ((p)->struct_size >= offsetof(type, member) + sizeof((p)->member))
#define SEEDBED_EXPORT __attribute__((visibility("default")))

typedef int32_t seedbed_status;
#define SEEDBED_OK 0
#define SEEDBED_FAILED 1 /* the host knows why: from the database, or from fail() */

/* UTF-8, not terminated by a zero byte. */
typedef struct seedbed_text {
  const char* data; /* may be NULL when size is 0 */
  size_t size;      /* bytes */
} seedbed_text;

/* -- Values ------------------------------------------------------------------------------- */

#define SEEDBED_NULL 0
#define SEEDBED_BOOL 1      /* as.integer is 0 or 1 */
#define SEEDBED_INTEGER 2   /* as.integer */
#define SEEDBED_DOUBLE 3    /* as.real */
#define SEEDBED_TEXT 4      /* as.data, size bytes of UTF-8 */
#define SEEDBED_BYTES 5     /* as.data, size bytes */
#define SEEDBED_UUID 6      /* as.data, 16 bytes in the order in which they are written */
#define SEEDBED_JSON 7      /* as.data, size bytes of JSON text */
#define SEEDBED_TIMESTAMP 8 /* as.integer, microseconds since 1970-01-01 00:00:00 UTC */

typedef struct seedbed_value {
  int32_t type;
  uint32_t size; /* bytes at as.data; 0 for types without data */
  union {
    int64_t integer;
    double real;
    const char* data;
  } as;
} seedbed_value;

/* -- The declaration: what the host reads before it runs any code of the plugin ------------- */

/* A record lies in the ELF section SEEDBED_RECORD_SECTION: this header, then `length` bytes of
 * text that is exactly a seeder.toml.  Each record starts at a multiple of 8 bytes. */
#define SEEDBED_RECORD_SECTION "seedbed"
#define SEEDBED_RECORD_MAGIC {'S', 'E', 'E', 'D', 'B', 'E', 'D', 0x1a}

typedef struct seedbed_record {
  uint8_t magic[8];
  uint32_t abi_version;
  uint32_t length; /* bytes of text that follow */
} seedbed_record;

/* Places the declaration `toml` (a string literal) into the record section under the name
 * `variable`, for authors who write C. */
#define SEEDBED_DECLARE(variable, toml)                                       \
  static const struct {                                                       \
    seedbed_record header;                                                    \
    char text[sizeof(toml)];                                                  \
  } variable __attribute__((used, aligned(8), section(SEEDBED_RECORD_SECTION))) = { \
      {SEEDBED_RECORD_MAGIC, SEEDBED_ABI_VERSION, (uint32_t)(sizeof(toml) - 1)}, toml}

/* -- What the host tells and offers a seeder for the length of one seed() call -------------- */

#define SEEDBED_TIER_DEVELOPMENT 0
#define SEEDBED_TIER_STAGING 1
#define SEEDBED_TIER_PRODUCTION 2

#define SEEDBED_ENGINE_SQLITE 0
#define SEEDBED_ENGINE_POSTGRES 1

/* One parameter of the seeder, already checked against its declaration.  The value's type is
 * that of the declared default: bool, integer, double or text. */
typedef struct seedbed_parameter {
  seedbed_text name;
  seedbed_value value;
} seedbed_parameter;

typedef struct seedbed_run {
  uint32_t struct_size;
  int32_t tier;
  int32_t engine;
  int32_t dry_run;          /* 1 when the host will roll back whatever happens */
  seedbed_text environment; /* its name in seedbed.toml */
  int64_t now;              /* the run's one reading of the clock, a SEEDBED_TIMESTAMP in whole ms */
  uint8_t random_seed[32];  /* depends on the seeder's name and parameters alone */
  const seedbed_parameter* parameters;
  size_t parameter_count;
} seedbed_run;

#define SEEDBED_INSERT_MISSING 0 /* rows whose key exists are left as they are */
#define SEEDBED_UPDATE_CHANGED 1 /* rows whose key exists are updated where a column differs */
#define SEEDBED_INSERT_ONCE 2    /* as INSERT_MISSING, and rows that somebody deleted stay deleted */

#define SEEDBED_COLUMN_PLAIN 0
#define SEEDBED_COLUMN_INSERT_ONLY 1 /* written with a new row, never compared or updated */
#define SEEDBED_COLUMN_TOUCH 2       /* not compared; written whenever another column is */

typedef struct seedbed_column {
  seedbed_text name;
  int32_t kind;
  int32_t reserved; /* 0 */
} seedbed_column;

/* Where rows go.  `key` names columns that have a unique index and are NOT NULL. */
typedef struct seedbed_writer {
  uint32_t struct_size;
  int32_t mode;
  seedbed_text table; /* "name" or "schema.name" */
  const seedbed_column* columns;
  size_t column_count;
  const seedbed_text* key;
  size_t key_count;
} seedbed_writer;

typedef struct seedbed_field {
  seedbed_text name;
  seedbed_value value;
} seedbed_field;

#define SEEDBED_LOG_DEBUG 0
#define SEEDBED_LOG_INFO 1
#define SEEDBED_LOG_WARNING 2

/* Receives one row of a query: `values` in the order of the query's columns.  Returning
 * SEEDBED_FAILED ends the query.  It may call no function of seedbed_host: the query still runs. */
typedef seedbed_status (*seedbed_row)(void* user, const seedbed_value* values, size_t count);

typedef struct seedbed_host {
  uint32_t struct_size;
  uint32_t abi_version;
  void* ctx; /* the first argument of every function below */

  /* Opens a writer and sets *id.  Fails when the table, a column or a unique index over the key
   * is missing.  Writers are closed when seed() returns. */
  seedbed_status (*open_writer)(void* ctx, const seedbed_writer* writer, uint32_t* id);

  /* Writes `row_count` rows of as many values as the writer has columns, row by row.  Call it
   * with batches; the host may hold rows back until the next call that needs them written. */
  seedbed_status (*write_rows)(void* ctx, uint32_t id, const seedbed_value* values,
                               size_t row_count);

  /* Runs one SQL statement in the host's transaction.  $1, $2, … stand for `params`.  Writes the
   * number of rows changed to *rows_changed unless that is NULL. */
  seedbed_status (*exec)(void* ctx, seedbed_text sql, const seedbed_value* params,
                         size_t param_count, int64_t* rows_changed);

  /* Runs one query and hands each row to `row`, with `user` as its first argument. */
  seedbed_status (*query)(void* ctx, seedbed_text sql, const seedbed_value* params,
                          size_t param_count, seedbed_row row, void* user);

  /* Writes the bcrypt hash of `password` ("$2a$…", 60 bytes, no zero byte) to `hash`.  `cost` is
   * the base-2 logarithm of the rounds, 4 to 31. */
  seedbed_status (*bcrypt)(void* ctx, seedbed_text password, int32_t cost, const uint8_t salt[16],
                           char hash[60]);

  /* Records an event with its fields in the run's log. */
  void (*log)(void* ctx, int32_t level, seedbed_text event, const seedbed_field* fields,
              size_t field_count);

  /* Says how far the seeder is, in units of its own; `total` 0 means not known. */
  void (*progress)(void* ctx, uint64_t done, uint64_t total);

  /* Tells the host why the seeder is about to return SEEDBED_FAILED.  The last call wins. */
  void (*fail)(void* ctx, seedbed_text message);
} seedbed_host;

/* -- What a plugin offers the host ---------------------------------------------------------- */

/* The pointers stay valid while the library is mapped. */
typedef struct seedbed_seeder {
  uint32_t struct_size;
  uint32_t reserved;            /* 0 */
  const seedbed_record* record; /* its declaration, in the record section */

  /* Writes the seeder's rows.  The host commits on SEEDBED_OK and rolls back on anything else.  When
   * the database asks for the transaction to be repeated (a deadlock, a serialization failure), it
   * calls again, with everything rolled back: nothing may be left of the call before. */
  seedbed_status (*seed)(const seedbed_run* run, const seedbed_host* host);
} seedbed_seeder;

typedef struct seedbed_plugin {
  uint32_t struct_size;
  uint32_t abi_version;
  const seedbed_seeder* const* seeders;
  size_t seeder_count;
} seedbed_plugin;

/* The one symbol that a plugin exports.  Never returns NULL. */
#define SEEDBED_ENTRY_SYMBOL "seedbed_plugin_entry"
SEEDBED_EXPORT const seedbed_plugin* seedbed_plugin_entry(void);

#ifdef __cplusplus
}
#endif

#endif
