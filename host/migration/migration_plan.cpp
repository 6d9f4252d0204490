#include "migration/migration_plan.hpp"

#include <algorithm>

namespace seedbed::host {

namespace {

bool unedited(const Migration& file, const AppliedMigration& row) {
  // Without a hash nobody can tell what was applied.
  if (row.sha256.empty() || file.sha256 == row.sha256) return true;
  return row.token_algorithm == sql::kTokenHashAlgorithm && file.token_hash == row.token_hash;
}

PlannedMigration planned(const Migration& file, const AppliedMigration* row) {
  PlannedMigration plan{file.version, file.name, file.file, MigrationState::pending, "", 0, "", {}};
  if (row == nullptr) return plan;
  plan.applied_at = row->applied_at;
  plan.took_ms = row->took_ms;
  plan.origin = row->origin;
  plan.state = unedited(file, *row) ? MigrationState::applied
               : file.repeatable    ? MigrationState::pending
                                    : MigrationState::edited;
  return plan;
}

/// How far a file has come that nobody can look into.
HalfApplied half_applied(const std::vector<RememberedStatement>& remembered) {
  HalfApplied half;
  half.done = static_cast<std::size_t>(std::ranges::count(remembered, StatementState::ended, &RememberedStatement::state));
  half.in_doubt = !remembered.empty() && remembered.back().state == StatementState::begun;
  return half;
}

HalfApplied half_applied(const SqlPart& part, const std::vector<RememberedStatement>& remembered, Engine engine) {
  const std::vector<sql::Statement>& statements = part.statements;
  HalfApplied half = half_applied(remembered);
  half.total = statements.size();
  if (half.done < half.total) half.line = statements[half.done].line;
  for (std::size_t i = 0; i < half.done && !half.edited; ++i) {
    half.edited = i >= statements.size() || statement_hash(part, i, engine) != remembered[i].hash;
  }
  return half;
}

}  // namespace

std::string statement_hash(const SqlPart& part, std::size_t index, Engine engine) {
  const sql::Statement& statement = part.statements[index];
  return sql::token_hash(std::string_view(part.text).substr(statement.offset, statement.size), engine);
}

void mark_half_applied(std::vector<PlannedMigration>& plan, const std::vector<Migration>& files,
                       const RememberedStatements& remembered, Engine engine) {
  for (const auto& [key, statements] : remembered) {
    const bool reverting = key.starts_with(kReverting);
    const std::string version = reverting ? key.substr(kReverting.size()) : key;
    auto planned = std::ranges::find(plan, version, &PlannedMigration::version);
    if (planned == plan.end()) {
      if (reverting) continue;
      plan.push_back({version, "", "", MigrationState::pending, "", 0, "", {}});
      planned = plan.end() - 1;
    }
    const bool pending = planned->state == MigrationState::pending || planned->state == MigrationState::out_of_order;
    if (pending == reverting) continue;
    const auto file = std::ranges::find(files, version, &Migration::version);
    const SqlPart* part = nullptr;
    if (file != files.end()) part = !reverting ? &file->up : file->down ? &*file->down : nullptr;
    planned->state = MigrationState::failed;
    planned->half = part == nullptr ? half_applied(statements) : half_applied(*part, statements, engine);
    planned->half->reverting = reverting;
  }
}

AppliedVersions::AppliedVersions(const std::vector<AppliedMigration>& applied) {
  rows_.reserve(applied.size());
  for (const AppliedMigration& row : applied) rows_.push_back(&row);
  if (!std::ranges::is_sorted(rows_, {}, &AppliedMigration::version)) std::ranges::sort(rows_, {}, &AppliedMigration::version);
}

const AppliedMigration* AppliedVersions::find(std::string_view version) {
  const auto is = [&](std::size_t at) { return at < rows_.size() && rows_[at]->version == version; };
  if (!is(next_)) {
    next_ = static_cast<std::size_t>(std::ranges::lower_bound(rows_, version, {}, &AppliedMigration::version) - rows_.begin());
  }
  return is(next_) ? rows_[next_++] : nullptr;
}

std::string reverting_key(std::string_view version) { return std::string(kReverting).append(version); }

std::string title_of(const PlannedMigration& migration) {
  if (!migration.file.empty()) return migration.file;
  return migration.name.empty() ? migration.version : migration.version + '_' + migration.name;
}

std::vector<PlannedMigration> plan_migrations(const std::vector<Migration>& files,
                                              const std::vector<AppliedMigration>& applied) {
  AppliedVersions rows(applied);
  std::vector<bool> has_file(applied.size());
  std::vector<PlannedMigration> plan;
  plan.reserve(files.size());
  for (const Migration& file : files) {
    const AppliedMigration* const row = rows.find(file.version);
    plan.push_back(planned(file, row));
    if (row != nullptr) has_file[static_cast<std::size_t>(row - applied.data())] = true;
  }
  bool later_applied = false;
  for (std::size_t i = plan.size(); i-- > 0;) {
    if (files[i].repeatable) continue;
    if (plan[i].state != MigrationState::pending)
      later_applied = true;
    else if (later_applied)
      plan[i].state = MigrationState::out_of_order;
  }
  for (std::size_t i = 0; i < applied.size(); ++i) {
    if (has_file[i]) continue;
    const AppliedMigration& row = applied[i];
    plan.push_back(
        {row.version, row.name, row.file, MigrationState::missing, row.applied_at, row.took_ms, row.origin, {}});
  }
  return plan;
}

}  // namespace seedbed::host
