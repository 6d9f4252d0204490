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
  for (const RememberedList& list : RememberedRows::lists_in(seeds())) {
    if (list.seeder == seeder_ && list.table == identity.name) table.before = list;
  }
  table.memory = rows_.memory(table.list);
  table.memory.any = !table.before.seeder.empty() && table.before.key == key;
  table.memory.revive = deleted_.revived.contains(canonical);
  table.accepted = deleted_.accepted.contains(canonical);
  if (!table.before.seeder.empty() && table.before.key != key) {
    table.memory.all_gone = table.accepted;
    if (!table.memory.revive && !table.accepted) {
      throw ask(fmt::format("the key of table \"{}\" has changed, so that rows which somebody deleted cannot be told from new ones", canonical), canonical)
          .detail(fmt::format("It was ({}) and is ({}).", fmt::join(table.before.key, ", "), fmt::join(key, ", ")));
    }
  }
  if (table.before.seeder.empty()) table.renamed = former_list(table.list);
  if (!table.renamed.seeder.empty()) {
    table.memory.all_gone = table.accepted;
    if (!table.memory.revive && !table.accepted) {
      throw ask(fmt::format("table \"{}\" seems to be \"{}\" under another name, so that rows which somebody deleted cannot be told from new ones",
                            canonical, table.renamed.table), canonical)
          .detail(fmt::format("It remembers what it once inserted into \"{}\", which is there no more.", table.renamed.table));
    }
  }
  table.memory.met = [&table](std::span<const MetKey> keys) {
    for (const MetKey& each : keys) {
      table.any_there = table.any_there || each.there;
      table.any_gone = table.any_gone || (each.remembered && !each.was_there);
      // A row that is neither is one that a trigger would not have: the next run offers it again.
      if (each.remembered || each.there || table.memory.all_gone) table.keys.add(each);
    }
  };
  return table;
}

/// What is remembered of the table that has the name in `list` by now, without a seeder if nothing is.  Only
/// PostgreSQL numbers its tables; elsewhere the key has to do.
RememberedList OnceTables::former_list(const RememberedList& list) {
  for (RememberedList& former : RememberedRows::lists_in(seeds())) {
    const bool same = list.number.empty() ? former.key == list.key : former.number == list.number;
    if (former.seeder == seeder_ && same && !database_.table_exists(former.table)) return former;
  }
  return {};
}

const std::vector<RememberedSeed>& OnceTables::seeds() {
  if (!seeds_) seeds_ = ledger_.version() == 0 ? std::vector<RememberedSeed>() : ledger_.seeds();
  return *seeds_;
}

void OnceTables::check() {
  for (Table& table : tables_) {
    if (table.any_gone && !table.memory.revive && !table.accepted) check(table);
  }
}

void OnceTables::check(Table& table) {
  std::int64_t remembered = 0, left = 0;
  for_each_key(table, [&](const MetKey* met, const RememberedKey* known) {
    if (met == nullptr || known == nullptr) return;
    ++remembered;
    left += met->was_there ? 1 : 0;
  });
  const std::string name = database_.canonical_table(table.list.table);
  if (left == 0 && !table.before.all_deleted) {
    throw ask(fmt::format("none of the {} rows that it once inserted into \"{}\" is left", remembered, name), name)
        .detail("Rows that somebody deletes stay deleted. All of them at once looks rather like a table that was emptied by accident.");
  }
  if (table.before.number != table.list.number) {
    throw ask(fmt::format("{} of the {} rows that it once inserted into \"{}\" {} gone, and the table was made anew", remembered - left,
                          remembered, name, remembered - left == 1 ? "is" : "are"), name)
        .detail("So it cannot be told whether somebody deleted them.");
  }
}

void OnceTables::save() {
  for (Table& table : tables_) save(table);
  for (const RememberedList& list : RememberedRows::lists_in(seeds())) {
    const bool open = std::ranges::any_of(tables_, [&](const Table& each) { return each.list.table == list.table || each.renamed == list; });
    if (list.seeder == seeder_ && !open) rows_.undeclare_all(list);
  }
}

void OnceTables::save(Table& table) {
  table.list.all_deleted = !table.any_there && (table.accepted || table.before.all_deleted);
  std::vector<KeyHash> fresh, again, missing;
  const auto flush = [&](std::size_t least) {
    if (fresh.size() >= least) rows_.add(table.list, std::exchange(fresh, {}));
    if (again.size() >= least) rows_.set_declared(table.list, std::exchange(again, {}), true);
    if (missing.size() >= least) rows_.set_declared(table.list, std::exchange(missing, {}), false);
  };
  for_each_key(table, [&](const MetKey* met, const RememberedKey* remembered) {
    if (remembered == nullptr) fresh.push_back(met->hash);
    else if (met != nullptr && !remembered->declared) again.push_back(met->hash);
    else if (met == nullptr && remembered->declared) missing.push_back(remembered->hash);
    flush(kKeysAtOnce);
  });
  flush(0);
  if (!table.renamed.seeder.empty()) rows_.forget(table.renamed);
  if (table.list == table.before) return;
  if (!table.before.seeder.empty() && table.before.key != table.list.key) rows_.forget(table.before);
  rows_.save(table.list);
}

void OnceTables::for_each_key(Table& table, const EachKey& each) {
  std::vector<RememberedKey> page;
  std::size_t next = 0;
  // What `each` adds to the list lies below the key that is read next, so that it is never read.
  const auto read = [&] {
    const std::optional<KeyHash> last = page.empty() ? std::nullopt : std::optional(page.back().hash);
    page = rows_.keys_after(table.list, last ? &*last : nullptr, kKeysAtOnce);
    next = 0;
  };
  const auto take_below = [&](const KeyHash* hash) {
    while (next < page.size() && (hash == nullptr || page[next].hash < *hash)) {
      each(nullptr, &page[next]);
      if (++next == page.size()) read();
    }
  };
  if (table.memory.any) read();
  table.keys.for_each([&](const MetKey& key) {
    take_below(&key.hash);
    const bool both = next < page.size() && page[next].hash == key.hash;
    each(&key, both ? &page[next] : nullptr);
    if (both && ++next == page.size()) read();
  });
  take_below(nullptr);
}

}  // namespace seedbed::host
