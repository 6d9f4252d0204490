// Orders seeders, and selects those of an environment.

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "nearest.hpp"
#include "seeding/parameters.hpp"
#include "seeding/seeder.hpp"
#include "seeding/sql_files.hpp"

namespace seedbed::host {

namespace {

using Names = std::vector<std::string>;

/// Seeders by name, with what the functions below ask about them.
class Catalog {
 public:
  explicit Catalog(const FoundSeeders& found) {
    for (const Seeder& seeder : found.seeders) {
      const std::string& name = seeder.declaration.name;
      const auto [other, added] = seeders_.emplace(name, &seeder);
      if (added) {
        names_.push_back(name);
        continue;
      }
      throw Error(ExitCode::usage, fmt::format("two seeders are named \"{}\"", name))
          .detail(fmt::format("One is in {}, the other in {}.", where(*other->second), where(seeder)))
          .hint("Remove or rename one of them.");
    }
  }

  const Seeder& at(const std::string& name) const { return *seeders_.at(name); }
  bool has(const std::string& name) const { return seeders_.contains(name); }
  const Names& names() const { return names_; }

  Error missing(const std::string& message, const std::string& name) const {
    Error error(ExitCode::usage, message);
    if (const std::string near = nearest(name, names_); !near.empty()) return error.hint(fmt::format("Perhaps \"{}\" is meant.", near));
    if (names_.empty()) return error.detail("No seeder was found at all.").hint("\"seedbed plugins\" shows where it looked.");
    return error.detail(fmt::format("The seeders that were found: {}.", fmt::join(names_, ", ")));
  }

 private:
  static std::string where(const Seeder& seeder) {
    return seeder.path.empty() ? "the plain seed files" : seeder.path.string();
  }

  std::map<std::string, const Seeder*> seeders_;
  Names names_;
};

/// Depth first, dependencies before dependents, in the order in which `wanted` names them.
class Ordering {
 public:
  explicit Ordering(const Catalog& catalog) : catalog_(catalog) {}

  void visit(const std::string& name) {
    if (done_.contains(name)) return;
    if (const auto start = std::ranges::find(path_, name); start != path_.end()) {
      Names cycle(start, path_.end());
      cycle.push_back(name);
      throw Error(ExitCode::usage, fmt::format("seeders depend on each other in a circle: {}", fmt::join(cycle, " -> ")))
          .hint("Remove one \"after\" of the circle.");
    }
    path_.push_back(name);
    Names after = catalog_.at(name).declaration.after;
    std::ranges::sort(after);
    for (const std::string& dependency : after) {
      if (!catalog_.has(dependency)) {
        throw catalog_.missing(fmt::format("seeder \"{}\" depends on \"{}\", which does not exist", name, dependency), dependency);
      }
      visit(dependency);
    }
    path_.pop_back();
    done_.insert(name);
    result_.push_back(name);
  }

  const Names& result() const { return result_; }

 private:
  const Catalog& catalog_;
  Names path_;
  std::set<std::string> done_;
  Names result_;
};

/// A chain of dependencies that leads from `from` to `to`; empty if there is none.
Names dependency_path(const Catalog& catalog, const std::string& from, const std::string& to) {
  if (from == to) return {from};
  for (const std::string& next : catalog.at(from).declaration.after) {
    Names rest = dependency_path(catalog, next, to);
    if (rest.empty()) continue;
    rest.insert(rest.begin(), from);
    return rest;
  }
  return {};
}

void check_order(const Catalog& catalog, const std::vector<Named>& order) {
  for (auto first = order.begin(); first != order.end(); ++first) {
    for (auto later = std::next(first); later != order.end(); ++later) {
      const Names path = dependency_path(catalog, first->name, later->name);
      if (path.size() < 2) continue;
      throw Error(ExitCode::usage, fmt::format("the order puts \"{}\" before \"{}\", on which it depends", first->name, later->name))
          .detail(fmt::format("The order is set in {}. The dependency is {}.", first->source, fmt::join(path, " -> ")))
          .hint("Exchange the two names in the order.");
    }
  }
}

/// "sql" runs last: what it does is not declared, so nothing can depend on its place.
Names ordered_names(const Catalog& catalog, const std::vector<Named>& order) {
  std::vector<Named> known;
  for (const Named& named : order) {
    if (catalog.has(named.name)) known.push_back(named);
  }
  Ordering ordering(catalog);
  for (const Named& named : known) ordering.visit(named.name);
  for (const std::string& name : catalog.names()) {
    if (catalog.at(name).kind != SeederKind::sql_files) ordering.visit(name);
  }
  for (const std::string& name : catalog.names()) ordering.visit(name);

  check_order(catalog, known);
  return ordering.result();
}

/// Selected names, each with the reason.
class Selection {
 public:
  Selection(const Catalog& catalog, Tier tier, const std::string& environment)
      : catalog_(catalog), tier_(tier), environment_(environment) {}

