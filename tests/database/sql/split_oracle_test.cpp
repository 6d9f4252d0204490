// Every reading here is compared with that of the program whose language it is.

#include <fmt/core.h>

#include "generated_sql.hpp"
#include "oracle.hpp"
#include "splitting.hpp"
#include "support/catch.hpp"

using namespace seedbed::host;
using namespace seedbed::host::sql;
using namespace seedbed::host::sql::test;

namespace {

/// How our statements differ from `spans`, each of which must hold exactly one; empty if not.
std::string difference(const std::string& sql, Engine dialect, const std::vector<Span>& spans) {
  const std::vector<Statement> statements = split(sql, dialect, kFile);
  if (statements.size() != spans.size()) {
    return fmt::format("{} statements, not {}, in: {}", statements.size(), spans.size(), sql);
  }
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const bool inside = statements[i].offset >= spans[i].begin &&
                        statements[i].offset + statements[i].size <= spans[i].end;
    if (!inside) return fmt::format("statement {} differs in: {}", i, sql);
  }
  return "";
}

std::string postgres_difference(const std::string& sql) {
  const auto spans = postgres_grammar_spans(sql);
  return spans ? difference(sql, Engine::postgres, *spans) : "refused by the grammar: " + sql;
}

std::string sqlite_difference(const std::string& sql) {
  const auto spans = sqlite_run_spans(sql);
  return spans ? difference(sql, Engine::sqlite, *spans) : "refused by SQLite: " + sql;
}

/// The first generated script for which `check` has something to say, and what.
template <typename Check>
std::string first_complaint(std::uint32_t scripts, Check check) {
  for (std::uint32_t seed = 0; seed < scripts; ++seed) {
    const std::string complaint = check(seed);
    if (!complaint.empty()) return fmt::format("seed {}: {}", seed, complaint);
  }
  return "";
}

/// Fragments are SQL only by luck: those that the grammar takes must be split like it.
std::string fragment_difference(std::uint32_t seed) {
  const std::string sql = fragments(seed);
  const auto spans = postgres_grammar_spans(sql);
  if (!spans || sql.find("standard_conforming") != std::string::npos) return "";
  if (sql.find("copy") != std::string::npos || sql.find("\xEF\xBB\xBF") != std::string::npos)
    return "";
  return difference(sql, Engine::postgres, *spans);
}

/// Splits anything, or refuses it in the documented way.
std::string fragment_property(std::uint32_t seed, Engine dialect) {
  try {
    return broken_property(fragments(seed), dialect);
  } catch (const Error& error) {
    return error.code() == ExitCode::usage && error.place().line > 0 ? "" : error.what();
  }
}

std::string incomplete_statement(const std::string& sql) {
  for (const std::string& text : sqlite(sql)) {
    if (!sqlite_complete(text + "\n;")) return "incomplete: " + text;
  }
  return "";
}

}  // namespace

TEST_CASE("hand-made PostgreSQL is split like its grammar does", "[sql][oracle]") {
  const auto sql = GENERATE(
      as<std::string>{}, "select 1;; select 2", "select a=-1; select @-1; select 1--;\n+2",
      "create function f() returns int begin atomic select 1 end; select case when true then 1 "
      "end; end; select 2",
      "create rule r as on update to t do instead (select 1; select 2); notify x",
      "select $a$$b$;$a$, $$ ; $x$ $$; select 2", "select E'\\\\'; select U&'\\\\'; select '\\'",
      "/* /* ; */ ; */ select 1; -- ;", "select 'a' \n\n ';'; select 2", "",
      "select 1 as \"a;\"\"\"; select U&\"a;\" ; values (';')");

  CHECK(postgres_difference(sql) == "");
}

TEST_CASE("generated PostgreSQL is split like its grammar does", "[sql][oracle]") {
  CHECK(first_complaint(
            3000, [](auto seed) { return postgres_difference(postgres_script(seed)); }) == "");
}

TEST_CASE("whatever PostgreSQL's grammar takes is split like it", "[sql][oracle]") {
  CHECK(first_complaint(30000, fragment_difference) == "");
}

TEST_CASE("generated SQLite is split like SQLite does", "[sql][oracle]") {
  CHECK(first_complaint(2000, [](auto seed) { return sqlite_difference(sqlite_script(seed)); }) ==
        "");
}

TEST_CASE("every statement of generated SQLite is complete to it", "[sql][oracle]") {
  CHECK(first_complaint(2000,
                        [](auto seed) { return incomplete_statement(sqlite_script(seed)); }) == "");
}

TEST_CASE("statements are in order and leave out nothing", "[sql]") {
  CHECK(first_complaint(2000, [](auto s) {
          return broken_property(postgres_script(s), Engine::postgres);
        }) == "");
  CHECK(first_complaint(
            2000, [](auto s) { return broken_property(sqlite_script(s), Engine::sqlite); }) == "");
}

TEST_CASE("any text is split or refused with a place", "[sql]") {
  CHECK(first_complaint(30000, [](auto s) { return fragment_property(s, Engine::postgres); }) ==
        "");
  CHECK(first_complaint(30000, [](auto s) { return fragment_property(s, Engine::sqlite); }) == "");
}
