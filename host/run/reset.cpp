#include "run/reset.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "database/writer_spec.hpp"
#include "log.hpp"
#include "run/guards.hpp"
#include "run/retry.hpp"

namespace seedbed::host {

namespace {

/// What the files made that were applied, wholly or in part.
std::vector<sql::Created> made_by_applied_files(Ledger& ledger, const std::vector<Migration>& files) {
  std::set<std::string> ran;
  for (const AppliedMigration& row : ledger.migrations()) ran.insert(row.version);
  for (const auto& [version, statements] : ledger.all_statements()) ran.insert(version);
  std::vector<sql::Created> made;
  for (const Migration& file : files) {
    if (!ran.contains(file.version)) continue;
    for (const sql::Statement& statement : file.up.statements) {
      const auto created = sql::created(std::string_view(file.up.text).substr(statement.offset, statement.size));
      if (created) made.push_back(*created);
    }
  }
  return made;
}

std::vector<std::string> names_of(const std::vector<CatalogObject>& objects) {
  std::vector<std::string> names;
  for (const CatalogObject& object : objects) names.push_back(object.kind + " " + object.name);
  return names;
}

struct Doomed {
  std::vector<sql::Created> made;
  OwnObjects found;
};

Doomed find(Database& database, const std::vector<Migration>& files) {
  Ledger ledger(database);
  Doomed doomed;
  if (ledger.exists()) doomed.made = made_by_applied_files(ledger, files);
  doomed.found = database.own_objects(doomed.made);
  std::erase_if(doomed.found.own, [&](const CatalogObject& object) { return ledger.owns(object.name); });
  return doomed;
}

}  // namespace

void refuse_reset(const Preparation& preparation, const Settings& settings) {
  refuse_protected(settings, "reset");
  if (preparation.supabase && preparation.supabase->exists()) return;
  if (Ledger(*preparation.database).exists() || preparation.database->user_tables().empty()) return;
  throw Error(ExitCode::refused, "the database has tables of its own, and seedbed has never worked on it")
      .detail("A reset would drop them. Nothing was changed.")
      .hint("If it is the right database, let \"seedbed stamp\" or \"seedbed up --accept-nonempty\" take it over first.");
}

Stakes stakes_of_reset(Database& database, const std::vector<CatalogObject>& objects) {
  Stakes stakes;
  stakes.action = "reset";
  for (const CatalogObject& object : objects) {
    if (object.kind != "table" && object.kind != "virtual table") continue;
    stakes.count += database.count_rows(database.engine() == Engine::sqlite ? quoted_name(object.name) : object.name);
  }
  stakes.what = fmt::format("It drops {} {} with {}", objects.size(), objects.size() == 1 ? "object" : "objects", stakes.counted());
  return stakes;
}

std::vector<CatalogObject> objects_to_drop(Database& database, const std::vector<Migration>& files) {
  return find(database, files).found.own;
}

std::vector<CatalogObject> drop_everything(RunLock& lock, Preparation& preparation, const std::vector<Migration>& files,
                                           const ConsentGate& gate, std::vector<std::string>& notices) {
  Database& database = lock.database();
  const Doomed doomed = find(database, files);
  const std::vector<CatalogObject>& own = doomed.found.own;
  if (!own.empty()) log::warning("reset_drops", {{"count", own.size()}, {"objects", fmt::format("{}", fmt::join(names_of(own), ", "))}});
  const std::vector<CatalogObject> kept = with_retries("reset", [&] {
    LockedTransaction transaction(lock);
    gate.require([&] { return stakes_of_reset(database, own); });
    database.start_script();  // no foreign key is in the way, of tables that go all together
    std::vector<CatalogObject> left = database.drop_objects(own, doomed.made);
    Ledger(database).forget_everything();
    if (preparation.supabase && preparation.supabase->exists()) preparation.supabase->forget_all();
    transaction.commit();
    return left;
  });
  if (!doomed.found.others.empty()) {
    notices.push_back(fmt::format("Left in place, since another role owns it: {}.", fmt::join(names_of(doomed.found.others), ", ")));
  }
  if (!kept.empty()) {
    notices.push_back(fmt::format("Left in place, since something of somebody else's is in it or needs it: {}.",
                                  fmt::join(names_of(kept), ", ")));
  }
  std::vector<CatalogObject> dropped = own;
  std::erase_if(dropped, [&](const CatalogObject& object) { return std::ranges::find(kept, object) != kept.end(); });
  return dropped;
}

}  // namespace seedbed::host
