#include "seeding/weak_password.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace seedbed::host {

namespace {

// In lower case and without what stands behind them.
constexpr auto kWords = std::to_array<std::string_view>(
    {"", "abc", "abcd", "access", "admin", "administrator", "asdf", "asdfgh", "asdfghjkl", "azerty",
     "bar", "baseball", "batman", "changeit", "changeme", "charlie", "daniel", "default", "demo",
     "dev", "development", "dragon", "example", "flower", "foo", "foobar", "football", "freedom",
     "guest", "hello", "hunter", "iloveyou", "jordan", "letmein", "login", "master", "michael",
     "monkey", "mustang", "mypass", "mypassword", "nopass", "p@$$w0rd", "p@ssw0rd", "p@ssword",
     "pa$$w0rd", "pa$$word", "pa55w0rd", "pa55word", "pass", "passw0rd", "password", "passwort",
     "postgres", "princess", "public", "q1w2e3r4t5y", "qazwsx", "qwert", "qwerty", "qwertyuiop",
     "qwertz", "root", "secret", "seed", "seedbed", "shadow", "starwars", "sunshine", "supabase",
     "superman", "supersecret", "sysadmin", "temp", "test", "tester", "testing", "testpassword",
     "testuser", "toor", "trustno", "user", "welcome", "whatever", "zaq", "zxcvbn", "zxcvbnm"});

// Those that are more than a word with something behind it.
constexpr auto kWhole = std::to_array<std::string_view>(
    {"1q2w3e", "1q2w3e4r", "1q2w3e4r5t", "1qaz2wsx", "a1b2c3", "a1b2c3d4", "abc123abc",
     "admin123admin", "g00dpa$$w0rd", "pass1234word", "q1w2e3", "q1w2e3r4", "zaq12wsx", "zaq1zaq1"});

static_assert(std::ranges::is_sorted(kWords) && std::ranges::is_sorted(kWhole));

// What is longer is no decoration of a word any more, and a number as long nobody's first guess.
constexpr std::size_t kMostBehind = 10;

bool stands_behind(char letter) { return (letter >= '0' && letter <= '9') || std::string_view("!?.,;:#*+-_@$%&=/ ").find(letter) != std::string_view::npos; }

}  // namespace

bool is_well_known_password(std::string_view password) {
  std::string text(password);
  std::ranges::transform(text, text.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  if (std::ranges::binary_search(kWords, text) || std::ranges::binary_search(kWhole, text)) return true;
  const bool one_letter = std::ranges::count(text, text.front()) == static_cast<std::ptrdiff_t>(text.size());
  std::string word = text;
  while (!word.empty() && stands_behind(word.back())) word.pop_back();
  return one_letter || (text.size() - word.size() <= kMostBehind && std::ranges::binary_search(kWords, word));
}

}  // namespace seedbed::host
