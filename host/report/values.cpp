#include "report/values.hpp"

namespace seedbed::host {

Error error_of(const BrokenPlugin& plugin) {
  Error error(plugin.code, plugin.message);
  error.at(plugin.place).detail(plugin.detail).hint(plugin.hint);
  const bool located =
      !plugin.place.file.empty() || plugin.message.find(plugin.path.string()) != std::string::npos;
  if (!located) error.at({plugin.path.string(), 0, 0, ""});
  return error;
}

const char* state_name(MigrationState state) {
  switch (state) {
    case MigrationState::applied:
      return "applied";
    case MigrationState::pending:
      return "pending";
    case MigrationState::edited:
      return "edited";
    case MigrationState::missing:
      return "missing";
    case MigrationState::out_of_order:
      return "out of order";
    case MigrationState::failed:
      return "failed";
  }
  return "";
}

const char* state_name(AdoptionState state) {
  switch (state) {
    case AdoptionState::adopted:
      return "adopted";
    case AdoptionState::edited:
      return "adopted, edited";
    case AdoptionState::known:
      return "recorded before";
    case AdoptionState::gap:
      return "not applied";
    case AdoptionState::changed:
      return "changed";
    case AdoptionState::missing:
      return "no file";
  }
  return "";
}

const char* kind_name(SeederKind kind) {
  switch (kind) {
    case SeederKind::library:
      return "library";
    case SeederKind::folder:
      return "folder";
    case SeederKind::sql_files:
      return "sql_files";
  }
  return "";
}

const char* mark_name(Mark mark) {
  switch (mark) {
    case Mark::ok:
      return "ok";
    case Mark::warning:
      return "warning";
    case Mark::problem:
      return "problem";
  }
  return "";
}

const char* change_name(LockChange change) {
  switch (change) {
    case LockChange::none:
      return "unchanged";
    case LockChange::added:
      return "added";
    case LockChange::changed:
      return "changed";
    case LockChange::removed:
      return "removed";
  }
  return "";
}

const char* exit_code_name(ExitCode code) {
  switch (code) {
    case ExitCode::done:
      return "done";
    case ExitCode::failed:
      return "failed";
    case ExitCode::usage:
      return "usage";
    case ExitCode::pending:
      return "pending";
    case ExitCode::refused:
      return "refused";
    case ExitCode::locked:
      return "locked";
    case ExitCode::plugin:
      return "plugin";
    case ExitCode::interrupted:
      return "interrupted";
  }
  return "";
}

}  // namespace seedbed::host
