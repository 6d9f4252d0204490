#include "support/golden.hpp"

#include <cstdlib>
#include <filesystem>
#include <regex>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"

namespace seedbed::test {

namespace fs = std::filesystem;

void check_golden(const std::string& name, std::string_view text) {
  const fs::path golden = fs::path(SEEDBED_SOURCE_DIR) / "tests/golden" / name;
  const fs::path actual = fs::path(SEEDBED_BINARY_DIR) / "golden" / (name + ".actual");

  if (std::getenv("REWRITE_GOLDEN") != nullptr) {
    write_file(golden, text);
    return;
  }
  const std::string expected = fs::exists(golden) ? read_file(golden) : "";
  if (text == expected) {
    fs::remove(actual);
    SUCCEED("as in " << golden);
    return;
  }
  write_file(actual, text);
  FAIL_CHECK("differs from the golden file; diff -u " << golden << " " << actual << "\n" << text);
}

std::string without_times(std::string_view text) {
  constexpr std::string_view kTime = "# ms";
  static const std::regex time(R"(( *)\b(\d+(?:\.\d+)?) (ms|s|us|µs)\b)");
  static const std::regex date(R"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?)");
  static const std::regex json(R"re("took_ms": [\d.]+)re");

  const std::string unmeasured = std::regex_replace(std::string(text), json, "\"took_ms\": #");
  const std::string undated = std::regex_replace(unmeasured, date, "YYYY-MM-DD hh:mm:ss");
  std::string result;
  auto rest = undated.cbegin();
  for (std::sregex_iterator found(undated.begin(), undated.end(), time), end; found != end;
       ++found) {
    const std::smatch& match = *found;
    result.append(rest, match[0].first);
    const auto spaces = static_cast<std::size_t>(match[1].length());
    const auto digits = static_cast<std::size_t>(match[2].length());
    const std::size_t unit = match[3] == "s" ? 1 : 2;  // in columns
    result.append(spaces >= 2 ? spaces + digits + 1 + unit - kTime.size() : spaces, ' ');
    result += kTime;  // whatever the unit: a slow machine has others
    rest = match[0].second;
  }
  result.append(rest, undated.cend());
  return result;
}

}  // namespace seedbed::test
