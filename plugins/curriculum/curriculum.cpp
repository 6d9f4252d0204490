// Fills the curriculum: one domain with its trails, concepts, sparks and beacons, as one published
// snapshot.  Editing a text here and seeding again updates that row and no other.

#include <array>

#include <seedbed/seeder.hpp>

#include "building.hpp"
#include "content.hpp"
#include "foundations.hpp"
#include "production.hpp"

namespace {

using seedbed::Session;
using seedbed::Timestamp;
using seedbed::Uuid;
using seedbed::uuid;

constexpr Uuid kSnapshot = uuid("curriculum_snapshot", 1);
constexpr Uuid kDomain = uuid("domain", "agentic-ai");

constexpr std::array kTrails{kFoundations, kBuilding, kProduction};

constexpr std::array kPrerequisites{
    Prerequisite{"the-agent-loop", "what-an-agent-is", "The loop needs a goal to end at."},
    Prerequisite{"instructions-and-context", "what-an-agent-is",
                 "Instructions to an agent describe an outcome, not an answer."},
    Prerequisite{"tools", "the-agent-loop", "A tool is what the loop calls when it acts."},
    Prerequisite{"tools", "instructions-and-context",
                 "A tool's description is part of the context."},
    Prerequisite{"planning", "tools", "Plans are made of steps that tools can take."},
    Prerequisite{"memory", "instructions-and-context",
                 "Memory decides what the context of the next step is."},
    Prerequisite{"grounding", "memory", "Retrieved knowledge is what memory should not hold."},
    Prerequisite{"teams", "planning", "Only a plan can be divided among agents."},
    Prerequisite{"evaluation", "tools", "Outcomes are what tools have changed."},
    Prerequisite{"security", "tools", "What an agent can be made to do is what its tools can do."},
    Prerequisite{"observability", "evaluation", "Traces explain the rates that evaluations find."},
    Prerequisite{"oversight", "security",
                 "Approval is the last answer to what cannot be prevented."},
};

Uuid trail_id(const Trail& trail) { return uuid("trail", trail.slug); }
Uuid concept_id(const char* slug) { return uuid("concept", slug); }
Uuid spark_id(const Spark& spark) { return uuid("spark", spark.slug); }

void write_snapshot_and_domain(Session& db) {
  auto snapshots =
      db.into("snapshots")
          .columns("id", "version", "title", "status", "published_at", "created_at", "updated_at")
          .key("id")
          .insert_only("created_at")
          .touch("updated_at")
          .update_changed();
  snapshots.row(kSnapshot, 1, "Agentic AI, first edition", "published",
                Timestamp("2026-01-12T10:15:00Z"), db.now(), db.now());

  auto domains =
      db.into("domains")
          .columns("id", "snapshot_id", "slug", "title", "summary", "created_at", "updated_at")
          .key("id")
          .insert_only("created_at")
          .touch("updated_at")
          .update_changed();
  domains.row(
      kDomain, kSnapshot, "agentic-ai", "Agentic AI",
      "Software that is given a goal instead of a command: how it works, how to build it, and "
      "how to answer for what it does.",
      db.now(), db.now());
}

class Outline {
 public:
  explicit Outline(Session& db)
      : now_(db.now()),
        trails_(db.into("trails")
                    .columns("id", "snapshot_id", "domain_id", "slug", "title", "summary",
                             "position", "created_at", "updated_at")
                    .key("id")
                    .insert_only("created_at")
                    .touch("updated_at")
                    .update_changed()),
        concepts_(db.into("concepts")
                      .columns("id", "snapshot_id", "trail_id", "slug", "title", "summary",
                               "position", "created_at", "updated_at")
                      .key("id")
                      .insert_only("created_at")
                      .touch("updated_at")
                      .update_changed()),
        sparks_(db.into("sparks")
                    .columns("id", "snapshot_id", "concept_id", "slug", "title", "body", "minutes",
                             "position", "created_at", "updated_at")
                    .key("id")
                    .insert_only("created_at")
                    .touch("updated_at")
                    .update_changed()),
        beacons_(db.into("beacons")
                     .columns("id", "snapshot_id", "spark_id", "question", "options", "explanation",
                              "created_at", "updated_at")
                     .key("id")
                     .insert_only("created_at")
                     .touch("updated_at")
                     .update_changed()) {}

  void write(const Trail& trail, int position) {
    trails_.row(trail_id(trail), kSnapshot, kDomain, trail.slug, trail.title, trail.summary,
                position, now_, now_);
    int concept_position = 0;
    for (const Concept& part : trail.concepts) write(part, trail_id(trail), ++concept_position);
  }

 private:
  void write(const Concept& part, const Uuid& trail, int position) {
    concepts_.row(concept_id(part.slug), kSnapshot, trail, part.slug, part.title, part.summary,
                  position, now_, now_);
    int spark_position = 0;
    for (const Spark& spark : part.sparks) write(spark, concept_id(part.slug), ++spark_position);
  }

  void write(const Spark& spark, const Uuid& parent, int position) {
    sparks_.row(spark_id(spark), kSnapshot, parent, spark.slug, spark.title, spark.body,
                spark.minutes, position, now_, now_);
    beacons_.row(uuid("beacon", spark.slug), kSnapshot, spark_id(spark), spark.question,
                 seedbed::json(spark.options), spark.explanation, now_, now_);
  }

  Timestamp now_;
  seedbed::Writer<9> trails_;
  seedbed::Writer<9> concepts_;
  seedbed::Writer<10> sparks_;
  seedbed::Writer<8> beacons_;
};

void write_prerequisites(Session& db) {
  auto links = db.into("concept_prerequisites")
                   .columns("concept_id", "prerequisite_id", "snapshot_id", "reason", "created_at",
                            "updated_at")
                   .key("concept_id", "prerequisite_id")
                   .insert_only("created_at")
                   .touch("updated_at")
                   .update_changed();
  for (const Prerequisite& link : kPrerequisites)
    links.row(concept_id(link.concept_slug), concept_id(link.needs), kSnapshot, link.reason,
              db.now(), db.now());
}

class Curriculum : public seedbed::Seeder {
  void seed(Session& db) override {
    write_snapshot_and_domain(db);
    Outline outline(db);
    int position = 0;
    for (const Trail& trail : kTrails) outline.write(trail, ++position);
    write_prerequisites(db);
  }
};

}  // namespace

SEEDBED_SEEDER(Curriculum, {.name = "curriculum",
                            .version = "1.0.0",
                            .description = "the domain Agentic AI, its trails, lessons and checks",
                            .tier = seedbed::Tier::production,
                            .needs = "20260112101500",
                            .writes = {"snapshots", "domains", "trails", "concepts", "sparks",
                                       "beacons", "concept_prerequisites"}})
