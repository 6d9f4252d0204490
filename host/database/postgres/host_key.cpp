#include "database/postgres/host_key.hpp"

#include "database/sql/utf8.hpp"
#include "database/value.hpp"

namespace seedbed::host {

namespace {

/// The text of a value that is the same before and after the server has stored it.
std::optional<std::string> unchanged_text(const PostgresColumn& column, const seedbed_value& value) {
  if (column.canonical != "?::text") return std::nullopt;
  const std::string& type = column.cast;
  if (value.type == SEEDBED_UUID && type == "uuid") return uuid_text(data_of(value));
  if (value.type == SEEDBED_INTEGER && (type == "bigint" || type == "integer" || type == "smallint")) return std::to_string(value.as.integer);
  if (value.type == SEEDBED_TEXT && (type == "text" || type == "character varying")) return std::string(data_of(value));
  return std::nullopt;
}

}  // namespace

std::optional<KeyHash> host_key_hash(const std::vector<PostgresColumn>& columns, const std::vector<std::size_t>& key,
                                     const seedbed_value* row, const KeyMemory& memory) {
  std::string canonical;
  for (const std::size_t i : key) {
    const std::optional<std::string> text = unchanged_text(columns[i], row[i]);
    if (!text) return std::nullopt;
    canonical.append(std::to_string(sql::count_characters(*text))).append(":").append(*text);
  }
  return key_hash(memory.prefix, canonical);
}

}  // namespace seedbed::host
