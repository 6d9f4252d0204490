#include "cli/invocation.hpp"

namespace seedbed::host::cli {

const char* const kHelp =
    R"(usage: seedbed [options] COMMAND

commands:
  up               apply pending migrations, then run the environment's seeders
  seed [NAME...]   run the seeders alone: all, or these and what they depend on
  prove [NAME...]  show that seeders can run again and again
  status, doctor   what is applied or pending; what is wrong, and what to do
  down [N], reset  revert the last migrations; drop everything, begin anew
  stamp, repair    record migrations as applied; settle edited ones
  adopt            take over the history that another migration tool has left
  new NAME         write an empty migration; --seeder NAME: a plugin folder
  log, env, wait   the runs recorded; the settings; until the database answers
  plugins, split   every seeder found; the statements of an SQL file

options, before or after the command; "seedbed COMMAND -h" lists its own:
  --config FILE   --env NAME   --url URL   --tier TIER   (else: seedbed.toml)
  --migrations DIR   --migrations-format FORMAT   --seeders DIR   --sql PATH
  --wait TIME, --lock-timeout TIME   for the database, for the lock: 30s, 5m
  --format text|json|markdown   --color auto|always|never   --log-file FILE
  -q print less   -v, -vv print more   -h, --help   --version

exit status: 0 done, 1 failed or not proved, 2 wrong usage or configuration,
  3 pending, 4 refused by a guard, 5 locked, 6 a plugin failed, 130 interrupted
)";

}  // namespace seedbed::host::cli
