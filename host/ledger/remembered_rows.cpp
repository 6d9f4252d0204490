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

constexpr std::size_t kKeysPerStatement = 1000;

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

/// Calls `work` with "(…), (…)" for the keys, some at a time.
template <class Each, class Work>
void in_parts(const std::vector<KeyHash>& keys, const Each& each, const Work& work) {
  for (std::size_t first = 0; first < keys.size(); first += kKeysPerStatement) {
    std::string part;
    const std::size_t end = std::min(keys.size(), first + kKeysPerStatement);
    for (std::size_t i = first; i < end; ++i) part += (part.empty() ? "" : ", ") + each(keys[i]);
    work(part);
  }
}

}  // namespace

std::string RememberedRows::literal(const KeyHash& hash) const {
  return fmt::format("{}'{}'", database_.engine() == Engine::sqlite ? "x" : "", hex_text(hash));
}

std::vector<RememberedList> RememberedRows::lists() {
  std::vector<RememberedList> lists;
  if (ledger_.version() < 4) return lists;
  for (const RememberedSeed& seed : ledger_.seeds()) {
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

void RememberedRows::add(const RememberedList& list, const std::vector<KeyHash>& hashes) {
  const KeyMemory keys = memory(list);
  in_parts(hashes, [&](const KeyHash& hash) { return fmt::format("({}, {}, 1)", keys.list, literal(hash)); },
           [&](const std::string& rows) {
             database_.execute(fmt::format("INSERT INTO {} (list, hash, declared) VALUES {} ON CONFLICT (list, hash) DO NOTHING", keys.table, rows));
           });
}

void RememberedRows::set_declared(const RememberedList& list, const std::vector<KeyHash>& hashes, bool declared) {
  const KeyMemory keys = memory(list);
  in_parts(hashes, [&](const KeyHash& hash) { return literal(hash); },
           [&](const std::string& part) {
             database_.execute(fmt::format("UPDATE {} SET declared = {} WHERE list = {} AND hash IN ({})", keys.table, declared ? 1 : 0, keys.list, part));
           });
}

void RememberedRows::undeclare_all(const RememberedList& list) {
  const KeyMemory keys = memory(list);
  database_.execute(fmt::format("UPDATE {} SET declared = 0 WHERE list = {} AND declared = 1", keys.table, keys.list));
}

std::vector<KeyHash> RememberedRows::declared_after(const RememberedList& list, const KeyHash* after, std::size_t most) {
  const KeyMemory keys = memory(list);
  const std::string above = after == nullptr ? "" : "AND hash > " + literal(*after);
  std::vector<KeyHash> hashes;
  database_.query_typed(fmt::format("SELECT hash FROM {} WHERE list = {} AND declared = 1 {} ORDER BY hash LIMIT {}", keys.table, keys.list, above, most),
                        {}, [&](const seedbed_value* values, std::size_t) {
                          std::ranges::copy(data_of(values[0]), hashes.emplace_back().begin());
                          return true;
                        });
  return hashes;
}

}  // namespace seedbed::host
