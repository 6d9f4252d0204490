// Which transaction control of a file can be taken for part of one transaction.

#include "database/sql/transaction.hpp"
#include "support/catch.hpp"

using namespace seedbed::host;

namespace {

/// The statements that remain, with spaces between; and behind "!" the one that is astray.
std::string outline(std::string_view text) {
  const std::vector<sql::Statement> statements = sql::split(text, Engine::postgres, "x.sql");
  const sql::OneTransaction one = sql::as_one_transaction(text, statements);
  std::string result;
  const std::string_view joined = one.text.empty() ? text : one.text;
  for (const sql::Statement& statement : one.statements) result += std::string(joined.substr(statement.offset, statement.size)) + " ";
  if (one.stray != nullptr) result += "!" + std::to_string(one.stray->line);
  return result;
}

}  // namespace

TEST_CASE("whole blocks are parts of one transaction wherever they stand", "[sql]") {
  CHECK(outline("A;\nB;") == "A B ");
  CHECK(outline("BEGIN;\nA;\nCOMMIT;") == "A ");
  CHECK(outline("BEGIN;\nA;\nCOMMIT;\nSTART TRANSACTION;\nB;\nEND;") == "A B ");
  CHECK(outline("A;\nBEGIN;\nB;\nCOMMIT;\nC;\n") == "A B C ");
  CHECK(outline("BEGIN;\nA;\nCOMMIT AND NO CHAIN;") == "A ");
  CHECK(outline("ROLLBACK;\nBEGIN;\nA;\nCOMMIT;\nROLLBACK;\nBEGIN;\nB;\nCOMMIT;") == "A B ");
  CHECK(outline("") == "");
}

TEST_CASE("what ends or begins no whole block is astray", "[sql]") {
  CHECK(outline("A;\nCOMMIT;\nB;") == "A B !2");
  CHECK(outline("BEGIN;\nA;\nROLLBACK;") == "A !3");
  CHECK(outline("A;\nBEGIN;\nB;") == "A B !2");
  CHECK(outline("BEGIN;\nA;\nBEGIN;\nB;\nCOMMIT;") == "A B !3");
  CHECK(outline("BEGIN;\nA;\nPREPARE TRANSACTION 'x';") == "A !3");
  CHECK(outline("BEGIN;\nA;\nCOMMIT AND CHAIN;\nB;\nCOMMIT;") == "A B !3");
}

TEST_CASE("a rollback after what stands in no block is astray", "[sql]") {
  CHECK(outline("A;\nROLLBACK;") == "A !2");
  CHECK(outline("BEGIN;\nA;\nCOMMIT;\nB;\nROLLBACK;") == "A B !5");
}

TEST_CASE("what a block sets locally is set back where more follows", "[sql]") {
  const std::string save = "SELECT set_config('seedbed.search_path', current_setting('search_path', true), true) ";
  const std::string restore = "SELECT set_config('search_path', current_setting('seedbed.search_path', true), true) ";

  CHECK(outline("BEGIN;\nSET LOCAL search_path = a;\nCOMMIT;") == "SET LOCAL search_path = a ");
  CHECK(outline("BEGIN;\nSET LOCAL search_path = a;\nSET LOCAL search_path = b;\nCOMMIT;\nB;") ==
        save + "SET LOCAL search_path = a SET LOCAL search_path = b " + restore + "B ");
  CHECK(outline("BEGIN;\nA;\nCOMMIT;\nBEGIN;\nSET LOCAL search_path = a;\nCOMMIT;") == "A SET LOCAL search_path = a ");
}

TEST_CASE("a later block cannot have another kind of transaction", "[sql]") {
  CHECK(outline("BEGIN ISOLATION LEVEL SERIALIZABLE;\nA;\nCOMMIT;\nSTART TRANSACTION isolation level serializable;\nB;\nCOMMIT;") == "A B ");
  CHECK(outline("BEGIN ISOLATION LEVEL SERIALIZABLE;\nA;\nCOMMIT;\nBEGIN;\nB;\nCOMMIT;") == "A B ");
  CHECK(outline("BEGIN;\nA;\nCOMMIT;\nBEGIN ISOLATION LEVEL SERIALIZABLE;\nB;\nCOMMIT;") == "A B !4");
}

TEST_CASE("one block around everything is a file's own word for its transaction", "[sql]") {
  const auto wrapped = [](std::string_view text) {
    const std::vector<sql::Statement> statements = sql::split(text, Engine::postgres, "x.sql");
    const sql::OneTransaction one = sql::as_one_transaction(text, statements);
    return one.blocks == 1 && one.wrapped;
  };

  CHECK(wrapped("BEGIN; A; COMMIT;"));
  CHECK_FALSE(wrapped("A; BEGIN; B; COMMIT;"));
  CHECK_FALSE(wrapped("BEGIN; A; COMMIT; BEGIN; B; COMMIT;"));
}

TEST_CASE("PRAGMAs that SQLite ignores inside a transaction are left out of its blocks", "[sql]") {
  const std::string text = "PRAGMA foreign_keys = OFF; BEGIN; PRAGMA foreign_keys = ON; PRAGMA user_version = 1; END; "
                           "PRAGMA foreign_keys = ON";
  const std::vector<sql::Statement> statements = sql::split(text, Engine::sqlite, "x.sql");

  const sql::OneTransaction one = sql::as_one_transaction(text, statements);

  CHECK(one.stray == nullptr);
  REQUIRE(one.statements.size() == 3);
  CHECK(one.statements[0].offset == 0);
  CHECK(text.substr(one.statements[1].offset).starts_with("PRAGMA user_version"));
}
