// A password that was planted is found nowhere: in no output of any command, however it ends.

#include <signal.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "run/workspace.hpp"
#include "support/catch.hpp"
#include "support/postgres_url.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;
namespace fs = std::filesystem;

namespace {

// Its beginning and its end are letters that no encoding changes, and that stand nowhere else: whatever
// is left of it in a text shows one of them.
const std::string kPassword = R"(Zq7k@k:V/9%x'J" 4wYk)";
const std::string kEncoded = "Zq7k%40k%3AV%2F9%25x%27J%22%204wYk";
constexpr const char* kTraces[] = {"Zq7k", "4wYk"};

std::string traces_in(const std::string& text) {
  std::istringstream lines(text);
  std::string found;
  for (std::string line; std::getline(lines, line);) {
    for (const char* trace : kTraces) {
      if (line.find(trace) == std::string::npos) continue;
      found += line + '\n';
      break;
    }
  }
  return found;
}

std::string with_escapes(const std::string& text, const std::string& escaped) {
  std::string result;
  for (const char c : text) {
    if (escaped.find(c) != std::string::npos) result += '\\';
    result += c;
  }
  return result;
}

/// A database whose role has to give the planted password, and a project that knows it in one way.
class Planted {
 public:
  Planted() : workspace_(Engine::postgres) {
    workspace_.database().execute(
        "DO $$ BEGIN CREATE ROLE with_password LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$");
    workspace_.database().execute("DO $do$ BEGIN ALTER ROLE with_password PASSWORD $p$" + kPassword + "$p$; "
                                  "EXCEPTION WHEN OTHERS THEN PERFORM pg_sleep(0.1); END $do$");
    workspace_.database().execute("GRANT ALL ON SCHEMA public TO with_password; DO $$ BEGIN EXECUTE format("
                                  "'GRANT ALL ON DATABASE %I TO with_password', current_database()); END $$");
    workspace_.write_customer_migration();
    workspace_.write("migrations/20260101120000_create_customer.down.sql", "DROP TABLE customer;\n");
    workspace_.write_seeder("customers", insert_customer("a"));
    host_ = option_of(workspace_.database().url(), "host");
    database_ = workspace_.value("SELECT current_database()");
  }

  Workspace& workspace() { return workspace_; }
  const std::string& host() const { return host_; }
  const std::string& database() const { return database_; }

  std::string uri(const std::string& password = kEncoded) const {
    return "postgresql://with_password:" + password + "@/" + database_ + "?host=" + host_;
  }
  std::string pairs() const {
    return "host=" + host_ + " dbname=" + database_ + " user=with_password password='" + with_escapes(kPassword, "'\\") + "'";
  }
  std::string either(bool as_pairs) const { return as_pairs ? pairs() : uri(); }
  std::string without_password() const { return "postgresql://with_password@/" + database_ + "?host=" + host_; }

  /// seedbed.toml with `url`, which may be a variable.
  void write_project(const std::string& url) const {
    workspace_.write("seedbed.toml", "default_environment = \"local\"\n[environments.local]\nurl = \"" + url + "\"\n");
  }

  /// Runs the program, and adds what it wrote anywhere to what is looked through.
  int run(Program program, std::vector<std::string> arguments) {
    const fs::path log = workspace_.path("run.log");
    const std::string command = arguments.front();
    arguments.insert(arguments.end(), {"-vv", "--log-file", log.string()});
    const Finished finished = program.environment("SEEDBED_OPERATOR", "ada").run(arguments);
    INFO(command << ": " << finished.exit_code << '\n' << finished.out << finished.err);
    const std::string everything = finished.out + finished.err + (fs::exists(log) ? read_file(log) : "");
    CHECK(traces_in(everything).empty());
    CHECK_FALSE(everything.empty());
    return finished.exit_code;
  }

  /// All that the ledger holds, as text.
  std::string ledger() {
    std::string text;
    for (const char* table : {"identity", "migrations", "statements", "lock", "runs", "seeds"}) {
      for (const auto& row : workspace_.database().rows(std::string("SELECT t::text FROM seedbed.") + table + " t")) text += row[0] + '\n';
    }
    return text;
  }

 private:
  Workspace workspace_;
  std::string host_, database_;
};

