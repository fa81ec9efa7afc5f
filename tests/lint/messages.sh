#!/bin/sh
# Reads every message that the library throws: "<op>: <what is wrong>; <what to do>". A throw that has no "; " with what
# to do, and punctuation that stands twice, are printed. Run from the top of the repository.
set -u

# Messages of one's user, or made elsewhere and passed on.
passed_on='text" \+ other\)|throw [A-Za-z]*Error\(text(\.str\(\))?\)|renamed\(error\)|error\.what\(\)|throw E\('

# What awk reads is not the shell's.
# shellcheck disable=SC2016
find autograd nn optim data \( -name '*.h' -o -name '*.cpp' \) ! -path 'autograd/core/text.h' | sort | xargs awk \
  -v passed_on="$passed_on" '
  # A statement from its throw to the semicolon that ends it; semicolons in quotes do not.
  function ends(s) { gsub(/\\"/, "", s); gsub(/"[^"]*"/, "", s); return s ~ /;/ }
  function texts(s,    out) {  # what stands in quotes, the parts between shown as one character
    out = ""; gsub(/\\"/, "\001", s)
    while (match(s, /"[^"]*"/)) {
      gap = substr(s, 1, RSTART - 1)
      out = out (out != "" && gap ~ /[^[:space:]]/ ? "\002" : "") substr(s, RSTART + 1, RLENGTH - 2)
      s = substr(s, RSTART + RLENGTH)
    }
    return out (s ~ /[[:alnum:]]/ ? "\002" : "")
  }
  function check(s,    t) {
    ++n
    if (s ~ passed_on) return
    t = texts(s)
    if (t !~ /; [^;]*[[:alpha:]\002]/) say("says not what to do", t)
    if (t ~ /[.,:;!?] *;|\. *$|, *$|\.\./ && t !~ /\.\.\./) say("has punctuation twice, or at its end", t)
    if (t ~ /=True|=False|None\./) say("speaks Python", t)
  }
  function say(what, t) {
    gsub("\002", "_", t); gsub("\001", "\\\"", t)
    printf "%s:%d: the message %s: %s\n", file, line, what, t; bad = 1
  }
  FNR == 1 { statement = "" }
  { code = $0; sub(/^[[:space:]]*\/\/.*/, "", code) }
  statement == "" && match(code, /(throw [A-Za-z]*Error\(|throw_(value|shape|index|dtype|autograd|unfit)\(|[^_[:alnum:]]fail\("|noted?\(")/) &&
      code !~ /\[\[noreturn|^ *void throw_|const auto& error/ {
    file = FILENAME; line = FNR; code = substr(code, RSTART)
    if (code ~ /fail\(|note\(|throw_unfit\(/ ) next  # completed where they throw
    statement = code
    if (ends(statement)) { check(statement); statement = "" }
    next
  }
  statement != "" { statement = statement "\n" code; if (ends(statement)) { check(statement); statement = "" } }
  END { if (n < 100) { print "only " n " throws were found"; bad = 1 } exit bad }'
