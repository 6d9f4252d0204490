// Fills the widget's tables with visitors, conversations and events that leave no page of a
// dashboard empty, and holds to figures that its tests and demonstrations can count on.
//
// The traffic comes in blocks, `scale` of them, each a whole picture in itself: what is in a block
// depends on its number alone, so that a larger scale adds blocks and changes none.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <seedbed/seeder.hpp>

#include "content.hpp"
#include "supabase_login.hpp"

namespace {

using namespace std::chrono_literals;
using seedbed::json;
using seedbed::Random;
using seedbed::Session;
using seedbed::Timestamp;
using seedbed::Uuid;
using seedbed::uuid;
using std::chrono::seconds;

// One block of one site.  Who talks is among those who stay, and who stays among the visitors.
constexpr int kVisitors = 50;
constexpr int kStaying = 31;  ///< for ten seconds or more
constexpr int kTalking = 25;
constexpr int kMessages = 5;
constexpr int kRowsPerBlock = 1730;
constexpr std::int64_t kMostBlocks = 100'000;

constexpr seconds kDay = 24h;

Uuid client_id(const Site& site) { return uuid("client", site.client); }
Uuid site_id(const Site& site) { return uuid("site_domain", site.domain); }
Uuid section_id(const Site& site, const Section& section) {
  return uuid("ai_section", site.domain, section.slug);
}
Uuid account_id(const Account& account) { return uuid("account", account.name); }

template <class... Names>
std::string address_hash(const Names&... names) {
  std::string hex = uuid("address", 1, names...).text() + uuid("address", 2, names...).text();
  std::erase(hex, '-');
  return hex;
}

std::string account_address(const Account& account) { return address_hash(account.name); }

// -- What does not depend on the scale -------------------------------------------------------------

void write_sites(Session& db) {
  auto clients = db.into("clients").columns("id", "name", "created_at", "updated_at").key("id").insert_missing();
  auto sites = db.into("site_domains")
                   .columns("id", "client_id", "domain", "language", "created_at", "updated_at")
                   .key("id")
                   .insert_missing();
  auto configs = db.into("client_configs")
                     .columns("client_id", "slug", "value", "created_at", "updated_at")
                     .key("client_id", "slug")
                     .insert_missing();
  auto sections = db.into("ai_sections")
                      .columns("id", "site_domain_id", "slug", "title", "prompt", "position",
                               "created_at", "updated_at")
                      .key("id")
                      .insert_missing();
  for (const Site& site : kSites) {
    clients.row(client_id(site), site.client, db.now(), db.now());
    sites.row(site_id(site), client_id(site), site.domain, site.language, db.now(), db.now());
    configs.row(client_id(site), "identity", json(site.identity), db.now(), db.now());
    configs.row(client_id(site), "appearance", json(site.appearance), db.now(), db.now());
    int position = 0;
    for (const Section& section : site.sections)
      sections.row(section_id(site, section), site_id(site), section.slug, section.title,
                   section.prompt, ++position, db.now(), db.now());
  }
}

void write_dashboard_users(Session& db) {
  const Uuid admin = uuid("dashboard_user", "admin@admin.com");
  const Uuid user = uuid("dashboard_user", "user@user.com");
  const std::array logins{
      SupabaseLogin{admin, "admin@admin.com", db.bcrypt("admin"), "Dashboard admin"},
      SupabaseLogin{user, "user@user.com", db.bcrypt("user"), "Dashboard user"}};
  write_supabase_logins(db, logins, SupabaseLoginMode::insert_missing);

  auto users = db.into("dashboard_users")
                   .columns("id", "email", "password_hash", "role", "created_at", "updated_at")
                   .key("id")
                   .insert_missing();
  auto grants = db.into("backoffice_user_domains")
                    .columns("user_id", "site_domain_id", "created_at")
                    .key("user_id", "site_domain_id")
                    .insert_missing();
  for (const SupabaseLogin& login : logins)
    users.row(login.id, login.email, login.password_hash, login.id == admin ? "admin" : "user",
              db.now(), db.now());
  for (const Site& site : kSites) grants.row(user, site_id(site), db.now());
}

void write_accounts(Session& db) {
  auto accounts = db.into("accounts")
                      .columns("id", "name", "industry", "country", "employees", "created_at",
                               "updated_at")
                      .key("id")
                      .insert_missing();
  auto addresses = db.into("ip_hash_accounts")
                       .columns("ip_hash", "account_id", "confidence", "created_at")
                       .key("ip_hash")
                       .insert_missing();
  for (const Account& account : kAccounts) {
    accounts.row(account_id(account), account.name, account.industry, account.country,
                 account.employees, db.now(), db.now());
    addresses.row(account_address(account), account_id(account), account.confidence, db.now());
  }
}

// -- Traffic ---------------------------------------------------------------------------------------

enum class Conversion { none, demo, email };

struct Visit {
  Uuid id;
  Timestamp started;
  seconds duration;
  int pages;
};

struct Talk {
  Uuid id;
  std::int64_t number;  ///< among all conversations, from 0
  std::array<Timestamp, kMessages> sent;
  Conversion conversion;
};

/// The same numbers for a block of a site, whatever the scale.
Random random_of(std::int64_t block, const Site& site) {
  std::array<std::uint8_t, 32> seed{};
  const Uuid id = uuid("synthetic_traffic", site.domain, block);
  std::copy(id.bytes().begin(), id.bytes().end(), seed.begin());
  return Random(seed);
}

/// The five who convert are every fifth of those who talk; first come those who ask for a demo.
Conversion conversion_of(const Site& site, int talk) {
  if (talk % 5 != 0) return Conversion::none;
  return talk / 5 < site.demos ? Conversion::demo : Conversion::email;
}

/// Writes traffic block by block, so that no more than a batch of rows is ever in memory.
class Traffic {
 public:
  explicit Traffic(Session& db)
      : now_(db.now()),
        visitors_(db.into("visitors")
                      .columns("id", "site_domain_id", "ip_hash", "country", "device",
                               "first_seen_at", "last_seen_at", "created_at")
                      .key("id")
                      .insert_missing()),
        sessions_(db.into("visitor_sessions")
                      .columns("id", "visitor_id", "site_domain_id", "environment",
                               "deployment_target", "referrer", "started_at", "duration_seconds",
                               "created_at")
                      .key("id")
                      .insert_missing()),
        conversations_(db.into("conversations")
                           .columns("id", "site_domain_id", "visitor_id", "session_id",
                                    "ai_section_id", "environment", "deployment_target", "language",
                                    "started_at", "last_message_at", "demo_requested_at",
                                    "email_left_at", "created_at")
                           .key("id")
                           .insert_missing()),
        messages_(db.into("messages")
                      .columns("id", "conversation_id", "position", "author", "body", "tokens",
                               "sent_at", "created_at")
                      .key("id")
                      .insert_missing()),
        evaluations_(db.into("message_evaluations")
                         .columns("id", "message_id", "score", "verdict", "reason", "evaluated_at",
                                  "created_at")
                         .key("id")
                         .insert_missing()),
        page_views_(db.into("visitor_page_views")
                        .columns("id", "session_id", "path", "title", "viewed_at",
                                 "seconds_on_page", "created_at")
                        .key("id")
                        .insert_missing()),
        events_(db.into("session_events")
                    .columns("id", "session_id", "kind", "detail", "occurred_at", "created_at")
                    .key("id")
                    .insert_missing()) {
    for (const Account& account : kAccounts) account_addresses_.push_back(account_address(account));
  }

