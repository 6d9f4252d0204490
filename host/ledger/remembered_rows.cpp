#include "ledger/remembered_rows.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <sstream>

#include <fmt/format.h>

#include "database/sql/stream_hash.hpp"

namespace seedbed::host {

namespace {

// No seeder has such a name, so among the seeds the lists are told from what seeders ran.
constexpr std::string_view kSeeder = "rows of ";

/// One line: "number=16385 all_deleted=0 key=<bytes>:name,…".
std::string head_text(const RememberedList& list) {
  std::string text = fmt::format("number={} all_deleted={} key=", list.number, list.all_deleted ? 1 : 0);
  for (const std::string& column : list.key) text += fmt::format("{}:{},", column.size(), column);
  return text;
}

void read_head(std::istringstream text, RememberedList& list) {
  std::string word;
  text >> word;
  list.number = word.substr(word.find('=') + 1);
  text >> word;
  list.all_deleted = word.ends_with('1');
  text.ignore(std::string_view(" key=").size());
  for (std::size_t size = 0; text >> size;) {
    std::string column(size, '\0');
    text.ignore(1);
    text.read(column.data(), static_cast<std::streamsize>(size));
    text.ignore(1);
    list.key.push_back(std::move(column));
  }
}

std::string whose(const RememberedList& list) { return list.seeder + '\0' + list.table + '\0'; }

std::int64_t number_of(const RememberedList& list) {
  std::string bytes = whose(list);
  for (const std::string& column : list.key) bytes += column + '\0';
  const auto digest = sql::sha256_bytes(bytes);
  std::int64_t number = 0;
  std::memcpy(&number, digest.data(), sizeof number);
  return number;
}

}  // namespace

/// A query of the keys that are $1.
std::string RememberedRows::source(std::size_t keys) const {
  if (database_.engine() == Engine::postgres) return "SELECT unnest($1::uuid[]) AS hash";
  return fmt::format("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {}) "
                     "SELECT substr($1, 16 * i + 1, 16) AS hash FROM n", keys - 1);
}

std::string RememberedRows::parameter(std::span<const KeyHash> keys) const {
  std::string text;
  if (database_.engine() == Engine::postgres) {
    for (const KeyHash& key : keys) text.append(text.empty() ? "{" : ",").append(hex_text(key));
    return text + '}';
  }
  for (const KeyHash& key : keys) text.append(key.begin(), key.end());
  return text;
}

void RememberedRows::run(const std::string& sql, std::span<const KeyHash> keys) {
  const std::string text = parameter(keys);
  std::array params{text_value(text)};
  if (database_.engine() == Engine::sqlite) params[0].type = SEEDBED_BYTES;
  database_.execute(sql, params);
}

std::vector<RememberedList> RememberedRows::lists() {
  return ledger_.version() < 4 ? std::vector<RememberedList>() : lists_in(ledger_.seeds());
}

std::vector<RememberedList> RememberedRows::lists_in(const std::vector<RememberedSeed>& seeds) {
  std::vector<RememberedList> lists;
  for (const RememberedSeed& seed : seeds) {
    if (!seed.seeder.starts_with(kSeeder)) continue;
    RememberedList& list = lists.emplace_back();
    list.seeder = seed.seeder.substr(kSeeder.size());
    list.table = seed.item;
    read_head(std::istringstream(seed.fingerprint), list);
  }
  return lists;
}

void RememberedRows::save(const RememberedList& list) {
  ledger_.remember({std::string(kSeeder) + list.seeder, list.table, head_text(list), "", ""});
}

void RememberedRows::forget(const RememberedList& list) {
  ledger_.forget(std::string(kSeeder) + list.seeder, list.table);
  const KeyMemory keys = memory(list);
  database_.execute(fmt::format("DELETE FROM {} WHERE list = {}", keys.table, keys.list));
}

KeyMemory RememberedRows::memory(const RememberedList& list) const {
  KeyMemory memory;
  memory.table = database_.engine() == Engine::postgres ? "seedbed.rows" : "seedbed_rows";
  memory.list = number_of(list);
  memory.prefix = whose(list);
  return memory;
}

std::int64_t RememberedRows::count(const RememberedList& list, bool declared) {
  const KeyMemory keys = memory(list);
  return std::stoll(*database_.query(fmt::format("SELECT count(*) FROM {} WHERE list = {} AND declared = {}", keys.table, keys.list,
                                                 declared ? 1 : 0))[0][0]);
}

void RememberedRows::add(const RememberedList& list, std::span<const KeyHash> hashes) {
  if (hashes.empty()) return;
  const KeyMemory keys = memory(list);
  run(fmt::format("INSERT INTO {} (list, hash, declared) SELECT {}, hash, 1 FROM ({}) AS keys WHERE true ON CONFLICT (list, hash) DO NOTHING",
                  keys.table, keys.list, source(hashes.size())), hashes);
}

void RememberedRows::set_declared(const RememberedList& list, std::span<const KeyHash> hashes, bool declared) {
  if (hashes.empty()) return;
  const KeyMemory keys = memory(list);
  run(fmt::format("UPDATE {} SET declared = {} WHERE list = {} AND hash IN ({})", keys.table, declared ? 1 : 0, keys.list,
                  source(hashes.size())), hashes);
}

void RememberedRows::undeclare_all(const RememberedList& list) {
  const KeyMemory keys = memory(list);
  database_.execute(fmt::format("UPDATE {} SET declared = 0 WHERE list = {} AND declared = 1", keys.table, keys.list));
}

std::vector<RememberedKey> RememberedRows::keys_after(const RememberedList& list, const KeyHash* after, std::size_t most) {
  const KeyMemory keys = memory(list);
  const char* const prefix = database_.engine() == Engine::sqlite ? "x" : "";
  const std::string above = after == nullptr ? "" : fmt::format("AND hash > {}'{}'", prefix, hex_text(*after));
  std::vector<RememberedKey> found;
  found.reserve(most);
  database_.query_typed(fmt::format("SELECT hash, declared FROM {} WHERE list = {} {} ORDER BY hash LIMIT {}", keys.table, keys.list, above, most),
                        {}, [&](const seedbed_value* values, std::size_t) {
                          RememberedKey& key = found.emplace_back();
                          std::ranges::copy(data_of(values[0]), key.hash.begin());
                          key.declared = values[1].as.integer == 1;
                          return true;
                        });
  return found;
}

}  // namespace seedbed::host
