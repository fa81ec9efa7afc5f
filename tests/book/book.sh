#!/bin/sh
# Adds an operation as CONTRIBUTING.md's "Add an operation" says, in a copy of the sources, and runs the tests that its
# sample buys: book.sh BUILD, a build of the static library. It fails where the steps do not work, or take another number
# of files than the section names first ("Five files").
#
# A step is a path in backticks, then a ```cpp block, which goes into that file (the last path named counts): below the
# first line that holds what the words before the block quote after `behind`, above that after `above`, else at the end
# of the file's namespace. A file that does not exist is made.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "$1" && pwd)
work=$build/book
compiler=${CXX:-c++}
rm -rf "$work"
mkdir -p "$work/include/tapegrad" "$work/steps"
cd "$top"
cp -r autograd nn optim data tests docs "$work"
for folder in autograd nn optim data; do ln -s "$work/$folder" "$work/include/tapegrad/"; done
ln -s "$work"/autograd/umbrella/*.h "$work/include/tapegrad/"

# One file a block, and its place in a file beside it: path, "behind" or "above" or "end", what is quoted.
awk -v steps="$work/steps" '
  /^## / { section = /^## Add an operation/ }
  !section { next }
  /^ *```/ && inside { inside = 0; words = ""; next }
  inside { sub("^" indent, ""); print > block; next }
  /^ *```cpp/ {
    indent = $0; sub(/```.*/, "", indent)
    rest = words; place = "end"; quoted = ""
    while (match(rest, /`[^`]+`/)) {
      before = substr(rest, 1, RSTART - 1); text = substr(rest, RSTART + 1, RLENGTH - 2)
      rest = substr(rest, RSTART + RLENGTH)
      if (before ~ /(behind|above) *$/) { place = before ~ /above *$/ ? "above" : "behind"; quoted = text }
      else if (text ~ /^[a-z_]+\/[a-z_\/]*\.(h|cpp|inc)$/) path = text
    }
    if (path == "") { print "book: a block before any path" > "/dev/stderr"; exit 1 }
    block = sprintf("%s/%02d", steps, ++n); inside = 1
    printf "" > block
    print path "\n" place "\n" quoted > (block ".place")
    next
  }
  { words = words " " $0 }
  END { if (!n) { print "book: CONTRIBUTING.md has no block under \"## Add an operation\"" > "/dev/stderr"; exit 1 } }' CONTRIBUTING.md

for block in "$work"/steps/??; do
  path=$(sed -n 1p "$block.place")
  [ -e "$work/$path" ] || { mkdir -p "$work/${path%/*}" && cp "$block" "$work/$path" && continue; }
  awk -v block="$block" -v place="$(sed -n 2p "$block.place")" -v quoted="$(sed -n 3p "$block.place" | sed 's/\\/&&/g')" '
    function insert() { while ((getline line < block) > 0) print line; done = 1 }
    { lines[NR] = $0; if ($0 ~ /^}  \/\/ namespace/ && last != NR - 1) end = NR; if ($0 ~ /^}  \/\/ namespace/) last = NR }
    END {
      for (i = 1; i <= NR; ++i) {
        here = !done && (place == "end" ? i == end : index(lines[i], quoted) > 0)
        if (here && place != "behind") insert()
        print lines[i]
        if (here && place == "behind") insert()
      }
      if (!done) { print "book: no place " place " \"" quoted "\" in " FILENAME > "/dev/stderr"; exit 1 }
    }' "$work/$path" >"$work/file"
  mv "$work/file" "$work/$path"
done

changed=$(for folder in autograd nn optim data tests docs; do
  diff -rq "$folder" "$work/$folder" | sed -n -e 's/^Files \([^ ]*\) and .*/\1/p' -e "s|^Only in $work/\([^:]*\): |\1/|p"
done)
said=$(sed -n '/^## Add an operation/,/^## [^A]/s/^\([A-Z][a-z]*\) files.*/\1/p' CONTRIBUTING.md | head -n 1)
number=$(echo One Two Three Four Five Six Seven Eight Nine | tr ' ' '\n' | grep -nx "$said" | cut -d: -f1)
count=$(echo "$changed" | wc -l)
[ "$count" = "$number" ] || { printf 'book: %s files is said, these are changed:\n%s\n' "$said" "$changed" && exit 1; }

# The library's sources that changed, or that read a changed private header; what a public one gained is new to all.
affected=$(for file in $changed; do
  case $file in
    autograd/*.cpp) echo "$file" ;;
    autograd/*/*.h)
      ninja -C "$build" -t deps | awk -v header="/$file" '
        /^[^ ]/ { object = substr($1, 1, length($1) - 1) } substr($0, length($0) - length(header) + 1) == header { print object }' |
        sed -n 's|^CMakeFiles/tapegrad.dir/\(.*\)\.o$|\1|p'
      ;;
  esac
done | sort -u)
sample=$(echo "$changed" | grep '^tests/autograd/registry/.*\.cpp$')
sample_name=$(cat "$work"/steps/?? | sed -n 's/.*Register k[A-Za-z0-9]*("\([a-z0-9_]*\)".*/\1/p' | head -n 1)
ours=tests/autograd
units="$affected $sample $ours/registry.cpp $ours/array.cpp $ours/oracle.cpp $ours/op_headers.cpp $ours/ops_value_test.cpp
  $ours/ops_gradient_test.cpp $ours/ops_bits_test.cpp $ours/ops_header_test.cpp $ours/ops_doc_test.cpp"

cd "$work"
mkdir objects
libraries=$(pkg-config --cflags --libs gtest gtest_main)
# shellcheck disable=SC2016,SC2086 # the inner shell's own words; lists of words: file names here have no spaces
printf '%s\n' $units | xargs -P "$(nproc)" -I FILE sh -c '
  level=-O1 && case $1 in tests/*) level=-O0 ;; esac
  "$0" -std=c++20 $level -ffp-contract=off -Wall -Wextra -Wconversion -Wshadow -Wno-sign-conversion -Werror \
    -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow \
    -I include -I . -DTAPEGRAD_TEST_SOURCE_DIR="\"$PWD\"" -c "$1" -o "objects/$(echo "$1" | tr / _).o"' "$compiler" FILE
# shellcheck disable=SC2086 # lists of words
"$compiler" objects/*.o "$build/libtapegrad.a" $libraries -pthread -o tests_of_the_sample

# The sample's own tests, and what holds of headers although the other samples are not here.
./tests_of_the_sample --gtest_brief=1 \
  --gtest_filter="*/$sample_name:OpsHeader.DeclaresEverythingThatHasASample:OperationsPage.S*" | tee log
tests=$(./tests_of_the_sample --gtest_list_tests --gtest_filter="*/$sample_name" | grep -c "^  ")
grep -q 'PASSED' log && [ "$tests" -ge 5 ] && echo "book: $sample_name, $count files, passes its $tests tests"
