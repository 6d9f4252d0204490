// Wired into another tool's migrations: README's addition to Alembic's env.py, tried with Alembic.

#include <filesystem>

#include "run/workspace.hpp"
#include "support/catch.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;

namespace {

constexpr const char* kRevision = R"(from alembic import op
import sqlalchemy as sa

revision = "0001"
down_revision = None


def upgrade():
    op.create_table("customer", sa.Column("email", sa.Text, primary_key=True), sa.Column("name", sa.Text))


def downgrade():
    op.drop_table("customer")
)";

/// The Python that README says belongs at the end of env.py.
std::string addition_to_env() {
  const std::string readme = read_file(std::filesystem::path(SEEDBED_SOURCE_DIR) / "README.md");
  const std::string opening = "```python\n";
  const auto start = readme.find(opening, readme.find("Alembic")) + opening.size();
  return readme.substr(start, readme.find("```", start) - start);
}

/// A project made by `alembic init`, whose database is also that of seedbed.toml.
class AlembicProject {
 public:
  AlembicProject() {
    REQUIRE(alembic({"init", "alembic"}).exit_code == 0);
    std::string ini = read_file(workspace_.path("alembic.ini"));
    const std::string placeholder = "driver://user:pass@localhost/dbname";
    ini.replace(ini.find(placeholder), placeholder.size(), "sqlite:///shop.db");
    workspace_.write("alembic.ini", ini);
    workspace_.write("alembic/env.py", read_file(workspace_.path("alembic/env.py")) + "\n" + addition_to_env());
    workspace_.write("alembic/versions/0001_create_customer.py", kRevision);
    workspace_.write("seedbed.toml", "[environments.local]\nurl = \"sqlite:shop.db\"\n");
    workspace_.write_seeder("customers", insert_customer("a"));
  }

  const Workspace& workspace() const { return workspace_; }

  Finished alembic(const std::vector<std::string>& arguments) const {
    const std::string program = SEEDBED_PROGRAM;
    return Program(workspace_.path(""), "/usr/bin/alembic")
        .environment("PATH", program.substr(0, program.rfind('/')) + ":/usr/bin:/bin")
        .run(arguments);
  }

  std::string customers() const {
    return Program(workspace_.path(""), "/usr/bin/python3")
        .run({"-c", "import sqlite3; print(sqlite3.connect('shop.db').execute('SELECT count(*) FROM customer').fetchone()[0])"})
        .out;
  }

 private:
  Workspace workspace_{Engine::sqlite};
};

}  // namespace

TEST_CASE("an upgrade by Alembic is followed by the seeders", "[run]") {
  const AlembicProject project;

  const Finished upgrade = project.alembic({"upgrade", "head"});
  const Finished again = project.alembic({"upgrade", "head"});

  INFO(upgrade.err);
  CHECK(upgrade.exit_code == 0);
  CHECK_THAT(upgrade.out, ContainsSubstring("customers    1 inserted"));
  CHECK(again.exit_code == 0);
  CHECK_THAT(again.out, ContainsSubstring("nothing changed"));
  CHECK(project.customers() == "1\n");
}

TEST_CASE("a seeder that fails fails the upgrade that Alembic was asked for", "[run]") {
  const AlembicProject project;
  project.workspace().write_seeder("broken", "INSERT INTO nowhere VALUES (1);\n");

  const Finished upgrade = project.alembic({"upgrade", "head"});

  CHECK(upgrade.exit_code != 0);
  CHECK_THAT(upgrade.err, ContainsSubstring("seeder \"broken\" failed: "));
  CHECK(project.customers() == "0\n");
}

TEST_CASE("other commands of Alembic run no seeder", "[run]") {
  const AlembicProject project;
  project.alembic({"upgrade", "head"});

  const Finished offline = project.alembic({"upgrade", "head", "--sql"});
  const Finished current = project.alembic({"current"});
  const Finished downgrade = project.alembic({"downgrade", "base"});

  CHECK_THAT(offline.out, ContainsSubstring("CREATE TABLE customer"));
  CHECK_THAT(offline.out + current.out + downgrade.out, !ContainsSubstring("seeders"));
  CHECK(downgrade.exit_code == 0);
}
