#include <algorithm>
#include <array>
#include <cstddef>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "redaction.hpp"

#include "log.hpp"

namespace seedbed::host::log {

namespace {

// Words that our own output and the servers' messages are made of.  Hiding one of them would make
// the output unreadable and tell the reader what the password is.
constexpr std::array<std::string_view, 7> kPublicWords{
    "local", "password", "postgres", "postgresql", "public", "seedbed", "sqlite"};

// A shorter secret is hidden only where it stands alone, not inside other words.
constexpr std::size_t kShort = 4;

constexpr std::string_view kHidden = "***";

struct Secrets {
  std::mutex mutex;
  std::set<std::string> texts;
};

Secrets& secrets() {
  static Secrets instance;
  return instance;
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_hex_byte(std::string_view text, std::size_t at, unsigned char byte) {
  return at + 1 < text.size() && hex_digit(text[at]) == byte >> 4 &&
         hex_digit(text[at + 1]) == (byte & 15);
}

char short_escape(char c) {
  constexpr std::string_view kFrom = "\n\t\r\b\f", kTo = "ntrbf";
  const std::size_t at = kFrom.find(c);
  return at == std::string_view::npos ? c : kTo[at];
}

// Adds to `ends` every place where one of the ways to write `c` that start at `at` ends: as it is,
// doubled in quotes, after a backslash, percent-encoded, or as JSON's \u00XX.
void add_ends(std::string_view text, std::size_t at, char c, std::vector<std::size_t>& ends) {
  const auto add = [&](std::size_t end) {
    if (std::find(ends.begin(), ends.end(), end) == ends.end()) ends.push_back(end);
  };
  const auto byte = static_cast<unsigned char>(c);
  if (at >= text.size()) return;
  if (text[at] == c) {
    add(at + 1);
    if ((c == '\'' || c == '"' || c == '`') && at + 1 < text.size() && text[at + 1] == c)
      add(at + 2);
  }
  if (text[at] == '%' && is_hex_byte(text, at + 1, byte)) add(at + 3);
  if (text[at] == '\\' && at + 1 < text.size()) {
    if (text[at + 1] == c || text[at + 1] == short_escape(c)) add(at + 2);
    // A connection string's \' inside an SQL literal.
    if (c == '\'' && text.substr(at + 1, 2) == "''") add(at + 3);
    if (byte < 0x80 && text.substr(at + 1, 3) == "u00" && is_hex_byte(text, at + 4, byte))
      add(at + 6);
  }
}

// The end of `secret` written at `at` in any mixture of those ways, or 0.
std::size_t match(std::string_view text, std::size_t at, std::string_view secret) {
  std::vector<std::size_t> places{at}, ends;
  for (const char c : secret) {
    ends.clear();
    for (const std::size_t place : places) add_ends(text, place, c, ends);
    if (ends.empty()) return 0;
    places.swap(ends);
  }
  return *std::max_element(places.begin(), places.end());
}

bool stands_alone(std::string_view text, std::size_t begin, std::size_t end) {
  return (begin == 0 || !is_word(text[begin - 1])) && (end == text.size() || !is_word(text[end]));
}

std::string without(std::string_view text, std::string_view secret) {
  std::string result;
  std::size_t kept = 0;
  for (std::size_t at = 0; at < text.size();) {
    const bool possible = text[at] == secret.front() || text[at] == '%' || text[at] == '\\';
    const std::size_t end = possible ? match(text, at, secret) : 0;
    if (end == 0 || (secret.size() < kShort && !stands_alone(text, at, end))) {
      ++at;
      continue;
    }
    result.append(text.substr(kept, at - kept)).append(kHidden);
    at = kept = end;
  }
  return result.append(text.substr(kept));
}

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// True if the word PASSWORD, in any case, stands alone at `at`.
bool is_password_word(std::string_view text, std::size_t at) {
  constexpr std::string_view kWord = "password";
  if (text.size() - at < kWord.size() || (at > 0 && (is_word(text[at - 1]) || text[at - 1] == '_')))
    return false;
  return std::equal(kWord.begin(), kWord.end(), text.begin() + static_cast<std::ptrdiff_t>(at),
                    [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b - 'A' + 'a' : b); });
}

struct Literal {
  std::size_t begin = 0, end = 0;  // of what stands between its quotes; both 0 for no literal
};

// The SQL literal at `at`: '…', E'…', U&'…', $$…$$ or $tag$…$tag$.  One that does not end on its
// line was cut off, as long source lines are, and is all that is left of the line.
Literal literal_at(std::string_view text, std::size_t at) {
  text = text.substr(0, text.find('\n', at));
  const std::string_view rest = text.substr(at);
  const bool escapes = rest.starts_with("E'") || rest.starts_with("e'");
  if (escapes || rest.starts_with("N'") || rest.starts_with("n'")) at += 1;
  if (rest.starts_with("U&'") || rest.starts_with("u&'")) at += 2;
  if (at >= text.size()) return {};
  if (text[at] == '$') {
    std::size_t tag_end = at + 1;
    while (tag_end < text.size() && (is_word(text[tag_end]) || text[tag_end] == '_')) ++tag_end;
    if (tag_end == text.size() || text[tag_end] != '$') return {};
    const std::string_view tag = text.substr(at, tag_end + 1 - at);
    return {tag_end + 1, std::min(text.find(tag, tag_end + 1), text.size())};
  }
  if (text[at] != '\'') return {};
  std::size_t end = at + 1;
  for (; end < text.size(); ++end) {
    if (escapes && text[end] == '\\') {
      ++end;
    } else if (text[end] == '\'') {
      if (end + 1 == text.size() || text[end + 1] != '\'') break;
      ++end;
    }
  }
  return {at + 1, std::min(end, text.size())};
}

// Hides what CREATE ROLE … PASSWORD '…' and its like say, which error messages quote.
std::string without_password_literals(std::string_view text) {
  std::string result;
  std::size_t kept = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!is_password_word(text, at)) continue;
    std::size_t after = at + std::string_view("password").size();
    if (after < text.size() && !is_blank(text[after]) && text[after] != '\'' && text[after] != '$')
      continue;
    while (after < text.size() && is_blank(text[after])) ++after;
    const Literal literal = literal_at(text, after);
    if (literal.begin >= literal.end) continue;
    result.append(text.substr(kept, literal.begin - kept)).append(kHidden);
    kept = literal.end;
    at = literal.end - 1;
  }
  return result.append(text.substr(kept));
}

