#include "seeding/seeder_session.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <span>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "database/sql/lexer.hpp"
#include "database/sql/track_counts.hpp"
#include "database/sql/utf8.hpp"
#include "interrupt.hpp"
#include "log.hpp"
#include "seeding/bcrypt.hpp"
#include "seeding/weak_password.hpp"

namespace seedbed::host {

namespace {

std::string copied(seedbed_text text) { return text.size == 0 ? std::string() : std::string(text.data, text.size); }

seedbed_text abi_text(const std::string& text) { return {text.data(), text.size()}; }

/// 32 bytes that depend on the seeder's name and parameters alone.
void fill_random_seed(std::uint8_t (&seed)[32], const std::string& name, const ParameterValues& parameters) {
  const std::string hex = sql::sha256(name + '\0' + canonical_text(parameters));
  for (std::size_t i = 0; i < 32; ++i) seed[i] = static_cast<std::uint8_t>(std::stoi(hex.substr(2 * i, 2), nullptr, 16));
}

/// The start of `sql` on one line.
std::string shown_sql(const std::string& sql) {
  constexpr std::size_t kMost = 200;
  std::istringstream words(sql);
  std::string line;
  for (std::string word; line.size() <= kMost && words >> word;) line += (line.empty() ? "" : " ") + word;
  if (line.size() <= kMost) return line;
  std::size_t end = kMost;
  while ((static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;  // inside a character
  return line.substr(0, end) + "…";
}

/// Does `work` for the statement `sql`, which an error of the database names.
template <class Work>
void running(const std::string& sql, const Work& work) {
  try {
    work();
  } catch (Error& error) {
    if (error.code() == ExitCode::failed) error.detail(fmt::format("It was running: {}", shown_sql(sql)));
    throw;
  }
}

/// What exec() and query() take: one statement that stays inside the run's transaction and moves its
/// rows through the ABI.
void check_statement(const std::string& sql, Engine engine) {
  const std::vector<sql::Statement> statements = sql::split(sql, engine, "the seeder's SQL");
  const auto refuse = [&](const char* why, const char* hint) {
    throw Error(ExitCode::refused, why).detail(fmt::format("It was to run: {}", shown_sql(sql))).hint(hint);
  };
  if (statements.size() != 1) refuse("a seeder runs one SQL statement a call", "Call exec() once for each statement.");
  const sql::Statement& statement = statements.front();
  switch (statement.kind) {
    case sql::Kind::begin: case sql::Kind::commit: case sql::Kind::rollback: case sql::Kind::savepoint:
      refuse("a seeder cannot control transactions itself", "Report failure instead: everything is rolled back then.");
      break;
    case sql::Kind::non_transactional:
      refuse("a seeder cannot run a statement that must stand outside a transaction", "Move it into a migration.");
      break;
    default: break;
  }
  sql::Lexer lexer(std::string_view(sql).substr(statement.offset), {engine, true});
  const std::string_view first = lexer.text(lexer.next());
  if (sql::same_word(first, "copy")) refuse("a seeder cannot use COPY", "Rows go through a writer: db.into(…).");
  if (engine == Engine::sqlite && sql::same_word(first, "attach")) {
    refuse("a seeder cannot attach another database", "It is kept to the tables of this one.");
  }
  if (engine == Engine::postgres && sql::mention_of_track_counts(sql)) {
    refuse("a seeder cannot have the counting of its rows switched off", "Do not set track_counts; a row with that word in it goes through a writer.");
  }
}

/// `text` with U+FFFD for what is not UTF-8, so that every sink and the ledger can hold it.
std::string valid_utf8(std::string text) {
  for (std::size_t at = sql::first_invalid_utf8(text); at < text.size(); at = sql::first_invalid_utf8(text, at)) {
    text.replace(at, 1, "\xEF\xBF\xBD");
    at += 3;
  }
  return text;
}

/// Ends the process with a plugin's exit status when a seeder ends it: exit() inside a plugin would
/// otherwise look like success.
class ExitWatch {
 public:
  explicit ExitWatch(const std::string& seeder) {
    static const int registered = std::atexit(ended);
    static_cast<void>(registered);
    seeding = seeder.c_str();
  }
  ~ExitWatch() { seeding = nullptr; }
  ExitWatch(const ExitWatch&) = delete;
  ExitWatch& operator=(const ExitWatch&) = delete;

 private:
  static void ended() {
    if (seeding == nullptr) return;
    std::fprintf(stderr, "seedbed: error: seeder \"%s\" ended the program; nothing that it wrote remains\n", seeding);
    _exit(static_cast<int>(ExitCode::plugin));
  }

  static inline const char* seeding = nullptr;
};

log::Field log_field(const std::string& name, const seedbed_value& value) {
  switch (value.type) {
    case SEEDBED_BOOL: return {name, value.as.integer != 0};
    case SEEDBED_INTEGER: return {name, value.as.integer};
    case SEEDBED_DOUBLE: return {name, value.as.real};
    default: return {name, postgres_text(value).value_or("NULL")};
  }
}

}  // namespace

/// The functions of seedbed_host.  None lets an exception pass: it becomes the session's refusal.
struct SeederSession::Calls {
  static SeederSession& self(void* ctx) { return *static_cast<SeederSession*>(ctx); }

  template <class Work>
  static seedbed_status guarded(void* ctx, const Work& work) noexcept {
    SeederSession& session = self(ctx);
    if (session.refusal_) return SEEDBED_FAILED;
    try {
      if (session.in_row_) throw Error(ExitCode::plugin, "a seeder called the host while it was given the rows of a query");
      throw_if_interrupted();
      work(session);
      return SEEDBED_OK;
    } catch (const Error& error) {
      session.refusal_ = error;
    } catch (const std::exception& error) {
      session.refusal_ = Error(ExitCode::failed, error.what());
    }
    return SEEDBED_FAILED;
  }

  static seedbed_status open_writer(void* ctx, const seedbed_writer* writer, std::uint32_t* id) {
    return guarded(ctx, [&](SeederSession& session) {
      if (!SEEDBED_HAS(seedbed_writer, writer, key_count)) {
        throw Error(ExitCode::plugin, fmt::format("the seeder passed a seedbed_writer of {} bytes", writer->struct_size));
      }
      session.flush_writers();
      std::unique_ptr<RowWriter> rows = session.once_.open_writer(*writer);
      if (RowWatch* const watch = session.facts_.watch) rows = watch->watched(session.declaration_.name, *writer, std::move(rows));
      session.writers_.push_back(std::move(rows));
      *id = static_cast<std::uint32_t>(session.writers_.size() - 1);
    });
  }

  static seedbed_status write_rows(void* ctx, std::uint32_t id, const seedbed_value* values, std::size_t count) {
    return guarded(ctx, [&](SeederSession& session) {
      if (id >= session.writers_.size()) throw Error(ExitCode::plugin, fmt::format("writer {} was never opened", id));
      session.flush_writers(id);
      session.writers_[id]->write(values, count);
    });
  }

  static seedbed_status exec(void* ctx, seedbed_text sql, const seedbed_value* params, std::size_t count,
                             std::int64_t* rows_changed) {
    return guarded(ctx, [&](SeederSession& session) {
      check_statement(copied(sql), session.database_.engine());
      session.note_sql(copied(sql));
      session.flush_writers();
      std::int64_t changed = 0;
      running(copied(sql), [&] { changed = session.database_.execute(copied(sql), {params, count}); });
      if (rows_changed != nullptr) *rows_changed = changed;
    });
  }

  static seedbed_status query(void* ctx, seedbed_text sql, const seedbed_value* params, std::size_t count,
                              seedbed_row row, void* user) {
    return guarded(ctx, [&](SeederSession& session) {
      check_statement(copied(sql), session.database_.engine());
      session.note_sql(copied(sql));
      session.flush_writers();
      const auto give = [&](const seedbed_value* values, std::size_t width) {
        session.in_row_ = true;
        const bool more = row(user, values, width) == SEEDBED_OK;
        session.in_row_ = false;
        if (session.refusal_) throw *session.refusal_;
        return more;
      };
      running(copied(sql), [&] { session.database_.query_typed(copied(sql), {params, count}, give); });
    });
  }

  static seedbed_status bcrypt(void* ctx, seedbed_text password, std::int32_t cost, const std::uint8_t salt[16], char hash[60]) {
    return guarded(ctx, [&](SeederSession& session) {
      const Tier tier = session.facts_.tier;
      if (tier != Tier::development && is_well_known_password(copied(password))) {
        throw Error(ExitCode::refused, fmt::format("it sets a well-known password, which is refused in tier {}", tier_name(tier)))
            .hint("Let the password be a parameter of the seeder, and its value in seedbed.toml a variable: \"${SEED_PASSWORD}\".");
      }
      bcrypt_hash(copied(password), cost, salt, hash);
    });
  }

  static void log(void* ctx, std::int32_t level, seedbed_text event, const seedbed_field* fields, std::size_t count) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < count; ++i) names.push_back(copied(fields[i].name));
    std::vector<log::Field> all{{"seeder", self(ctx).declaration_.name}};
    for (std::size_t i = 0; i < count; ++i) all.push_back(log_field(names[i], fields[i].value));
    const log::Level to = level == SEEDBED_LOG_DEBUG ? log::Level::debug : level == SEEDBED_LOG_INFO ? log::Level::info : log::Level::warning;
    log::event(to, copied(event), all.data(), all.size());
  }

