#pragma once
// `seedbed doctor`: what is wrong or missing, found before a run finds it.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "error.hpp"

namespace seedbed::host {

enum class Mark { ok, warning, problem };

struct Finding {
  Mark mark = Mark::ok;
  std::string topic;  ///< one word: "connection"
  std::string what;
  std::string to_do;  ///< empty where nothing is to be done
};

struct Diagnosis {
  std::string environment, url;  ///< empty where the settings could not be read
  Tier tier = Tier::development;
  std::vector<Finding> findings;

  std::size_t count(Mark mark) const;
};

/// Looks at the settings, the plugins (libraries are loaded in a process of their own) and the database, and
/// goes on whatever one of them says.  `fault` is why the settings could be read only without the
/// database, if that is so.  Writes nothing.
Diagnosis examine(const Settings& settings, std::chrono::milliseconds wait, const std::optional<Error>& fault = {});

/// Of settings that could not be read at all.
Diagnosis diagnosis_of(const Error& fault);

/// What a role that only seeds needs of the ledger: README.md of the host documents it.
std::vector<std::pair<std::string, std::string>> ledger_rights();

}  // namespace seedbed::host
