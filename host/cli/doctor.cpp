#include <CLI/CLI.hpp>

#include "cli/command.hpp"
#include "interrupt.hpp"
#include "run/doctor.hpp"

namespace seedbed::host::cli {

namespace {

constexpr const char* kDoctorHelp =
    R"(usage: seedbed doctor [options]

Looks at the settings, the plugins, the connection (server, pooler, TLS,
clock), the role and its rights, and the ledger, its identity and its lock;
says what is wrong or missing, and what to do.  Goes on where the database
cannot be reached.  Writes nothing.  Exit status 3 if there is a problem;
warnings are none.

options:
  --wait TIME  for the database to accept connections  [0]

and those of "seedbed -h"
)";

/// Where the settings cannot be read, what can be said without the database is.
Diagnosis diagnosis(const Globals& globals) {
  const auto wait = globals.wait.value_or(std::chrono::milliseconds(0));
  std::optional<Settings> settings;
  std::optional<Error> fault;
  try {
    settings = resolve(globals);
  } catch (const Error& error) {
    fault = error;
  }
  if (settings) return examine(*settings, wait);
  try {
    settings = resolve_without_database(globals);
  } catch (const Error&) {  // the same fault
    return diagnosis_of(*fault);
  }
  return examine(*settings, wait, fault);
}

ExitCode doctor(const Globals& globals) {
  catch_interrupts();
  const Diagnosis found = diagnosis(globals);
  print(found, globals.look);
  return found.count(Mark::problem) == 0 ? ExitCode::done : ExitCode::pending;
}

Action add_doctor(CLI::App&) { return doctor; }

}  // namespace

const Command kDoctor{"doctor", kDoctorHelp, add_doctor};

}  // namespace seedbed::host::cli