  void write_block(std::int64_t block) {
    for (int site = 0; site < static_cast<int>(kSites.size()); ++site) write_site(block, site);
  }

 private:
  struct Visitor {
    Uuid id;
    std::int64_t number;  ///< among all visitors, from 0
    Timestamp first_seen, last_seen;
  };

  void write_site(std::int64_t block, int site_index) {
    const Site& site = kSites[static_cast<std::size_t>(site_index)];
    Random random = random_of(block, site);
    // 150 sessions of four sites: 38, 37, 38 and 37.
    const int leaving_at_once = site_index % 2 == 0 ? 4 : 3;
    for (int i = 0; i < kVisitors; ++i) {
      const std::int64_t number = (block * static_cast<std::int64_t>(kSites.size()) + site_index) * kVisitors + i;
      const Uuid id = uuid("visitor", number);
      if (i < kTalking) {
        const std::int64_t talk = (block * static_cast<std::int64_t>(kSites.size()) + site_index) * kTalking + i;
        write_talking(site, random, id, number, i, talk);
      } else if (i < kStaying) {
        write_passing(site, random, id, number, seconds(random.between(10, 600)), 2);
      } else if (i < kStaying + leaving_at_once) {
        write_passing(site, random, id, number, seconds(random.between(2, 9)), 1);
      } else {  // declined to be recorded: no session
        const Timestamp seen = now_ - some_time_ago(random);
        write_visitor(site, random, {id, number, seen, seen});
      }
    }
  }

