#include "run/doctor.hpp"

#include <algorithm>
#include <map>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include "database/connection_facts.hpp"
#include "duration.hpp"
#include "ledger/ledger.hpp"
#include "ledger/remembered_rows.hpp"
#include "ledger/run_lock.hpp"
#include "ledger/schema.hpp"
#include "run/identity.hpp"
#include "run/name_list.hpp"
#include "seeding/isolation/isolated_plugin.hpp"
#include "seeding/seeder.hpp"
#include "shell.hpp"

namespace seedbed::host {

namespace {

using std::chrono::milliseconds;

constexpr std::chrono::seconds kLoadingTime{10};
constexpr std::chrono::seconds kClockTolerance{5};
constexpr int kOldestServer = 12;

std::string sentence(const Error& error) {
  std::string text = error.message();
  if (!error.place().file.empty()) {
    text += fmt::format(" ({}{})", error.place().file, error.place().line == 0 ? "" : fmt::format(":{}", error.place().line));
  }
  if (!error.detail().empty()) text += ". " + error.detail();
  return text;
}

class Examination {
 public:
  Examination(const Settings& settings, milliseconds wait) : settings_(settings), wait_(wait) {}

  Diagnosis diagnose(const std::optional<Error>& fault) {
    result_.environment = settings_.environment;
    result_.tier = settings_.tier;
    if (!fault) result_.url = settings_.url.display;
    settings(fault);
    const std::vector<Seeder> selected = seeders();
    lock_file();
    if (fault) {
      warning("connection", "was not tried: the settings do not say where the database is", "Mend the settings first.");
      return std::move(result_);
    }
    tls();
    if (!reach()) return std::move(result_);
    if (!server()) return std::move(result_);
    guarded("ledger", [&] { ledger(); });
    guarded("rights", [&] { rights(selected); });
    return std::move(result_);
  }

 private:
  void add(Mark mark, std::string topic, std::string what, std::string to_do) {
    result_.findings.push_back({mark, std::move(topic), std::move(what), std::move(to_do)});
  }
  void ok(std::string topic, std::string what) { add(Mark::ok, std::move(topic), std::move(what), ""); }
  void warning(std::string topic, std::string what, std::string to_do) { add(Mark::warning, std::move(topic), std::move(what), std::move(to_do)); }
  void problem(std::string topic, std::string what, std::string to_do) { add(Mark::problem, std::move(topic), std::move(what), std::move(to_do)); }

  void problem(const std::string& topic, const Error& error) {
    problem(topic, sentence(error), error.hint().empty() ? "Mend what the message names, and ask again." : error.hint());
  }

  /// What one look finds wrong does not keep from the next.
  template <class Look>
  void guarded(const char* topic, const Look& look) {
    try {
      look();
    } catch (const Error& error) {
      if (error.code() == ExitCode::interrupted) throw;
      problem(topic, error);
    }
  }

  void settings(const std::optional<Error>& fault) {
    if (fault) {
      problem("settings", *fault);
    } else {
      ok("settings", fmt::format("environment \"{}\" of tier {}, from {}", settings_.environment, tier_name(settings_.tier),
                                 settings_.file.empty() ? "the command line" : settings_.file.string()));
    }
    const std::string prefix = "variables.";
    std::vector<std::string> unset;
    for (const SettingEntry& entry : settings_.entries) {
      if (entry.key.starts_with(prefix) && entry.source == "not set") unset.push_back(entry.key.substr(prefix.size()));
    }
    if (unset.empty()) return;
    ok("variables", fmt::format("not set, so that the default in seedbed.toml holds: {}", fmt::join(unset, ", ")));
  }

  /// Those that the environment selects.
  std::vector<Seeder> seeders() {
    std::vector<Seeder> selected;
    guarded("plugins", [&] {
      FoundSeeders found = find_seeders(settings_);
      for (const BrokenPlugin& broken : found.broken) {
        Error error(broken.code, broken.message);
        problem("plugins", error.at(broken.place).detail(broken.detail).hint(broken.hint));
      }
      const bool all_found = found.broken.empty();
      found.broken.clear();
      const bool all_load = load(found.seeders);
      const std::size_t count = found.seeders.size();
      locked_ = std::ranges::any_of(found.seeders, &Seeder::locked);
      for (PlannedSeeder& planned : plan_seeders(found, settings_, {})) {
        if (planned.selected) selected.push_back(std::move(planned.seeder));
      }
      if (!all_found || !all_load) return;
      if (count == 0) return ok("plugins", "no seeder was found");
      ok("plugins", fmt::format("{} seeder{} found, {} selected; every library can be loaded", count, count == 1 ? "" : "s", selected.size()));
    });
    return selected;
  }

