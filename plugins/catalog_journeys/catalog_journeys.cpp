// Fills the catalog with the journey "Agentic AI Mastery", its chapters, and its first learners.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include <seedbed/seeder.hpp>

#include "content.hpp"

namespace {

using namespace std::chrono_literals;
using seedbed::Session;
using seedbed::Uuid;
using seedbed::uuid;

constexpr std::int64_t kMostLearners =
    999'999'999'999;  // what fits into the twelve digits of an id

Uuid learner(std::int64_t number) {
  const std::string digits = std::to_string(number);
  return Uuid("bbbbbbbb-0001-0001-0001-" + std::string(12 - digits.size(), '0') + digits);
}

Uuid chapter_id(const Chapter& chapter) { return uuid("catalog_chapter", chapter.slug); }
Uuid insight_id(const Insight& insight) { return uuid("catalog_insight", insight.slug); }

std::int64_t learners(Session& db, const char* parameter) {
  const auto count = db.param<std::int64_t>(parameter);
  if (count < 0 || count > kMostLearners)
    db.fail("parameter \"" + std::string(parameter) + "\" is " + std::to_string(count) +
            ", expected 0 to " + std::to_string(kMostLearners));
  return count;
}

void write_journey(Session& db) {
  auto journeys =
      db.into("catalog_journeys")
          .columns("id", "slug", "title", "tagline", "description", "level", "language",
                   "price_cents", "currency", "status", "published_at", "created_at", "updated_at")
          .key("id")
          .insert_only("created_at")
          .touch("updated_at")
          .update_changed();
  const Journey& j = kJourney;
  journeys.row(Uuid(j.id), j.slug, j.title, j.tagline, j.description, j.level, j.language,
               j.price_cents, j.currency, j.status, seedbed::Timestamp(j.published_at), db.now(),
               db.now());
}

void write_chapters(Session& db) {
  auto chapters =
      db.into("catalog_chapters")
          .columns("id", "slug", "title", "summary", "duration_minutes", "created_at", "updated_at")
          .key("id")
          .insert_only("created_at")
          .touch("updated_at")
          .update_changed();
  auto links =
      db.into("catalog_journey_chapters")
          .columns("journey_id", "chapter_id", "position", "is_preview", "created_at", "updated_at")
          .key("journey_id", "chapter_id")
          .insert_only("created_at")
          .touch("updated_at")
          .update_changed();
  int position = 0;
  for (const Chapter& chapter : kChapters) {
    ++position;
    chapters.row(chapter_id(chapter), chapter.slug, chapter.title, chapter.summary,
                 chapter.duration_minutes, db.now(), db.now());
    links.row(Uuid(kJourney.id), chapter_id(chapter), position, /*is_preview=*/position == 1,
              db.now(), db.now());
  }
}

void write_insights(Session& db) {
  auto insights = db.into("catalog_insights")
                      .columns("id", "slug", "title", "body", "status", "created_at", "updated_at")
                      .key("id")
                      .insert_only("created_at")
                      .touch("updated_at")
                      .update_changed();
  auto links = db.into("catalog_chapter_insights")
                   .columns("chapter_id", "insight_id", "position", "created_at", "updated_at")
                   .key("chapter_id", "insight_id")
                   .insert_only("created_at")
                   .touch("updated_at")
                   .update_changed();
  int position = 0;
  for (const Insight& insight : kFirstChapterInsights) {
    ++position;
    insights.row(insight_id(insight), insight.slug, insight.title, insight.body, "draft", db.now(),
                 db.now());
    links.row(chapter_id(kChapters.front()), insight_id(insight), position, db.now(), db.now());
  }
}

void write_enrollments(Session& db, std::int64_t count) {
  auto enrollments =
      db.into("catalog_journey_enrollments")
          .columns("journey_id", "user_id", "progress_percent", "enrolled_at", "updated_at")
          .key("journey_id", "user_id")
          .insert_only("enrolled_at")
          .touch("updated_at")
          .update_changed();
  for (std::int64_t i = 1; i <= count; ++i) {
    const int progress =
        kProgressPercents[static_cast<std::size_t>(i - 1) % kProgressPercents.size()];
    enrollments.row(Uuid(kJourney.id), learner(i), progress, db.now() - 24h * (i % 90 + 1),
                    db.now());
  }
}

void write_ratings(Session& db, std::int64_t count) {
  auto ratings =
      db.into("catalog_journey_ratings")
          .columns("journey_id", "user_id", "rating", "comment", "created_at", "updated_at")
          .key("journey_id", "user_id")
          .insert_only("created_at")
          .touch("updated_at")
          .update_changed();
  for (std::int64_t i = 1; i <= count; ++i) {
    const Rating& rating = kRatings[static_cast<std::size_t>(i - 1) % kRatings.size()];
    ratings.row(Uuid(kJourney.id), learner(i), rating.stars, rating.comment,
                db.now() - 12h * (i % 60 + 1), db.now());
  }
}

class CatalogJourneys : public seedbed::Seeder {
  void seed(Session& db) override {
    const std::int64_t enrollments = learners(db, "enrollments");
    const std::int64_t ratings = learners(db, "ratings");
    write_journey(db);
    write_chapters(db);
    write_insights(db);
    write_enrollments(db, enrollments);
    write_ratings(db, ratings);
  }
};

}  // namespace

SEEDBED_SEEDER(CatalogJourneys,
               {.name = "catalog_journeys",
                .version = "1.0.0",
                .description = "the journey Agentic AI Mastery, with learners to look at",
                .tier = seedbed::Tier::staging,
                .needs = "20260119090000",
                .writes = {"catalog_journeys", "catalog_chapters", "catalog_journey_chapters",
                           "catalog_insights", "catalog_chapter_insights",
                           "catalog_journey_enrollments", "catalog_journey_ratings"},
                .parameters = {{"enrollments", 5, "how many learners have enrolled"},
                               {"ratings", 5, "how many learners have rated it"}}})
