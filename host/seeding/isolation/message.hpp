#pragma once
// What the host and a plugin's process say to each other: messages of numbers, texts and values.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <seedbed/abi.h>

namespace seedbed::host::isolation {

/// The first byte of a message.
enum class Kind : std::uint8_t {
  // The plugin's process, on its own:
  loaded,       ///< names of its seeders
  not_loaded,   ///< message, detail, hint
  done,         ///< status
  // … while it seeds: a function of seedbed_host and its arguments; the first five are answered
  open_writer,
  write_rows,
  exec,
  query,
  bcrypt,
  log,
  progress,
  fail,
  // The host:
  seed,         ///< name of the seeder, then seedbed_run
  answer,       ///< status, then what the function returns
  rows,         ///< of a query, as long as the process says `more`
  more,         ///< 1 for more rows, 0 for no more: the process's answer to `rows`
};

/// Builds one message.
class Composer {
 public:
  explicit Composer(Kind kind) : bytes_(1, static_cast<char>(kind)) {}

  template <class Number>
  Composer& number(Number value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  Composer& text(std::string_view text);
  Composer& text(seedbed_text text) { return this->text(std::string_view(text.data, text.size)); }
  Composer& value(const seedbed_value& value);
  Composer& values(const seedbed_value* values, std::size_t count);

  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

/// Takes one message apart.  Texts and values point into it.
///
/// Throws Error{plugin} when the message ends too early: the other side is not to be believed.
class Message {
 public:
  explicit Message(std::string bytes);

  Kind kind() const;

  template <class Number>
  Number number() {
    Number value{};
    take(sizeof value).copy(reinterpret_cast<char*>(&value), sizeof value);
    return value;
  }
  std::string_view text();
  seedbed_text abi_text();
  seedbed_value value();
  std::vector<seedbed_value> values();

 private:
  std::string_view take(std::size_t size);

  std::string bytes_;
  std::size_t at_ = 1;
};

}  // namespace seedbed::host::isolation
