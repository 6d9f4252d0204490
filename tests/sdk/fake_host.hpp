#pragma once
// A host without a database, which writes down what a seeder asks of it.

#include <cstdint>
#include <string>
#include <vector>

#include <seedbed/seeder.hpp>

namespace seedbed::test {

/// A seedbed_host and a seedbed_run to give to Session and to a seeder's entry.  Every call becomes
/// a line of `calls`, such as `open customer(email*,name)` and `write 0 [ada|Ada Byron]`.
class FakeHost {
 public:
  FakeHost();
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;

  seedbed_run run{};
  seedbed_host host{};
  std::vector<seedbed_parameter> parameters;  ///< call set_parameters() after a change
  void set_parameters();

  std::vector<std::string> calls;
  std::string failure;                             ///< the message given to fail()
  std::string refuse;                              ///< the first word of calls that are refused
  std::vector<std::vector<seedbed_value>> result;  ///< the rows of every query

 private:
  static seedbed_status open_writer(void*, const seedbed_writer*, std::uint32_t*);
  static seedbed_status write_rows(void*, std::uint32_t, const seedbed_value*, std::size_t);
  static seedbed_status exec(void*, seedbed_text, const seedbed_value*, std::size_t, std::int64_t*);
  static seedbed_status query(void*, seedbed_text, const seedbed_value*, std::size_t, seedbed_row,
                              void*);
  static seedbed_status bcrypt(void*, seedbed_text, std::int32_t, const std::uint8_t*, char*);
  static void log(void*, std::int32_t, seedbed_text, const seedbed_field*, std::size_t);
  static void progress(void*, std::uint64_t, std::uint64_t);
  static void fail(void*, seedbed_text);

  seedbed_status answer(std::string_view word, const std::string& rest);

  std::vector<std::size_t> columns_;  // by writer
};

}  // namespace seedbed::test
