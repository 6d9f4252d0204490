#pragma once
// What was measured, as a table for people and as JSON.

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace seedbed::bench {

/// Times of one contestant, in milliseconds.
struct Times {
  std::vector<double> ms;

  double median() const;
  double least() const;
  double most() const;
};

/// One line: seedbed, and what it is compared with.
struct Comparison {
  std::string group;    ///< the table it stands in
  std::string what;     ///< "1000 migrations"
  Times seedbed;
  std::string against;  ///< "psql, one session, a transaction each"
  Times other;
  std::optional<double> bar;  ///< the ratio that is promised

  /// Of the two medians.
  double ratio() const;
};

/// Something that is counted, not timed, or a rate.
struct Figure {
  std::string group;
  std::string what;
  std::string value;
  std::string bar;  ///< what is promised; may be empty
};

struct Report {
  std::string machine;  ///< what was measured on, and with what
  std::vector<Comparison> comparisons;
  std::vector<Figure> figures;
  std::map<std::string, std::map<int, double>> growth;  ///< milliseconds by the number of migrations

  std::string markdown() const;
  std::string json() const;
};

}  // namespace seedbed::bench
