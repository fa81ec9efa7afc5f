#!/bin/sh
# What a page quotes stands in its source: each line of a block that opens with "```cpp quote FILE" is a line of FILE, and
# no C++ of docs/ is neither quoted nor run (tests/docs). Run from the top of the repository.
set -u
failed=0
for page in $(find docs -name '*.md') README.md; do
  # shellcheck disable=SC2016 # what awk reads is not the shell's
  awk '
    function bare(text) { gsub(/^ +/, "", text); return text }
    /^```cpp quote / { source = $3; while ((getline line < source) > 0) known[bare(line)] = 1; close(source); next }
    /^```/ { if (source != "") { source = ""; delete known; next } }
    /^ *```(c\+\+|cxx|C\+\+)/ || /^ +```cpp/ || (/^```cpp./ && source == "") { print FILENAME ":" FNR ": write ```cpp at the margin: it is run"; bad = 1 }
    source != "" && !(bare($0) in known) && !/^ *$/ { print FILENAME ":" FNR ": not in " source ": " $0; bad = 1 }
    END { exit bad }' "$page" || failed=1
done
exit $failed
