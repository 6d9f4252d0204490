#pragma once
// JSON documents in checks, shown as such when one fails.

#include <string>

#include <nlohmann/json.hpp>

#include "support/catch.hpp"

namespace Catch {

// A value of JSON is a range of such values, which Catch would follow for ever.
template <>
struct StringMaker<nlohmann::json> {
  static std::string convert(const nlohmann::json& value) { return value.dump(); }
};

}  // namespace Catch
