#!/bin/sh
# Every op has a name of its own, which a printed tape shows: "sum", and "sum.dim" for another op that is called sum.
# Run from the top of the repository.
set -u

# What awk reads is not the shell's.
# shellcheck disable=SC2016
find autograd optim -name '*.cpp' | sort | xargs awk '
  # The first text of the statement that defines an op is its name; what a macro makes has the name of its first argument.
  FNR == 1 { statement = "" }
  /^[^/]*constexpr Op k[A-Za-z#]+( = |\{|<)/ || (statement == "" && /^TAPEGRAD_(COMPARE|LOGICAL|BITWISE)\(/) { statement = ""; collecting = 1; line = FNR }
  collecting { statement = statement $0 }
  collecting && /;$|\)$/ {
    name = ""
    if (match(statement, /"[^"]+"/)) name = substr(statement, RSTART + 1, RLENGTH - 2)
    else if (match(statement, /^TAPEGRAD_(COMPARE|LOGICAL|BITWISE)\([a-z_]+/)) {
      name = substr(statement, 1, RLENGTH); sub(/.*\(/, "", name)
    }
    if (name != "" || statement ~ /;$/) { collecting = 0; statement = "" }
    if (name == "") next
    ++n
    if (name in at) { print FILENAME ":" line ": the op " name " has the name of the one at " at[name]; bad = 1 }
    at[name] = FILENAME ":" line
  }
  END { if (n < 100) { print "only " n " ops were found"; bad = 1 } exit bad }'
