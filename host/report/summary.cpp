#include "report/summary.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "duration.hpp"

namespace seedbed::host {

namespace {

std::size_t committed_seeders(const Outcome& outcome) {
  return static_cast<std::size_t>(
      std::count_if(outcome.seeders.begin(), outcome.seeders.end(),
                    [](const SeederOutcome& seeder) { return seeder.committed; }));
}

// What a failed run leaves behind in the database.
std::string what_stays(const Outcome& outcome) {
  const std::size_t migrations = outcome.migrations.size();
  const std::size_t seeders = committed_seeders(outcome);
  if (outcome.error->is_in_doubt()) return "whether the last commit took effect is not known";
  if (outcome.partly_applied && migrations == 0) return "part of a migration may remain";
  if (outcome.dry_run) return "nothing was changed";
  if (!outcome.reverted.empty()) {
    return fmt::format("{} {} reverted", counted(outcome.reverted.size(), "migration"), outcome.reverted.size() == 1 ? "stays" : "stay");
  }
  if (migrations == 0 && seeders == 0) {
    return outcome.dropped.empty() ? "nothing was changed" : fmt::format("{} dropped", counted(outcome.dropped.size(), "object"));
  }
  if (seeders == 0) {
    return fmt::format("{} {} applied", counted(migrations, "migration"),
                       migrations == 1 ? "stays" : "stay");
  }
  if (migrations == 0) return fmt::format("{} committed", counted(seeders, "seeder"));
  return fmt::format("{} applied, {} committed", counted(migrations, "migration"),
                     counted(seeders, "seeder"));
}

/// "1 migration reverted"; empty where none is but applied.
std::string changes_sentence(const Outcome& outcome) {
  std::string sentence;
  for (const HistoryChange& change : history_changes(outcome)) {
    if (change.migrations->empty()) continue;
    const bool stamped = change.migrations == &outcome.recorded;
    sentence += fmt::format("{}{} {}{}", sentence.empty() ? "" : ", ", counted(change.migrations->size(), "migration"),
                            change.verb, stamped ? " as applied" : "");
  }
  return sentence;
}

Summary dry_run_summary(const Outcome& outcome, const std::string& took) {
  if (outcome.command == "reset") return {"dry run", fmt::format(": nothing was dropped ({})", took), Ink::yellow};
  const bool only_listed =
      outcome.migrations.empty() && outcome.reverted.empty() && outcome.seeders.empty() && !outcome.not_executed.empty();
  if (only_listed)
    return {"dry run", fmt::format(": nothing was executed ({})", took), Ink::yellow};
  const char* const would = outcome.nothing_changed() ? "; a run would change nothing" : "";
  return {"dry run", fmt::format(": rolled back after {}{}", took, would), Ink::yellow};
}

std::size_t count_of(const Adoption& adoption, AdoptionState state) {
  return static_cast<std::size_t>(
      std::ranges::count(adoption.migrations, state, &AdoptedMigration::state));
}

}  // namespace

Summary summary_of(const Outcome& outcome) {
  const std::string took = duration_text(outcome.took);
  if (outcome.error) {
    const bool stopped = outcome.error->code() == ExitCode::interrupted;
    return {stopped ? "interrupted" : "failed",
            fmt::format(" after {}; {}", took, what_stays(outcome)), Ink::red};
  }
  if (outcome.dry_run) return dry_run_summary(outcome, took);
  if (outcome.nothing_changed())
    return {"done", fmt::format(" in {}; nothing changed", took), Ink::green};
  if (const std::string changes = changes_sentence(outcome); !changes.empty()) {
    return {"done", fmt::format(" in {}; {}", took, changes), Ink::green};
  }
  return {"done", fmt::format(" in {}; run it again and nothing changes", took), Ink::green};
}

std::vector<HistoryChange> history_changes(const Outcome& outcome) {
  return {{"recorded", &outcome.recorded}, {"reverted", &outcome.reverted}, {"accepted", &outcome.accepted}, {"abandoned", &outcome.abandoned}};
}

std::string identity_text(const IdentityChange& change) {
  const std::string was = change.before ? fmt::format(" (was {}, tier {})", change.before->environment, change.before->tier) : "";
  return fmt::format("environment {}, tier {}{}", change.now.environment, change.now.tier, was);
}

std::string half_applied_text(const HalfApplied& half) {
  const char* const doubt = half.in_doubt ? ", which may have taken effect" : "";
  if (half.total == 0) return fmt::format("at statement {}{}", half.done + 1, doubt);
  if (half.line == 0) return "after its last statement";
  return fmt::format("at statement {} of {} (line {}){}", half.done + 1, half.total, half.line, doubt);
}

std::string state_text(const PlannedMigration& migration) {
  if (migration.state == MigrationState::failed) {
    return migration.half->reverting ? "half reverted" : "failed " + half_applied_text(*migration.half);
  }
  const bool elsewise = migration.state == MigrationState::applied && !migration.origin.empty() && migration.origin != "applied";
  if (!elsewise) return state_name(migration.state);
  return migration.origin == "as-is" ? "applied as-is" : migration.origin;
}

std::string counts_of(const Plan& plan) {
  if (plan.migrations.empty()) return "";
  std::string text = counted(plan.migrations.size(), "migration");
  const char* before = ": ";
  for (const MigrationState state : {MigrationState::applied, MigrationState::edited, MigrationState::missing,
                                     MigrationState::failed, MigrationState::out_of_order, MigrationState::pending}) {
    const auto count = std::ranges::count(plan.migrations, state, &PlannedMigration::state);
    if (count == 0) continue;
    text += fmt::format("{}{} {}", before, count, state_name(state));
    before = ", ";
  }
  return text;
}

std::string summary_of(const Plan& plan) {
  const std::size_t migrations = plan.pending_migrations();
  std::size_t seeders = 0;
  for (std::size_t i = 0; i < plan.seeders.size(); ++i) {
    if (plan.seeders[i].selected && !plan.last_seedings.at(i).current) ++seeders;
  }
  if (migrations == 0 && seeders == 0) return "Nothing is pending.";
  if (seeders == 0) return fmt::format("{} pending.", counted(migrations, "migration"));
  if (migrations == 0) return fmt::format("{} pending.", counted(seeders, "seeder"));
  return fmt::format("{} and {} pending.", counted(migrations, "migration"),
                     counted(seeders, "seeder"));
}

std::vector<std::string> remarks_on(const Plan& plan) {
  std::vector<std::string> remarks;
  for (const PlannedMigration& migration : plan.migrations) {
    const std::string title = title_of(migration);
    if (migration.state == MigrationState::edited) {
      remarks.push_back(fmt::format("{} is not the text that was applied on {}.", title,
                                    migration.applied_at.substr(0, 10)));
    } else if (migration.state == MigrationState::missing) {
      const std::string when =
          migration.applied_at.empty() ? "" : " on " + migration.applied_at.substr(0, 10);
      remarks.push_back(
          fmt::format("{} was applied{}; there is no such file here.", title, when));
    } else if (migration.state == MigrationState::out_of_order) {
      remarks.push_back(
          fmt::format("{} is older than the newest migration that was applied.", title));
    } else if (migration.state == MigrationState::failed) {
      const bool plain = !migration.file.empty() && !migration.half->edited;
      const bool reverting = migration.half->reverting;
      const std::string stopped = reverting ? "reverted: its down part stopped " + half_applied_text(*migration.half) : "applied";
      remarks.push_back(fmt::format("{} is half {}; \"seedbed {}\" {}", title, stopped, !plain ? "repair" : reverting ? "down" : "up",
                                    plain ? "goes on where it stopped." : "shows what can be done."));
    }
  }
  if (!plan.left_alone.empty()) remarks.push_back(left_alone_text(plan.left_alone));
  for (const OrphanedRows& orphaned : plan.orphaned) {
    remarks.push_back(fmt::format("{} of {} {} orphaned: seeder {} inserted {} and declares {} no more.", counted(static_cast<std::size_t>(orphaned.rows), "row"),
                                  orphaned.table, orphaned.rows == 1 ? "is" : "are", orphaned.seeder, orphaned.rows == 1 ? "it" : "them",
                                  orphaned.rows == 1 ? "it" : "them"));
  }
  return remarks;
}

Summary summary_of(const Adoption& adoption) {
  const std::size_t adopted = count_of(adoption, AdoptionState::adopted) + count_of(adoption, AdoptionState::edited);
  const std::string took = duration_text(adoption.outcome.took);
  const std::string what = counted(adopted, "migration");
  if (adoption.outcome.dry_run) {
    return {"dry run", fmt::format(": {} would be recorded; nothing was written ({})", what, took), Ink::yellow};
  }
  if (adopted == 0) return {"done", fmt::format(" in {}; nothing to record", took), Ink::green};
  return {"done", fmt::format(" in {}; {} recorded, nothing was run", took, what), Ink::green};
}

std::vector<std::string> remarks_on(const Adoption& adoption) {
  std::vector<std::string> remarks;
  const std::size_t gaps = count_of(adoption, AdoptionState::gap);
  if (gaps > 0) {
    remarks.push_back(fmt::format("{} {} not applied, though later ones were; {} pending, out of order.",
                                  counted(gaps, "migration"), gaps == 1 ? "was" : "were", gaps == 1 ? "it stays" : "they stay"));
  }
  const std::size_t changed = count_of(adoption, AdoptionState::changed);
  if (changed > 0) {
    remarks.push_back(fmt::format("{} changed since {} ran and will run again.", counted(changed, "repeatable migration"),
                                  changed == 1 ? "it" : "they"));
  }
  const std::size_t missing = count_of(adoption, AdoptionState::missing);
  if (missing > 0) {
    remarks.push_back(fmt::format("{} {} no file here and {} not recorded.", counted(missing, "applied version"),
                                  missing == 1 ? "has" : "have", missing == 1 ? "is" : "are"));
  }
  if (adoption.pending > 0) {
    remarks.push_back(fmt::format("{} {} pending: \"seedbed up\" applies {}.", counted(adoption.pending, "newer migration"),
                                  adoption.pending == 1 ? "is" : "are", adoption.pending == 1 ? "it" : "them"));
  }
  return remarks;
}

std::string seeder_state(const Plan& plan, std::size_t index) {
  const LastSeeding& last = plan.last_seedings.at(index);
  if (last.ran_at.empty()) return "pending";
  return last.current ? "done" : "changed";
}

std::string lock_summary(const LockUpdate& update) {
  const auto count = [&](LockChange change) {
    return static_cast<std::size_t>(std::ranges::count(update.seeders, change, &LockedSeeder::change));
  };
  std::string changes;
  for (const LockChange change : {LockChange::added, LockChange::changed, LockChange::removed, LockChange::none}) {
    if (count(change) == 0) continue;
    changes += fmt::format("{}{} {}", changes.empty() ? ": " : ", ", count(change), change_name(change));
  }
  return fmt::format("{} has {}{}.", update.file.filename().string(),
                     counted(update.seeders.size() - count(LockChange::removed), "seeder file"), changes);
}

}  // namespace seedbed::host
