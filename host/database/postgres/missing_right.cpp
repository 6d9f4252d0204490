#include "database/postgres/missing_right.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <memory>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <libpq-fe.h>

#include "database/postgres/postgres_connect.hpp"
#include "database/sql/script.hpp"
#include "log.hpp"

namespace seedbed::host {

namespace {

using Texts = std::vector<std::string>;
using Words = std::set<std::string>;

constexpr std::chrono::seconds kPatience{2};

/// A second connection that gives up soon.
class Catalog {
 public:
  explicit Catalog(const DatabaseUrl& url) : connection_(open_postgres(url, std::chrono::milliseconds(0), nullptr), &PQfinish) {}

  /// Throws Error{failed} when there is no answer in time.
  std::vector<Texts> query(const char* sql, const Texts& params) {
    std::vector<const char*> values;
    for (const std::string& param : params) values.push_back(param.c_str());
    PQsendQueryParams(connection_.get(), sql, static_cast<int>(values.size()), nullptr, values.data(), nullptr, nullptr, 0);
    wait_for_answer();
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQgetResult(connection_.get()), &PQclear);
    if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) throw Error(ExitCode::failed, PQerrorMessage(connection_.get()));
    std::vector<Texts> rows(static_cast<std::size_t>(PQntuples(result.get())));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (int j = 0; j < PQnfields(result.get()); ++j) rows[i].emplace_back(PQgetvalue(result.get(), static_cast<int>(i), j));
    }
    while (PGresult* rest = PQgetResult(connection_.get())) PQclear(rest);
    return rows;
  }

 private:
  void wait_for_answer() {
    using Clock = std::chrono::steady_clock;
    const auto deadline = Clock::now() + kPatience;
    while (PQisBusy(connection_.get()) != 0) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
      pollfd waiting{PQsocket(connection_.get()), POLLIN, 0};
      if (left <= 0 || poll(&waiting, 1, static_cast<int>(left)) == 0) throw Error(ExitCode::failed, "no second connection in time");
      if (PQconsumeInput(connection_.get()) == 0) throw Error(ExitCode::failed, PQerrorMessage(connection_.get()));
    }
  }

  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

/// The words of SQL, in upper case.
Words words_of(std::string_view sql) {
  Words words;
  std::string word;
  for (const char c : std::string(sql) + ' ') {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '_' || byte >= 0x80) {
      word += static_cast<char>(std::toupper(byte));
    } else if (!word.empty()) {
      words.insert(std::move(word));
      word.clear();
    }
  }
  return words;
}

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

/// The words of those statements of `sql` that name `object`; of all if none does.
Words words_about(const std::string& object, std::string_view sql, std::string_view context) {
  Words about;
  const auto take = [&](std::string_view text) {
    Words words = words_of(text);
    if (words.contains(upper(object))) about.merge(words);
  };
  try {
    for (const sql::Statement& statement : sql::split(sql, Engine::postgres, "")) take(sql.substr(statement.offset, statement.size));
  } catch (const Error&) {
    take(sql);
  }
  if (about.empty()) take(context);
  return about.empty() ? words_of(sql) : about;
}

/// The rights on a table that a statement of these words takes.
Words table_rights(const Words& words) {
  Words rights;
  for (const char* verb : {"INSERT", "UPDATE", "DELETE", "TRUNCATE"}) {
    if (words.contains(verb)) rights.insert(verb);
  }
  if (words.contains("SHARE")) rights.insert("UPDATE");
  if (words.contains("COPY") && words.contains("STDIN")) rights.insert("INSERT");
  const bool only_inserts = rights == Words{"INSERT"} && !words.contains("CONFLICT") && !words.contains("RETURNING");
  if (!only_inserts) rights.insert("SELECT");
  return rights;
}

constexpr const char* kTables = R"(
    SELECT format('%I.%I', n.nspname, c.relname), quote_ident(current_user), quote_ident(pg_get_userbyid(c.relowner)),
           c.relkind = 'm', pg_table_is_visible(c.oid), n.nspname,
           has_table_privilege(c.oid, 'SELECT'), has_table_privilege(c.oid, 'INSERT'), has_table_privilege(c.oid, 'UPDATE'),
           has_table_privilege(c.oid, 'DELETE'), has_table_privilege(c.oid, 'TRUNCATE'), pg_has_role(c.relowner, 'USAGE')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    ORDER BY 1)";
