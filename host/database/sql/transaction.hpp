#pragma once
// A file's own transaction control, for whoever runs the file inside a transaction.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "database/sql/script.hpp"

namespace seedbed::host::sql {

/// A file as one transaction.
struct OneTransaction {
  std::vector<Statement> statements;  ///< without the BEGIN and COMMIT of the file's own blocks
  std::string text;                   ///< what `statements` have offsets into, unless it is empty: the
                                      ///< text that was asked about, and behind it statements of our own
  std::size_t blocks = 0;             ///< BEGIN … COMMIT
  bool wrapped = false;               ///< the first of them begins with the file, and the last ends with it

  // These point into what was asked about:
  const Statement* begin = nullptr;  ///< the first statement, if it is a BEGIN that says what kind of
                                     ///< transaction it wants, as in BEGIN ISOLATION LEVEL …
  const Statement* stray = nullptr;  ///< the first statement that ends or begins what is no such block
};

/// Takes the BEGIN … COMMIT blocks of a file, however many there are, for parts of one transaction.
/// A ROLLBACK never is part of one, save that one with nothing before it, or directly after a block,
/// does nothing; nor PREPARE TRANSACTION, COMMIT AND CHAIN, or the BEGIN of a later block that wants
/// another kind of transaction than the first.  What a block has set with SET LOCAL is set back at
/// its end, by statements of our own, if more follows.  Of a block of SQLite's the PRAGMAs are left
/// out that mean nothing inside a transaction (Kind::session).
OneTransaction as_one_transaction(std::string_view text, const std::vector<Statement>& statements);

/// What a BEGIN or START TRANSACTION says of its transaction, in lower case: ISOLATION LEVEL …, READ …,
/// DEFERRABLE.  SQLite's words say how soon it locks, which is not the file's affair.
std::string transaction_modes(std::string_view begin);

/// True for SET TRANSACTION, which PostgreSQL takes only before any query of the transaction.
bool sets_transaction(std::string_view statement);

}  // namespace seedbed::host::sql
