#pragma once
// The trail "Foundations": what an agent is, how it runs, what it is told and what it can do.

#include <array>

#include "content.hpp"

inline constexpr std::array kWhatAnAgentIs{
    Spark{.slug = "goal-not-question",
          .title = "A goal, not a question",
          .minutes = 6,
          .body = R"md(Ask a language model *which flights leave for Lisbon on Friday* and it
answers. Ask it to **be in Lisbon on Friday for less than 200 euros** and an answer is not enough:
somebody has to search, compare, notice that the cheap flight lands on Saturday, and try again.

That difference is the whole subject. A chat model maps a question to a text. An *agent* is given a
goal, may act on the world, sees what its actions did, and decides itself what to do next. The
model is one part of it; the loop around the model, the tools it may use and the rules it must keep
are the others.

Whenever you meet the word, ask three things: what may it change, how does it notice that it
failed, and who stops it?)md",
          .question = "What makes a program around a language model an agent?",
          .options = R"json([
  {"text": "It uses a larger model than a chat application does", "correct": false},
  {"text": "It pursues a goal, acts, and chooses its next step from what the last one did",
   "correct": true},
  {"text": "It remembers every conversation it ever had", "correct": false}
])json",
          .explanation =
              "Size and memory help, but neither makes an agent. Acting towards a goal and "
              "reacting to the result does."},
    Spark{.slug = "workflow-or-agent",
          .title = "Workflow or agent?",
          .minutes = 8,
          .body = R"md(Many things that are sold as agents are workflows: fixed steps, some of
which happen to call a model. That is no fault. If you can draw the flow chart, **draw it and run
it**. A workflow costs a known amount, fails in known places and can be tested step by step.

An agent earns its price where the chart cannot be drawn: the number of steps is unknown, the next
one depends on what was just found, and the inputs surprise you daily. Debugging a stranger's
repository is such a task. Sorting invoices into twelve folders is not.

A useful habit is to start with the workflow and to let the model choose only at the one junction
where your rules keep growing. Often that junction is all the autonomy the product needs.)md",
          .question = "A team files incoming invoices into twelve folders by fixed criteria. What "
                      "should they build first?",
          .options = R"json([
  {"text": "A workflow with one model call that classifies", "correct": true},
  {"text": "An agent with a tool for each folder", "correct": false},
  {"text": "Twelve agents that negotiate", "correct": false}
])json",
          .explanation =
              "The steps are known in advance, so a workflow is cheaper, faster and easier to "
              "test. Autonomy would add cost and no ability."},
};

inline constexpr std::array kTheAgentLoop{
    Spark{
        .slug = "observe-decide-act",
        .title = "Observe, decide, act",
        .minutes = 7,
        .body = R"md(Every agent runs the same small loop. It *observes*: the goal, what has
happened so far, the result of its last action. It *decides*: the model reads all of that and names
one next step. It *acts*: your code, never the model, carries the step out and records what came of
it. Then again.

    while not done and steps < limit:
        decision = model(goal, history)
        result = run(decision)
        history.append(decision, result)

Note who does what. The model only ever produces text. Your code decides whether that text becomes
an action, which is why permissions, limits and logs belong **here**, in some twenty lines that you
can read, and not in a prompt that you can only hope about.)md",
        .question = "Where do permissions belong?",
        .options = R"json([
  {"text": "In the system prompt, in capital letters", "correct": false},
  {"text": "In the code that turns the model's decision into an action", "correct": true},
  {"text": "In the model's fine-tuning", "correct": false}
])json",
        .explanation = "A prompt can be talked around. Code that refuses to run an action cannot."},
    Spark{.slug = "knowing-when-to-stop",
          .title = "Knowing when to stop",
          .minutes = 8,
          .body = R"md(Loops go wrong at their end. An agent that stops too early hands over half a
result with great confidence; one that stops too late polishes a finished text until the budget is
gone.

Give it **three ways out**. *Success* is a check that code can make: the tests pass, the file
exists, the sum is right. *Surrender* is a decision that the model may take and must explain: "the
archive is password-protected, and I have no password". *Exhaustion* is a limit that nobody can
talk away: steps, seconds, euros.

Then watch for the fourth, silent ending: the same action again and again with the same result. Two
identical steps in a row are a coincidence; three are a bug, and the loop should say so.)md",
          .question = "An agent has called the same search with the same words three times. What "
                      "should the loop do?",
          .options = R"json([
  {"text": "Let it go on: the fourth call may succeed", "correct": false},
  {"text": "Raise the model's temperature", "correct": false},
  {"text": "Stop the repetition and report it, to the model or to a person", "correct": true}
])json",
          .explanation =
              "Repetition means that the result is not being understood. Say so to the model; if "
              "that does not help, hand over."},
};

