#include "seeding/once_tables.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "database/writer_spec.hpp"
#include "log.hpp"

namespace seedbed::host {

namespace {

constexpr std::size_t kKeysAtOnce = 16'384;

std::string copied(seedbed_text text) { return text.size == 0 ? std::string() : std::string(text.data, text.size); }

std::vector<std::string> key_of(const seedbed_writer& writer) {
  std::vector<std::string> key;
  for (std::size_t i = 0; i < writer.key_count; ++i) key.push_back(copied(writer.key[i]));
  return remembered_order(std::move(key));
}

Error ask(const std::string& message, const std::string& table) {
  return Error(ExitCode::refused, message)
      .hint(fmt::format("\"--revive {}\" inserts the rows that are gone, \"--accept-deleted {}\" lets them stay deleted.", table, table));
}

}  // namespace

std::unique_ptr<RowWriter> OnceTables::open_writer(const seedbed_writer& writer) {
  if (writer.mode != SEEDBED_INSERT_ONCE) return database_.open_writer(writer);
  Table& table = open_table(writer, database_.canonical_table(copied(writer.table)));
  return database_.open_writer(writer, &table.memory);
}

OnceTables::Table& OnceTables::open_table(const seedbed_writer& writer, const std::string& canonical) {
  const TableIdentity identity = database_.table_identity(canonical);
  const std::vector<std::string> key = key_of(writer);
  const auto open = std::ranges::find(tables_, identity.name, [](const Table& each) { return each.list.table; });
  if (open != tables_.end()) {
    if (open->list.key == key) return *open;
    throw Error(ExitCode::plugin, fmt::format("two writers of insert_once into \"{}\" have different keys", canonical));
  }
  Table& table = tables_.emplace_back();
  table.list = {seeder_, identity.name, identity.number, key, false};
  for (const RememberedList& list : rows_.lists()) {
    if (list.seeder == seeder_ && list.table == identity.name) table.before = list;
  }
  table.memory = rows_.memory(table.list);
  table.memory.revive = deleted_.revived.contains(canonical);
  table.accepted = deleted_.accepted.contains(canonical);
  if (!table.before.seeder.empty() && table.before.key != key) {
    table.memory.all_gone = table.accepted;
    if (!table.memory.revive && !table.accepted) {
      throw ask(fmt::format("the key of table \"{}\" has changed, so that rows which somebody deleted cannot be told from new ones", canonical), canonical)
          .detail(fmt::format("It was ({}) and is ({}).", fmt::join(table.before.key, ", "), fmt::join(key, ", ")));
    }
  }
  table.memory.met = [&table](std::span<const MetKey> keys) {
    for (const MetKey& each : keys) {
      table.any_there = table.any_there || each.there;
      // A row that is neither is one that a trigger would not have: the next run offers it again.
      if (each.remembered || each.there || table.memory.all_gone) table.keys.add(each);
    }
  };
  return table;
}

void OnceTables::check() {
  for (Table& table : tables_) {
    if (table.memory.revive || table.accepted) continue;
    std::int64_t remembered = 0, left = 0;
    table.keys.for_each([&](const MetKey& key) {
      remembered += key.remembered ? 1 : 0;
      left += key.remembered && key.was_there ? 1 : 0;
    });
    if (left == remembered) continue;
    const std::string name = database_.canonical_table(table.list.table);
    if (left == 0 && !table.before.all_deleted) {
      throw ask(fmt::format("none of the {} rows that it once inserted into \"{}\" is left", remembered, name), name)
          .detail("Rows that somebody deletes stay deleted. All of them at once looks rather like a table that was emptied by accident.");
    }
    if (table.before.number != table.list.number) {
      throw ask(fmt::format("{} of the {} rows that it once inserted into \"{}\" are gone, and the table was made anew", remembered - left,
                            remembered, name), name)
          .detail("So it cannot be told whether somebody deleted them.");
    }
  }
}

void OnceTables::save() {
  for (Table& table : tables_) save(table);
  for (const RememberedList& list : rows_.lists()) {
    const bool open = std::ranges::find(tables_, list.table, [](const Table& each) { return each.list.table; }) != tables_.end();
    if (list.seeder == seeder_ && !open) rows_.undeclare_all(list);
  }
}

void OnceTables::save(Table& table) {
  table.list.all_deleted = !table.any_there && (table.accepted || table.before.all_deleted);
  std::vector<KeyHash> fresh, again;
  std::int64_t declared = 0;
  const auto flush = [&](std::size_t least) {
    if (fresh.size() > least) rows_.add(table.list, std::exchange(fresh, {}));
    if (again.size() > least) rows_.set_declared(table.list, std::exchange(again, {}), true);
  };
  table.keys.for_each([&](const MetKey& key) {
    ++declared;
    if (!key.remembered) fresh.push_back(key.hash);
    else if (!key.declared) again.push_back(key.hash);
    flush(kKeysAtOnce);
  });
  flush(0);
  if (rows_.count(table.list, /*declared=*/true) != declared) undeclare_missing(table);
  if (table.list == table.before) return;
  if (!table.before.seeder.empty() && table.before.key != table.list.key) rows_.forget(table.before);
  rows_.save(table.list);
}

/// Marks the keys that the last run declared and this one has not.
void OnceTables::undeclare_missing(Table& table) {
  std::vector<KeyHash> page, missing;
  std::size_t next = 0;
  const auto read = [&] {  // both are in order
    const std::optional<KeyHash> last = page.empty() ? std::nullopt : std::optional(page.back());
    page = rows_.declared_after(table.list, last ? &*last : nullptr, kKeysAtOnce);
    next = 0;
  };
  const auto skip_below = [&](const KeyHash* hash) {
    while (next < page.size() && (hash == nullptr || page[next] < *hash)) {
      missing.push_back(page[next++]);
      if (next == page.size()) read();
    }
    if (missing.size() >= kKeysAtOnce) rows_.set_declared(table.list, std::exchange(missing, {}), false);
  };
  read();
  table.keys.for_each([&](const MetKey& key) {
    skip_below(&key.hash);
    if (next < page.size() && page[next] == key.hash && ++next == page.size()) read();
  });
  skip_below(nullptr);
  rows_.set_declared(table.list, missing, false);
  log::debug("rows_undeclared", {{"seeder", seeder_}, {"table", table.list.table}});
}

}  // namespace seedbed::host
