#include "migration/placeholder.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include <fmt/format.h>

#include "nearest.hpp"

namespace seedbed::host {

namespace {

class Rewriter {
 public:
  explicit Rewriter(std::string_view text) : text_(text) {}

  void replace(std::size_t begin, std::size_t end, std::string_view value) {
    result_.text += text_.substr(copied_, begin - copied_);
    result_.replacements.push_back({result_.text.size(), value.size(), begin, end - begin});
    result_.text += value;
    copied_ = end;
  }

  Replaced finish() {
    result_.text += text_.substr(copied_);
    return std::move(result_);
  }

 private:
  std::string_view text_;
  std::size_t copied_ = 0;
  Replaced result_;
};

[[noreturn]] void throw_no_value(std::string_view text, const std::string& file, std::size_t offset,
                                 const std::string& name, const Values& values) {
  Error error(ExitCode::usage, fmt::format("placeholder \"{}\" has no value", name));
  error.at(sql::place_at(file, text, offset));
  std::vector<std::string> known;
  for (const auto& [key, value] : values) known.push_back(key);
  const std::string near = nearest(name, known);
  if (!near.empty()) throw error.hint(fmt::format("Did you mean \"{}\"?", near));
  throw error.hint("Give it one under [migrations.placeholders] in seedbed.toml.");
}

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
bool is_name_char(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Shell-like expansions of one line.
class VariableReader {
 public:
  VariableReader(std::string_view text, const std::string& file, std::size_t end,
                 const Values& environment)
      : text_(text), file_(file), end_(end), environment_(environment) {}

  void expand_line(std::size_t begin, Rewriter& output) {
    at_ = begin;
    while (at_ < end_) {
      const std::size_t start = at_;
      std::string value;
      if (read_escape(value) || read_expansion(value)) {
        if (text_.substr(start, at_ - start) != value) output.replace(start, at_, value);
      } else {
        ++at_;
      }
    }
  }

 private:
  bool starts_with(std::string_view prefix) const {
    return text_.substr(at_, end_ - at_).starts_with(prefix);
  }

  bool read_escape(std::string& value) {
    if (starts_with("\\\\") || starts_with("$("))
      value += text_.substr(at_, 2);
    else if (starts_with("\\$") || starts_with("$$"))
      value += '$';
    else
      return false;
    at_ += 2;
    return true;
  }

  bool read_expansion(std::string& value) {
    if (text_[at_] != '$' || at_ + 1 >= end_ || text_[at_ + 1] == '\r') return false;
    const std::size_t start = at_++;
    if (text_[at_] != '{') {
      const std::string name = read_name(start);
      value += known_value(name, start);
      return true;
    }
    ++at_;
    const std::string name = read_name(start);
    const auto found = environment_.find(name);
    const bool set = found != environment_.end();
    if (starts_with("}")) {
      value += known_value(name, start);
    } else if (starts_with(":-")) {
      at_ += 2;
      const std::string other = read_until_brace(start, set && !found->second.empty());
      value += set && !found->second.empty() ? found->second : other;
    } else if (starts_with("-")) {
      ++at_;
      const std::string other = read_until_brace(start, set);
      value += set ? found->second : other;
    } else if (starts_with("?")) {
      ++at_;
      const std::string message = read_until_brace(start, set);
      if (!set && !ignored_) throw not_set(name, start).detail(message);
      if (set) value += found->second;
    } else {
      throw error(start,
                  fmt::format("variable \"{}\" has an operator other than :-, - and ?", name));
    }
    ++at_;
    return true;
  }

  // In a branch that is not taken nothing needs a value.
  std::string read_until_brace(std::size_t start, bool ignored) {
    const bool outer = std::exchange(ignored_, ignored_ || ignored);
    std::string value;
    while (at_ < end_ && text_[at_] != '}') {
      if (!read_escape(value) && !read_expansion(value)) value += text_[at_++];
    }
    ignored_ = outer;
    if (at_ >= end_) throw error(start, "a \"${\" without its \"}\" in the same line");
    return value;
  }

  std::string read_name(std::size_t start) {
    const std::size_t begin = at_;
    while (at_ < end_ && is_name_char(text_[at_])) ++at_;
    if (at_ == begin || !is_letter(text_[begin])) {
      throw error(start, "a \"$\" between ENVSUB ON and OFF that no variable name follows")
          .hint("goose writes a dollar sign as \"$$\" there; \"-- +goose ENVSUB OFF\" ends it.");
    }
    return std::string(text_.substr(begin, at_ - begin));
  }

  std::string known_value(const std::string& name, std::size_t start) {
    const auto found = environment_.find(name);
    if (found != environment_.end()) return found->second;
    if (!ignored_) throw not_set(name, start);
    return "";
  }

  Error not_set(const std::string& name, std::size_t start) const {
    return error(start, fmt::format("variable \"{}\" is not set", name))
        .hint(fmt::format("Set {} in the environment; it may be empty.", name));
  }

  Error error(std::size_t offset, const std::string& message) const {
    return Error(ExitCode::usage, message).at(sql::place_at(file_, text_, offset));
  }

  std::string_view text_;
  const std::string& file_;
  std::size_t end_;
  const Values& environment_;
  std::size_t at_ = 0;
  bool ignored_ = false;
};

bool is_comment_line(std::string_view line) {
  const std::size_t start = line.find_first_not_of(" \t");
  return start != std::string_view::npos && line.substr(start).starts_with("--");
}

}  // namespace

Replaced replace_placeholders(std::string_view text, const std::string& file,
                              const Values& values) {
  Rewriter output(text);
  for (std::size_t begin = text.find("${"); begin != std::string_view::npos;) {
    const std::size_t line_end = std::min(text.find('\n', begin), text.size());
    const std::size_t end = text.find('}', begin);
    if (end >= line_end) {
      throw Error(ExitCode::usage, "a placeholder without its \"}\" in the same line")
          .at(sql::place_at(file, text, begin));
    }
    const std::string name(text.substr(begin + 2, end - begin - 2));
    std::string key = name;  // as Flyway does, whatever the case
    for (char& c : key) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const auto found = values.find(key);
    if (found == values.end()) throw_no_value(text, file, begin, name, values);
    output.replace(begin, end + 1, found->second);
    begin = text.find("${", end);
  }
  return output.finish();
}

Replaced replace_variables(std::string_view text, const std::string& file,
                           const std::vector<Span>& lines, const Values& environment) {
  Rewriter output(text);
  for (const Span& span : lines) {
    for (std::size_t begin = span.begin; begin < span.end;) {
      const std::size_t end = std::min(text.find('\n', begin), span.end);
      if (!is_comment_line(text.substr(begin, end - begin))) {
        VariableReader(text, file, end, environment).expand_line(begin, output);
      }
      begin = end + 1;
    }
  }
  return output.finish();
}

std::size_t offset_in_text(const std::vector<Replacement>& replacements, std::size_t offset) {
  std::size_t text = 0, file = 0;
  for (const Replacement& each : replacements) {
    if (each.file_offset >= offset) break;
    text = each.offset + each.size;
    file = each.file_offset + each.file_size;
  }
  return text + (std::max(offset, file) - file);
}

std::size_t offset_in_file(const std::vector<Replacement>& replacements, std::size_t offset) {
  std::size_t text = 0, file = 0;
  for (const Replacement& each : replacements) {
    if (each.offset > offset) break;
    if (offset < each.offset + each.size) return each.file_offset;
    text = each.offset + each.size;
    file = each.file_offset + each.file_size;
  }
  return file + (offset - text);
}

Place place_of(const SqlPart& part, std::size_t offset) {
  if (part.replacements.empty()) return sql::place_at(part.path.string(), part.text, offset);
  return sql::place_at(part.path.string(), part.original,
                       offset_in_file(part.replacements, offset));
}

}  // namespace seedbed::host
