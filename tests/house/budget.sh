#!/bin/sh
# The library stays small enough to be read. Run from the top of the repository.
set -u
failed=0

# lines FOLDER...: the lines of code of all C++ files below them; blank lines and comments are free, contracts are long
lines() { find "$@" \( -name '*.h' -o -name '*.cpp' \) -exec cat {} + 2>/dev/null | grep -cvE '^[[:space:]]*(//.*)?$'; }

# budget WHAT COUNT LIMIT
budget() {
  echo "$1: $2 of $3 lines"
  [ "$2" -le "$3" ] || failed=1
}

budget autograd/core "$(lines autograd/core)" 1500
budget data "$(lines data)" 800
# 10,000 were meant for the whole; what took it past that, and what is to be done: ARCHITECTURE.md, "Small".
budget "the library" "$(lines autograd nn optim data)" 11850
long=$(find autograd nn optim data examples tests bench \( -name '*.h' -o -name '*.cpp' \) -exec wc -l {} \; 2>/dev/null |
  awk '$1 > 400')
if [ -n "$long" ]; then
  echo "longer than 400 lines:"
  echo "$long"
  failed=1
fi
exit $failed
