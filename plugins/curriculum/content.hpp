#pragma once
// The shape of the curriculum's content; the trails are in files of their own.

#include <span>

/// A lesson of minutes, in markdown, and the question that checks it.
struct Spark {
  const char* slug;
  const char* title;
  int minutes;
  const char* body;
  const char* question;
  const char* options;  ///< JSON: [{"text", "correct"}, …]
  const char* explanation;
};

struct Concept {
  const char* slug;
  const char* title;
  const char* summary;
  std::span<const Spark> sparks;
};

struct Trail {
  const char* slug;
  const char* title;
  const char* summary;
  std::span<const Concept> concepts;
};

/// One concept that should be understood before another.
struct Prerequisite {
  const char* concept_slug;
  const char* needs;
  const char* reason;
};
