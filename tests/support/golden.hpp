#pragma once
// Texts that a person has read once and that must not change unnoticed: tests/golden/.

#include <string>
#include <string_view>

namespace seedbed::test {

/// Fails the test unless `text` equals tests/golden/`name`, byte by byte; what came instead is left
/// in the build folder as golden/`name`.actual.  With REWRITE_GOLDEN=1 in the environment the
/// golden file is written instead of compared.
void check_golden(const std::string& name, std::string_view text);

/// `text` with what differs from run to run replaced: "41 ms" and "2 s" become "# ms", the number behind
/// "took_ms" in JSON "#", and a UTC time "YYYY-MM-DD hh:mm:ss".  Columns stay aligned: a number after two or more spaces keeps its width.
std::string without_times(std::string_view text);

}  // namespace seedbed::test
