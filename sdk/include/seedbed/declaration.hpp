#pragma once
// What a seeder declares about itself, as C++ authors write it and as the host reads it.

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include <seedbed/abi.h>

namespace seedbed {

/// Where a database stands.  A seeder runs in its declared tier and in those before it.
enum class Tier : std::int32_t {
  development = SEEDBED_TIER_DEVELOPMENT,
  staging = SEEDBED_TIER_STAGING,
  production = SEEDBED_TIER_PRODUCTION
};

/// When a seeder runs: in every run, or until it has succeeded once.
enum class Run { always, once };

/// A list held by value, `{"a", "b"}`.  More than `Capacity` items do not compile.
///
/// Rationale: a declaration is read out of the file, so no pointer may be in it, and a
/// std::initializer_list is one.
template <class T, std::size_t Capacity>
class List {
 public:
  constexpr List() = default;
  constexpr List(std::initializer_list<T> items) {
    if (items.size() > Capacity) throw "the list has more items than a declaration may have";
    for (const T& item : items) items_[size_++] = item;
  }

  constexpr const T* begin() const { return items_.data(); }
  constexpr const T* end() const { return items_.data() + size_; }
  constexpr std::size_t size() const { return size_; }

 private:
  std::array<T, Capacity> items_{};
  std::size_t size_ = 0;
};

/// The value of a parameter that seedbed.toml does not set.  Its type is the parameter's type.
class Default {
 public:
  enum class Type { boolean, integer, real, text };

  constexpr Default() = default;
  template <std::same_as<bool> T>
  constexpr Default(T value) : type(Type::boolean), integer(value) {}
  template <std::signed_integral T>
  constexpr Default(T value) : type(Type::integer), integer(value) {}
  template <std::floating_point T>
  constexpr Default(T value) : type(Type::real), real(value) {}
  template <std::convertible_to<std::string_view> T>
  constexpr Default(const T& value) : text(value) {}

  Type type = Type::text;
  std::int64_t integer = 0;
  double real = 0;
  std::string_view text{};
};

/// A value that seedbed.toml may set for an environment, `{"enrollments", 5, "learners per
/// course"}`.
struct Parameter {
  std::string_view name{};  ///< one snake_case word
  Default default_value{};
  std::string_view help{};  ///< one line
};

/// What a seeder says about itself.  The host reads it before it runs any code of the plugin.
struct Declaration {
  std::string_view name{};              ///< one snake_case word, unique among all seeders
  std::string_view version{};           ///< the seeder's own
  std::string_view description{};       ///< one line
  List<std::string_view, 32> after{};   ///< the seeders that it depends on
  Tier tier = Tier::development;        ///< the highest tier in which it may run
  std::string_view needs{};             ///< the lowest migration version, such as "20260101120000"
  List<std::string_view, 64> writes{};  ///< the tables it writes; the host allows no others
  Run run = Run::always;
  List<Parameter, 32> parameters{};
};

namespace detail {

constexpr bool is_snake_case(std::string_view name) {
  if (name.empty() || name[0] < 'a' || name[0] > 'z') return false;
  for (const char c : name)
    if (!(c == '_' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) return false;
  return true;
}

constexpr bool are_distinct(const std::string_view* begin, const std::string_view* end) {
  for (auto a = begin; a != end; ++a)
    for (auto b = a + 1; b != end; ++b)
      if (a->empty() || *a == *b) return false;
  return true;
}

constexpr bool has_sound_parameters(const Declaration& declaration) {
  for (const Parameter& a : declaration.parameters) {
    if (!is_snake_case(a.name)) return false;
    for (const Parameter& b : declaration.parameters)
      if (&a != &b && a.name == b.name) return false;
  }
  return true;
}

constexpr bool depends_on_itself(const Declaration& declaration) {
  for (const std::string_view name : declaration.after)
    if (name == declaration.name) return true;
  return false;
}

}  // namespace detail

}  // namespace seedbed
