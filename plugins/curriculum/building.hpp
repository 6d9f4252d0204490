#pragma once
// The trail "Building": planning, memory, knowledge, and more than one agent.

#include <array>

#include "content.hpp"

inline constexpr std::array kPlanning{
    Spark{.slug = "plan-then-doubt",
          .title = "Plan, then doubt the plan",
          .minutes = 9,
          .body = R"md(Asked for a report on a market, an agent without a plan begins with the
first thing it finds. Asked to **write the plan first**, in five lines with a result for each, it
works noticeably better, for the same reason that people do: the plan is on the desk when the
details arrive.

But a plan is a guess made when least was known. So make revising it a step of its own: after every
result, one question, *does the plan still stand?* Most of the time the answer is yes and costs a
few tokens. The one time it is no, it saves the other forty steps.

Keep the plan where your code can see it, as a list and not as prose. Then you can show progress,
resume after a crash, and notice when step three has been "almost done" for an hour.)md",
          .question = "Why should the plan be a list that code can read?",
          .options = R"json([
  {"text": "Models cannot read prose", "correct": false},
  {"text": "So that progress, resuming and stalling become visible outside the model",
   "correct": true},
  {"text": "Because lists use fewer tokens", "correct": false}
])json",
          .explanation =
              "What only the model can see, only the model can judge. A list can be checked, shown "
              "and resumed."},
    Spark{.slug = "small-enough-to-check",
          .title = "Small enough to check",
          .minutes = 8,
          .body = R"md(How far should a task be taken apart? Not as far as possible: every seam
loses something. The right size is the **largest step whose result you can check** without doing it
again.

*"Migrate the service to the new API"* cannot be checked but by running the company for a week.
*"Replace the calls in this file so that its tests pass"* can be, in four seconds. Between those
two lies nearly all the skill of working with agents.

When no check comes to mind, look for a cheaper witness: a type checker, a total that must not
change, a second model that sees only the result and the requirement. If there is really none, that
step belongs to a person.)md",
          .question = "What is the right size for a step?",
          .options = R"json([
  {"text": "The largest one whose result can be checked without redoing it", "correct": true},
  {"text": "The smallest one that can be described", "correct": false},
  {"text": "Whatever fits into one context window", "correct": false}
])json",
          .explanation =
              "Smaller steps add seams without adding certainty; larger ones cannot be verified."},
};

inline constexpr std::array kMemory{
    Spark{.slug = "three-kinds-of-memory",
          .title = "Three kinds of memory",
          .minutes = 8,
          .body = R"md(*The agent should remember* is three wishes in one, and each has its own
machinery.

**Working memory** is the context of the current task. It is complete, exact, and gone at the end;
its problem is length, and its remedy is summarising what is settled. **Episodic memory** is what
happened before: decisions, corrections, the customer's tone. It is a log that you search, and its
problem is relevance. **Knowledge** is what is true regardless of who asks: the price list, the
handbook. It has an owner and a date, and does not belong into memory at all but behind a tool.

Most disappointments come from storing the third kind in the second: last year's price, recalled
with perfect confidence.)md",
          .question = "A price list changes every quarter. Where should the agent have it from?",
          .options = R"json([
  {"text": "From its memory of earlier conversations", "correct": false},
  {"text": "From a tool that reads the current list", "correct": true},
  {"text": "From a longer system prompt", "correct": false}
])json",
          .explanation = "Knowledge with an owner and a date is looked up, never remembered."},
    Spark{
        .slug = "forgetting-on-purpose",
        .title = "Forgetting on purpose",
        .minutes = 7,
        .body = R"md(A memory that only grows gets worse. Old preferences contradict new ones, a
solved problem keeps being solved, and a note about one customer surfaces in another's case, which
is no longer a matter of quality but of law.

Decide three things when you write the code that stores, not when the complaint comes. **What is
worth keeping**: corrections and decisions, hardly ever the chat. **How long**: give every entry a
date after which it is dropped unless it was used. **Whose it is**: a key that every search must
name, enforced by the database and not by the prompt.

Then let people look. A page that shows what the agent remembers about them, with a button to
delete it, builds more trust than any statement about privacy.)md",
        .question = "How should an agent be kept from recalling one customer's notes in another's "
                    "case?",
        .options = R"json([
  {"text": "By an instruction never to mix customers", "correct": false},
  {"text": "By a filter on the owner that the data store enforces", "correct": true},
  {"text": "By a shorter memory", "correct": false}
])json",
        .explanation =
            "Separation between customers is access control. It belongs where it cannot be talked "
            "around."},
};

inline constexpr std::array kGrounding{
    Spark{.slug = "quote-or-abstain",
          .title = "Quote or abstain",
          .minutes = 9,
          .body = R"md(Retrieval puts passages from your documents on the model's desk before it
answers. It is the best remedy against invented facts, under one condition: the model must be
**allowed to find nothing**.

So demand the quotation with the claim, and check in code that the quoted words really occur in the
passage. A claim without a quotation is dropped; an answer without claims becomes *"the handbook
does not say"*, which is worth more to a user than a plausible paragraph.

When answers are wrong, look at the passages first. In most systems the model read correctly what
the search brought, and the search had brought the wrong thing: a superseded version, a table cut
in half, the summary instead of the clause.)md",
          .question = "An answer built on retrieved passages is wrong. What do you look at first?",
          .options = R"json([
  {"text": "The passages that the search returned", "correct": true},
  {"text": "The model's temperature", "correct": false},
  {"text": "The length of the system prompt", "correct": false}
])json",
          .explanation = "If the right passage was never on the desk, no prompt can help."},
};

inline constexpr std::array kTeams{
    Spark{.slug = "one-agent-until-it-hurts",
          .title = "One agent until it hurts",
          .minutes = 8,
          .body = R"md(A diagram with six agents looks like an organisation, and it has an
organisation's costs: each handover loses context, each agent misunderstands in its own way, and
nobody owns the result.

There are three good reasons to split. The work is **parallel**: twenty documents, twenty readers,
one summary. The **rights differ**: the agent that reads strangers' e-mail must not be the one that
can pay. Or you want a **second opinion** from somebody who has not seen the reasoning, only the
result and the requirement.

*It felt cleaner* is not among them. Try one agent with better tools first, and when you do split,
hand over documents rather than conversations: a short brief, the material, and what to return.)md",
          .question = "Which is a good reason to use a second agent?",
          .options = R"json([
  {"text": "The first one's prompt has grown to two pages", "correct": false},
  {"text": "Reading untrusted mail and making payments need different rights", "correct": true},
  {"text": "Each tool deserves an agent of its own", "correct": false}
])json",
          .explanation =
              "Separating rights is a security boundary. A long prompt usually wants editing."},
};

inline constexpr std::array kBuildingConcepts{
    Concept{"planning", "Planning and decomposition",
            "Taking a goal apart into steps that can be checked, and changing the plan in time.",
            kPlanning},
    Concept{"memory", "Memory",
            "What to carry from one step, one task and one customer to the next, and what not.",
            kMemory},
    Concept{"grounding", "Grounding in documents",
            "Answers that rest on passages you can point at, or no answer.", kGrounding},
    Concept{"teams", "Teams of agents", "When to split the work, and what a handover costs.",
            kTeams},
};

inline constexpr Trail kBuilding{
    "building", "Building agents",
    "Plans that survive contact with results, memory that forgets, answers that rest on sources, "
    "and the few cases in which two agents are better than one.",
    kBuildingConcepts};
