#!/bin/sh
# Without -std=c++20 each public header says so, and little else. usage: cxx17.sh INCLUDE_DIR COMPILER
set -u
failed=0
for header in "$1"/tapegrad/*.h "$1"/tapegrad/autograd/*.h "$1"/tapegrad/nn/*.h "$1"/tapegrad/nn/*/*.h "$1"/tapegrad/optim/*.h "$1"/tapegrad/data/*.h; do
  [ "$(basename "$header")" != testing.h ] || continue # begins with GoogleTest
  text=$("$2" -std=c++17 -I "$1" -fsyntax-only -x c++ "$header" 2>&1)
  if [ "$(echo "$text" | grep -c '#error.*needs C++20\|error:.*needs C++20')" = 0 ] || [ "$(echo "$text" | grep -c 'error: ')" -gt 2 ]; then
    echo "$header: $(echo "$text" | head -n 5)"
    failed=1
  fi
done
exit $failed
