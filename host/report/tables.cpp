#include "report/tables.hpp"

#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "duration.hpp"
#include "report/summary.hpp"

namespace seedbed::host {

namespace {

constexpr std::size_t kStatementWidth = 46;

Ink ink_of(MigrationState state) {
  switch (state) {
    case MigrationState::applied:
      return Ink::plain;
    case MigrationState::pending:
    case MigrationState::missing:
      return Ink::yellow;
    case MigrationState::edited:
    case MigrationState::failed:
    case MigrationState::out_of_order:
      return Ink::red;
  }
  return Ink::plain;
}

Ink ink_of(AdoptionState state) {
  const bool plain = state == AdoptionState::adopted || state == AdoptionState::known;
  return plain ? Ink::plain : Ink::yellow;
}

std::string shown_path(const std::filesystem::path& path, const std::filesystem::path& directory) {
  if (path.empty()) return "";
  const std::filesystem::path relative = path.lexically_relative(directory);
  return relative.empty() || *relative.begin() == ".." ? path.string() : relative.string();
}

}  // namespace

std::string short_hash(const std::string& sha256) { return sha256.substr(0, 12); }

Table migration_table(const Plan& plan) {
  Table table({{.title = "migration"},
               {.title = "state"},
               {.title = "applied (UTC)"},
               {.title = "took", .right = true}});
  for (const PlannedMigration& migration : plan.migrations) {
    const bool ran_elsewhere = migration.origin == "stamped" || migration.origin == "adopted";
    const bool timed = !migration.applied_at.empty() && !ran_elsewhere;
    table.row({Cell{title_of(migration)},
               Cell{state_text(migration), ink_of(migration.state), /*spills=*/migration.half && !migration.half->reverting},
               Cell{migration.applied_at},
               Cell{timed ? duration_text(std::chrono::milliseconds(migration.took_ms)) : ""}});
  }
  return table;
}

Table migration_table(const Adoption& adoption) {
  Table table({{.title = "migration"}, {.title = "state"}, {.title = "applied (UTC)"}});
  for (const AdoptedMigration& migration : adoption.migrations) {
    table.row({Cell{migration.file}, Cell{state_name(migration.state), ink_of(migration.state)},
               Cell{migration.applied_at}});
  }
  return table;
}

Table seeder_table(const Plan& plan) {
  Table table(
      {{.title = "seeder"}, {.title = "version"}, {.title = "state"}, {.title = "ran (UTC)"}});
  for (std::size_t i = 0; i < plan.seeders.size(); ++i) {
    if (!plan.seeders[i].selected) continue;
    const Declaration& declaration = plan.seeders[i].seeder.declaration;
    const LastSeeding& last = plan.last_seedings.at(i);
    const std::string state = seeder_state(plan, i);
    const bool other_version = !last.version.empty() && last.version != declaration.version;
    table.row({Cell{declaration.name}, Cell{declaration.version},
               Cell{state, last.current ? Ink::plain : Ink::yellow},
               Cell{last.ran_at + (other_version ? fmt::format("  as {}", last.version) : "")}});
  }
  return table;
}

Table seeder_table(const SeederList& list) {
  Table table({{.title = "", .right = true},
               {.title = "seeder"},
               {.title = "version"},
               {.title = "up to tier"},
               {.title = "after"},
               {.title = "selected"},
               {.title = "abi", .right = true},
               {.title = "sha256"},
               {.title = "file"}});
  std::size_t position = 0;
  for (const PlannedSeeder& planned : list.seeders) {
    const Seeder& seeder = planned.seeder;
    table.row({Cell{planned.selected ? std::to_string(++position) : "-"},
               Cell{seeder.declaration.name}, Cell{seeder.declaration.version},
               Cell{tier_name(seeder.declaration.tier)},
               Cell{fmt::format("{}", fmt::join(seeder.declaration.after, ", "))},
               Cell{planned.selected ? planned.reason : "no: " + planned.reason,
                    planned.selected ? Ink::plain : Ink::yellow},
               Cell{seeder.abi_version > 0 ? std::to_string(seeder.abi_version) : ""},
               Cell{short_hash(seeder.sha256)}, Cell{shown_path(seeder.path, list.directory)}});
  }
  return table;
}

Table lock_table(const LockUpdate& update) {
  Table table({{.title = "lock"}, {.title = "sha256"}, {.title = "file"}});
  for (const LockedSeeder& seeder : update.seeders) {
    const std::string hash = short_hash(seeder.entry.sha256);
    table.row({Cell{change_name(seeder.change), seeder.change == LockChange::none ? Ink::plain : Ink::yellow},
               Cell{seeder.before.empty() ? hash : fmt::format("{}, was {}", hash, short_hash(seeder.before))},
               Cell{seeder.entry.path}});
  }
  return table;
}

Table setting_table(const SettingList& list) {
  // The value comes last: it may be longer than a line.
  Table table({{.title = "setting"}, {.title = "from"}, {.title = "value"}});
  for (const SettingEntry& entry : list.entries) {
    table.row({Cell{entry.key}, Cell{entry.source, Ink::dim}, Cell{entry.value}});
  }
  return table;
}

Table statement_table(const StatementList& list) {
  Table table({{.title = "line", .right = true},
               {.title = "bytes", .right = true},
               {.title = "kind"},
               {.title = "statement"}});
  const std::string_view text = list.text;
  for (const sql::Statement& statement : list.statements) {
    table.row({Cell{std::to_string(statement.line)}, Cell{std::to_string(statement.size)},
               Cell{sql::kind_name(statement.kind)},
               Cell{shortened(text.substr(statement.offset, statement.size), kStatementWidth)}});
  }
  return table;
}

}  // namespace seedbed::host