  /// In processes of their own, so that a library that crashes is but a finding.
  bool load(const std::vector<Seeder>& seeders) {
    bool all = true;
    for (const Seeder& seeder : seeders) {
      if (seeder.file == nullptr) continue;
      try {
        IsolatedPlugin(seeder.file, kLoadingTime).require(seeder.declaration.name);
      } catch (const Error& error) {
        if (error.code() == ExitCode::interrupted) throw;
        all = false;
        problem("plugins", error);
      }
    }
    return all;
  }

  void lock_file() {
    if (locked_) return ok("plugin lock", fmt::format("{} has them as they are", settings_.seeders.lock_file.string()));
    std::error_code ignored;
    const bool there = std::filesystem::exists(settings_.seeders.lock_file, ignored);
    if (there) return;  // what is wrong with it stands above
    if (settings_.tier == Tier::development) return ok("plugin lock", "none; tier development needs none");
    warning("plugin lock", fmt::format("there is none: what lies in the plugin directories runs in tier {}", tier_name(settings_.tier)),
            "Write one and keep it with the project: seedbed plugins lock");
  }

  /// What the URL says; what the connection has is the server's to tell.
  void tls() {
    const DatabaseUrl& url = settings_.url;
    if (url.engine == Engine::sqlite || url.tls.empty()) return;
    const auto says = [&](const char* mode) { return url.tls.find(std::string("sslmode=") + mode) != std::string::npos; };
    if (says("verify-")) return ok("tls settings", url.tls);
    const char* const lack = says("disable") ? "there is no TLS" : "the server's certificate is not checked";
    if (url.local || settings_.tier == Tier::development) return ok("tls settings", fmt::format("{}; {}", url.tls, lack));
    warning("tls settings", fmt::format("{}: {}, so that another could answer in its place", url.tls, lack),
            "Add sslmode=verify-full and, unless its authority is known to the system, sslrootcert=FILE to the URL.");
  }

  bool reach() {
    try {
      const auto start = std::chrono::steady_clock::now();
      database_ = connect(settings_.url, {wait_, /*create=*/false, settings_.lock_timeout});
      const auto took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start);
      if (!has_file()) return can_make_file();
      ok("connection", fmt::format("{}, after {}", database_->server_version(), duration_text(took)));
    } catch (const Error& error) {
      if (error.code() == ExitCode::interrupted) throw;
      problem("connection", error);
    }
    return database_ != nullptr;
  }

  bool has_file() const {
    std::error_code ignored;
    return settings_.url.file.empty() || std::filesystem::exists(settings_.url.file, ignored);
  }

  bool can_make_file() {
    std::error_code ignored;
    const std::filesystem::path folder = settings_.url.file.parent_path();
    const bool is_folder = std::filesystem::is_directory(folder, ignored);
    if (is_folder && access(folder.c_str(), W_OK | X_OK) == 0) {
      ok("connection", "the file does not exist yet; up creates it");
      return true;
    }
    problem("connection", fmt::format("the file does not exist yet, and its folder \"{}\" {}", folder.string(), is_folder ? "cannot be written" : "does not exist"),
            fmt::format("{} {}", is_folder ? "chmod u+wx" : "mkdir -p", shell_word(folder.string())));
    return false;
  }

  /// False if there is nothing to be done on this connection.
  bool server() {
    bool usable = true;
    guarded("server", [&] {
      const std::string version = database_->server_version();
      const std::string number = version.substr(version.find(' ') + 1);
      if (database_->engine() == Engine::postgres && std::stoi(number) < kOldestServer) {
        warning("server", fmt::format("{} is older than any that seedbed is tested with", version), fmt::format("Upgrade it to {} or later.", kOldestServer));
      }
      const ConnectionFacts facts = connection_facts(*database_, settings_.url);
      pooler(facts);
      usable = facts.pooling != Pooling::statement;
      if (!usable) return;
      encryption(facts);
      role(facts);
      clock(facts);
    });
    return usable;
  }

