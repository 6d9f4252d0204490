#include "database/url.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <fstream>
#include <map>
#include <memory>
#include <string_view>
#include <utility>

#include <arpa/inet.h>
#include <fmt/core.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <strings.h>

#include "database/login.hpp"
#include "error.hpp"

namespace seedbed::host {

namespace {

constexpr std::string_view kForms =
    "A database is written as sqlite:PATH, sqlite::memory:, a path ending in .db, .sqlite or "
    ".sqlite3, "
    "postgresql://USER:PASSWORD@HOST:PORT/DATABASE, or libpq's host=HOST dbname=DATABASE.";

using Options = std::map<std::string, std::string>;
using OptionList = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;
using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;

Error unparsable(const std::string& why) {
  return Error(ExitCode::usage, "could not parse the database url: " + why);
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

bool is_postgres_uri(std::string_view text) {
  return text.starts_with("postgresql://") || text.starts_with("postgres://");
}

bool has_scheme(std::string_view text) {
  const std::size_t end = text.find("://");
  constexpr std::string_view kNotInScheme = "= ";
  return end != std::string_view::npos && text.find_first_of(kNotInScheme) > end;
}

bool is_sqlite_path(std::string_view text) {
  return text.ends_with(".db") || text.ends_with(".sqlite") || text.ends_with(".sqlite3");
}

std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (std::size_t comma; (comma = text.find(',', begin)) != std::string::npos; begin = comma + 1)
    parts.push_back(text.substr(begin, comma - begin));
  parts.push_back(text.substr(begin));
  return parts;
}

// The part of a comma-separated option that is meant for host number `index`.
std::string nth(const std::vector<std::string>& parts, std::size_t index) {
  if (parts.size() == 1) return parts.front();
  return index < parts.size() ? parts[index] : std::string();
}

std::string encoded(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const bool plain = static_cast<unsigned char>(c) > ' ' && c != 0x7f &&
                       std::string_view("@/:?#%").find(c) == std::string_view::npos;
    if (plain)
      result += c;
    else
      result += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return result;
}

bool is_socket(const std::string& host) { return host.empty() || host[0] == '/' || host[0] == '@'; }

bool is_this_machine(const std::string& host) {
  if (is_socket(host) || strcasecmp(host.c_str(), "localhost") == 0) return true;
  in_addr four{};
  if (inet_pton(AF_INET, host.c_str(), &four) == 1) return ntohl(four.s_addr) >> 24 == 127;
  in6_addr six{};
  return inet_pton(AF_INET6, host.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

// libpq reads a password up to the first "@" and no "/" in it.  What follows an "@" or "/" of the
// password itself would be taken for the host or the database, and shown.
void refuse_unencoded_userinfo(std::string_view uri) {
  const std::string_view rest = uri.substr(uri.find("://") + 3);
  const std::size_t at = rest.find('@');
  if (at == std::string_view::npos) return;
  if (rest.find('@', at + 1) == std::string_view::npos && rest.find('/') > at) return;
  throw unparsable("an \"@\" stands where none can be")
      .hint("In a user name, a password or an option, write @ as %40, / as %2F and % as %25.");
}

void check_syntax(const std::string& text) {
  const OptionList list(PQconninfoParse(text.c_str(), nullptr), &PQconninfoFree);
  if (list) return;
  if (is_postgres_uri(text))
    throw unparsable("it is not a connection string that libpq understands")
        .detail("It begins like postgresql://USER:PASSWORD@HOST:PORT/DATABASE?OPTION=VALUE.")
        .hint(
            "In a password, write @ as %40, / as %2F, % as %25 and a space as %20.  "
            "Only libpq's options may follow the question mark; leave out those of other tools.");
  throw unparsable("it is not a connection string that libpq understands")
      .detail("It looks like libpq's OPTION=VALUE pairs.")
      .hint(
          "Quote a value that holds spaces, as in user='two words', and write \\' and \\\\ for "
          "a quote and a backslash in it.  A SQLite path that holds \"=\" is written sqlite:PATH.");
}

// libpq looks a password up here once it knows the host, and tells nobody.  A line is
// HOST:PORT:DATABASE:USER:PASSWORD, a backslash before what is not meant as a separator.
void add_passwords_of_file(const std::string& name, std::vector<std::string>& secrets) {
  std::error_code ignored;
  if (name.empty() || !std::filesystem::is_regular_file(name, ignored)) return;
  std::ifstream file(name);
  for (std::string line; std::getline(file, line);) {
    std::string field;
    int number = 1;
    for (std::size_t at = 0; at < line.size(); ++at) {
      if (line[at] == ':' && number < 5) {
        field.clear();
        ++number;
        continue;
      }
      if (line[at] == '\\' && at + 1 < line.size()) ++at;
      field += line[at];
    }
    if (number == 5 && !field.empty()) secrets.push_back(field);
  }
}

// Rationale: only a PGconn fills in what a service file and the PG… variables say.  An option that
// libpq refuses after that, and before it looks at the network, makes it stop there.
Options resolved(const std::string& text, std::vector<std::string>& secrets) {
  constexpr const char* kStop = "channel_binding";
  const std::array<const char*, 3> keywords{"dbname", kStop, nullptr};
  const std::array<const char*, 3> values{text.c_str(), "-", nullptr};
  const Connection connection(
      PQconnectStartParams(keywords.data(), values.data(), /*expand_dbname=*/1), &PQfinish);
  const std::string reason = PQerrorMessage(connection.get());
  if (reason.find(kStop) == std::string::npos)
    throw Error(ExitCode::usage,
                "could not resolve the database url: " + std::string(trimmed(reason)));

  Options options;
  const OptionList list(PQconninfo(connection.get()), &PQconninfoFree);
  for (const PQconninfoOption* option = list.get(); option && option->keyword; ++option) {
    if (!option->val || !*option->val) continue;
    const std::string_view keyword = option->keyword;
    const bool secret = (option->dispchar && *option->dispchar == '*') || keyword == "sslpassword";
    if (secret)
      secrets.push_back(option->val);
    else if (keyword != kStop)
      options.emplace(keyword, option->val);
  }
  add_passwords_of_file(options["passfile"], secrets);
  return options;
}

std::string value(const Options& options, const std::string& keyword) {
  const auto found = options.find(keyword);
  return found == options.end() ? std::string() : found->second;
}

bool is_port(const std::string& text) {
  if (text.size() > 5 || text.find_first_not_of("0123456789") != std::string::npos) return false;
  const int number = std::stoi(text);
  return number >= 1 && number <= 65535;
}

// libpq takes these, and a password in the wrong place would be shown as part of them.
void refuse_misplaced_parts(const Options& options) {
  for (const std::string& port : split_list(value(options, "port")))
    if (!port.empty() && !is_port(port))
      throw unparsable("its port is not a number from 1 to 65535")
          .hint("If a password holds : or /, write them as %3A and %2F.");
  for (const std::string& host : split_list(value(options, "host")))
    if (!is_socket(host) && host.find('@') != std::string::npos)
      throw unparsable("an \"@\" stands in its host name");
  if (value(options, "dbname").find("://") != std::string::npos)
    throw unparsable("its dbname is itself a url").hint("Give that url alone.");
}

struct Target {
  std::string name;     // for people
  std::string address;  // where libpq goes
  std::string port;
};

std::vector<Target> targets(const Options& options) {
  const std::vector<std::string> hosts = split_list(value(options, "host"));
  const std::vector<std::string> addresses = split_list(value(options, "hostaddr"));
  const std::vector<std::string> ports = split_list(value(options, "port"));
  std::vector<Target> result;
  for (std::size_t i = 0; i < std::max(hosts.size(), addresses.size()); ++i) {
    const std::string host = i < hosts.size() ? hosts[i] : "";
    const std::string address = i < addresses.size() ? addresses[i] : "";
    const std::string port = nth(ports, i);
    result.push_back({host.empty() ? address : host, address.empty() ? host : address,
                      port.empty() ? "5432" : port});
  }
  return result;
}

std::string shown(const Options& options, const std::vector<Target>& hosts) {
  std::string authority, query;
  const auto option = [&](const std::string& text) { query += (query.empty() ? "?" : "&") + text; };
  if (hosts.size() == 1 && is_socket(hosts[0].name)) {
    if (!hosts[0].name.empty()) option("host=" + hosts[0].name);
    if (hosts[0].port != "5432") option("port=" + hosts[0].port);
  } else {
    for (const Target& host : hosts) {
      const bool six = host.name.find(':') != std::string::npos;
      authority += fmt::format("{}{}:{}", authority.empty() ? "" : ",",
                               six ? "[" + host.name + "]" : host.name, host.port);
    }
  }
  const std::string user = encoded(value(options, "user"));
  return fmt::format("postgresql://{}{}{}/{}{}", user, user.empty() ? "" : "@", authority,
                     encoded(value(options, "dbname")), query);
}

std::string tls_settings(const Options& options, const std::vector<Target>& hosts) {
  const bool network = std::any_of(hosts.begin(), hosts.end(),
                                   [](const Target& host) { return !is_socket(host.address); });
  if (!network) return {};
  std::string result;
  for (const char* keyword : {"sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl"}) {
    const std::string setting = value(options, keyword);
    // libpq 17 fills in sslnegotiation=postgres, which older ones do not know.
    if (!setting.empty() && setting != "postgres")
      result += fmt::format("{}{}={}", result.empty() ? "" : " ", keyword, setting);
  }
  return result;
}

DatabaseUrl parse_postgres(const std::string& text) {
  if (is_postgres_uri(text)) refuse_unencoded_userinfo(text);
  check_syntax(text);
  DatabaseUrl url;
  url.engine = Engine::postgres;
  url.conninfo = text;
  const Options options = resolved(text, url.secrets);
  refuse_misplaced_parts(options);
  const std::vector<Target> hosts = targets(options);
  url.display = shown(options, hosts);
  url.tls = tls_settings(options, hosts);
  url.local = std::all_of(hosts.begin(), hosts.end(),
                          [](const Target& host) { return is_this_machine(host.address); });
  return url;
}

DatabaseUrl parse_sqlite(const std::string& path, const std::filesystem::path& base) {
  DatabaseUrl url;
  url.display = "sqlite:" + path;
  if (path == ":memory:") return url;
  if (path.empty())
    throw unparsable("sqlite: is not followed by a path").detail(std::string(kForms));
  if (path.starts_with("//") && !path.starts_with("///"))
    throw unparsable("sqlite:// has no host to name")
        .hint("Write sqlite:PATH for a relative path, and sqlite:/PATH for an absolute one.");
  if (path.find('?') != std::string::npos)
    throw unparsable("a SQLite path takes no options, and may hold no question mark");
  url.file = (base / path).lexically_normal();
  return url;
}

}  // namespace

DatabaseUrl parse_url(const std::string& text, const std::filesystem::path& base) {
  constexpr std::string_view kSqlite = "sqlite:";
  const std::string bare(trimmed(text));
  if (bare.empty()) throw unparsable("it is empty").detail(std::string(kForms));
  if (bare.find('\0') != std::string::npos) throw unparsable("it holds a zero byte");
  if (bare.starts_with(kSqlite)) return parse_sqlite(bare.substr(kSqlite.size()), base);
  if (is_postgres_uri(bare)) return parse_postgres(bare);
  if (has_scheme(bare))
    throw unparsable("it does not begin with postgresql:// or sqlite:").detail(std::string(kForms));
  if (bare.find('=') != std::string::npos) return parse_postgres(text);
  if (is_sqlite_path(bare)) {
    const std::size_t at = bare.find('@');
    if (at != std::string::npos && bare.find(':') < at)
      throw unparsable("it may be a path to a SQLite file, or a PostgreSQL url without its beginning")
          .hint("Write sqlite:PATH, or postgresql://USER:PASSWORD@HOST:PORT/DATABASE.");
    return parse_sqlite(bare, base);
  }
  throw unparsable("it is neither a connection string nor a path to a SQLite file")
      .detail(std::string(kForms));
}

Login login_of(const DatabaseUrl& url) {
  std::vector<std::string> ignored;
  const Options options = resolved(url.conninfo, ignored);
  return {value(options, "user"), value(options, "dbname")};
}

}  // namespace seedbed::host
