#include "config/interpolate.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <utility>

#include <fmt/core.h>

#include "error.hpp"

namespace seedbed::host {

namespace {

constexpr std::size_t kNone = std::string_view::npos;

bool is_name(std::string_view text) {
  const auto word = [](unsigned char c) { return std::isalnum(c) || c == '_'; };
  return !text.empty() && !std::isdigit(static_cast<unsigned char>(text[0])) &&
         std::all_of(text.begin(), text.end(), word);
}

// The index of the "}" that closes the "${" before `from`.
std::size_t closing(std::string_view text, std::size_t from) {
  std::size_t depth = 1;
  for (std::size_t i = from; i < text.size(); ++i) {
    if (text[i] == '}' && --depth == 0) return i;
    if (text[i] != '$' || i + 1 == text.size()) continue;
    if (text[i + 1] == '{') ++depth;
    if (text[i + 1] == '{' || text[i + 1] == '$') ++i;
  }
  return kNone;
}

Error malformed(const At<std::string>& text, const std::string& key, const std::string& why) {
  return Error(ExitCode::usage,
               fmt::format("could not replace the variables in \"{}\": {}", key, why))
      .at(text.place)
      .hint("Write ${NAME} or ${NAME:-default}, and $$ for a dollar sign.");
}

}  // namespace

bool is_secret_name(std::string_view name) {
  constexpr std::array<std::string_view, 8> kSigns{"PASS", "PWD",        "SECRET",  "TOKEN",
                                                   "KEY",  "CREDENTIAL", "PRIVATE", "SALT"};
  std::string upper(name);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return std::any_of(kSigns.begin(), kSigns.end(),
                     [&](std::string_view sign) { return upper.find(sign) != kNone; });
}

Variables::Variables(const Environment& environment, std::vector<DotenvFile> files)
    : environment_(&environment), files_(std::move(files)) {}

std::optional<Variables::Use> Variables::find(const std::string& name) const {
  if (const auto set = environment_->find(name); set != environment_->end())
    return Use{set->second, "environment"};
  for (const DotenvFile& file : files_)
    if (const auto set = file.values.find(name); set != file.values.end())
      return Use{set->second.text, fmt::format("{}:{}", file.name, set->second.line)};
  return std::nullopt;
}

Expanded Variables::expand(const At<std::string>& text, const std::string& key, bool in_url) {
  Expanded result;
  result.value = replaced(text.value, {text, key, in_url}, result);
  return result;
}

std::string Variables::replaced(std::string_view text, const Request& request, Expanded& result) {
  std::string value;
  bool whole = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (text[i] != '$' || (next != '$' && next != '{')) {
      value += text[i];
    } else if (next == '$') {
      value += text[i++];
    } else {
      const std::size_t end = closing(text, i + 2);
      if (end == kNone) throw malformed(request.text, request.key, "\"${\" is not closed by \"}\"");
      value += variable(text.substr(i + 2, end - i - 2), request, result);
      whole = i == 0 && end + 1 == text.size();
      i = end;
    }
  }
  if (!whole) result.source = source_of(request.text.place);
  return value;
}

std::string Variables::variable(std::string_view body, const Request& request, Expanded& result) {
  const std::size_t colon = body.find_first_of(":-}$? ");
  const std::string name(body.substr(0, colon));
  const std::string_view rest = colon == kNone ? std::string_view() : body.substr(colon);
  if (!is_name(name))
    throw malformed(request.text, request.key,
                    "a name of letters, digits and \"_\" must follow \"${\"");
  const bool has_default = rest.starts_with(":-");
  if (!rest.empty() && !has_default)
    throw malformed(request.text, request.key,
                    fmt::format("only \":-\" or \"}}\" may follow the name \"{}\"", name));

  const std::optional<Use> found = find(name);
  const bool usable = found && !found->value.empty();
  if (!usable && !has_default) throw not_set(name, request);
  Use& use = uses_[name];
  use = {found ? found->value : "", found ? found->source : "not set",
         use.in_url || request.in_url};
  if (!usable) return replaced(rest.substr(2), request, result);
  result.source = found->source;
  result.secret = result.secret || is_secret_name(name);
  return found->value;
}

Error Variables::not_set(const std::string& name, const Request& request) const {
  struct Answer {
    std::string where, what;
  };
  std::vector<Answer> answers;
  bool empty = false;
  const auto ask = [&](const std::string& where, const std::string* value,
                       const std::string& missing) {
    if (empty) return;  // the first that has it decides
    empty = value != nullptr;
    answers.push_back({where, value ? "set, but empty" : missing});
  };
  const auto set = environment_->find(name);
  ask("the environment", set == environment_->end() ? nullptr : &set->second, "not set");
  for (const DotenvFile& file : files_) {
    const auto line = file.values.find(name);
    ask(file.name, line == file.values.end() ? nullptr : &line->second.text,
        file.missing.empty() ? "not in it" : file.missing);
  }

  std::size_t width = 0;
  for (const Answer& answer : answers) width = std::max(width, answer.where.size());
  std::string looked = fmt::format("\"{}\" needs it.  Looked for it in", request.key);
  for (const Answer& answer : answers)
    looked += fmt::format("\n  {:<{}}  {}", answer.where, width, answer.what);
  std::string hint = fmt::format("Set {} in the environment", name);
  if (!files_.empty()) hint += fmt::format(" or in {}", files_.front().name);
  return Error(ExitCode::usage,
               fmt::format("the variable \"{}\" is {}", name, empty ? "empty" : "not set"))
      .at(request.text.place)
      .detail(looked)
      .hint(hint + ".");
}

}  // namespace seedbed::host
