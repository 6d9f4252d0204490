#pragma once
// The journey "Agentic AI Mastery" as the catalog shows it.

#include <array>

struct Journey {
  const char* id;
  const char* slug;
  const char* title;
  const char* tagline;
  const char* description;
  const char* level;
  const char* language;
  int price_cents;
  const char* currency;
  const char* status;
  const char* published_at;
};

struct Chapter {
  const char* slug;
  const char* title;
  const char* summary;
  int duration_minutes;
};

struct Insight {
  const char* slug;
  const char* title;
  const char* body;
};

struct Rating {
  int stars;
  const char* comment;  // may be null
};

// The migration that publishes the journey inserts this same row; whoever changes one changes both.
inline constexpr Journey kJourney{
    .id = "aaaaaaaa-0001-0001-0001-000000000001",
    .slug = "agentic-ai-mastery",
    .title = "Agentic AI Mastery",
    .tagline = "From your first tool call to a fleet of agents you can trust",
    .description =
        "Six chapters take you from a single model call to agents that plan, remember, use tools "
        "and know when to ask. You build one research assistant from beginning to end, measure it, "
        "attack it, and put it into production with the controls that an audit will ask for.",
    .level = "intermediate",
    .language = "en",
    .price_cents = 14900,
    .currency = "EUR",
    .status = "published",
    .published_at = "2026-01-19T09:00:00Z"};

inline constexpr std::array kChapters{
    Chapter{.slug = "from-models-to-agents",
            .title = "From models to agents",
            .summary = "What changes when a model may act: goals, loops and the end of the "
                       "single answer. You turn a chat call into a loop that stops on its own.",
            .duration_minutes = 80},
    Chapter{.slug = "tools-that-work",
            .title = "Tools that work",
            .summary = "Give your assistant a search, a calculator and a calendar. You learn to "
                       "describe a tool so that it is chosen rightly and fails usefully.",
            .duration_minutes = 80},
    Chapter{.slug = "planning-and-memory",
            .title = "Planning and memory",
            .summary = "Break a goal into steps, keep what matters, forget the rest. Your "
                       "assistant picks up on Monday what it left undone on Friday.",
            .duration_minutes = 80},
    Chapter{.slug = "teams-of-agents",
            .title = "Teams of agents",
            .summary = "When one agent is not enough, and why it usually is. You split research "
                       "from review and see what each handover costs.",
            .duration_minutes = 80},
    Chapter{.slug = "measure-and-attack",
            .title = "Measure it, attack it",
            .summary = "Build an evaluation that catches regressions, then play the attacker: "
                       "injected instructions, poisoned documents, runaway loops.",
            .duration_minutes = 80},
    Chapter{.slug = "agents-in-production",
            .title = "Agents in production",
            .summary = "Traces, budgets, approvals and a switch that turns it all off. You ship "
                       "the assistant to ten colleagues and read what they really did with it.",
            .duration_minutes = 80},
};

inline constexpr std::array kFirstChapterInsights{
    Insight{.slug = "an-answer-is-not-an-outcome",
            .title = "An answer is not an outcome",
            .body = "A model that explains how to book a train has answered. An agent is done when "
                    "the ticket exists. Write down the outcome first, in a form that a program can "
                    "check; everything else in the design follows from it."},
    Insight{.slug = "the-loop-is-the-product",
            .title = "The loop is the product",
            .body = "Look, decide, act, look again. Most failures of agents are failures of this "
                    "loop: it ends too late, or too early, or never looks at what its last step "
                    "did. Spend your first week here and not on the prompt."},
    Insight{.slug = "autonomy-is-a-dial",
            .title = "Autonomy is a dial",
            .body = "Between a form to fill in and a free hand lie many useful positions: suggest, "
                    "draft, act and report, act within a budget. Choose one for each kind of "
                    "action, and move it only when the measurements say so."},
};

inline constexpr std::array kProgressPercents{100, 82, 65, 40, 12, 95, 71, 33, 20, 5};

inline constexpr std::array kRatings{
    Rating{5, "The chapter on attacks alone was worth it. We found two holes the same evening."},
    Rating{5, "Finally something about agents that ends with a thing I can run."},
    Rating{4, "Dense, in a good way. I would have liked more on memory."},
    Rating{5, nullptr},
    Rating{4, "Good pace, honest about what does not work yet."},
    Rating{5, "My team now argues with numbers instead of opinions."},
    Rating{5, "I rewrote our support bot after chapter three and deleted half of it."},
    Rating{4, nullptr},
};
