#pragma once
// Turns a declaration, while it is compiled, into the record that the host reads from the file.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <seedbed/abi.h>
#include <seedbed/declaration.hpp>
#include <seedbed/uuid.hpp>

namespace seedbed::detail {

/// Writes TOML, or without a place to write to counts its bytes.
class TomlWriter {
 public:
  constexpr TomlWriter() = default;
  constexpr explicit TomlWriter(char* out) : out_(out), writes_(true) {}

  constexpr std::size_t size() const { return size_; }

  constexpr void raw(std::string_view text) {
    for (const char c : text) put(c);
  }

  constexpr void string(std::string_view text) {
    put('"');
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') {
        put('\\');
        put(c);
      } else if (byte < 0x20 || byte == 0x7f) {
        raw("\\u00");
        put("0123456789abcdef"[byte / 16]);
        put("0123456789abcdef"[byte % 16]);
      } else {
        put(c);
      }
    }
    put('"');
  }

  // Finds the shortest decimal that any correct parser reads as this very number: a mantissa below
  // 2^53 and a power of ten up to 10^22 are exact, so dividing them rounds once, as a parser does.
  constexpr void real(double value) {
    const double magnitude = value < 0 ? -value : value;
    double power = 1;
    for (std::size_t places = 0; places <= 22; ++places, power *= 10) {
      const double scaled = magnitude * power;
      if (!(scaled < (places == 0 ? 0x1p63 : 0x1p53))) break;
      const auto mantissa = static_cast<std::uint64_t>(scaled < 0x1p53 ? scaled + 0.5 : scaled);
      if (static_cast<double>(mantissa) / power != magnitude) continue;
      if (value < 0) put('-');
      decimal(mantissa, places);
      return;
    }
    throw "a default has more digits than a declaration can hold";
  }

  template <class T>
  constexpr void integer(T value) {
    raw(Decimal(value).text());
  }

 private:
  constexpr void put(char c) {
    if (writes_) out_[size_] = c;
    ++size_;
  }

  constexpr void decimal(std::uint64_t mantissa, std::size_t places) {
    const Decimal decimal(mantissa);
    const std::string_view digits = decimal.text();
    const std::size_t whole = digits.size() > places ? digits.size() - places : 0;
    raw(whole == 0 ? std::string_view("0") : digits.substr(0, whole));
    put('.');
    for (std::size_t i = digits.size(); i < places; ++i) put('0');
    raw(places == 0 ? std::string_view("0") : digits.substr(whole));
  }

  char* out_ = nullptr;
  bool writes_ = false;  // g++ compares no pointer in a constant under -fsanitize=undefined
  std::size_t size_ = 0;
};

constexpr void write_text(TomlWriter& toml, std::string_view key, std::string_view text) {
  if (text.empty()) return;
  toml.raw(key);
  toml.raw(" = ");
  toml.string(text);
  toml.raw("\n");
}

template <std::size_t N>
constexpr void write_list(TomlWriter& toml, std::string_view key,
                          const List<std::string_view, N>& list) {
  if (list.size() == 0) return;
  toml.raw(key);
  std::string_view separator = " = [";
  for (const std::string_view item : list) {
    toml.raw(separator);
    toml.string(item);
    separator = ", ";
  }
  toml.raw("]\n");
}

constexpr void write_default(TomlWriter& toml, const Default& value) {
  toml.raw("default = ");
  switch (value.type) {
    case Default::Type::boolean:
      toml.raw(value.integer != 0 ? "true" : "false");
      break;
    case Default::Type::integer:
      toml.integer(value.integer);
      break;
    case Default::Type::real:
      toml.real(value.real);
      break;
    case Default::Type::text:
      toml.string(value.text);
      break;
  }
  toml.raw("\n");
}

/// Writes `declaration` as a seeder.toml and returns its size in bytes.
constexpr std::size_t write_toml(const Declaration& declaration, TomlWriter toml) {
  write_text(toml, "name", declaration.name);
  write_text(toml, "version", declaration.version);
  write_text(toml, "description", declaration.description);
  write_list(toml, "after", declaration.after);
  write_text(toml, "tier",
             declaration.tier == Tier::production ? "production"
             : declaration.tier == Tier::staging  ? "staging"
                                                  : "development");
  write_text(toml, "needs", declaration.needs);
  write_list(toml, "writes", declaration.writes);
  write_text(toml, "run", declaration.run == Run::once ? "once" : "");
  for (const Parameter& parameter : declaration.parameters) {
    toml.raw("\n[parameters.");
    toml.raw(parameter.name);
    toml.raw("]\n");
    write_default(toml, parameter.default_value);
    write_text(toml, "help", parameter.help);
  }
  return toml.size();
}

/// The record of the seeder that `S` declares.
template <class S>
struct alignas(8) Record {
  static constexpr const Declaration& declaration = S::declaration;
  static_assert(is_snake_case(declaration.name),
                "a seeder's .name is one snake_case word, such as catalog_journeys");
  static_assert(are_distinct(declaration.after.begin(), declaration.after.end()),
                "a seeder's .after names each seeder once");
  static_assert(!depends_on_itself(declaration), "a seeder cannot come .after itself");
  static_assert(are_distinct(declaration.writes.begin(), declaration.writes.end()),
                "a seeder's .writes names each table once");
  static_assert(has_sound_parameters(declaration),
                "each of a seeder's .parameters has a snake_case name of its own");

  static constexpr std::size_t kLength = write_toml(declaration, TomlWriter());

  seedbed_record header{SEEDBED_RECORD_MAGIC, SEEDBED_ABI_VERSION,
                        static_cast<std::uint32_t>(kLength)};
  char text[kLength]{};

  constexpr Record() { write_toml(declaration, TomlWriter(text)); }
};

/// The records of all seeders of a library, one after another.
template <class First, class... Rest>
struct Records {
  static constexpr std::string_view names[] = {First::declaration.name, Rest::declaration.name...};
  static_assert(are_distinct(names, names + 1 + sizeof...(Rest)),
                "the seeders of one library have names of their own");

  Record<First> record;
  Records<Rest...> others;

  template <class S>
  constexpr const seedbed_record* find() const {
    if constexpr (std::same_as<S, First>)
      return &record.header;
    else
      return others.template find<S>();
  }
};

template <class Only>
struct Records<Only> {
  Record<Only> record;

  template <class S>
  constexpr const seedbed_record* find() const {
    static_assert(std::same_as<S, Only>);
    return &record.header;
  }
};

}  // namespace seedbed::detail
