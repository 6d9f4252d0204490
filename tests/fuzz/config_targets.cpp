// The files that people write for seedbed: an error has a place in them, and says nothing secret.

#include <string>

#include "config/dotenv.hpp"
#include "config/toml_file.hpp"
#include "database/url.hpp"
#include "fuzz/targets.hpp"
#include "seeding/declaration.hpp"

namespace seedbed::fuzz {

using namespace seedbed::host;

namespace {

void check_place(const Error& error, ExitCode code, std::string_view text) {
  require(error.code() == code, "the exit code is the documented one");
  require(error.place().line > 0, "an error has a place");
  std::size_t lines = 1;
  for (const char c : text) lines += c == '\n' ? 1 : 0;
  require(error.place().line <= lines, "the place lies in the file");
}

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

void read_toml(std::string_view input) {
  try {
    parse_toml_file({"seedbed.toml", std::string(input)});
  } catch (const Error& error) {
    check_place(error, ExitCode::usage, input);
  }
}

void read_declaration(std::string_view input) {
  try {
    const Declaration declaration = parse_declaration(input, "seeder.toml");
    require(!declaration.name.empty(), "a seeder has a name");
  } catch (const Error& error) {
    require(error.code() == ExitCode::plugin, "the exit code is the documented one");
  }
}

void read_dotenv(std::string_view input) {
  try {
    for (const auto& [name, value] : parse_dotenv({".env", std::string(input)}).values) {
      require(!name.empty() && value.line > 0, "a value has a name and a line");
    }
  } catch (const Error& error) {
    check_place(error, ExitCode::usage, input);
    require(error.place().text.empty(), "the line is not shown");
  }
}

void read_url(std::string_view input) {
  try {
    const DatabaseUrl url = parse_url(std::string(input), "/folder");
    for (const std::string& secret : url.secrets) {
      // What is the password may stand elsewhere too, as a path for example; with escapes nobody can tell which it was.
      const std::size_t written = count(input, secret);
      const std::size_t elsewhere = written - (written > 0 && input.find_first_of("%\\") == std::string_view::npos ? 1 : 0);
      // A user's name is the database's where none is given, and then shown twice.
      require(secret.size() < 8 || count(url.display, secret) <= 2 * elsewhere, "no secret is shown");
    }
  } catch (const Error& error) {
    require(error.code() == ExitCode::usage, "the exit code is the documented one");
    // A fuzzer learns our own words; none of them has one of these digits.
    const bool own_words = input.find_first_of("024789") == std::string_view::npos;
    require(own_words || input.size() < 8 || error.message().find(input) == std::string::npos, "nothing of the string is shown");
  }
}

}  // namespace seedbed::fuzz
