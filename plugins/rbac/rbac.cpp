// Fills casbin_rule with the roles that the application's own code asks for.

#include <array>

#include <seedbed/seeder.hpp>

namespace {

struct Policy {
  const char* role;
  const char* resource;
  const char* action;
};

struct Inheritance {
  const char* child;
  const char* parent;
};

constexpr std::array kPolicies{
    Policy{"readonly", "accounts", "read"},  Policy{"readonly", "transactions", "read"},
    Policy{"readonly", "providers", "read"}, Policy{"readonly", "sessions", "read"},
    Policy{"user", "accounts", "write"},     Policy{"user", "transactions", "write"},
    Policy{"user", "providers", "write"},    Policy{"user", "sessions", "write"},
    Policy{"admin", "users", "read"},        Policy{"admin", "users", "write"},
    Policy{"admin", "admin", "read"},        Policy{"admin", "admin", "write"},
    Policy{"admin", "security", "read"},     Policy{"admin", "security", "write"},
};

constexpr std::array kInheritances{
    Inheritance{"user", "readonly"},
    Inheritance{"admin", "user"},
};

class Rbac : public seedbed::Seeder {
  void seed(seedbed::Session& db) override {
    auto rules = db.into("casbin_rule")
                     .columns("ptype", "v0", "v1", "v2", "v3", "v4", "v5", "created_at")
                     .key("ptype", "v0", "v1", "v2", "v3", "v4", "v5")
                     .insert_once();
    for (const Policy& policy : kPolicies)
      rules.row("p", policy.role, policy.resource, policy.action, "", "", "", db.now());
    for (const Inheritance& link : kInheritances)
      rules.row("g", link.child, link.parent, "", "", "", "", db.now());
  }
};

}  // namespace

SEEDBED_SEEDER(Rbac, {.name = "rbac",
                      .version = "1.0.0",
                      .description = "who may read and write what",
                      .tier = seedbed::Tier::production,
                      .needs = "20260101120000",
                      .writes = {"casbin_rule"}})
