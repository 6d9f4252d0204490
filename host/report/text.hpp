#pragma once
// Values as text for people.  Not redacted yet: print() does that.

#include <string>

#include "report/values.hpp"

namespace seedbed::host {

std::string to_text(const Outcome& outcome, bool color);
std::string to_text(const Plan& plan, bool color);
std::string to_text(const Adoption& adoption, bool color);
std::string to_text(const DamageReport& report, bool color);
std::string to_text(const RunLog& log, bool color);
std::string to_text(const SeederList& list, bool color);
std::string to_text(const LockUpdate& update, bool color);
std::string to_text(const Diagnosis& diagnosis, bool color);
std::string to_text(const SettingList& list, bool color);
std::string to_text(const StatementList& list, bool color);
std::string to_text(const CreatedFiles& created, bool color);
std::string to_text(const Reached& reached, bool color);

/// "seedbed: error: …" with place, line, caret, detail and hint; for standard error.
std::string to_text(const Error& error, bool color);

/// The lines of an error below its message: place, line, caret, detail and hint.
std::string explanation(const Error& error, bool color);

/// The seeders and what each runs after, as a mermaid flowchart.
std::string to_mermaid(const SeederList& list);

}  // namespace seedbed::host
