#pragma once
// What a statement means to whoever runs it inside a transaction.

#include <string_view>

#include "database/sql/lexer.hpp"
#include "database/sql/script.hpp"

namespace seedbed::host::sql {

/// The kind of `statement`, which is one statement without its semicolon.  COPY counts as
/// Kind::copy_in if its data are to follow in the text.
Kind kind_of(std::string_view statement, Syntax syntax);

/// True if the data of `copy`, a COPY statement, are in the binary format.
bool copies_binary(std::string_view copy, Syntax syntax);

}  // namespace seedbed::host::sql
