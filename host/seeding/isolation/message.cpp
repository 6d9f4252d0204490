#include "seeding/isolation/message.hpp"

#include <utility>

#include "error.hpp"

namespace seedbed::host::isolation {

namespace {

bool has_data(std::int32_t type) {
  return type == SEEDBED_TEXT || type == SEEDBED_BYTES || type == SEEDBED_UUID || type == SEEDBED_JSON;
}

}  // namespace

Composer& Composer::text(std::string_view text) {
  number(static_cast<std::uint64_t>(text.size()));
  bytes_.append(text);
  return *this;
}

Composer& Composer::value(const seedbed_value& value) {
  number(value.type);
  if (!has_data(value.type)) return number(value.as.integer);
  const std::size_t size = value.type == SEEDBED_UUID ? 16 : value.size;
  return text(std::string_view(value.as.data, size));
}

Composer& Composer::values(const seedbed_value* values, std::size_t count) {
  number(static_cast<std::uint64_t>(count));
  for (std::size_t i = 0; i < count; ++i) value(values[i]);
  return *this;
}

Message::Message(std::string bytes) : bytes_(std::move(bytes)) {
  if (bytes_.empty()) bytes_.push_back('\xff');
}

Kind Message::kind() const { return static_cast<Kind>(bytes_.front()); }

std::string_view Message::take(std::size_t size) {
  if (size > bytes_.size() - at_) {
    throw Error(ExitCode::plugin, "its process sent a message that seedbed does not understand");
  }
  at_ += size;
  return std::string_view(bytes_).substr(at_ - size, size);
}

std::string_view Message::text() { return take(number<std::uint64_t>()); }

seedbed_text Message::abi_text() {
  const std::string_view taken = text();
  return {taken.data(), taken.size()};
}

seedbed_value Message::value() {
  seedbed_value value{};
  value.type = number<std::int32_t>();
  if (!has_data(value.type)) {
    value.as.integer = number<std::int64_t>();
    return value;
  }
  const std::string_view data = text();
  value.size = static_cast<std::uint32_t>(data.size());
  value.as.data = data.data();
  if (value.type == SEEDBED_UUID && data.size() != 16) {
    throw Error(ExitCode::plugin, "its process sent a UUID that has not 16 bytes");
  }
  return value;
}

std::vector<seedbed_value> Message::values() {
  const auto count = number<std::uint64_t>();
  std::vector<seedbed_value> values;
  for (std::uint64_t i = 0; i < count; ++i) values.push_back(value());
  return values;
}

}  // namespace seedbed::host::isolation