  static void progress(void* ctx, std::uint64_t done, std::uint64_t total) {
    self(ctx).facts_.progress(self(ctx).declaration_.name, done, total);
  }

  static void fail(void* ctx, seedbed_text message) { self(ctx).failure_ = valid_utf8(copied(message)); }
};

SeederSession::SeederSession(Database& database, OnceTables& once, const Declaration& declaration,
                             const ParameterValues& parameters, const RunFacts& facts)
    : database_(database), once_(once), declaration_(declaration), parameters_(parameters), facts_(facts) {}

void SeederSession::run(Plugin& plugin) {
  std::vector<seedbed_parameter> parameters;
  for (const auto& [name, value] : parameters_) parameters.push_back({abi_text(name), abi_value(value)});

  seedbed_run facts{};
  facts.struct_size = sizeof facts;
  facts.tier = static_cast<std::int32_t>(facts_.tier);
  facts.engine = database_.engine() == Engine::postgres ? SEEDBED_ENGINE_POSTGRES : SEEDBED_ENGINE_SQLITE;
  facts.dry_run = facts_.dry_run ? 1 : 0;
  facts.environment = abi_text(facts_.environment);
  facts.now = facts_.now;
  fill_random_seed(facts.random_seed, declaration_.name, parameters_);
  facts.parameters = parameters.data();
  facts.parameter_count = parameters.size();

  seedbed_host host{};
  host.struct_size = sizeof host;
  host.abi_version = SEEDBED_ABI_VERSION;
  host.ctx = this;
  host.open_writer = Calls::open_writer;
  host.write_rows = Calls::write_rows;
  host.exec = Calls::exec;
  host.query = Calls::query;
  host.bcrypt = Calls::bcrypt;
  host.log = Calls::log;
  host.progress = Calls::progress;
  host.fail = Calls::fail;

  seedbed_status status = SEEDBED_FAILED;
  const ExitWatch watch(declaration_.name);
  try {
    status = plugin.seed(declaration_.name, facts, host);
  } catch (const Error&) {  // its process did not come back
    writers_.clear();
    throw;
  } catch (const std::exception& error) {  // a plugin without the C++ face let it cross the ABI
    failure_ = valid_utf8(fmt::format("an exception left the plugin: {}", error.what()));
  } catch (...) {
    failure_ = "an exception of an unknown type left the plugin";
  }
  if (refusal_) throw *refusal_;
  if (status == SEEDBED_OK) return plugin.complete([this] { close_writers(); });
  throw Error(ExitCode::plugin, failure_.empty() ? fmt::format("it returned status {} without saying why", status) : failure_);
}

/// A seeder that puts values into its SQL makes a new statement of each row: the first ones will do.
void SeederSession::note_sql(const std::string& sql) {
  constexpr std::size_t kMost = 1000;
  if (statements_.size() < kMost) statements_.insert(sql);
}

/// Writers hold rows back; who comes next may refer to them.  In the order in which they were opened.
void SeederSession::flush_writers(std::optional<std::uint32_t> except) {
  for (std::size_t i = 0; i < writers_.size(); ++i) {
    if (i != except) writers_[i]->write(nullptr, 0);
  }
}

void SeederSession::close_writers() {
  for (const std::unique_ptr<RowWriter>& writer : writers_) {
    writer->finish();
    written_[writer->table()] += writer->counts();
  }
  writers_.clear();
}

}  // namespace seedbed::host