  void pooler(const ConnectionFacts& facts) {
    if (database_->engine() == Engine::sqlite) return;
    switch (facts.pooling) {
      case Pooling::none: return ok("pooler", "none: the connection goes straight to the server");
      case Pooling::session: return ok("pooler", "one that gives each client a server process of its own, as far as can be seen (session mode)");
      case Pooling::transaction: return ok("pooler", "one that gives out server processes by the transaction; seedbed keeps no state between them");
      case Pooling::statement:
        return problem("pooler", "one that allows no transactions (statement mode)", "Connect past it, or set its pool_mode to transaction for this database.");
    }
  }

  void encryption(const ConnectionFacts& facts) {
    if (database_->engine() == Engine::sqlite) return;
    const char* const reach = facts.pooling == Pooling::none ? "" : ", as far as the pooler; what lies behind it cannot be seen";
    if (!facts.encryption.empty()) return ok("tls", facts.encryption + reach);
    if (settings_.url.local) return ok("tls", fmt::format("none, on a connection that does not leave this machine{}", reach));
    const std::string what = "the connection goes over a network without TLS";
    const std::string to_do = "Add sslmode=verify-full to the URL; the server, or the pooler before it, has to have TLS on.";
    if (settings_.tier == Tier::production) problem("tls", what, to_do);
    else warning("tls", what, to_do);
  }

  void role(const ConnectionFacts& facts) {
    if (facts.role.empty()) return;
    if (!facts.superuser) return ok("role", facts.role);
    const std::string what = fmt::format("{} is a superuser: no right and no row-level security holds it back", facts.role);
    if (settings_.tier == Tier::development) return ok("role", what);
    warning("role", what, "Give seedbed a role of its own; host/README.md has the rights that it needs.");
  }

  void clock(const ConnectionFacts& facts) {
    if (!facts.clock_ahead) return;
    const milliseconds ahead = *facts.clock_ahead;
    if (std::chrono::abs(ahead) < kClockTolerance) return ok("clock", "the server's agrees with this machine's");
    warning("clock", fmt::format("the server's is {} {} this machine's", duration_text(std::chrono::abs(ahead)), ahead.count() > 0 ? "ahead of" : "behind"),
            "Let both follow a time server; times in the ledger are the server's, those in logs this machine's.");
  }

  void ledger() {
    const LedgerLook look = Ledger(*database_).look();
    const int version = look.version;
    if (version == 0) return no_ledger();
    if (version > kLedgerVersion) {
      problem("ledger", fmt::format("version {}, written by a newer seedbed; this one knows version {}", version, kLedgerVersion), "Use that seedbed, or a newer one still.");
    } else if (version < kLedgerVersion) {
      ok("ledger", fmt::format("version {}; the next run brings it to {}", version, kLedgerVersion));
    } else {
      ok("ledger", fmt::format("version {}", version));
    }
    identity(look);
    guarded("lock", [&] { lock(); });
  }

  void no_ledger() {
    if (!can_create_in_schema(*database_, "seedbed")) {
      const std::string role = connection_facts(*database_, settings_.url).role;
      return problem("ledger", "there is none, and this role may not create it", fmt::format("Have it made by one who may: CREATE SCHEMA seedbed AUTHORIZATION {};", role));
    }
    const std::vector<std::string> tables = database_->user_tables();
    if (tables.empty()) return ok("ledger", "none yet; the first up makes it");
    warning("ledger", fmt::format("there is none, but tables of somebody else's: {}", shortened_list(tables)),
            "See that it is the right database; up takes it with --accept-nonempty, or \"seedbed adopt\" its history first.");
  }

  void identity(const LedgerLook& look) {
    if (!look.identity) return ok("identity", "none yet; the next run writes it");
    const Identity& identity = *look.identity;
    const std::string has = fmt::format("environment \"{}\" of tier {}, id {}", identity.environment, identity.tier, identity.id);
    const std::string difference = server_difference(identity, look.facts);
    if (identity.environment != settings_.environment || identity.tier != tier_name(settings_.tier)) {
      const std::string copy = difference.empty() ? "" : fmt::format("; it looks like a restored copy ({})", difference);
      return problem("identity", fmt::format("the database is {}, the settings are environment \"{}\" of tier {}{}", has, settings_.environment, tier_name(settings_.tier), copy),
                     fmt::format("Choose the environment that it is with --env. A restored copy is given another: seedbed stamp --identity{}", settings_.typed_options));
    }
    if (difference.empty()) return ok("identity", has);
    warning("identity", fmt::format("{}, on another server than it remembers: {}", has, difference),
            "After an upgrade or a failover the next run records the new one. A copy that is to be another environment's is chosen with --env, and stamped: seedbed stamp --identity");
  }

