// Fills customer with a small, fixed set of people that demos and tests can name.

#include <array>

#include <seedbed/seeder.hpp>

namespace {

struct Customer {
  const char* email;
  const char* name;
};

constexpr std::array kCustomers{
    Customer{"alan@example.test", "Alan Mathison"},
    Customer{"barbara@example.test", "Barbara Huberman"},
    Customer{"edsger@example.test", "Edsger Wybe"},
};

class Customers : public seedbed::Seeder {
  void seed(seedbed::Session& db) override {
    auto customers = db.into("customer").columns("email", "name").key("email").insert_missing();
    for (const Customer& customer : kCustomers) customers.row(customer.email, customer.name);
    if (db.query("SELECT email FROM customer").size() < kCustomers.size())
      db.fail("rows that were written are not there");
  }
};

}  // namespace

SEEDBED_SEEDER(Customers, {.name = "customers",
                           .version = "1.0.0",
                           .description = "people that demos and tests can name",
                           .tier = seedbed::Tier::staging,
                           .writes = {"customer"}})
