// Fills providers with the sources that accounts can be imported from.

#include <array>

#include <seedbed/seeder.hpp>

namespace {

struct Provider {
  const char* slug;
  const char* name;
  const char* category;
  const char* credential_type;
  const char* description;
  const char* logo_url;
  const char* website_url;
};

constexpr std::array kProviders{
    Provider{.slug = "schwab",
             .name = "Charles Schwab",
             .category = "brokerage",
             .credential_type = "oauth2",
             .description = "Brokerage and retirement accounts, with positions and transactions as "
                            "they settle. You sign in at Schwab; we never see the password.",
             .logo_url = "/static/providers/schwab.svg",
             .website_url = "https://www.schwab.com"},
    Provider{.slug = "alpaca",
             .name = "Alpaca",
             .category = "brokerage",
             .credential_type = "api_key",
             .description = "Stocks, options and crypto from an Alpaca account, live or paper. "
                            "Needs a key pair; one that may only read is enough.",
             .logo_url = "/static/providers/alpaca.svg",
             .website_url = "https://alpaca.markets"},
    Provider{.slug = "chase_file",
             .name = "Chase Bank (File Import)",
             .category = "bank",
             .credential_type = "file_import",
             .description =
                 "Checking, savings and card statements that you download from Chase as "
                 "CSV or QFX and drop here. A file that overlaps an earlier one is fine.",
             .logo_url = "/static/providers/chase.svg",
             .website_url = "https://www.chase.com"},
};

class Providers : public seedbed::Seeder {
  void seed(seedbed::Session& db) override {
    auto providers =
        db.into("providers")
            .columns("id", "slug", "name", "category", "credential_type", "description", "logo_url",
                     "website_url", "is_active", "created_at", "updated_at")
            .key("slug")
            .insert_missing();
    for (const Provider& p : kProviders)
      providers.row(seedbed::uuid("provider", p.slug), p.slug, p.name, p.category,
                    p.credential_type, p.description, p.logo_url, p.website_url,
                    /*is_active=*/true, db.now(), db.now());
  }
};

}  // namespace

SEEDBED_SEEDER(Providers, {.name = "providers",
                           .version = "1.0.0",
                           .description = "brokerages and banks to import from",
                           .tier = seedbed::Tier::production,
                           .needs = "20260105093000",
                           .writes = {"providers"}})
