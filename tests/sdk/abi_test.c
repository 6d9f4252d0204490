/* Holds the layout of ABI 1 in place.  A struct may grow at its end; nothing else may move. */

#include <seedbed/abi.h>

#define AT(type, member, offset) \
  _Static_assert(offsetof(type, member) == (offset), #type "." #member " has moved")
#define SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), #type " has another size")
#define AT_LEAST(type, bytes) _Static_assert(sizeof(type) >= (bytes), #type " has shrunk")

_Static_assert(SEEDBED_ABI_VERSION == 1, "a frozen copy of the older ABI belongs beside this file");
_Static_assert(sizeof(void*) == 8 && sizeof(size_t) == 8, "the offsets are those of 64-bit hosts");

SIZE(seedbed_status, 4);
SIZE(seedbed_text, 16);
AT(seedbed_text, size, 8);

SIZE(seedbed_value, 16);
AT(seedbed_value, size, 4);
AT(seedbed_value, as, 8);

SIZE(seedbed_record, 16);
AT(seedbed_record, abi_version, 8);
AT(seedbed_record, length, 12);

SIZE(seedbed_parameter, 32);
AT(seedbed_parameter, value, 16);

AT_LEAST(seedbed_run, 88);
AT(seedbed_run, struct_size, 0);
AT(seedbed_run, tier, 4);
AT(seedbed_run, engine, 8);
AT(seedbed_run, dry_run, 12);
AT(seedbed_run, environment, 16);
AT(seedbed_run, now, 32);
AT(seedbed_run, random_seed, 40);
AT(seedbed_run, parameters, 72);
AT(seedbed_run, parameter_count, 80);

SIZE(seedbed_column, 24);
AT(seedbed_column, kind, 16);
AT(seedbed_column, reserved, 20);

AT_LEAST(seedbed_writer, 56);
AT(seedbed_writer, struct_size, 0);
AT(seedbed_writer, mode, 4);
AT(seedbed_writer, table, 8);
AT(seedbed_writer, columns, 24);
AT(seedbed_writer, column_count, 32);
AT(seedbed_writer, key, 40);
AT(seedbed_writer, key_count, 48);

SIZE(seedbed_field, 32);
AT(seedbed_field, value, 16);

AT_LEAST(seedbed_host, 80);
AT(seedbed_host, struct_size, 0);
AT(seedbed_host, abi_version, 4);
AT(seedbed_host, ctx, 8);
AT(seedbed_host, open_writer, 16);
AT(seedbed_host, write_rows, 24);
AT(seedbed_host, exec, 32);
AT(seedbed_host, query, 40);
AT(seedbed_host, bcrypt, 48);
AT(seedbed_host, log, 56);
AT(seedbed_host, progress, 64);
AT(seedbed_host, fail, 72);

AT_LEAST(seedbed_seeder, 24);
AT(seedbed_seeder, struct_size, 0);
AT(seedbed_seeder, record, 8);
AT(seedbed_seeder, seed, 16);

AT_LEAST(seedbed_plugin, 24);
AT(seedbed_plugin, struct_size, 0);
AT(seedbed_plugin, abi_version, 4);
AT(seedbed_plugin, seeders, 8);
AT(seedbed_plugin, seeder_count, 16);

SEEDBED_DECLARE(declared_in_c, "name = \"declared_in_c\"\n");
