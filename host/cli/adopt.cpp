#include "run/adopt.hpp"

#include <memory>

#include <CLI/CLI.hpp>

#include "cli/command.hpp"
#include "interrupt.hpp"

namespace seedbed::host::cli {

namespace {

constexpr const char* kAdoptHelp =
    R"(usage: seedbed adopt [options]

Takes over the history of migrations that another tool keeps in the database.
What it says is applied is recorded, with the hashes of today's files; nothing
is run, and the other history stays as it is.

options:
  --from TOOL          supabase, dbmate, goose, golang-migrate, flyway or sqlx;
                       without it, the one whose table is found
  --table NAME         the table, where it has a name or schema of its own
  --accept-edited      also files that are not what the other tool applied
  --dry-run            only show what would be recorded
  --wait TIME          for the database to accept connections  [0]
  --lock-timeout TIME  for another run to end                  [5m]

and those of "seedbed -h"
)";

ExitCode run_adopt(AdoptOptions options, const Globals& globals) {
  catch_interrupts();
  options.wait = globals.wait.value_or(std::chrono::milliseconds(0));
  const Adoption adoption = adopt(resolve(globals), options);
  if (!globals.look.quiet || globals.look.format != OutputFormat::text) print(adoption, globals.look);
  return ExitCode::done;
}

Action add_adopt(CLI::App& app) {
  const auto options = std::make_shared<AdoptOptions>();
  app.add_option("--from", options->from);
  app.add_option("--table", options->table);
  app.add_flag("--accept-edited", options->accept_edited);
  app.add_flag("--dry-run", options->dry_run);
  return [options](const Globals& globals) { return run_adopt(*options, globals); };
}

}  // namespace

const Command kAdopt{"adopt", kAdoptHelp, add_adopt};

}  // namespace seedbed::host::cli