  void add(const Named& named) {
    if (named.name == "*") {
      for (const std::string& name : catalog_.names()) {
        if (allowed(name)) reasons_.emplace(name, "selected by *");
      }
      return;
    }
    const bool remove = named.name.starts_with('!');
    const std::string name = remove ? named.name.substr(1) : named.name;
    if (!catalog_.has(name)) {
      throw catalog_.missing(fmt::format("seeder \"{}\" does not exist (named in {})", name, named.source), name);
    }
    if (remove) {
      reasons_.erase(name);
      excluded_.insert(name);
      return;
    }
    select(name, fmt::format("It is named in {}.", named.source));
  }

  void select(const std::string& name, const std::string& why) {
    refuse_unless_allowed(name, why);
    reasons_[name] = "selected by name";
    excluded_.erase(name);
  }

  /// What the selected ones depend on; `order` has dependencies first.
  void add_dependencies(const Names& order) {
    for (auto name = order.rbegin(); name != order.rend(); ++name) {
      if (!reasons_.contains(*name)) continue;
      for (const std::string& dependency : catalog_.at(*name).declaration.after) need(dependency, *name);
    }
  }

  std::string reason(const std::string& name) const {
    if (const auto found = reasons_.find(name); found != reasons_.end()) return found->second;
    if (!allowed(name)) {
      return fmt::format("its tier is {}, this environment's is {}", tier_name(catalog_.at(name).declaration.tier), tier_name(tier_));
    }
    return excluded_.contains(name) ? "left out by !" + name : "not in the environment's list";
  }

  bool has(const std::string& name) const { return reasons_.contains(name); }

 private:
  bool allowed(const std::string& name) const { return tier_ <= catalog_.at(name).declaration.tier; }

  void refuse_unless_allowed(const std::string& name, const std::string& why) const {
    if (allowed(name)) return;
    const Seeder& seeder = catalog_.at(name);
    Error error(ExitCode::refused, fmt::format("seeder \"{}\" may not run in environment \"{}\"", name, environment_));
    error.detail(fmt::format("Its tier is {}, the environment's is {}. {}", tier_name(seeder.declaration.tier), tier_name(tier_), why))
        .detail("Nothing was applied.");
    if (seeder.kind == SeederKind::sql_files) {
      error.hint(fmt::format("If plain seed files may run there, say sql_tier = \"{}\" under [seeders] in seedbed.toml.", tier_name(tier_)));
    }
    throw error;
  }

  void need(const std::string& dependency, const std::string& by) {
    refuse_unless_allowed(dependency, fmt::format("Seeder \"{}\" depends on it.", by));
    if (excluded_.contains(dependency)) {
      throw Error(ExitCode::usage, fmt::format("seeder \"{}\" depends on \"{}\", which is left out by \"!{}\"", by, dependency, dependency));
    }
    reasons_.emplace(dependency, fmt::format("needed by {}", by));
  }

  const Catalog& catalog_;
  Tier tier_;
  const std::string& environment_;
  std::map<std::string, std::string> reasons_;
  std::set<std::string> excluded_;
};

void check_parameters(const Catalog& catalog, const SeederSettings& settings) {
  for (const auto& [seeder, parameters] : settings.parameters) {
    if (parameters.empty()) continue;
    if (!catalog.has(seeder)) {
      throw catalog.missing(fmt::format("parameters are set for seeder \"{}\", which does not exist ({})", seeder,
                                        parameters.begin()->second.source), seeder);
    }
    parameter_values(catalog.at(seeder).declaration, settings);
  }
}

/// Whoever gives --sql wants these files to run, whatever the environment's list has.
void select_plain_files(Selection& selection, const Settings& settings) {
  Names files;
  for (const auto& file : plain_sql_files(settings.seeders, settings.url.engine)) files.push_back(shown_seed_path(file, settings.root));
  selection.select("sql", fmt::format("It was given with --sql: {}.", fmt::join(files, ", ")));
}

}  // namespace

void throw_broken(const BrokenPlugin& broken) {
  throw Error(broken.code, broken.message)
      .at(broken.place)
      .detail(broken.detail)
      .detail("No plugin was loaded, and the database was not changed.")
      .hint(broken.hint);
}

std::vector<PlannedSeeder> plan_seeders(const FoundSeeders& found, const Settings& settings,
                                        const std::vector<std::string>& names) {
  if (!found.broken.empty()) throw_broken(found.broken.front());
  const Catalog catalog(found);
  const Names order = ordered_names(catalog, settings.seeders.order);
  check_parameters(catalog, settings.seeders);

  Selection selection(catalog, settings.tier, settings.environment);
  if (names.empty()) {
    for (const Named& named : settings.seeders.selection) selection.add(named);
  }
  for (const std::string& name : names) selection.add({name, "the command line"});
  if (settings.seeders.sql_paths_named) select_plain_files(selection, settings);
  selection.add_dependencies(order);

  std::vector<PlannedSeeder> plan;
  for (const std::string& name : order) plan.push_back({catalog.at(name), selection.has(name), selection.reason(name)});
  return plan;
}

}  // namespace seedbed::host
