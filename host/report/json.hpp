#pragma once
// Values as JSON documents, one a command; README.md in this folder describes them.

#include <string>

#include "report/values.hpp"

namespace seedbed::host {

/// Each document ends with a line end, and its texts are redacted.
std::string to_json(const Outcome& outcome);
std::string to_json(const Plan& plan);
std::string to_json(const Adoption& adoption);
std::string to_json(const DamageReport& report);
std::string to_json(const RunLog& log);
std::string to_json(const SeederList& list);
std::string to_json(const LockUpdate& update);
std::string to_json(const Diagnosis& diagnosis);
std::string to_json(const SettingList& list);
std::string to_json(const StatementList& list);
std::string to_json(const CreatedFiles& created);
std::string to_json(const Reached& reached);
std::string to_json(const Error& error);

}  // namespace seedbed::host
