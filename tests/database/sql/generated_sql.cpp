#include "generated_sql.hpp"

#include <random>
#include <string_view>
#include <vector>

namespace seedbed::host::sql::test {

namespace {

using Choices = std::vector<std::string_view>;

class Script {
 public:
  explicit Script(std::uint32_t seed) : random_(seed) {}

  std::size_t below(std::size_t limit) { return random_() % limit; }

  std::string_view one_of(const Choices& choices) { return choices[below(choices.size())]; }

  /// Text that means nothing inside a quote or a comment.
  std::string noise() {
    static const Choices kNoise{";", "--", "begin", "END;", "case ", "$",
                                "(", ")",  "[",     "\"",   "`",     "\\.",
                                "é", "€",  " ",     "\n",   "\r\n",  "copy x from stdin;",
                                "x"};
    std::string text;
    for (std::size_t i = below(6); i > 0; --i) text += one_of(kNoise);
    return text;
  }

  std::string comment(bool nested) {
    switch (below(3)) {
      case 0:
        return "-- " + line(noise()) + "'\n";
      case 1:
        return "/* ' " + noise() + " */";
      default:
        return nested ? "/* /* " + noise() + " */ ; ' */" : "/* /* ' */";
    }
  }

  std::string gap(bool nested) {
    switch (below(6)) {
      case 0:
        return " " + comment(nested) + " ";
      case 1:
        return "\r\n";
      case 2:
        return "\n\t";
      default:
        return " ";
    }
  }

  /// `words` with gaps of all sorts in the place of their spaces.
  std::string spaced(std::string_view words, bool nested) {
    std::string text;
    for (const char c : words) text += c == ' ' ? gap(nested) : std::string(1, c);
    return text;
  }

  static std::string line(std::string text) {
    for (char& c : text) {
      if (c == '\n' || c == '\r') c = ' ';
    }
    return text;
  }

