#include "database/scratch_database.hpp"

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <random>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "database/writer_spec.hpp"
#include "interrupt.hpp"
#include "log.hpp"

namespace seedbed::host {

namespace {

/// `beside` is the number of the database beside which it is made, by which people can tell whose it is.
std::string random_name(const std::string& beside) {
  std::random_device random;
  return fmt::format("seedbed_scratch_{}_{:08x}{:08x}", beside, random(), random());
}

/// `conninfo` with another database in it.
std::string conninfo_of(const std::string& conninfo, const std::string& database) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconninfoParse(conninfo.c_str(), nullptr), &PQconninfoFree);
  std::string other = fmt::format("dbname={}", database);
  for (const PQconninfoOption* option = options.get(); option != nullptr && option->keyword != nullptr; ++option) {
    if (option->val == nullptr || std::string_view(option->keyword) == "dbname") continue;
    std::string value;
    for (const char* c = option->val; *c != '\0'; ++c) value.append(*c == '\'' || *c == '\\' ? "\\" : "").append(1, *c);
    other += fmt::format(" {}='{}'", option->keyword, value);
  }
  return other;
}

std::filesystem::path make_folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "seedbed_scratch_XXXXXX").string();
  if (mkdtemp(pattern.data()) != nullptr) return pattern;
  throw Error(ExitCode::failed, fmt::format("could not make a folder \"{}\": {}", pattern, std::generic_category().message(errno)));
}

}  // namespace

ScratchDatabase::ScratchDatabase(Database& beside, const DatabaseUrl& url) : beside_(beside), url_(url) {
  if (beside.engine() == Engine::sqlite) {
    folder_ = make_folder();
    url_.file = folder_ / "scratch.db";
    url_.display = "sqlite:" + url_.file.string();
    return;
  }
  if (beside.pooled()) throw Error(ExitCode::failed, "a pooler stands before the server, which knows its own databases alone");
  const Row like = beside.query("SELECT pg_encoding_to_char(encoding), datcollate, datctype, oid FROM pg_database WHERE datname = current_database()")[0];
  url_.display = random_name(*like[3]);
  url_.conninfo = conninfo_of(url.conninfo, url_.display);
  // template0, since others may hold anything.
  try {
    beside.execute(fmt::format("CREATE DATABASE {} TEMPLATE template0 ENCODING {} LC_COLLATE {} LC_CTYPE {}", url_.display,
                               beside.literal(like[0].value_or("UTF8")), beside.literal(like[1].value_or("C")), beside.literal(like[2].value_or("C"))));
  } catch (const Error& error) {
    if (error.code() == ExitCode::interrupted) drop();  // it may have been made before that
    throw;
  }
}

ScratchDatabase::~ScratchDatabase() { drop(); }

void ScratchDatabase::drop() noexcept {
  const UninterruptedScope uninterrupted;
  try {
    if (!folder_.empty()) {
      std::filesystem::remove_all(folder_);
      return;
    }
    beside_.execute(fmt::format("DROP DATABASE IF EXISTS {}", url_.display));
  } catch (const std::exception& error) {
    log::warning("scratch_database_left_behind", {{"database", url_.display}, {"cause", error.what()}});
  }
}

}  // namespace seedbed::host