const std::vector<std::vector<std::string>> kAllCommands{
    {"status"}, {"doctor"}, {"env"}, {"up"}, {"status", "--format", "json"}, {"seed"}, {"log", "--format", "json"}, {"log"}, {"plugins"},
    {"plugins", "--format", "json"}, {"wait"}, {"env", "--format", "json"}, {"env", "--format", "markdown"}, {"doctor", "--format", "json"},
    {"repair"}, {"down", "--dry-run"}, {"down"}, {"stamp", "latest"}, {"reset", "--dry-run"}, {"reset"}, {"seed", "--clear"}, {"adopt"},
    {"up", "--dry-run"}, {"prove"}, {"prove", "--format", "json"}, {"up", "--isolate", "--format", "markdown"}, {"new", "thing"}, {"plugins", "lock"}, {"up", "--locked"}};

std::string command_line_of(const std::string& process) {
  std::ifstream file("/proc/" + process + "/cmdline", std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The command lines of the processes that `parent` has started.
std::vector<std::string> command_lines_of_children(pid_t parent) {
  std::vector<std::string> lines;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string process = entry.path().filename().string();
    if (process.find_first_not_of("0123456789") != std::string::npos) continue;
    std::ifstream status(entry.path() / "status");
    for (std::string line; std::getline(status, line);) {
      if (line == "PPid:\t" + std::to_string(parent)) lines.push_back(command_line_of(process));
    }
  }
  return lines;
}

}  // namespace

TEST_CASE("a password on the command line is in no output of any command", "[secrets]") {
  Planted planted;
  const std::string url = planted.either(GENERATE(false, true));

  for (std::vector<std::string> command : kAllCommands) {
    command.insert(command.end(), {"--url", url});
    const int code = planted.run(planted.workspace().program(), command);
    CHECK(code != 1);  // it was the right one
  }

  CHECK_THAT(planted.ledger(), ContainsSubstring("ada"));
  CHECK(traces_in(planted.ledger()).empty());
}

TEST_CASE("a password from a variable or a file is in no output of any command", "[secrets]") {
  Planted planted;
  Program program = planted.workspace().program();
  const std::string way = GENERATE("variable", "dotenv", "toml", "service", "PGPASSWORD", "passfile");
  if (way == "variable") {
    planted.write_project("${DATABASE_URL}");
    program.environment("DATABASE_URL", planted.uri());
  } else if (way == "dotenv") {
    planted.write_project("${DATABASE_URL}");
    planted.workspace().write(".env", "DATABASE_URL=" + planted.uri() + "\n");
  } else if (way == "toml") {
    planted.write_project(planted.uri());
  } else if (way == "service") {
    planted.write_project("service=planted");
    planted.workspace().write("service.conf", "[planted]\nhost=" + planted.host() + "\ndbname=" + planted.database() +
                                                  "\nuser=with_password\npassword=" + kPassword + "\n");
    program.environment("PGSERVICEFILE", planted.workspace().path("service.conf").string());
  } else if (way == "PGPASSWORD") {
    planted.write_project(planted.without_password());
    program.environment("PGPASSWORD", kPassword);
  } else {
    planted.write_project(planted.without_password());
    planted.workspace().write("passwords", "*:*:*:with_password:" + with_escapes(kPassword, ":\\") + "\n");
    REQUIRE(chmod(planted.workspace().path("passwords").c_str(), 0600) == 0);
    program.environment("PGPASSFILE", planted.workspace().path("passwords").string());
  }
  // Whatever the password came by, an error of the server's that quotes it shows nothing of it.
  const std::string quoting = "SELECT 'Zq7k@k:V/9%x''J\" 4wYk'::integer;\n";

  for (const std::vector<std::string>& command : kAllCommands) CHECK(planted.run(program, command) != 1);
  planted.workspace().write("migrations/20260102120000_quotes.sql", quoting);
  CHECK(planted.run(program, {"up"}) == 1);
  CHECK(planted.run(program, {"up", "--format", "json"}) == 1);
  CHECK(planted.run(program, {"log"}) == 0);

  CHECK(traces_in(planted.ledger()).empty());
}