constexpr std::array<const char*, 5> kTableRights{"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"};

constexpr const char* kSequences = R"(
    SELECT format('%I.%I', n.nspname, c.relname), quote_ident(current_user), has_sequence_privilege(c.oid, 'USAGE'),
           has_sequence_privilege(c.oid, 'SELECT'), has_sequence_privilege(c.oid, 'UPDATE')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relname = $1 AND c.relkind = 'S' ORDER BY NOT pg_table_is_visible(c.oid), 1)";

constexpr const char* kSchemas = R"(
    SELECT quote_ident(nspname), quote_ident(current_user), has_schema_privilege(oid, 'USAGE'), has_schema_privilege(oid, 'CREATE')
    FROM pg_namespace WHERE nspname = $1)";

constexpr const char* kDatabases = R"(
    SELECT quote_ident(datname), quote_ident(current_user), has_database_privilege(oid, 'CREATE'), has_database_privilege(oid, 'TEMPORARY')
    FROM pg_database WHERE datname = $1)";

constexpr const char* kFunctions = R"(
    SELECT p.oid::regprocedure::text, quote_ident(current_user) FROM pg_proc p
    WHERE p.proname = $1 AND NOT has_function_privilege(p.oid, 'EXECUTE') ORDER BY 1)";

constexpr const char* kPolicies = R"(
    SELECT format('%I.%I', n.nspname, c.relname), quote_ident(current_user), quote_ident(pg_get_userbyid(c.relowner)),
           coalesce((SELECT string_agg(format('%I for %s: %s', p.polname,
               CASE p.polcmd WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'r' THEN 'SELECT' ELSE 'all' END,
               coalesce(pg_get_expr(p.polwithcheck, p.polrelid), pg_get_expr(p.polqual, p.polrelid))), '; ' ORDER BY p.polname)
             FROM pg_policy p WHERE p.polrelid = c.oid AND p.polcmd <> 'd'
               AND (p.polroles = '{0}' OR EXISTS (SELECT FROM unnest(p.polroles) AS r(role) WHERE pg_has_role(r.role, 'USAGE')))), '')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relname = $1 AND c.relkind IN ('r', 'p') AND c.relrowsecurity ORDER BY NOT pg_table_is_visible(c.oid), 1)";

bool is_true(const std::string& value) { return value == "t"; }

/// Of several tables of one name the one whose schema the statement names, else the visible one.
const Texts* meant(const std::vector<Texts>& tables, const Words& words) {
  const auto named = std::ranges::find_if(tables, [&](const Texts& row) { return !is_true(row[4]) && words.contains(upper(row[5])); });
  if (named != tables.end()) return &*named;
  const auto visible = std::ranges::find_if(tables, [](const Texts& row) { return is_true(row[4]); });
  if (visible != tables.end()) return &*visible;
  return tables.empty() ? nullptr : &tables.front();
}

std::string grant(const std::vector<std::string>& rights, const std::string& object, const std::string& role) {
  return fmt::format("Grant it: GRANT {} ON {} TO {};", fmt::join(rights, ", "), object, role);
}

std::string table_hint(Catalog& catalog, const std::string& name, const Words& words) {
  const std::vector<Texts> tables = catalog.query(kTables, {name});
  const Texts* const table = meant(tables, words);
  if (table == nullptr) return "";
  const Words wanted = table_rights(words);
  std::vector<std::string> missing, missing_of_wanted;
  for (std::size_t i = 0; i < kTableRights.size(); ++i) {
    if (is_true((*table)[6 + i])) continue;
    if (wanted.contains(kTableRights[i])) missing_of_wanted.emplace_back(kTableRights[i]);
    if (std::string_view(kTableRights[i]) != "TRUNCATE") missing.emplace_back(kTableRights[i]);
  }
  if (!missing_of_wanted.empty()) return grant(missing_of_wanted, (*table)[0], (*table)[1]);
  return missing.empty() ? "" : grant(missing, (*table)[0], (*table)[1]);
}

std::string owner_hint(Catalog& catalog, const std::string& name, const Words& words) {
  const std::vector<Texts> tables = catalog.query(kTables, {name});
  const Texts* const table = meant(tables, words);
  if (table == nullptr || is_true((*table)[11])) return "";
  return fmt::format("Only its owner may: run as {}, or change the owner: ALTER TABLE {} OWNER TO {};", (*table)[2], (*table)[0], (*table)[1]);
}

