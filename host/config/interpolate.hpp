#pragma once
// ${NAME} and ${NAME:-default} in the strings of seedbed.toml.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/dotenv.hpp"
#include "config/settings.hpp"
#include "config/text_file.hpp"

namespace seedbed::host {

/// True for names such as DB_PASSWORD or API_KEY, whose values are not shown.
bool is_secret_name(std::string_view name);

/// A string with its variables replaced.
struct Expanded {
  std::string value;
  std::string source;   ///< of the variable if it is the whole string, else of the string
  bool secret = false;  ///< a variable with a secret's name is part of it
};

/// Where variables are looked for, first wins: the process environment, then .env files.
class Variables {
 public:
  struct Use {
    std::string value;
    std::string source;  ///< "environment", ".env:3"; "not set" where a default stood in
    bool in_url = false;
  };

  /// `files` in the order in which they are asked.  `environment` must outlive the object.
  Variables(const Environment& environment, std::vector<DotenvFile> files);

  /// The variable `name`; an empty value counts as a value.
  std::optional<Use> find(const std::string& name) const;

  /// Replaces `${NAME}` and `${NAME:-default}`, which nest, and `$$` by a dollar sign.  `:-` stands
  /// in for a variable that is not set or empty.  `key` names the setting in messages.
  ///
  /// Throws Error{usage} at `text` for a variable that is not set or empty, with all places where
  /// it was looked for, and for malformed text.
  Expanded expand(const At<std::string>& text, const std::string& key, bool in_url = false);

  /// Every variable that expand() met, by name.
  const std::map<std::string, Use>& uses() const { return uses_; }

 private:
  struct Request {
    const At<std::string>& text;
    const std::string& key;
    bool in_url;
  };

  std::string replaced(std::string_view text, const Request& request, Expanded& result);
  std::string variable(std::string_view body, const Request& request, Expanded& result);
  Error not_set(const std::string& name, const Request& request) const;

  const Environment* environment_;
  std::vector<DotenvFile> files_;
  std::map<std::string, Use> uses_;
};

}  // namespace seedbed::host
