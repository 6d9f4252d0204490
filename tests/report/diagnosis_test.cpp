#include "report/json.hpp"
#include "report/markdown.hpp"
#include "report/text.hpp"
#include "support/catch.hpp"
#include "support/golden.hpp"

using namespace seedbed::host;
using seedbed::test::check_golden;

namespace {

Diagnosis some_findings() {
  Diagnosis diagnosis;
  diagnosis.environment = "production";
  diagnosis.tier = Tier::production;
  diagnosis.url = "postgresql://app@db.example.com:5432/shop";
  diagnosis.findings = {
      {Mark::ok, "settings", "environment \"production\" of tier production, from /srv/shop/seedbed.toml", ""},
      {Mark::warning, "plugin lock", "there is none: what lies in the plugin directories runs in tier production",
       "Write one and keep it with the project: seedbed plugins lock"},
      {Mark::problem, "connection", "could not connect: no route to host", "Is the server running?\nAre host and port right?"},
  };
  return diagnosis;
}

LockUpdate some_changes() {
  LockUpdate update;
  update.file = "/srv/shop/seedbed.lock";
  update.seeders = {{{"plugins/customers", SeederKind::folder, std::string(64, 'a')}, LockChange::added, ""},
                    {{"plugins/old.so", SeederKind::library, std::string(64, 'b')}, LockChange::removed, ""},
                    {{"plugins/orders.so", SeederKind::library, std::string(64, 'c')}, LockChange::changed, std::string(64, 'd')},
                    {{"plugins/rbac.so", SeederKind::library, std::string(64, 'e')}, LockChange::none, ""}};
  return update;
}

}  // namespace

TEST_CASE("findings are aligned with what to do below each", "[report]") {
  check_golden("report/doctor.txt", to_text(some_findings(), false));
}

TEST_CASE("findings are a document of their own", "[report]") {
  check_golden("report/doctor.json", to_json(some_findings()));
  check_golden("report/doctor.md", to_markdown(some_findings()));
}

TEST_CASE("what a lock changes is listed in every format", "[report]") {
  check_golden("report/lock.txt", to_text(some_changes(), false));
  check_golden("report/lock.json", to_json(some_changes()));
  check_golden("report/lock.md", to_markdown(some_changes()));
}
