#define OPENSSL_SUPPRESS_DEPRECATED
#include <algorithm>
#include <array>
#include <istream>
#include <new>

#include <fmt/format.h>
#include <openssl/sha.h>

#include "database/sql/script.hpp"
#include "database/sql/splitter.hpp"
#include "database/sql/stream_hash.hpp"

namespace seedbed::host::sql {

namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
  return text.substr(0, text.find_last_not_of(kSpace) + 1);
}

/// What a comment tells a migration tool, empty if it tells it nothing.
std::string_view directive_in(std::string_view comment) {
  const std::string_view text = trimmed(comment.substr(2));
  for (const std::string_view known : {"seedbed:", "migrate:", "+goose"}) {
    if (same_word(text.substr(0, known.size()), known)) return text;
  }
  return {};
}

/// Algorithm 1.  Each part is a letter, its length in decimal, a colon and its bytes:
///   t  a token, with CR LF inside of it as LF: a checkout with other line ends is no edit
///   c  likewise, the part of a PostgreSQL string that goes on after a line end
///   d  COPY data, every byte
///   #  a directive, from its first word on, without space at its end
/// and ";" ends a statement that has tokens, whether the text has that semicolon or not.
class TokenHash : public ScriptListener {
 public:
  void on_token(TokenKind kind, std::string_view text) override {
    const char letter = kind == TokenKind::string_part ? 'c' : 't';
    if (text.find('\r') == std::string_view::npos) return add(letter, text);
    add(letter, with_line_feeds(text));
  }

  void on_comment(std::string_view text) override {
    const std::string_view directive = directive_in(text);
    if (!directive.empty()) add('#', with_line_feeds(directive));
  }

  void on_copy_data(std::string_view data) override { add('d', data); }

  void on_statement_end() override { buffer_ += ';'; }

  std::string hex() {
    flush();
    return sql::hex(hash_.bytes());
  }

 private:
  static constexpr std::size_t kBufferSize = 65536;

  static std::string with_line_feeds(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text.substr(i, 2) != "\r\n") result += text[i];
    }
    return result;
  }

  void add(char letter, std::string_view bytes) {
    const fmt::format_int size(bytes.size());
    buffer_ += letter;
    buffer_.append(size.data(), size.size());
    buffer_ += ':';
    if (buffer_.size() + bytes.size() > kBufferSize) flush();
    if (bytes.size() > kBufferSize) return hash_.add(bytes);
    buffer_ += bytes;
  }

  void flush() {
    hash_.add(buffer_);
    buffer_.clear();
  }

  Sha256 hash_;
  std::string buffer_;
};

}  // namespace

// OpenSSL's old interface, on purpose: the new one first loads its providers and configuration, which
// takes longer than all the hashing of a run.

namespace {

SHA256_CTX& context_in(std::array<unsigned char, 112>& state) {
  static_assert(sizeof(SHA256_CTX) <= sizeof state && alignof(SHA256_CTX) <= 8);
  return *std::launder(reinterpret_cast<SHA256_CTX*>(state.data()));
}

}  // namespace

Sha256::Sha256() { SHA256_Init(new (state_.data()) SHA256_CTX); }

void Sha256::add(std::string_view bytes) { SHA256_Update(&context_in(state_), bytes.data(), bytes.size()); }

std::array<unsigned char, 32> Sha256::bytes() {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256_Final(digest.data(), &context_in(state_));
  return digest;
}

std::string hex(const std::array<unsigned char, 32>& hash) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex(2 * hash.size(), '0');
  for (std::size_t i = 0; i < hash.size(); ++i) {
    hex[2 * i] = kDigits[hash[i] >> 4];
    hex[2 * i + 1] = kDigits[hash[i] & 15];
  }
  return hex;
}

std::string sha256(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hex(hash.bytes());
}

std::array<unsigned char, 32> sha256_bytes(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.bytes();
}

std::string sha256(std::istream& stream) {
  Sha256 hash;
  std::array<char, 65'536> buffer{};
  while (stream.read(buffer.data(), buffer.size()), stream.gcount() > 0) {
    hash.add({buffer.data(), static_cast<std::size_t>(stream.gcount())});
  }
  return hex(hash.bytes());
}

std::string token_hash(std::string_view text, Engine dialect) {
  TokenHash hash;
  const std::string no_file;
  try {
    Splitter(text, dialect, no_file, &hash).run();
  } catch (const Error&) {
    return sha256(text);
  }
  return hash.hex();
}

}  // namespace seedbed::host::sql