TEST_CASE("a password is in no output of a run that fails", "[secrets]") {
  Planted planted;
  const std::string format = GENERATE("text", "json", "markdown");
  const std::string uri = planted.uri();
  const Program program = planted.workspace().program();
  const auto fails = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--format", format});
    CHECK(planted.run(program, arguments) != 0);
  };

  fails({"up", "--wait", "0", "--url", "postgresql://with_password:" + kEncoded + "@/shop?host=/nowhere"});
  fails({"up", "--wait", "0", "--url", "postgresql://with_password:" + kEncoded + "@127.0.0.1:1/shop"});
  fails({"up", "--url", planted.uri(kEncoded + "x")});
  fails({"up", "--url", "postgresql://with_password:" + kEncoded + "@/no_such_database?host=" + planted.host()});
  fails({"up", "--url", uri, "--bogus"});
  fails({"up", uri});
  fails({uri});
  fails({"--urll", uri, "up"});
  fails({"--urll=" + uri, "up"});
  fails({"up", "--tier", uri, "--url", uri});
  fails({"up", "--url", "postgresql://with_password:" + kPassword + "@/shop?host=" + planted.host()});
  fails({"up", "--url", "host=" + planted.host() + " password='" + kPassword});
  fails({"up", "--url", "mysql://root:" + kPassword + "@db/shop"});
  fails({"wait", "--url", uri, "--wait", uri});
  fails({"split", uri});
  fails({"seed", "nobody:" + uri, "--url", uri});
  fails({"stamp", uri, "--url", uri});
  fails({"adopt", "--from", uri, "--url", uri});
  fails({"repair", "--accept", uri, "--url", uri});
  fails({"up", "--config", uri, "--url", uri});
  fails({"up", "--migrations", uri, "--url", uri});
  fails({"up", "--seeders", uri, "--url", uri});
  fails({"plugins", uri, "--url", uri});
  planted.run(program, {"down", "--to", uri, "--url", uri, "--format", format});  // nothing to revert
}

TEST_CASE("a password is in no error of a file that holds it", "[secrets]") {
  Planted planted;
  const std::string name = "\"Zq7k@k:V/9%x'J\"\" 4wYk\"";
  const std::string literal = "'Zq7k@k:V/9%x''J\" 4wYk'";
  const std::string sql = GENERATE_REF(as<std::string>(), "SELECT * FROM " + name + ";\n", "SELECT 1 +\n  nothing(" + literal + ");\n",
                                       "DO $$ BEGIN RAISE EXCEPTION '%', " + literal + "; END $$;\n", "CREATE ROLE other PASSWORD " + literal + " NOSUCHOPTION;\n",
                                       "COPY customer FROM stdin;\n" + kPassword + "\tb\tc\n\\.\n", "SELECT " + literal + "::integer;\n");
  const std::string file = GENERATE("migrations/20260102120000_try.sql", "plugins/customers/02_try.sql", "seed.sql");
  planted.workspace().write(file, sql);
  planted.workspace().write("seed.sql", file == "seed.sql" ? sql : "SELECT 1;\n");

  const int text = planted.run(planted.workspace().program(), {"up", "--sql", "seed.sql", "--url", planted.uri()});
  const int json = planted.run(planted.workspace().program(), {"up", "--sql", "seed.sql", "--format", "json", "--url", planted.uri()});
  planted.run(planted.workspace().program(), {"log", "--url", planted.uri()});

  CHECK(text != 0);
  CHECK(json != 0);
  CHECK(traces_in(planted.ledger()).empty());
}

TEST_CASE("the password of another database is in no output of a run that fails", "[secrets]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  const std::string url = "postgresql://ada:" + kEncoded + "@db.example.com/shop";
  const std::string format = GENERATE("text", "json", "markdown");
  const std::string sql = GENERATE_REF(as<std::string>(), "SELECT nothing('" + url + "');\n",
                                       "SELECT dblink('host=db password=Zq7k4wYk user=ada', 'SELECT 1');\n");
  workspace.write("migrations/20260101120000_try.sql", sql);
  const auto leaks = [](const Finished& finished) { return traces_in(finished.out + finished.err); };

  const Finished up = workspace.run({"up", "-vv", "--format", format});
  const Finished log = workspace.run({"log", "--format", format});
  const Finished tier = workspace.run({"up", "--tier", url, "--format", format});
  const Finished now = workspace.program().environment("SEEDBED_NOW", url).run({"up", "--url", "sqlite:shop.db", "--format", format});

  CHECK(up.exit_code == 1);
  CHECK(tier.exit_code == 2);
  CHECK(now.exit_code == 2);
  CHECK(leaks(up).empty());
  CHECK(leaks(log).empty());
  CHECK(leaks(tier).empty());
  CHECK(leaks(now).empty());
}