bool is_letter(char c) { return is_word(c) && (c < '0' || c > '9'); }

// As documentation and hints write it.
bool stands_for_password(std::string_view text) { return text.empty() || text == "PASSWORD"; }

// Hides the password of each SCHEME://USER:PASSWORD@HOST, whosever it is.
std::string without_url_passwords(std::string_view text) {
  constexpr std::string_view kScheme = "://", kEnds = "/?#<>\"'`, \t\r\n";
  std::string result;
  std::size_t kept = 0;
  for (std::size_t at = text.find(kScheme); at != std::string_view::npos;
       at = text.find(kScheme, at + 1)) {
    if (at == 0 || !is_letter(text[at - 1])) continue;
    const std::size_t begin = at + kScheme.size();
    const std::string_view authority =
        text.substr(begin, text.find_first_of(kEnds, begin) - begin);
    const std::size_t end = authority.rfind('@');
    const std::size_t colon = authority.substr(0, end).find(':');
    if (end == std::string_view::npos || colon == std::string_view::npos) continue;
    if (stands_for_password(authority.substr(colon + 1, end - colon - 1))) continue;
    result.append(text.substr(kept, begin + colon + 1 - kept)).append(kHidden);
    kept = begin + end;
  }
  return result.append(text.substr(kept));
}

// The value of password=VALUE that begins at `at`, whose quotes SQL may have doubled.
Literal option_literal(std::string_view text, std::size_t at) {
  constexpr std::string_view kQuotes = "''";
  std::size_t quotes = 0;
  while (quotes < kQuotes.size() && at + quotes < text.size() && text[at + quotes] == '\'') ++quotes;
  const std::size_t begin = at + quotes;
  std::size_t end = begin;
  if (quotes == 0) {
    end = text.find_first_of(" \t\r\n&;,)'\"`", begin);
  } else {
    while (end < text.size() && text[end] != '\n' &&
           text.substr(end, quotes) != kQuotes.substr(0, quotes))
      end += text[end] == '\\' ? 1 + quotes : 1;
  }
  return {begin, std::min(end, text.size())};
}

