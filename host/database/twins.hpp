#pragma once
// Rows that an earlier run has written already, told by their columns.

#include <functional>
#include <string>
#include <vector>

namespace seedbed::host {

/// A column, as far as it can tell two rows apart.
struct TwinColumn {
  std::string name;
  bool filled = false;  ///< differs by itself: part of the primary key, has a default that is no constant, a time
};

/// What is asked about rows that have been inserted.  Each function answers true if one of them fits.
struct TwinQuestions {
  /// Has an older one that equals it in `columns`, NULL counted as equal.
  std::function<bool(const std::vector<std::string>& columns)> has_twin;
  /// Is NULL in `column`.
  std::function<bool(const std::string& column)> is_null;
  /// All older rows differ in `column`.
  std::function<bool(const std::string& column)> tells_apart;
};

/// See ChangedRows::why_inserted().  `indexes` are the columns of the table's unique indexes.
std::string why_inserted(const std::vector<TwinColumn>& columns, const std::vector<std::vector<std::string>>& indexes,
                         const TwinQuestions& ask);

}  // namespace seedbed::host
