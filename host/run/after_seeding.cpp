#include "run/after_seeding.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "database/derived_data.hpp"
#include "ledger/ledger.hpp"
#include "log.hpp"

namespace seedbed::host {

namespace {

// Under this name, which no seeder can have, the ledger's seeds hold the views to refresh.
constexpr const char* kViews = "materialized views";

std::set<std::string> noted_views(Database& database) {
  std::set<std::string> noted;
  for (const RememberedSeed& seed : Ledger(database).seeds()) {
    if (seed.seeder == kViews) noted.insert(seed.item);
  }
  return noted;
}

/// The views of the database that are to be refreshed, in order.
std::vector<MaterializedView> due_views(Database& database, bool all) {
  std::vector<MaterializedView> views = materialized_views(database, {});
  if (views.empty()) return views;
  const std::set<std::string> noted = noted_views(database);
  std::erase_if(views, [&](const MaterializedView& view) { return !all && view.populated && !noted.contains(view.name); });
  return views;
}

void refresh(Database& database, const MaterializedView& view) {
  try {
    database.execute(fmt::format("REFRESH MATERIALIZED VIEW {}{}", view.concurrently ? "CONCURRENTLY " : "", view.name));
  } catch (const Error& error) {
    if (error.code() != ExitCode::failed) throw;
    throw error.prefixed(fmt::format("materialized view \"{}\" could not be refreshed: ", view.name))
        .hint("The next run tries it again.");
  }
  log::info("view_refreshed", {{"view", view.name}, {"concurrently", view.concurrently}});
}

}  // namespace

void before_seeding_commits(Database& database, const std::vector<std::string>& tables, bool dry_run,
                            std::vector<std::string>& notices) {
  if (database.engine() == Engine::sqlite || tables.empty()) return;
  if (!dry_run) {
    for (const MovedSequence& moved : move_sequences(database, tables, notices)) {
      log::info("sequence_moved", {{"sequence", moved.name}, {"to", moved.to}});
    }
  }
  Ledger ledger(database);
  for (const MaterializedView& view : materialized_views(database, tables)) {
    if (view.reads_written) ledger.remember({kViews, view.name, "", "", ""});
  }
}

bool has_views_to_refresh(Database& database, bool all) { return !due_views(database, all).empty(); }

std::vector<std::string> refresh_views(Database& database, bool all, std::vector<std::string>& notices) {
  std::vector<std::string> refreshed;
  std::vector<std::string> not_ours;
  for (const MaterializedView& view : due_views(database, all)) {
    if (view.ours) {
      refresh(database, view);
      refreshed.push_back(view.name);
    } else {
      notices.push_back(fmt::format("Materialized view {} is out of date: this role may not refresh it.", view.name));
      not_ours.push_back(view.name);
    }
  }
  if (refreshed.empty()) return refreshed;
  Ledger ledger(database);
  const std::set<std::string> noted = noted_views(database);
  if (!noted.empty()) ledger.forget(kViews);
  for (const std::string& view : not_ours) {
    if (noted.contains(view)) ledger.remember({kViews, view, "", "", ""});
  }
  return refreshed;
}

}  // namespace seedbed::host
