#!/bin/sh
# The README's program is examples/first, which the tests build, run and install. Run from the top of the repository.
set -eu
code() { grep -v -e '^#include' -e '^//' -e '^$'; }
shown=$(awk '/^```/ { if (inside) exit; inside = /cpp/; next } inside' README.md | code | sed '$d')
tested=$(code <examples/first/main.cpp | head -n "$(echo "$shown" | wc -l)")
[ -n "$shown" ] && [ "$shown" = "$tested" ] && exit 0
echo "the first program of README.md is not that of examples/first/main.cpp:"
echo "$shown"
exit 1
