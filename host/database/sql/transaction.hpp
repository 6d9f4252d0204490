#pragma once
// A file's own transaction control, for whoever runs the file inside a transaction.

#include <cstddef>
#include <string_view>
#include <vector>

#include "database/sql/script.hpp"

namespace seedbed::host::sql {

/// A file as one transaction.
struct OneTransaction {
  std::vector<Statement> statements;  ///< without the BEGIN and COMMIT of the file's own blocks
  std::size_t blocks = 0;             ///< BEGIN … COMMIT
  bool wrapped = false;               ///< the first of them begins with the file, and the last ends with it
  const Statement* stray = nullptr;   ///< the first statement that ends or begins what is no such
                                      ///< block; points into what was asked about
};

/// Takes the BEGIN … COMMIT blocks of a file, however many there are, for parts of one transaction.
/// A ROLLBACK never is part of one, nor PREPARE TRANSACTION, COMMIT AND CHAIN, or the COMMIT of a
/// block that has SET LOCAL in it while more follows, which would then run under that setting.  Of a
/// block of SQLite's the PRAGMAs are left out that mean nothing inside a transaction (Kind::session).
OneTransaction as_one_transaction(std::string_view text, const std::vector<Statement>& statements);

}  // namespace seedbed::host::sql