 private:
  std::mt19937 random_;
};

std::string postgres_value(Script& script) {
  switch (script.below(9)) {
    case 0:
      return "'" + script.noise() + "'";
    case 1:
      return "'" + script.noise() + "''" + script.noise() + "\\'";
    case 2:
      return "E'" + script.noise() + "\\'" + script.noise() + "\\\\'";
    case 3:
      return "$$" + script.noise() + " $" + "x$$";
    case 4:
      return "$tag$' $$ " + script.noise() + "; $tag$";
    case 5:
      return "E'a'\n" + std::string(script.below(2) == 0 ? "" : "\r\n ") + "'b\\';'";
    case 6:
      return "U&'\\0041;'";
    case 7:
      return "(select case when 1 > 0 then ';' else \"a;b\"\"\" end)";
    default:
      return "1 +/*;*/- 2";
  }
}

std::string postgres_statement(Script& script) {
  const std::string value = postgres_value(script);
  switch (script.below(11)) {
    case 0:
      return script.spaced("select ", true) + value;
    case 1:
      return script.spaced("insert into t values ( ", true) + value + script.spaced(" , 1 )", true);
    case 2:
      return script.spaced("create or replace function f ( begin int ) returns int begin atomic ",
                           true) +
             "select case when a then " + value +
             script.spaced(" else 2 end ; select 1 as end ; select 2 end ; ; end", true);
    case 3:
      return script.spaced("create procedure p ( ) begin atomic end", true);
    case 4:
      return script.spaced("create rule r as on insert to t do also ( insert into a values ( ",
                           true) +
             value + script.spaced(" ) ; delete from b ; )", true);
    case 5:
      return script.spaced("create view v as select begin atomic , \"end;\" from t", true);
    case 6:
      return script.spaced("do ", true) + "$body$ begin perform 'x;'; -- $$ '\n end; " +
             script.noise() + "$body$";
    case 7:
      return std::string(
          script.one_of({"begin", "commit", "end", "rollback to a", "start transaction"}));
    case 8:
      return script.spaced("comment on table t is ", true) + "'it''s; " + script.noise() + "'";
    case 9:
      return "select a$b$, $1, U&\"x;\", \"" + std::string(script.one_of({";", "''", "/*", "--"})) +
             "\" from t$$";
    default:
      return script.spaced("create function g ( ) returns text language sql as ", true) + "$f$" +
             script.noise() + "$f$";
  }
}

std::string sqlite_value(Script& script) {
  switch (script.below(5)) {
    case 0:
      return "'" + script.noise() + "''\\'";
    case 1:
      return "x'3b'";
    case 2:
      return "(select case when 1 then ';' else 2 end)";
    case 3:
      return "(select [;] from (select 1 as [;]))";
    default:
      return "(select `;``\"` from (select 1 as `;``\"`))";
  }
}

std::string sqlite_statement(Script& script, std::size_t number) {
  const std::string name = "t" + std::to_string(number);
  const std::string value = sqlite_value(script);
  switch (script.below(6)) {
    case 0:
      return script.spaced("select ", false) + value;
    case 1:
      return script.spaced("create table if not exists " + name + " ( a , \"b;\" , [end;] )",
                           false);
    case 2:
      return script.spaced("insert into base values ( ", false) + value +
             script.spaced(" )", false);
    case 3:
    case 4:
      return script.spaced(
                 "create temp trigger " + name + " after insert on base when new.a > 1 begin ",
                 false) +
             "update base set a = " + value +
             script.spaced(" ; insert into base values ( case 1 when 1 then 2 end ) ; end", false);
    default:
      return std::string(script.one_of({"savepoint a", "select 1 as [;--]", "explain select 1"}));
  }
}

}  // namespace

std::string postgres_script(std::uint32_t seed) {
  Script script(seed);
  std::string text;
  for (std::size_t i = script.below(8); i > 0; --i) {
    text += script.gap(true) + postgres_statement(script) + script.gap(true) + ";";
    if (script.below(8) == 0) text += ";";
  }
  if (script.below(2) == 0) text += postgres_statement(script);
  return text + script.gap(true);
}

std::string sqlite_script(std::uint32_t seed) {
  Script script(seed);
  std::string text = "create table base (a);";
  for (std::size_t i = script.below(8); i > 0; --i) {
    text += script.gap(false) + sqlite_statement(script, i) + script.gap(false) + ";";
    if (script.below(8) == 0) text += ";";
  }
  if (script.below(2) == 0) text += sqlite_statement(script, 0);
  return text + script.gap(false);
}

std::string fragments(std::uint32_t seed) {
  static const Choices kFragments{"select ",
                                  "1",
                                  ";",
                                  ";",
                                  "'",
                                  "'",
                                  "\"",
                                  "$$",
                                  "$a$",
                                  "a$",
                                  "$1",
                                  "E'",
                                  "U&'",
                                  "\\",
                                  "/*",
                                  "*/",
                                  "--",
                                  "\n",
                                  "\r",
                                  "begin ",
                                  "atomic ",
                                  "end ",
                                  "case ",
                                  "create function f() ",
                                  "create trigger ",
                                  "(",
                                  ")",
                                  "[",
                                  "]",
                                  "`",
                                  "x'",
                                  "é",
                                  "copy t from stdin;\n",
                                  "\\.\n",
                                  "set standard_conforming_strings=off;",
                                  "+",
                                  "-",
                                  "::",
                                  ":",
                                  ".",
                                  "=",
                                  "\xEF\xBB\xBF",
                                  "as ",
                                  "end",
                                  "\\restrict a\n",
                                  ",",
                                  " ",
                                  "set names latin1;",
                                  "rollback;",
                                  "begin;",
                                  "--\n"};
  Script script(seed);
  std::string text;
  for (std::size_t i = script.below(24); i > 0; --i) text += script.one_of(kFragments);
  return text;
}

}  // namespace seedbed::host::sql::test