std::string sequence_hint(Catalog& catalog, const std::string& name, const Words& words) {
  for (const Texts& row : catalog.query(kSequences, {name})) {
    const bool moves = words.contains("SETVAL");
    std::vector<std::string> rights;
    if (!is_true(row[2]) && !moves) rights.emplace_back("USAGE");
    if (!is_true(row[3]) && (moves || words.contains("LAST_VALUE"))) rights.emplace_back("SELECT");
    if (!is_true(row[4]) && moves) rights.emplace_back("UPDATE");
    if (!rights.empty()) return grant(rights, "SEQUENCE " + row[0], row[1]);
  }
  return "";
}

std::string schema_hint(Catalog& catalog, const std::string& name) {
  for (const Texts& row : catalog.query(kSchemas, {name})) {
    if (!is_true(row[2])) return grant({"USAGE"}, "SCHEMA " + row[0], row[1]);
    if (!is_true(row[3])) return grant({"CREATE"}, "SCHEMA " + row[0], row[1]);
  }
  return "";
}

std::string database_hint(Catalog& catalog, const std::string& name, const Words& words, std::string_view sql) {
  for (const Texts& row : catalog.query(kDatabases, {name})) {
    const bool temporary = words.contains("TEMP") || words.contains("TEMPORARY");
    if (temporary && !is_true(row[3])) return grant({"TEMPORARY"}, "DATABASE " + row[0], row[1]);
    if (is_true(row[2])) continue;
    if (sql.find("CREATE SCHEMA seedbed") == sql.npos) return grant({"CREATE"}, "DATABASE " + row[0], row[1]);
    return fmt::format("Let somebody who may create seedbed's schema for this role: CREATE SCHEMA seedbed AUTHORIZATION {};", row[1]);
  }
  return "";
}

std::string function_hint(Catalog& catalog, const std::string& name) {
  for (const Texts& row : catalog.query(kFunctions, {name})) return grant({"EXECUTE"}, "FUNCTION " + row[0], row[1]);
  return "";
}

Error with_policies(Error error, Catalog& catalog, const std::string& name) {
  for (const Texts& row : catalog.query(kPolicies, {name})) {
    error.detail(row[3].empty() ? fmt::format("Table {} has row-level security, and no policy of it lets {} write.", row[0], row[1])
                                : fmt::format("The policies of {} that apply to {}: {}.", row[0], row[1], row[3]));
    return error.hint(fmt::format("Give the role a policy: CREATE POLICY seedbed ON {} TO {} USING (true) WITH CHECK (true); "
                                  "or seed as {}, who owns the table.", row[0], row[1], row[2]));
  }
  return error;
}

Error explained(const Error& error, Catalog& catalog, std::string_view sql, std::string_view context) {
  const std::string message = error.message();
  static const std::regex kDenied("permission denied for (\\w+(?: view| table)?) (.+)"), kOwner("must be owner of (?:\\w+ )+(\\S+)"),
      kPolicy("row-level security policy.* for table \"(.+)\"");
  std::smatch found;
  std::string hint;
  if (std::regex_search(message, found, kPolicy)) return with_policies(error, catalog, found[1]);
  if (std::regex_search(message, found, kDenied)) {
    const std::string kind = found[1], name = found[2];
    const Words words = words_about(name, sql, context);
    if (kind == "sequence") hint = sequence_hint(catalog, name, words);
    else if (kind == "schema") hint = schema_hint(catalog, name);
    else if (kind == "database") hint = database_hint(catalog, name, words, sql);
    else if (kind == "function" || kind == "procedure") hint = function_hint(catalog, name);
    else hint = table_hint(catalog, name, words);
  } else if (std::regex_search(message, found, kOwner)) {
    hint = owner_hint(catalog, found[1], words_about(found[1], sql, context));
  }
  return Error(error).hint(hint);
}

}  // namespace

Error with_missing_right(Error error, const DatabaseUrl& url, std::string_view sql, std::string_view context) {
  try {
    Catalog catalog(url);
    return explained(error, catalog, sql, context);
  } catch (const Error& failure) {
    if (failure.code() == ExitCode::interrupted) throw;
    log::debug("right_not_looked_up", {{"cause", failure.message()}});
    return error;
  }
}

}  // namespace seedbed::host
