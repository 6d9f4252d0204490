#include "seeding/parameters.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "database/value.hpp"
#include "error.hpp"
#include "nearest.hpp"

namespace seedbed::host {

namespace {

const char* type_name(const Parameter& value) {
  constexpr const char* kNames[] = {"a boolean", "a whole number", "a number", "a text"};
  return kNames[value.index()];
}

template <class Number>
std::optional<Parameter> parsed(const std::string& text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// `given` as the type of `declared`, if it can be that.
std::optional<Parameter> converted(const Parameter& declared, const Parameter& given) {
  if (declared.index() == given.index()) return given;
  if (std::holds_alternative<double>(declared) && std::holds_alternative<std::int64_t>(given)) {
    return static_cast<double>(std::get<std::int64_t>(given));
  }
  const auto* text = std::get_if<std::string>(&given);
  if (text == nullptr) return std::nullopt;
  if (std::holds_alternative<std::int64_t>(declared)) return parsed<std::int64_t>(*text);
  if (std::holds_alternative<double>(declared)) return parsed<double>(*text);
  if (*text == "true") return true;
  if (*text == "false") return false;
  return std::nullopt;
}

[[noreturn]] void throw_undeclared(const Declaration& declaration, const std::string& name, const ParameterValue& given) {
  std::vector<std::string> known;
  for (const ParameterDeclaration& parameter : declaration.parameters) known.push_back(parameter.name);
  Error error(ExitCode::usage,
              fmt::format("seeder \"{}\" has no parameter \"{}\" (set in {})", declaration.name, name, given.source));
  error.detail(known.empty() ? "It has no parameters." : fmt::format("Its parameters are {}.", fmt::join(known, ", ")));
  if (const std::string near = nearest(name, known); !near.empty()) error.hint(fmt::format("Perhaps \"{}\" is meant.", near));
  throw error;
}

}  // namespace

ParameterValues parameter_values(const Declaration& declaration, const SeederSettings& settings) {
  ParameterValues values;
  for (const ParameterDeclaration& parameter : declaration.parameters) values.emplace(parameter.name, parameter.default_value);
  const auto given = settings.parameters.find(declaration.name);
  if (given == settings.parameters.end()) return values;
  for (const auto& [name, value] : given->second) {
    const auto declared = values.find(name);
    if (declared == values.end()) throw_undeclared(declaration, name, value);
    const std::optional<Parameter> fitting = converted(declared->second, value.value);
    if (!fitting) {
      throw Error(ExitCode::usage, fmt::format("parameter \"{}\" of seeder \"{}\" is {}, not {} (set in {})", name,
                                               declaration.name, type_name(declared->second), type_name(value.value),
                                               value.source));
    }
    declared->second = *fitting;
  }
  return values;
}

seedbed_value abi_value(const Parameter& value) {
  seedbed_value abi{};
  if (const auto* flag = std::get_if<bool>(&value)) {
    abi = integer_value(*flag ? 1 : 0);
    abi.type = SEEDBED_BOOL;
  } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
    abi = integer_value(*number);
  } else if (const auto* real = std::get_if<double>(&value)) {
    abi.type = SEEDBED_DOUBLE;
    abi.as.real = *real;
  } else {
    abi = text_value(std::get<std::string>(value));
  }
  return abi;
}

std::string canonical_text(const ParameterValues& values) {
  std::string text;
  for (const auto& [name, value] : values) {
    const seedbed_value abi = abi_value(value);
    const std::string shown = postgres_text(abi).value_or("");
    text += fmt::format("{}={}:{}:{}\n", name, abi.type, shown.size(), shown);
  }
  return text;
}

}  // namespace seedbed::host
