#include "run/identity.hpp"

#include <fmt/format.h>

#include "ledger/operator.hpp"
#include "ledger/run_lock.hpp"
#include "run/record_run.hpp"
#include "run/retry.hpp"

namespace seedbed::host {

namespace {

bool differ(const std::string& then, const std::string& now) { return !then.empty() && !now.empty() && then != now; }

Error other_identity(const Identity& identity, const DatabaseFacts& facts, const Settings& settings) {
  Error error(ExitCode::refused, fmt::format("the database is that of environment \"{}\" (tier {}), the settings are those of \"{}\" (tier {})",
                                             identity.environment, identity.tier, settings.environment, tier_name(settings.tier)));
  error.detail(fmt::format("{} has the identity {}. Nothing else of it was read, and nothing was changed.", settings.url.display, identity.id));
  const std::string difference = server_difference(identity, facts);
  if (!difference.empty()) {
    error.detail(fmt::format("It looks like a restored copy: it is not on the server that wrote its identity ({}).", difference));
  }
  error.hint("If the database is right, choose its environment with --env, or its tier in seedbed.toml or with --tier.");
  const std::string command = fmt::format("seedbed stamp --identity{}", settings.typed_options);
  const bool may_be_copy = settings.url.engine == Engine::sqlite || !difference.empty();
  throw error.hint(fmt::format("{} to be that of \"{}\" from now on:\n{}",
                               may_be_copy ? "If it is a restored copy, and is" : "If the settings are right, and the database is",
                               settings.environment, command));
}

Stakes stakes_of(const Identity& identity, Database& database) {
  Stakes stakes;
  stakes.action = "stamp --identity";
  stakes.count = static_cast<std::int64_t>(Ledger(database).migrations().size());
  stakes.unit = "migration";
  stakes.what = fmt::format("It lifts the guards of tier {} from a database with {}", identity.tier, stakes.counted());
  return stakes;
}

}  // namespace

std::string server_difference(const Identity& identity, const DatabaseFacts& facts) {
  std::string text;
  if (differ(identity.system, facts.system)) {
    text = fmt::format("system identifier {}, was {}", facts.system, identity.system);
  }
  if (differ(identity.oid, facts.oid)) {
    text += fmt::format("{}oid of the database {}, was {}", text.empty() ? "" : "; ", facts.oid, identity.oid);
  }
  return text;
}

Identity identity_of(const Settings& settings, const DatabaseFacts& facts) {
  return {settings.environment, tier_name(settings.tier), random_id(), facts.system, facts.oid};
}

namespace {

Recognised look_at(Database& database) {
  LedgerLook look = Ledger(database).look();
  return {std::move(look.facts), look.version, std::move(look.identity), ""};
}

}  // namespace

Recognised recognise(Database& database, const Settings& settings) {
  Recognised found = look_at(database);
  if (!found.identity) return found;
  const Identity& identity = *found.identity;
  if (identity.environment != settings.environment || identity.tier != tier_name(settings.tier)) {
    throw other_identity(identity, found.facts, settings);
  }
  const std::string difference = server_difference(identity, found.facts);
  if (!difference.empty()) {
    found.server_changed = fmt::format("The database is on another server than before, as after an upgrade, a failover or a restore: {}.", difference);
  }
  return found;
}

Outcome stamp_identity(const Settings& settings, const StampIdentityOptions& options) {
  Preparation prepared;
  prepared.database = connect(settings.url, {options.wait, /*create=*/false, settings.lock_timeout});
  static_cast<Recognised&>(prepared) = look_at(*prepared.database);
  Outcome start = outcome_of(settings, "stamp");
  start.seeding_asked = false;
  return recorded_run(prepared, settings, std::move(start), [&](Outcome& outcome) {
    const std::optional<Identity> before = prepared.identity;
    const ConsentGate gate(prepared, settings, options.consent);
    const bool is_copy = before && !server_difference(*before, prepared.facts).empty();
    const bool agrees = before && before->environment == settings.environment && before->tier == tier_name(settings.tier);
    if (agrees && !is_copy) {
      outcome.notices.push_back(fmt::format("The database is that of environment \"{}\", tier {}, already.", before->environment, before->tier));
      return;
    }
    const auto require_consent = [&] {
      if (!before || agrees) return;
      gate.require(parse_tier(before->tier, "the database's identity"), [&] { return stakes_of(*before, *prepared.database); });
    };
    require_consent();
    open_ledger(prepared, settings, options.wait);
    Database& database = *prepared.database;  // open_ledger() may have made the file
    if (is_copy) clear_lock(database);
    RunLock lock(database, settings.url, settings.lock_timeout, prepared.identity->id);
    const Identity now = identity_of(settings, prepared.facts);
    with_retries("identity", [&] {
      LockedTransaction transaction(lock);
      require_consent();
      Ledger(database).change_identity(now);
      transaction.commit();
    });
    outcome.identity = IdentityChange{before, now};
  });
}

}  // namespace seedbed::host
