#pragma once
// A proof as text, JSON and markdown.  Not redacted yet, save JSON: print() does that.

#include <string>

#include "run/proof.hpp"

namespace seedbed::host {

std::string to_text(const Proof& proof, bool color);
std::string to_json(const Proof& proof);
std::string to_markdown(const Proof& proof);

/// `text` as a block of code in markdown, whatever is in it.
std::string fenced(const std::string& text);

/// "second"; as people read it, "the second pass".
const char* pass_name(Pass pass);
const char* pass_text(Pass pass);

/// "not_proved"; as people read it, "not proved".
const char* verdict_name(Verdict verdict);
const char* verdict_text(Verdict verdict);

}  // namespace seedbed::host
