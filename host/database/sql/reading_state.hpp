#pragma once
// The settings of the session that decide how the rest of a file is read.

#include <string>

#include "database/sql/setting.hpp"

namespace seedbed::host::sql {

/// Follows standard_conforming_strings and client_encoding through a file and its transactions.
class ReadingState {
 public:
  bool standard_strings() const { return now_.standard_strings; }
  bool utf8() const { return now_.utf8; }

  void apply(const Setting& setting);

  void begin() { before_ = session_; }
  void commit() { now_ = before_ = session_; }
  void rollback() { now_ = session_ = before_; }

 private:
  struct Values {
    bool standard_strings = true;
    bool utf8 = true;
  };

  static void apply(const Setting& setting, Values& values);

  Values now_;
  Values session_;  // what stays once the transaction is committed
  Values before_;   // what comes back if it is rolled back
};

/// True if text in this client_encoding can have ASCII bytes inside a character, so that a
/// backslash or a quote cannot be told from half a character.
bool has_ascii_trail_bytes(const std::string& encoding);

}  // namespace seedbed::host::sql
