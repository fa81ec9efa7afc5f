#!/bin/sh
# walls.sh COMPILER INCLUDE_DIR: compiles each case of walls.txt, which must fail with the sentence that it names in the
# first error, and with few lines in all.
set -u
compiler=$1 include=$2
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
longest=40

# One file a case, with its sentence and options in files beside it.
awk -v work="$work" '
  /^=== / { case_file = sprintf("%s/%02d", work, ++n); print substr($0, 5) > (case_file ".title")
            printf "" > (case_file ".options")
            print "#include <tapegrad/tapegrad.h>\nusing namespace tapegrad;" > (case_file ".cpp"); next }
  !n { next }
  /^error: / { print substr($0, 8) > (case_file ".sentence"); next }
  /^options: / { print substr($0, 10) > (case_file ".options"); next }
  { print > (case_file ".cpp") }' "$here/walls.txt"

# try CASE: says what is wrong, if anything
try() {
  # The options are several words.
  # shellcheck disable=SC2046
  if LC_ALL=C "$compiler" -std=c++20 $(cat "$1.options") -fsyntax-only -I "$include" "$1.cpp" >"$1.log" 2>&1; then
    echo "$(cat "$1.title"): it compiles"
  elif ! grep -m1 'error: ' "$1.log" | grep -qF "$(cat "$1.sentence")"; then
    echo "$(cat "$1.title"): the first error says something else:"
    grep -m1 'error: ' "$1.log"
  elif [ "$(wc -l <"$1.log")" -gt $longest ]; then
    echo "$(cat "$1.title"): $(wc -l <"$1.log") lines of at most $longest"
  fi >"$1.verdict"
}

running=0
for source in "$work"/*.cpp; do
  try "${source%.cpp}" &
  running=$((running + 1))
  [ $((running % 4)) -ne 0 ] || wait
done
wait
[ $running -gt 0 ] && ! grep -h . "$work"/*.verdict
