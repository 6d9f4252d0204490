#include "report/json.hpp"

#include <nlohmann/json.hpp>

#include <fmt/format.h>

#include "log.hpp"
#include "report/proof_report.hpp"
#include "report/summary.hpp"

namespace seedbed::host {

namespace {

using Json = nlohmann::ordered_json;

constexpr auto kMilli = 1000.0;

double milliseconds(std::chrono::microseconds duration) {
  return static_cast<double>(duration.count()) / kMilli;
}

// Free text; what is not passed through here comes from seedbed's own fixed vocabulary.
std::string text(const std::string& value) { return log::redacted(value); }

Json texts(const std::vector<std::string>& values) {
  Json list = Json::array();
  for (const std::string& value : values) list.push_back(text(value));
  return list;
}

template <typename T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json text_or_null(const std::string& value) {
  return value.empty() ? Json(nullptr) : Json(text(value));
}
Json number_or_null(std::size_t value) { return value == 0 ? Json(nullptr) : Json(value); }

// Bytes that are no UTF-8 become replacement characters: a document is always valid JSON.
std::string dumped(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

Json document(const char* schema) { return Json{{"schema", schema}}; }

Json error_object(const Error& error) {
  const Place& place = error.place();
  Json object{{"code", exit_code_name(error.code())},
              {"exit_status", static_cast<int>(error.code())},
              {"message", text(error.message())}};
  object["place"] = nullptr;
  if (!place.file.empty()) {
    object["place"] = {{"file", text(place.file)},
                       {"line", number_or_null(place.line)},
                       {"column", number_or_null(place.column)},
                       {"text", text_or_null(place.text)}};
  }
  object["sqlstate"] = text_or_null(error.sqlstate());
  object["detail"] = text_or_null(error.detail());
  object["hint"] = text_or_null(error.hint());
  return object;
}

Json counts_object(const TableCounts& counts) {
  return {{"inserted", counts.inserted}, {"updated", counts.updated}, {"deleted", counts.deleted}};
}

Json seeder_object(const SeederOutcome& seeder) {
  Json object{{"name", seeder.name},
              {"version", text(seeder.version)},
              {"ran", seeder.ran},
              {"committed", seeder.committed}};
  object.update(counts_object(seeder.total()));
  object["unchanged"] = seeder.unchanged_known ? Json(seeder.unchanged()) : Json(nullptr);
  object["kept_deleted"] = seeder.kept_deleted();
  object["took_ms"] = milliseconds(seeder.took);
  object["tables"] = Json::array();
  for (const TableOutcome& table : seeder.tables) {
    Json counted{{"table", text(table.counts.table)}};
    counted.update(counts_object(table.counts));
    counted["unchanged"] = or_null(table.unchanged);
    counted["kept_deleted"] = table.kept_deleted;
    object["tables"].push_back(std::move(counted));
  }
  return object;
}

Json migration_list(const std::vector<MigrationOutcome>& migrations) {
  Json list = Json::array();
  for (const MigrationOutcome& migration : migrations) {
    list.push_back({{"version", text(migration.version)},
                    {"name", text(migration.name)},
                    {"file", text(migration.file)},
                    {"took_ms", milliseconds(migration.took)}});
  }
  return list;
}

/// Null members where the file is not there, or ended.
Json half_object(const HalfApplied& half) {
  return {{"statement", half.line == 0 ? Json(nullptr) : Json(half.done + 1)},
          {"done", half.done},
          {"total", number_or_null(half.total)},
          {"line", number_or_null(half.line)},
          {"edited", half.edited},
          {"in_doubt", half.in_doubt},
          {"reverting", half.reverting}};
}

Json identity_object(const Identity& identity) {
  return {{"environment", text(identity.environment)}, {"tier", text(identity.tier)}, {"id", text(identity.id)}};
}

Json fault_object(const Fault& fault) {
  Json object{{"pass", pass_name(fault.pass)}, {"text", text_or_null(fault.text)}, {"writes", Json::array()}};
  for (const StrayWrite& write : fault.writes) {
    Json written{{"table", text(write.counts.table)}};
    written.update(counts_object(write.counts));
    written["keys"] = texts(write.keys);
    written["cause"] = text_or_null(write.cause);
    object["writes"].push_back(std::move(written));
  }
  object["error"] = fault.error ? error_object(*fault.error) : Json(nullptr);
  return object;
}

Json doubt_object(const Doubt& doubt) {
  Json object{{"value", text(doubt.value)}, {"for_a_day", doubt.for_a_day}, {"place", nullptr}, {"statement", text_or_null(doubt.statement)}};
  if (!doubt.place.file.empty()) {
    object["place"] = {{"file", text(doubt.place.file)}, {"line", doubt.place.line}, {"column", doubt.place.column}, {"text", text_or_null(doubt.place.text)}};
  }
  return object;
}

Json proof_object(const SeederProof& seeder) {
  Json object{{"name", seeder.name}, {"version", text(seeder.version)}, {"verdict", verdict_name(seeder.verdict())}};
  object["first_pass"] = counts_object(seeder.first);
  object["first_pass"]["unchanged"] = seeder.unchanged;
  object["left_out"] = text_or_null(seeder.left_out);
  object["blocked"] = text_or_null(seeder.blocked);
  object["runs_once"] = seeder.once;
  object["scratch_tried"] = seeder.scratched;
  object["scratch_not_tried"] = text_or_null(seeder.not_scratched);
  object["faults"] = Json::array();
  for (const Fault& fault : seeder.faults) object["faults"].push_back(fault_object(fault));
  object["doubts"] = Json::array();
  for (const Doubt& doubt : seeder.doubts) object["doubts"].push_back(doubt_object(doubt));
  object["edited_tables"] = Json::array();
  for (const EditedTable& edited : seeder.edited) {
    object["edited_tables"].push_back({{"table", text(edited.table)},
                                       {"mode", edited.mode},
                                       {"judged", edited.judged},
                                       {"edits_kept", edited.edits_kept},
                                       {"edits_undone", edited.edits_undone},
                                       {"deleted_returned", edited.deleted_returned},
                                       {"deleted_stayed", edited.deleted_stayed}});
  }
  object["took_ms"] = milliseconds(seeder.took);
  return object;
}

const char* result_name(const Outcome& outcome) {
  if (outcome.error) return "failed";
  return outcome.dry_run ? "rolled_back" : "done";
}

Json declaration_object(const Declaration& declaration) {
  Json parameters = Json::array();
  for (const ParameterDeclaration& parameter : declaration.parameters) {
    Json object{{"name", parameter.name}};
    std::visit([&](const auto& value) { object["default"] = value; }, parameter.default_value);
    object["help"] = text(parameter.help);
    parameters.push_back(std::move(object));
  }
  return {{"name", declaration.name},
          {"version", text(declaration.version)},
          {"description", text(declaration.description)},
          {"tier", tier_name(declaration.tier)},
          {"after", texts(declaration.after)},
          {"needs", text_or_null(declaration.needs)},
          {"writes", texts(declaration.writes)},
          {"run", declaration.once ? "once" : "always"},
          {"parameters", std::move(parameters)}};
}

}  // namespace

std::string to_json(const Outcome& outcome) {
  Json result = document("seedbed.outcome/1");
  result["command"] = outcome.command;
  result["environment"] = text(outcome.environment);
  result["tier"] = tier_name(outcome.tier);
  result["url"] = text(outcome.url);
  result["engine"] = engine_name(outcome.engine);
  result["dry_run"] = outcome.dry_run;
  result["result"] = result_name(outcome);
  result["nothing_changed"] = outcome.nothing_changed();
  result["took_ms"] = milliseconds(outcome.took);

  result["identity"] = nullptr;
  if (outcome.identity) {
    result["identity"] = identity_object(outcome.identity->now);
    result["identity"]["before"] = outcome.identity->before ? identity_object(*outcome.identity->before) : Json(nullptr);
  }
  result["dropped"] = Json::array();
  for (const CatalogObject& object : outcome.dropped) {
    result["dropped"].push_back({{"kind", object.kind}, {"name", text(object.name)}});
  }
  result["migrations"] = {{"applied", migration_list(outcome.migrations)},
                          {"recorded", migration_list(outcome.recorded)},
                          {"reverted", migration_list(outcome.reverted)},
                          {"accepted", migration_list(outcome.accepted)},
                          {"abandoned", migration_list(outcome.abandoned)},
                          {"up_to_date", outcome.migrations_up_to_date},
                          {"took_ms", milliseconds(outcome.migrations_took)}};
  result["seeding_asked"] = outcome.seeding_asked;
  result["cleared"] = Json::array();
  for (const TableCounts& table : outcome.cleared) {
    result["cleared"].push_back({{"table", text(table.table)}, {"deleted", table.deleted}});
  }
  result["seeders"] = Json::array();
  for (const SeederOutcome& seeder : outcome.seeders)
    result["seeders"].push_back(seeder_object(seeder));
  result["not_executed"] = Json::array();
  for (const NotExecuted& item : outcome.not_executed) {
    result["not_executed"].push_back({{"what", text(item.what)}, {"why", text(item.why)}});
  }
  result["notices"] = texts(outcome.notices);
  result["refreshed_views"] = texts(outcome.refreshed_views);
  result["hooks_run"] = outcome.hooks_run;
  result["error"] = outcome.error ? error_object(*outcome.error) : Json(nullptr);
  return dumped(result);
}

std::string to_json(const Plan& plan) {
  Json result = document("seedbed.status/1");
  result["environment"] = text(plan.environment);
  result["tier"] = tier_name(plan.tier);
  result["url"] = text(plan.url);
  result["engine"] = engine_name(plan.engine);
  result["something_pending"] = plan.something_pending();
  result["pending_migrations"] = plan.pending_migrations();
  result["migrations"] = Json::array();
  for (const PlannedMigration& migration : plan.migrations) {
    const bool timed = !migration.applied_at.empty();
    result["migrations"].push_back({{"version", text(migration.version)},
                                    {"name", text(migration.name)},
                                    {"file", text_or_null(migration.file)},
                                    {"state", state_name(migration.state)},
                                    {"origin", text_or_null(migration.origin)},
                                    {"failed_at", migration.half ? half_object(*migration.half) : Json(nullptr)},
                                    {"applied_at", text_or_null(migration.applied_at)},
                                    {"took_ms", timed ? Json(migration.took_ms) : Json(nullptr)}});
  }
  result["left_alone"] = texts(plan.left_alone);
  result["seeders"] = Json::array();
  for (std::size_t i = 0; i < plan.seeders.size(); ++i) {
    const PlannedSeeder& planned = plan.seeders[i];
    const LastSeeding& last = plan.last_seedings.at(i);
    result["seeders"].push_back({{"name", planned.seeder.declaration.name},
                                 {"version", text(planned.seeder.declaration.version)},
                                 {"selected", planned.selected},
                                 {"reason", text(planned.reason)},
                                 {"state", planned.selected ? seeder_state(plan, i) : "left_out"},
                                 {"ran_at", text_or_null(last.ran_at)},
                                 {"ran_version", text_or_null(last.version)}});
  }
  result["orphaned"] = Json::array();
  for (const OrphanedRows& orphaned : plan.orphaned) {
    result["orphaned"].push_back({{"seeder", text(orphaned.seeder)}, {"table", text(orphaned.table)}, {"rows", orphaned.rows}});
  }
  return dumped(result);
}

std::string to_json(const Adoption& adoption) {
  const Outcome& outcome = adoption.outcome;
  Json result = document("seedbed.adoption/1");
  result["environment"] = text(outcome.environment);
  result["tier"] = tier_name(outcome.tier);
  result["url"] = text(outcome.url);
  result["engine"] = engine_name(outcome.engine);
  result["dry_run"] = outcome.dry_run;
  result["tool"] = adoption.tool;
  result["table"] = text(adoption.table);
  result["migrations"] = Json::array();
  for (const AdoptedMigration& migration : adoption.migrations) {
    result["migrations"].push_back({{"version", text_or_null(migration.version)},
                                    {"file", text(migration.file)},
                                    {"state", state_name(migration.state)},
                                    {"applied_at", text_or_null(migration.applied_at)}});
  }
  result["newer_pending"] = adoption.pending;
  result["took_ms"] = milliseconds(outcome.took);
  return dumped(result);
}

std::string to_json(const DamageReport& report) {
  Json result = document("seedbed.repair/1");
  result["environment"] = text(report.environment);
  result["url"] = text(report.url);
  result["engine"] = engine_name(report.engine);
  result["damages"] = Json::array();
  for (const Damage& damage : report.damages) {
    Json object{{"version", text(damage.version)},
                {"file", text_or_null(damage.file)},
                {"state", state_name(damage.state)},
                {"applied_at", text_or_null(damage.applied_at)},
                {"recorded_sha256", text_or_null(damage.recorded_sha256)},
                {"sha256", text_or_null(damage.sha256)}};
    const bool failed = damage.state == MigrationState::failed;
    object["failed_at"] = failed ? half_object(damage.half) : Json(nullptr);
    object["took_effect"] = Json::array();
    for (const TakenStatement& statement : damage.took_effect) {
      object["took_effect"].push_back(
          {{"statement", statement.number}, {"line", number_or_null(statement.line)}, {"text", text_or_null(statement.text)}});
    }
    object["remedies"] = Json::array();
    for (const Remedy& remedy : remedies_for(damage)) {
      object["remedies"].push_back({{"command", text(remedy.command)}, {"effect", text(remedy.effect)}});
    }
    result["damages"].push_back(std::move(object));
  }
  return dumped(result);
}

std::string to_json(const Proof& proof) {
  Json result = document("seedbed.proof/1");
  result["environment"] = text(proof.environment);
  result["tier"] = tier_name(proof.tier);
  result["url"] = text(proof.url);
  result["engine"] = engine_name(proof.engine);
  result["proved"] = proof.proved();
  result["edits_tried"] = proof.edits_tried;
  result["scratch_not_tried"] = text_or_null(proof.not_scratched);
  result["seeders"] = Json::array();
  for (const SeederProof& seeder : proof.seeders) result["seeders"].push_back(proof_object(seeder));
  result["notices"] = texts(proof.notices);
  result["took_ms"] = milliseconds(proof.took);
  return dumped(result);
}

std::string to_json(const RunLog& log) {
  Json result = document("seedbed.log/1");
  result["environment"] = text(log.environment);
  result["url"] = text(log.url);
  result["engine"] = engine_name(log.engine);
  result["total"] = log.total;
  result["runs"] = Json::array();
  for (const RecordedRun& run : log.runs) {
    result["runs"].push_back({{"started_at", run.started},
                              {"took_ms", run.took_ms},
                              {"command", text(run.command)},
                              {"environment", text(run.environment)},
                              {"tier", run.tier},
                              {"operator", text(run.operator_name)},
                              {"host", text(run.host)},
                              {"seedbed_version", run.version},
                              {"git_commit", text_or_null(run.commit)},
                              {"outcome", run.outcome},
                              {"error", text_or_null(run.error)},
                              {"migrations", run.migrations},
                              {"inserted", run.inserted},
                              {"updated", run.updated},
                              {"deleted", run.deleted}});
  }
  return dumped(result);
}

std::string to_json(const SeederList& list) {
  Json result = document("seedbed.plugins/1");
  result["environment"] = text(list.environment);
  result["tier"] = tier_name(list.tier);
  result["seeders"] = Json::array();
  for (const PlannedSeeder& planned : list.seeders) {
    const Seeder& seeder = planned.seeder;
    Json object = declaration_object(seeder.declaration);
    object["kind"] = kind_name(seeder.kind);
    object["file"] = text_or_null(seeder.path.string());
    object["sha256"] = text_or_null(seeder.sha256);
    object["abi_version"] = number_or_null(seeder.abi_version);
    object["selected"] = planned.selected;
    object["reason"] = text(planned.reason);
    result["seeders"].push_back(std::move(object));
  }
  result["lock_file"] = text_or_null(list.lock_file.string());
  result["broken"] = Json::array();
  for (const BrokenPlugin& plugin : list.broken) {
    result["broken"].push_back(
        {{"file", text(plugin.path.string())}, {"error", error_object(error_of(plugin))}});
  }
  result["not_found"] = Json::array();
  for (const Named& named : list.not_found) {
    result["not_found"].push_back({{"name", text(named.name)}, {"source", text(named.source)}});
  }
  return dumped(result);
}

std::string to_json(const LockUpdate& update) {
  Json result = document("seedbed.lock/1");
  result["file"] = text(update.file.string());
  result["seeders"] = Json::array();
  for (const LockedSeeder& seeder : update.seeders) {
    const bool removed = seeder.change == LockChange::removed;
    result["seeders"].push_back({{"file", text(seeder.entry.path)},
                                 {"kind", kind_name(seeder.entry.kind)},
                                 {"change", change_name(seeder.change)},
                                 {"sha256", removed ? Json(nullptr) : Json(seeder.entry.sha256)},
                                 {"before_sha256", text_or_null(removed ? seeder.entry.sha256 : seeder.before)}});
  }
  return dumped(result);
}

std::string to_json(const Diagnosis& diagnosis) {
  Json result = document("seedbed.doctor/1");
  result["environment"] = text_or_null(diagnosis.environment);
  result["tier"] = diagnosis.environment.empty() ? Json(nullptr) : Json(tier_name(diagnosis.tier));
  result["url"] = text_or_null(diagnosis.url);
  result["problems"] = diagnosis.count(Mark::problem);
  result["warnings"] = diagnosis.count(Mark::warning);
  result["findings"] = Json::array();
  for (const Finding& finding : diagnosis.findings) {
    result["findings"].push_back({{"mark", mark_name(finding.mark)},
                                  {"topic", finding.topic},
                                  {"what", text(finding.what)},
                                  {"to_do", text_or_null(finding.to_do)}});
  }
  return dumped(result);
}

std::string to_json(const SettingList& list) {
  Json result = document("seedbed.env/1");
  result["settings"] = Json::array();
  for (const SettingEntry& entry : list.entries) {
    result["settings"].push_back(
        {{"key", text(entry.key)}, {"value", text(entry.value)}, {"source", text(entry.source)}});
  }
  return dumped(result);
}

std::string to_json(const StatementList& list) {
  Json result = document("seedbed.statements/1");
  result["file"] = text(list.file);
  result["count"] = list.statements.size();
  if (list.count_only) return dumped(result);
  result["statements"] = Json::array();
  for (const sql::Statement& statement : list.statements) {
    Json object{{"offset", statement.offset},
                {"size", statement.size},
                {"line", statement.line},
                {"column", statement.column},
                {"kind", sql::kind_name(statement.kind)}};
    if (statement.kind == sql::Kind::copy_in) {
      object["data_offset"] = statement.data_offset;
      object["data_size"] = statement.data_size;
    }
    result["statements"].push_back(std::move(object));
  }
  return dumped(result);
}

std::string to_json(const CreatedFiles& created) {
  Json result = document("seedbed.new/1");
  result["files"] = Json::array();
  for (const auto& file : created.files) result["files"].push_back(text(file.string()));
  return dumped(result);
}

std::string to_json(const Reached& reached) {
  Json result = document("seedbed.wait/1");
  result["url"] = text(reached.url);
  result["engine"] = engine_name(reached.engine);
  result["server_version"] = text_or_null(reached.server_version);
  result["took_ms"] = milliseconds(reached.took);
  return dumped(result);
}

std::string to_json(const Error& error) {
  Json result = document("seedbed.error/1");
  result["error"] = error_object(error);
  return dumped(result);
}

}  // namespace seedbed::host
