#include "database/sqlite/sqlite_value.hpp"

#include <cmath>

#include <fmt/format.h>
#include <sqlite3.h>

#include "database/value.hpp"
#include "error.hpp"

namespace seedbed::host {

void bind_named(sqlite3_stmt* statement, std::span<const seedbed_value> params) {
  for (const seedbed_value& param : params) check_value(param);
  int bound = 0;
  for (std::size_t i = 0; i < params.size(); ++i) {
    const int index = sqlite3_bind_parameter_index(statement, fmt::format("${}", i + 1).c_str());
    if (index == 0) continue;
    bind_value(statement, index, params[i]);
    ++bound;
  }
  const int wanted = sqlite3_bind_parameter_count(statement);
  if (bound != wanted || static_cast<std::size_t>(bound) != params.size()) {
    throw Error(ExitCode::failed, fmt::format("the statement has {} parameters and {} values were given", wanted,
                                              params.size()))
        .hint("Parameters are written $1, $2, ….");
  }
}

void bind_value(sqlite3_stmt* statement, int index, const seedbed_value& value) {
  const auto bind_text = [&](const std::string& text) {
    sqlite3_bind_text64(statement, index, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  };
  switch (value.type) {
    case SEEDBED_NULL: sqlite3_bind_null(statement, index); break;
    case SEEDBED_BOOL:
    case SEEDBED_INTEGER: sqlite3_bind_int64(statement, index, value.as.integer); break;
    case SEEDBED_DOUBLE:
      if (std::isnan(value.as.real)) throw Error(ExitCode::failed, "SQLite cannot store NaN: it would become NULL");
      sqlite3_bind_double(statement, index, value.as.real);
      break;
    case SEEDBED_BYTES:
      if (value.size == 0) sqlite3_bind_zeroblob(statement, index, 0);
      else sqlite3_bind_blob64(statement, index, value.as.data, value.size, SQLITE_STATIC);
      break;
    case SEEDBED_UUID: bind_text(uuid_text(data_of(value))); break;
    case SEEDBED_TIMESTAMP: bind_text(iso_timestamp(value.as.integer)); break;
    default:
      sqlite3_bind_text64(statement, index, value.size == 0 ? "" : value.as.data, value.size, SQLITE_STATIC,
                          SQLITE_UTF8);
  }
}

std::optional<std::string> column_text(sqlite3_stmt* statement, int index) {
  if (sqlite3_column_type(statement, index) == SQLITE_NULL) return std::nullopt;
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, index));
  return std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, index)));
}

seedbed_value column_value(sqlite3_stmt* statement, int index) {
  switch (sqlite3_column_type(statement, index)) {
    case SQLITE_NULL: return null_value();
    case SQLITE_INTEGER: return integer_value(sqlite3_column_int64(statement, index));
    case SQLITE_FLOAT: {
      seedbed_value value{};
      value.type = SEEDBED_DOUBLE;
      value.as.real = sqlite3_column_double(statement, index);
      return value;
    }
    case SQLITE_BLOB: {
      const auto* data = static_cast<const char*>(sqlite3_column_blob(statement, index));
      seedbed_value value = text_value({data, static_cast<std::size_t>(sqlite3_column_bytes(statement, index))});
      value.type = SEEDBED_BYTES;
      return value;
    }
    default: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, index));
      return text_value({text, static_cast<std::size_t>(sqlite3_column_bytes(statement, index))});
    }
  }
}

}  // namespace seedbed::host
