#include "sdk/fake_host.hpp"

#include <algorithm>

namespace seedbed::test {

namespace {

FakeHost& self(void* ctx) { return *static_cast<FakeHost*>(ctx); }

std::string shown(const seedbed_value& value) {
  const std::string_view data = detail::has_data(value) ? detail::text_of(value) : "";
  switch (value.type) {
    case SEEDBED_NULL:
      return "null";
    case SEEDBED_BOOL:
      return value.as.integer != 0 ? "true" : "false";
    case SEEDBED_INTEGER:
      return std::to_string(value.as.integer);
    case SEEDBED_DOUBLE:
      return std::to_string(value.as.real);
    case SEEDBED_TIMESTAMP:
      return "@" + std::to_string(value.as.integer);
    case SEEDBED_BYTES:
      return "bytes:" + std::to_string(data.size());
    case SEEDBED_UUID:
      return detail::to_uuid(value).text();
    case SEEDBED_JSON:
      return "json:" + std::string(data);
    default:
      return std::string(data);
  }
}

std::string shown(const seedbed_value* values, std::size_t count) {
  std::string line = "[";
  for (std::size_t i = 0; i < count; ++i) line += (i == 0 ? "" : "|") + shown(values[i]);
  return line + "]";
}

}  // namespace

FakeHost::FakeHost() {
  host = {sizeof host, SEEDBED_ABI_VERSION,
          this,        open_writer,
          write_rows,  exec,
          query,       bcrypt,
          log,         progress,
          fail};
  run.struct_size = sizeof run;
  run.environment = detail::text("local");
}

void FakeHost::set_parameters() {
  run.parameters = parameters.data();
  run.parameter_count = parameters.size();
}

seedbed_status FakeHost::answer(std::string_view word, const std::string& rest) {
  calls.push_back(std::string(word) + " " + rest);
  if (word != refuse) return SEEDBED_OK;
  failure = "the host's own words";
  return SEEDBED_FAILED;
}

seedbed_status FakeHost::open_writer(void* ctx, const seedbed_writer* writer, std::uint32_t* id) {
  std::string line(detail::text(writer->table));
  for (std::size_t i = 0; i < writer->column_count; ++i) {
    const std::string_view name = detail::text(writer->columns[i].name);
    line += (i == 0 ? "(" : ",") + std::string(name);
    const bool is_key = std::any_of(writer->key, writer->key + writer->key_count,
                                    [&](const seedbed_text& k) { return detail::text(k) == name; });
    if (is_key) line += "*";
    if (writer->columns[i].kind == SEEDBED_COLUMN_INSERT_ONLY) line += " insert_only";
    if (writer->columns[i].kind == SEEDBED_COLUMN_TOUCH) line += " touch";
  }
  line += writer->mode == SEEDBED_UPDATE_CHANGED ? ") update_changed"
          : writer->mode == SEEDBED_INSERT_ONCE  ? ") insert_once"
                                                 : ") insert_missing";
  *id = static_cast<std::uint32_t>(self(ctx).columns_.size());
  self(ctx).columns_.push_back(writer->column_count);
  return self(ctx).answer("open", line);
}

seedbed_status FakeHost::write_rows(void* ctx, std::uint32_t id, const seedbed_value* values,
                                    std::size_t row_count) {
  std::string line = std::to_string(id);
  const std::size_t columns = self(ctx).columns_.at(id);
  if (row_count > 4) line += " " + std::to_string(row_count) + " rows";
  for (std::size_t i = 0; i < row_count && row_count <= 4; ++i)
    line += " " + shown(values + i * columns, columns);
  return self(ctx).answer("write", line);
}

seedbed_status FakeHost::exec(void* ctx, seedbed_text sql, const seedbed_value* params,
                              std::size_t param_count, std::int64_t* rows_changed) {
  *rows_changed = 7;
  return self(ctx).answer("exec",
                          std::string(detail::text(sql)) + " " + shown(params, param_count));
}

seedbed_status FakeHost::query(void* ctx, seedbed_text sql, const seedbed_value* params,
                               std::size_t param_count, seedbed_row row, void* user) {
  for (const auto& values : self(ctx).result)
    if (row(user, values.data(), values.size()) != SEEDBED_OK) return SEEDBED_FAILED;
  return self(ctx).answer("query",
                          std::string(detail::text(sql)) + " " + shown(params, param_count));
}

seedbed_status FakeHost::bcrypt(void* ctx, seedbed_text password, std::int32_t cost,
                                const std::uint8_t* salt, char* hash) {
  for (int i = 0; i < 60; ++i) hash[i] = static_cast<char>('a' + salt[i % 16] % 26);
  return self(ctx).answer("bcrypt",
                          std::string(detail::text(password)) + " " + std::to_string(cost));
}

void FakeHost::log(void* ctx, std::int32_t level, seedbed_text event, const seedbed_field* fields,
                   std::size_t field_count) {
  std::string line = std::to_string(level) + " " + std::string(detail::text(event));
  for (std::size_t i = 0; i < field_count; ++i)
    line += " " + std::string(detail::text(fields[i].name)) + "=" + shown(fields[i].value);
  self(ctx).answer("log", line);
}

void FakeHost::progress(void* ctx, std::uint64_t done, std::uint64_t total) {
  self(ctx).answer("progress", std::to_string(done) + "/" + std::to_string(total));
}

void FakeHost::fail(void* ctx, seedbed_text message) {
  self(ctx).failure = std::string(detail::text(message));
}

}  // namespace seedbed::test
