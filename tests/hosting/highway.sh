#!/bin/sh
# tapegrad needs no symbol of Highway's library, has none that would clash with it or with a program's own Eigen, and a
# program does not load it.
# usage: highway.sh NM READELF HIGHWAY_LIBRARY LIBRARY PROGRAM
set -eu
nm=$1 readelf=$2 highway=$3 library=$4 program=$5
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$nm" -P "$library" >"$work/ours"
grep -q '^_ZN8tapegrad' "$work/ours"
"$nm" -DP --defined-only "$highway" | sed 's/@.*//' | grep '^_ZN' >"$work/highways"
awk '
  NR == FNR { highways[$1]; next }
  $2 ~ /[Uw]/ && $1 ~ /^_ZNK?3hwy/ { print "needed: " $1; bad = 1 }
  $2 ~ /[A-TV-Zu]/ && $1 ~ /^_ZNK?5Eigen/ { print "defined, as in Eigen: " $1; bad = 1 }
  $2 ~ /[A-TV-Zu]/ && $1 in highways { print "defined, as in Highway: " $1; bad = 1 }
  END { exit bad }' "$work/highways" "$work/ours"
needed=$("$readelf" -d "$program" | grep NEEDED)
echo "$needed"
case $needed in *libhwy*) exit 1 ;; esac