TEST_CASE("a password that a plugin echoes is hidden", "[secrets]") {
  Planted planted;
  planted.workspace().add_fixture("echoes_environment");
  planted.write_project("${DATABASE_URL}");
  Program program = planted.workspace().program();
  program.environment("DATABASE_URL", planted.either(GENERATE(false, true)));

  CHECK(planted.run(program, {"up"}) == 6);
  CHECK(planted.run(program, {"up", "--isolate"}) == 6);
  CHECK(planted.run(program, {"log", "--format", "markdown"}) == 0);

  CHECK_THAT(planted.ledger(), ContainsSubstring("could not connect to "));
  CHECK(traces_in(planted.ledger()).empty());
}

TEST_CASE("a password in what a seeder declares is in no list", "[secrets]") {
  Planted planted;
  planted.workspace().write("plugins/customers/seeder.toml",
                            "name = \"customers\"\nversion = \"" + with_escapes(kPassword, "\"\\") + "\"\nwrites = [\"customer\"]\n");
  const std::string format = GENERATE("text", "json", "markdown");

  const Finished plugins = planted.workspace().program().run({"plugins", "--format", format, "--url", planted.uri()});

  CHECK(plugins.exit_code == 0);
  CHECK_THAT(plugins.out, ContainsSubstring("***"));
  CHECK(traces_in(plugins.out).empty());
}

TEST_CASE("a password in the name of the operator or the commit is hidden in the ledger", "[secrets]") {
  Planted planted;
  Program program = planted.workspace().program();
  program.environment("SEEDBED_OPERATOR", planted.uri()).environment("SEEDBED_GIT_COMMIT", planted.uri());

  const Finished up = program.run({"up", "--url", planted.uri()});

  CHECK(up.exit_code == 0);
  CHECK(traces_in(planted.ledger()).empty());
}

TEST_CASE("a password is in no process's arguments", "[secrets]") {
  Planted planted;
  planted.workspace().add_fixture("loops");
  const std::string url = planted.either(GENERATE(false, true));

  Running up = planted.workspace().program().start({"up", "--isolate", "-v", "--url", url});
  up.wait_for_output("seeder_started");
  const std::string own = command_line_of(std::to_string(up.pid()));
  const std::vector<std::string> children = command_lines_of_children(up.pid());
  up.signal(SIGINT);
  up.wait();

  CHECK_THAT(own, ContainsSubstring("--url") && ContainsSubstring("with_password") && ContainsSubstring("***"));
  CHECK(traces_in(own).empty());
  REQUIRE(children.size() == 1);
  CHECK_THAT(children[0], ContainsSubstring("plugin-process"));
  CHECK(traces_in(children[0]).empty());
}

TEST_CASE("settings for TLS pass through and env shows them", "[secrets]") {
  const TempDir folder;
  const Finished env = Program(folder.path()).run(
      {"env", "--tier", "production", "--url", "postgresql://u:" + kEncoded + "@db.example.com/shop?sslmode=verify-full&sslrootcert=/etc/ca.pem&sslpassword=" + kEncoded});

  CHECK(env.exit_code == 0);
  CHECK_THAT(env.out, ContainsSubstring("sslmode=verify-full sslrootcert=/etc/ca.pem"));
  CHECK(env.err.empty());
  CHECK(traces_in(env.out).empty());
}

TEST_CASE("production over a network is warned of unless TLS is demanded", "[secrets]") {
  const TempDir folder;
  const auto warning = [&](const std::string& tier, const std::string& url) {
    return Program(folder.path()).run({"env", "--tier", tier, "--url", url}).err;
  };

  CHECK_THAT(warning("production", "postgresql://u@db.example.com/shop"), ContainsSubstring("tls_not_demanded") && ContainsSubstring("sslmode=verify-full"));
  CHECK_THAT(warning("production", "postgresql://u@db.example.com/shop?sslmode=disable"), ContainsSubstring("tls_not_demanded"));
  CHECK(warning("production", "postgresql://u@db.example.com/shop?sslmode=require").empty());
  CHECK(warning("production", "postgresql://u@127.0.0.1/shop").empty());
  CHECK(warning("staging", "postgresql://u@db.example.com/shop").empty());
  CHECK(warning("production", "sqlite:shop.db").empty());
}
