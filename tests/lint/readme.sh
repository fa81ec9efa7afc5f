#!/bin/sh
# The README's program is the one that the install tests compile and run. Run from the top of the repository.
set -eu
code() { grep -v -e '^#include' -e '^//' -e '^$'; }
shown=$(awk '/^```/ { if (inside) exit; inside = /cpp/; next } inside' README.md | code | sed '$d')
tested=$(code <tests/install/project/main.cpp | head -n "$(echo "$shown" | wc -l)")
[ -n "$shown" ] && [ "$shown" = "$tested" ] && exit 0
echo "the first program of README.md is not that of tests/install/project/main.cpp:"
echo "$shown"
exit 1
