#!/bin/sh
# docs/from-libtorch.md is true: what it calls same stands in tests/parity, what it calls absent is declared in no public
# header, anything else is. Run from the top of the repository.
set -u
page=docs/from-libtorch.md
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

sed 's|//.*||' tests/parity/*.cpp >"$work/parity"
find autograd nn optim data -name '*.h' | grep -vE '/(core|program|ops|kernels|io|detail)/' | xargs cat |
  grep -vE '^ *//|^template' >"$work/headers"
# What the page calls a name, and the name, one a line.
# shellcheck disable=SC2016
awk -F ' [|] ' '/^[|] `/ { gsub(/[|`]/, "", $1); n = split($1, name, " "); for (i = 1; i <= n; ++i) print $2, name[i] }' \
  $page >"$work/names"

# stands NAME FILE: its last part, as a word; an operator anywhere
stands() {
  case $1 in *[a-zA-Z]*) grep -qw -e "${1##*::}" "$work/$2" ;; *) grep -qF -e "$1" "$work/$2" ;; esac
}

failed=0
while read -r called name; do
  case $called in
    same) stands "$name" parity && continue ;;
    absent) stands "$name" headers || continue ;;
    better | partly) stands "$name" headers && continue ;;
  esac
  echo "$page: $name is not $called: look at tests/parity and the headers"
  failed=1
done <"$work/names"
[ "$(wc -l <"$work/names")" -gt 200 ] || { echo "$page: too few names were found" && failed=1; }
exit $failed