  void lock() {
    const std::string holder = lock_holder(*database_, settings_.url);
    if (holder.empty()) return ok("lock", "free");
    warning("lock", fmt::format("a run is under way. {}", holder), "Wait for it; of a run that was killed it is free within half a minute.");
  }

  void rights(const std::vector<Seeder>& selected) {
    if (database_->engine() != Engine::postgres) return writable();
    std::vector<NeededRight> needed;
    for (const auto& [table, rights] : ledger_rights()) needed.push_back({"seedbed." + table, rights});
    if (insert_once(selected)) needed.push_back({"seedbed.rows", "SELECT,INSERT,UPDATE"});
    std::map<std::string, std::string> declared;
    for (const Seeder& seeder : selected) {
      for (const std::string& table : seeder.declaration.writes) declared.emplace(table, "SELECT,INSERT");
      for (const TableFile& file : seeder.declaration.tables) {
        if (file.mode == SEEDBED_UPDATE_CHANGED) declared[file.name] = "SELECT,INSERT,UPDATE";
      }
    }
    for (const auto& [table, rights] : declared) needed.push_back({table, rights});
    const std::vector<std::string> grants = missing_grants(*database_, needed);
    if (!grants.empty()) problem("rights", "the role lacks what seeding needs", fmt::format("{}", fmt::join(grants, "\n")));
    else ok("rights", "on the ledger and on the tables of the selected seeders, as far as they exist");
    for (const std::string& table : secured_tables(*database_)) {
      if (!declared.contains(table)) continue;
      warning("rights", fmt::format("row-level security of {} hides rows from this role, or may", table),
              fmt::format("If its seeders are to find them: CREATE POLICY seedbed ON {} TO current_user USING (true) WITH CHECK (true);", table));
    }
  }

  /// As their files say; what a library does shows once it has run.
  bool insert_once(const std::vector<Seeder>& selected) const {
    const auto has_mode = [](const TableFile& file) { return file.mode == SEEDBED_INSERT_ONCE; };
    if (std::ranges::any_of(selected, [&](const Seeder& seeder) { return std::ranges::any_of(seeder.declaration.tables, has_mode); })) return true;
    if (!missing_grants(*database_, {{"seedbed.rows", "SELECT"}, {"seedbed.identity", "SELECT"}}).empty()) return false;
    const std::vector<RememberedList> lists = RememberedRows(*database_).lists();
    return std::ranges::any_of(lists, [&](const RememberedList& list) {
      return std::ranges::any_of(selected, [&](const Seeder& seeder) { return seeder.declaration.name == list.seeder; });
    });
  }

  void writable() {
    if (!has_file()) return;
    try {
      const Transaction transaction(*database_, {.patience = milliseconds(0)});
      ok("rights", "the file can be written");
    } catch (const Error& error) {
      if (error.code() != ExitCode::locked) throw;
      warning("rights", "not looked at: another process writes to the file", "Ask again when it has ended.");
    }
  }

  const Settings& settings_;
  milliseconds wait_;
  Diagnosis result_;
  bool locked_ = false;
  std::unique_ptr<Database> database_;
};

}  // namespace

std::size_t Diagnosis::count(Mark mark) const { return static_cast<std::size_t>(std::ranges::count(findings, mark, &Finding::mark)); }

std::vector<std::pair<std::string, std::string>> ledger_rights() {
  return {{"identity", "SELECT"}, {"migrations", "SELECT"}, {"lock", "SELECT,UPDATE"},
          {"seeds", "SELECT,INSERT,UPDATE"}, {"runs", "INSERT"}};
}

Diagnosis examine(const Settings& settings, milliseconds wait, const std::optional<Error>& fault) {
  return Examination(settings, wait).diagnose(fault);
}

Diagnosis diagnosis_of(const Error& fault) {
  Diagnosis diagnosis;
  diagnosis.findings.push_back({Mark::problem, "settings", sentence(fault), fault.hint().empty() ? "Mend what the message names, and ask again." : fault.hint()});
  return diagnosis;
}

}  // namespace seedbed::host