inline constexpr std::array kInstructionsAndContext{
    Spark{.slug = "the-context-is-the-desk",
          .title = "The context is the desk",
          .minutes = 7,
          .body = R"md(A model knows nothing of your case but what lies on its desk at this moment:
the instructions, the history, the documents you put there. Whatever is missing will be guessed,
and whatever is superfluous will distract.

So write instructions as you would for an able colleague on her first day. Say **what a good result
looks like**, what must never happen, and what to do when in doubt. Show one example of each kind
of result that matters. Leave out the adjectives: *"be extremely careful"* changes little, *"quote
the clause you rely on"* changes much.

And clear the desk. Ten pages of an old attempt, still lying there, are read as
instructions too.)md",
          .question = "Which instruction is most likely to change what the agent does?",
          .options = R"json([
  {"text": "Be as accurate and careful as you possibly can", "correct": false},
  {"text": "Quote the clause that each statement relies on, or say that there is none",
   "correct": true},
  {"text": "You are the world's best lawyer", "correct": false}
])json",
          .explanation =
              "It names an observable behaviour and what to do when it cannot be had. Both can be "
              "checked."},
};

inline constexpr std::array kTools{
    Spark{.slug = "a-tool-is-an-interface",
          .title = "A tool is an interface",
          .minutes = 10,
          .body = R"md(To a model a tool is a name, a sentence and a list of parameters. It will
never see your code, so those few words are the entire manual. `get_data(id)` invites misuse;
`find_orders(customer_email, placed_after)` explains itself.

Three rules carry far. **One intention for each tool**: if the description needs an *or*, make two.
**Errors that teach**: return *"no customer has this address; search by name with find_customers"*
instead of a stack trace, and the next step will be the right one. **Harmless twice**: agents
retry, so an action with consequences takes a key that makes the second call a no-op.

Read your tool list aloud, without the code. If you could not do the job with it, nor can the
model.)md",
          .question = "A tool call fails because the customer does not exist. What should the tool "
                      "return?",
          .options = R"json([
  {"text": "An empty list, so that the agent can go on", "correct": false},
  {"text": "The exception with its stack trace", "correct": false},
  {"text": "What was not found, and which tool or spelling to try instead", "correct": true}
])json",
          .explanation =
              "The error is the only thing the model learns from the failure. Make it say what to "
              "do next."},
};

inline constexpr std::array kFoundationConcepts{
    Concept{"what-an-agent-is", "What an agent is",
            "The line between answering and acting, and how to tell which one a task needs.",
            kWhatAnAgentIs},
    Concept{"the-agent-loop", "The agent loop",
            "The small loop that all agents share, who does what in it, and how it ends.",
            kTheAgentLoop},
    Concept{"instructions-and-context", "Instructions and context",
            "What a model can know at the moment it decides, and how to write it down.",
            kInstructionsAndContext},
    Concept{"tools", "Tools",
            "Giving a model hands: descriptions, parameters, and errors that teach.", kTools},
};

inline constexpr Trail kFoundations{
    "foundations", "Foundations",
    "What an agent is, how its loop runs, what it is told and what it can do. After this trail you "
    "can read the code of any agent and say where it will fail.",
    kFoundationConcepts};
