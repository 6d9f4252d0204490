#pragma once
// The people that tests and demonstrations log in as, and what the first of them has learned.

#include <array>
#include <chrono>

struct Person {
  const char* email;
  const char* display_name;
  const char* role;
  const char* plan;
};

struct UserJourney {
  const char* slug;
  const char* title;
  const char* goal;
  const char* status;
  int progress_percent;
  std::chrono::hours started_ago;
};

struct LearningEvent {
  const char* journey;
  const char* kind;
  const char* detail;  ///< JSON
  std::chrono::minutes ago;
};

inline constexpr std::array kPeople{
    Person{"test-free@example.com", "Frida Free", "free", "free"},
    Person{"test-pro@example.com", "Pablo Pro", "pro", "pro"},
    Person{"test-premium@example.com", "Priya Premium", "premium", "premium"},
    Person{"test-admin@example.com", "Ada Admin", "admin", "premium"},
};

inline constexpr std::array kJourneys{
    UserJourney{"first-agent", "My first agent",
                "Build an assistant that books a meeting room on its own, and trust it to.",
                "completed", 100, std::chrono::hours(24 * 21)},
    UserJourney{"support-desk", "An agent for the support desk",
                "Answer the ten most frequent questions from our handbook, with quotations.",
                "active", 45, std::chrono::hours(24 * 8)},
    UserJourney{"measured-prompts", "Prompts that are measured",
                "Collect twenty real cases and know after each change whether it helped.", "active",
                10, std::chrono::hours(24 * 2)},
};

inline constexpr std::array kEvents{
    LearningEvent{"first-agent", "journey_started", R"({"source": "catalog"})",
                  std::chrono::hours(24 * 21)},
    LearningEvent{"first-agent", "spark_completed",
                  R"({"spark": "goal-not-question", "minutes": 7})", std::chrono::hours(24 * 20)},
    LearningEvent{"first-agent", "beacon_answered",
                  R"({"spark": "goal-not-question", "correct": true, "attempts": 1})",
                  std::chrono::minutes(60 * 24 * 20 - 4)},
    LearningEvent{"first-agent", "spark_completed",
                  R"({"spark": "observe-decide-act", "minutes": 9})", std::chrono::hours(24 * 17)},
    LearningEvent{"first-agent", "journey_completed", R"({"minutes": 214})",
                  std::chrono::hours(24 * 12)},
    LearningEvent{"support-desk", "journey_started", R"({"source": "recommendation"})",
                  std::chrono::hours(24 * 8)},
    LearningEvent{"support-desk", "spark_completed",
                  R"({"spark": "quote-or-abstain", "minutes": 11})", std::chrono::hours(24 * 6)},
    LearningEvent{"support-desk", "beacon_answered",
                  R"({"spark": "quote-or-abstain", "correct": false, "attempts": 1})",
                  std::chrono::minutes(60 * 24 * 6 - 5)},
    LearningEvent{"measured-prompts", "journey_started", R"({"source": "catalog"})",
                  std::chrono::hours(24 * 2)},
    LearningEvent{"measured-prompts", "spark_completed",
                  R"({"spark": "twenty-cases-tonight", "minutes": 12})", std::chrono::hours(5)},
};
