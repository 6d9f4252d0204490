// Connections with TLS, and what is said where there is none.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "support/catch.hpp"
#include "support/own_server.hpp"
#include "support/program.hpp"
#include "support/test_database.hpp"

using namespace seedbed::test;
using Catch::Matchers::StartsWith;
using nlohmann::json;

namespace {

int free_port() {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  REQUIRE(bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  close(listener);
  return ntohs(address.sin_port);
}

/// A server with TLS, and a project that is run against it.
class TlsProject {
 public:
  TlsProject() : port_(free_port()), server_(OwnServer::with_tls(port_)) {
    write_file(folder_ / "migrations/20260101120000_create_customer.sql", "CREATE TABLE customer (email text);\n");
  }

  std::string url(const std::string& host, const std::string& options) const {
    return "postgresql://postgres@" + host + ":" + std::to_string(port_) + "/postgres?" + options;
  }
  std::string verified() const { return "sslmode=verify-full&sslrootcert=" + server_.root_certificate().string(); }

  /// Leaves the server without TLS.
  void switch_off() const {
    const std::string plain = url("localhost", "sslmode=disable");
    TestDatabase(plain).execute("ALTER SYSTEM SET ssl = off");
    TestDatabase(plain).execute("SELECT pg_reload_conf()");
    while (TestDatabase(plain).value("SHOW ssl") == "on") std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }

  Finished run(std::vector<std::string> arguments, const std::string& url) const {
    arguments.insert(arguments.end(), {"--url", url});
    return Program(folder_.path()).run(arguments);
  }

  /// What doctor says of `topic`, as "mark what -> to do".
  std::string about(const std::string& topic, const std::string& url, const std::string& tier = "production") const {
    const json document = json::parse(run({"doctor", "--format", "json", "--tier", tier}, url).out);
    std::string text;
    for (const json& finding : document["findings"]) {
      if (finding["topic"] != topic) continue;
      text += finding["mark"].get<std::string>() + ' ' + finding["what"].get<std::string>();
      if (!finding["to_do"].is_null()) text += " -> " + finding["to_do"].get<std::string>();
    }
    return text;
  }

 private:
  TempDir folder_;
  int port_;
  OwnServer server_;
};

// Reaches this machine, and is none of the addresses that only it can have: for seedbed a network.
constexpr const char* kNetwork = "0.0.0.0";

}  // namespace

TEST_CASE("a run verifies the server's certificate and doctor tells of it", "[tls]") {
  const TlsProject project;
  const std::string url = project.url("localhost", project.verified());

  const Finished up = project.run({"up", "--tier", "production"}, url);
  const Finished env = project.run({"env", "--tier", "production", "--format", "json"}, url);

  CHECK(up.exit_code == 0);
  CHECK(up.err.empty());
  CHECK_THAT(env.out, ContainsSubstring("sslmode=verify-full sslrootcert=/"));
  CHECK_THAT(project.about("tls settings", url), StartsWith("ok sslmode=verify-full sslrootcert=/"));
  CHECK_THAT(project.about("tls", url), StartsWith("ok TLSv1."));
}

TEST_CASE("a server that cannot be verified is refused at once with what to do", "[tls]") {
  const TlsProject project;
  const TempDir empty;
  write_file(empty / "none.crt", "");
  const std::string strangers = "sslmode=verify-full&sslrootcert=" + (empty / "none.crt").string();
  const std::string url = std::vector<std::string>{project.url("127.0.0.1", project.verified()), project.url("localhost", strangers),
                                                   project.url("localhost", "sslmode=verify-full&sslrootcert=/nowhere.crt")}[GENERATE(0U, 1U, 2U)];

  const Finished up = project.run({"up", "--wait", "30s"}, url);

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("could not connect to ") && ContainsSubstring("certificate"));
  CHECK_THAT(up.err, ContainsSubstring("sslrootcert=FILE names the authority whose certificates count"));
  CHECK_THAT(up.err, !ContainsSubstring("Tried "));
}

TEST_CASE("a server without TLS is refused where it is demanded", "[tls]") {
  const TlsProject project;
  project.switch_off();

  const Finished up = project.run({"up", "--wait", "0"}, project.url("localhost", "sslmode=require"));

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("server does not support SSL") && ContainsSubstring("it needs ssl = on"));
}

TEST_CASE("doctor tells what a connection over a network lacks", "[tls]") {
  const TlsProject project;
  const std::string plain = project.url(kNetwork, "sslmode=disable"), unverified = project.url(kNetwork, "sslmode=require");

  CHECK_THAT(project.about("tls", plain), StartsWith("problem the connection goes over a network without TLS -> Add sslmode=verify-full"));
  CHECK_THAT(project.about("tls", plain, "staging"), StartsWith("warning the connection goes over a network without TLS"));
  CHECK_THAT(project.about("tls settings", plain), StartsWith("warning sslmode=disable: there is no TLS, so that another could answer in its place"));
  CHECK_THAT(project.about("tls", unverified), StartsWith("ok TLSv1."));
  CHECK_THAT(project.about("tls settings", unverified), StartsWith("warning sslmode=require: the server's certificate is not checked"));
  CHECK_THAT(project.about("tls settings", unverified, "development"), StartsWith("ok sslmode=require; "));
  CHECK_THAT(project.about("tls", project.url("localhost", "sslmode=disable")), StartsWith("ok none, on a connection that does not leave this machine"));
}

TEST_CASE("a run of production over a network without TLS is warned", "[tls]") {
  const TlsProject project;

  const Finished plain = project.run({"up", "--tier", "production"}, project.url(kNetwork, "sslmode=disable"));
  const Finished demanded = project.run({"up", "--tier", "production"}, project.url(kNetwork, "sslmode=require"));

  CHECK(plain.exit_code == 0);
  CHECK_THAT(plain.err, ContainsSubstring("tls_not_demanded"));
  CHECK(demanded.exit_code == 0);
  CHECK(demanded.err.empty());
}