// Hides the value of each password=VALUE of a connection string, whosever it is.
std::string without_option_passwords(std::string_view text) {
  constexpr std::string_view kOption = "password=";
  std::string result;
  std::size_t kept = 0;
  for (std::size_t at = text.find(kOption); at != std::string_view::npos;
       at = text.find(kOption, std::max(at + 1, kept))) {
    const Literal value = option_literal(text, at + kOption.size());
    if (stands_for_password(text.substr(value.begin, value.end - value.begin))) continue;
    result.append(text.substr(kept, value.begin - kept)).append(kHidden);
    kept = value.end;
  }
  return result.append(text.substr(kept));
}

/// As a URL has it, and as it is meant.
void redact_both(std::string_view written) {
  std::string decoded;
  for (std::size_t at = 0; at < written.size(); ++at) {
    const bool escape = written[at] == '%' && at + 2 < written.size() &&
                        hex_digit(written[at + 1]) >= 0 && hex_digit(written[at + 2]) >= 0;
    decoded += escape ? static_cast<char>(hex_digit(written[at + 1]) * 16 + hex_digit(written[at + 2]))
                      : written[at];
    if (escape) at += 2;
  }
  redact(std::string(written));
  redact(std::move(decoded));
}

/// The value of an OPTION=VALUE pair that begins at `at`, without its quotes and backslashes.
std::string option_value(std::string_view text, std::size_t at) {
  const bool quoted = at < text.size() && text[at] == '\'';
  std::string value;
  for (at += quoted ? 1 : 0; at < text.size(); ++at) {
    if (quoted ? text[at] == '\'' : is_blank(text[at]) || text[at] == '&') break;
    if (text[at] == '\\' && at + 1 < text.size()) ++at;
    value += text[at];
  }
  return value;
}

}  // namespace

void redact_credentials_in(std::string_view text) {
  for (std::size_t scheme = text.find("://"); scheme != std::string_view::npos; scheme = text.find("://", scheme + 3)) {
    const std::string_view rest = text.substr(scheme + 3);
    const std::size_t colon = rest.find(':');
    if (colon == std::string_view::npos) continue;
    // An "@" of the password itself should have been encoded, but may not have been.
    for (std::size_t at = rest.find('@', colon); at != std::string_view::npos; at = rest.find('@', at + 1)) {
      if (at > colon + 1) redact_both(rest.substr(colon + 1, at - colon - 1));
    }
  }
  constexpr std::string_view kOption = "password";
  for (std::size_t at = text.find(kOption); at != std::string_view::npos; at = text.find(kOption, at + 1)) {
    std::size_t equals = at + kOption.size();
    while (equals < text.size() && is_blank(text[equals])) ++equals;
    if (equals == text.size() || text[equals] != '=') continue;
    std::size_t value = equals + 1;
    while (value < text.size() && is_blank(text[value])) ++value;
    redact_both(option_value(text, value));
  }
}

void redact(std::string secret) {
  if (secret.empty()) return;
  if (std::find(kPublicWords.begin(), kPublicWords.end(), secret) != kPublicWords.end()) return;
  Secrets& known = secrets();
  const std::lock_guard guard(known.mutex);
  known.texts.insert(std::move(secret));
}

std::string redacted(std::string_view text) {
  Secrets& known = secrets();
  const std::lock_guard guard(known.mutex);
  std::vector<std::string_view> longest_first(known.texts.begin(), known.texts.end());
  std::stable_sort(longest_first.begin(), longest_first.end(),
                   [](std::string_view a, std::string_view b) { return a.size() > b.size(); });
  std::string result = without_password_literals(text);
  for (const std::string_view secret : longest_first) result = without(result, secret);
  // Last, since what they take away of a known one would leave a rest that nobody knows.
  return without_option_passwords(without_url_passwords(result));
}

}  // namespace seedbed::host::log
