#!/bin/sh
# memory.sh COMPILER INCLUDE_DIR: the README's program is compiled within so many MB of memory, which grows with what its
# headers make the compiler instantiate, as time does, but is the same on a machine that is busy.
set -u
compiler=$1 include=$2
case $(LC_ALL=C "$compiler" --version | head -n 1) in
  *clang*) most=420 ;; # Clang 14 takes 360
  *) most=350 ;;       # GCC 12 takes 300
esac
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
# shellcheck disable=SC3045 # what runs this has it
(ulimit -v $((most * 1024)) && exec "$compiler" -std=c++20 -O2 -I "$include" -c examples/first/main.cpp -o "$work/first.o") \
  >"$work/log" 2>&1 && exit 0
echo "examples/first/main.cpp is not compiled within $most MB of memory:"
head -n 5 "$work/log"
exit 1
