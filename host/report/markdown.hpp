#pragma once
// Values as markdown, for pull requests and job summaries.  Not redacted yet: print() does that.

#include <string>

#include "report/values.hpp"

namespace seedbed::host {

std::string to_markdown(const Outcome& outcome);
std::string to_markdown(const Plan& plan);
std::string to_markdown(const Adoption& adoption);
std::string to_markdown(const DamageReport& report);
std::string to_markdown(const RunLog& log);
std::string to_markdown(const SeederList& list);
std::string to_markdown(const LockUpdate& update);
std::string to_markdown(const Diagnosis& diagnosis);
std::string to_markdown(const SettingList& list);
std::string to_markdown(const StatementList& list);
std::string to_markdown(const CreatedFiles& created);
std::string to_markdown(const Reached& reached);
std::string to_markdown(const Error& error);

}  // namespace seedbed::host
