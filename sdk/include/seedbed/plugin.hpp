#pragma once
// Makes a library of seeders into a plugin.

#include <array>
#include <cstddef>
#include <exception>
#include <string_view>

#include <seedbed/abi.h>
#include <seedbed/record.hpp>
#include <seedbed/session.hpp>

namespace seedbed {

/// Fills tables.  Derive from it, and declare the class with SEEDBED_SEEDER.
///
/// The host makes an object for each call of seed(), which may use everything that Session offers
/// and throw what it likes: an exception fails the seeder, and its text tells why.
class Seeder {
 public:
  virtual ~Seeder() = default;
  virtual void seed(Session& db) = 0;
};

namespace detail {

/// The class that seeds for the declaration in `S`: its `Class` if it has one, else itself.
template <class S>
struct ClassOf {
  using Type = S;
};
template <class S>
requires requires { typename S::SeedbedClass; }
struct ClassOf<S> {
  using Type = typename S::SeedbedClass;
};

/// Where the host enters the seeder `S`: the only place through which an exception could leave it.
template <class S>
seedbed_status seed(const seedbed_run* run, const seedbed_host* host) noexcept {
  try {
    Session db(*run, *host);
    typename ClassOf<S>::Type object;
    static_cast<Seeder&>(object).seed(db);
    if (db.failed()) return SEEDBED_FAILED;
    db.flush();
    return SEEDBED_OK;
  } catch (const HostFailure&) {
    return SEEDBED_FAILED;
  } catch (const std::exception& e) {
    host->fail(host->ctx, text(std::string_view(e.what())));
  } catch (...) {
    host->fail(host->ctx, text("the seeder threw something that is not a std::exception"));
  }
  return SEEDBED_FAILED;
}

template <class... S>
constexpr std::array<seedbed_seeder, sizeof...(S)> make_seeders(const Records<S...>& records) {
  return {seedbed_seeder{sizeof(seedbed_seeder), 0, records.template find<S>(), &seed<S>}...};
}

template <std::size_t N>
constexpr std::array<const seedbed_seeder*, N> make_pointers(
    const std::array<seedbed_seeder, N>& seeders) {
  std::array<const seedbed_seeder*, N> pointers{};
  for (std::size_t i = 0; i < N; ++i) pointers[i] = &seeders[i];
  return pointers;
}

}  // namespace detail

}  // namespace seedbed

/// Makes a plugin of one seeder: `SEEDBED_SEEDER(Customers, {.name = "customers", …})`, the class
/// and its Declaration.  Stands once in a library, at namespace scope.
#define SEEDBED_SEEDER(Class, ...)                                     \
  namespace {                                                          \
  struct SeedbedDeclared {                                             \
    using SeedbedClass = Class;                                        \
    static constexpr ::seedbed::Declaration declaration = __VA_ARGS__; \
  };                                                                   \
  }                                                                    \
  SEEDBED_PLUGIN(SeedbedDeclared)

/// Makes a plugin of several seeders, each a class with a `static constexpr seedbed::Declaration
/// declaration{…}`: `SEEDBED_PLUGIN(Customers, Orders)`.  Stands once in a library.
#define SEEDBED_PLUGIN(...)                                                                 \
  namespace {                                                                               \
  [[gnu::used, gnu::section(SEEDBED_RECORD_SECTION)]] alignas(                              \
      8) constexpr ::seedbed::detail::Records<__VA_ARGS__> seedbed_records;                 \
  constexpr auto seedbed_seeders = ::seedbed::detail::make_seeders(seedbed_records);        \
  constexpr auto seedbed_pointers = ::seedbed::detail::make_pointers(seedbed_seeders);      \
  constexpr seedbed_plugin seedbed_table{sizeof(seedbed_plugin), SEEDBED_ABI_VERSION,       \
                                         seedbed_pointers.data(), seedbed_pointers.size()}; \
  }                                                                                         \
  extern "C" SEEDBED_EXPORT const seedbed_plugin* seedbed_plugin_entry(void) {              \
    return &seedbed_table;                                                                  \
  }