  void write_talking(const Site& site, Random& random, const Uuid& id, std::int64_t number, int i,
                     std::int64_t talk_number) {
    Talk talk{uuid("conversation", talk_number), talk_number, {}, conversion_of(site, i)};
    Timestamp sent = now_ - seconds(random.between(60, 27'000));  // at most seven and a half hours ago
    for (std::size_t position = kMessages; position-- > 0; sent -= seconds(random.between(6, 75)))
      talk.sent[position] = sent;
    const Timestamp started = talk.sent.front() - seconds(random.between(15, 180));
    const auto until = std::chrono::duration_cast<seconds>(talk.sent.back() - started);
    const Visit visit{uuid("session", number, 1), started, until + seconds(random.between(5, 55)),
                      talk_number % 100 % 7 == 3 ? 4 : 3};
    const bool came_before = i % 8 == 0 && i < 24;
    const Visit earlier{uuid("session", number, 0),
                        now_ - seconds(random.between(seconds(kDay).count(), seconds(28 * kDay).count())),
                        seconds(random.between(12, 400)), 2};

    write_visitor(site, random, {id, number, came_before ? earlier.started : visit.started,
                                 visit.started + visit.duration});
    if (came_before) write_visit(site, random, id, earlier);
    write_visit(site, random, id, visit);
    write_talk(site, random, id, visit, talk);
  }

  void write_passing(const Site& site, Random& random, const Uuid& id, std::int64_t number,
                     seconds duration, int pages) {
    const Visit visit{uuid("session", number, 1), now_ - some_time_ago(random), duration, pages};
    write_visitor(site, random, {id, number, visit.started, visit.started + visit.duration});
    write_visit(site, random, id, visit);
  }

  void write_visitor(const Site& site, Random& random, const Visitor& visitor) {
    const bool of_account = visitor.number % 5 == 0;
    const std::size_t account = static_cast<std::size_t>(visitor.number / 5) % account_addresses_.size();
    visitors_.row(visitor.id, site_id(site),
                  of_account ? account_addresses_[account] : address_hash(visitor.number),
                  of_account ? kAccounts[account].country : random.pick(kCountries),
                  random.pick({"desktop", "desktop", "desktop", "mobile", "mobile", "tablet"}),
                  visitor.first_seen, visitor.last_seen, now_);
  }

  void write_visit(const Site& site, Random& random, const Uuid& visitor, const Visit& visit) {
    const auto& pages = std::string_view(site.language) == "fr" ? kPagesFr : kPagesEn;
    const char* referrer = random.chance(0.4) ? nullptr : random.pick(kReferrers);
    sessions_.row(visit.id, visitor, site_id(site), "production", "widget", referrer, visit.started,
                  visit.duration.count(), now_);
    const seconds each = visit.duration / visit.pages;
    const auto first = random.below(pages.size());
    for (int i = 0; i < visit.pages; ++i) {
      const Page& page = pages[(first + static_cast<std::size_t>(i)) % pages.size()];
      page_views_.row(uuid("page_view", visit.id, i), visit.id, page.path, page.title,
                      visit.started + each * i, each.count(), now_);
    }
    write_event(visit, "widget_impression", R"({"placement": "bottom_right"})", visit.started + 1s);
  }

  void write_talk(const Site& site, Random& random, const Uuid& visitor, const Visit& visit,
                  const Talk& talk) {
    const bool french = std::string_view(site.language) == "fr";
    const Dialogue& dialogue = random.pick(french ? kDialoguesFr : kDialoguesEn);
    const Section& section = site.sections[static_cast<std::size_t>(dialogue.section)];
    const Timestamp last = talk.sent.back();
    const auto at_the_end = [&](Conversion conversion) {
      return talk.conversion == conversion ? std::optional(last) : std::nullopt;
    };
    conversations_.row(talk.id, site_id(site), visitor, visit.id, section_id(site, section),
                       "production", "widget", site.language, talk.sent.front(), last,
                       at_the_end(Conversion::demo), at_the_end(Conversion::email), now_);
    write_messages(dialogue, french ? kClosingsFr : kClosingsEn, talk);
    if (talk.number % 2 == 0) {
      const Verdict& verdict = random.pick(kVerdicts);
      evaluations_.row(uuid("evaluation", talk.id), message_id(talk, 4), verdict.score,
                       verdict.verdict, verdict.reason, last + 30s, now_);
    }
    write_event(visit, "widget_opened", R"({"trigger": "button"})", talk.sent.front() - 5s);
    if (talk.number % 5 == 4) return;
    const char* action = talk.conversion == Conversion::demo    ? R"({"cta": "book_demo"})"
                         : talk.conversion == Conversion::email ? R"({"cta": "send_by_email"})"
                                                                : R"({"cta": "read_more"})";
    write_event(visit, "cta_clicked", action, last + 2s);
  }

  void write_messages(const Dialogue& dialogue, const Closings& closings, const Talk& talk) {
    const char* closing = talk.conversion == Conversion::demo    ? closings.demo
                          : talk.conversion == Conversion::email ? closings.email
                                                                 : closings.neither;
    const std::array<std::string_view, kMessages> bodies{dialogue.question, dialogue.answer,
                                                         dialogue.follow_up,
                                                         dialogue.second_answer, closing};
    for (int position = 1; position <= kMessages; ++position) {
      const auto i = static_cast<std::size_t>(position - 1);
      const bool by_assistant = position % 2 == 0;
      messages_.row(message_id(talk, position), talk.id, position,
                    by_assistant ? "assistant" : "visitor", bodies[i],
                    by_assistant ? bodies[i].size() / 4 : 0, talk.sent[i], now_);
    }
  }

  void write_event(const Visit& visit, const char* kind, const char* detail, Timestamp at) {
    events_.row(uuid("session_event", visit.id, kind), visit.id, kind, json(detail), at, now_);
  }

  static Uuid message_id(const Talk& talk, int position) {
    return uuid("message", talk.id, position);
  }

  static seconds some_time_ago(Random& random) {
    return seconds(random.between<std::int64_t>(3'600, seconds(28 * kDay).count()));
  }

  Timestamp now_;
  seedbed::Writer<8> visitors_;
  seedbed::Writer<9> sessions_;
  seedbed::Writer<13> conversations_;
  seedbed::Writer<8> messages_;
  seedbed::Writer<7> evaluations_;
  seedbed::Writer<7> page_views_;
  seedbed::Writer<6> events_;
  std::vector<std::string> account_addresses_;
};

class SyntheticTraffic : public seedbed::Seeder {
  void seed(Session& db) override {
    const auto scale = db.param<std::int64_t>("scale");
    if (scale < 1 || scale > kMostBlocks)
      db.fail("parameter \"scale\" is " + std::to_string(scale) + ", expected 1 to " +
              std::to_string(kMostBlocks));
    write_sites(db);
    write_dashboard_users(db);
    write_accounts(db);

    Traffic traffic(db);
    const auto total = static_cast<std::uint64_t>(scale * kRowsPerBlock);
    for (std::int64_t block = 0; block < scale; ++block) {
      traffic.write_block(block);
      db.progress(static_cast<std::uint64_t>((block + 1) * kRowsPerBlock), total);
    }
  }
};

}  // namespace

SEEDBED_SEEDER(SyntheticTraffic,
               {.name = "synthetic_traffic",
                .version = "1.0.0",
                .description = "visitors and conversations of four sites, for dashboards",
                .tier = seedbed::Tier::development,
                .needs = "20260209093000",
                .writes = {"clients", "site_domains", "client_configs", "ai_sections",
                           "dashboard_users", "backoffice_user_domains", "accounts",
                           "ip_hash_accounts", "visitors", "visitor_sessions", "conversations",
                           "messages", "message_evaluations", "visitor_page_views",
                           "session_events", "auth.users", "auth.identities"},
                .parameters = {{"scale", 1, "how many times 200 visitors, up to 100000"}}})
