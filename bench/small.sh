#!/bin/sh
# How small it is: compile time, libraries, start-up and memory of the README's program. Prints lines "WHAT VALUE".
# usage: bench/small.sh BUILD_DIR
# shellcheck disable=SC2046,SC2086 # words are split on purpose
set -eu
build=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
awk '/^```/ { if (inside) exit; inside = /cpp/; next } inside' README.md >"$work/program.cpp"
measure=$build/bench/measure
compile="c++ -std=c++20 -O2 -I$build/include"
compile_s=$("$measure" 3 $compile -c "$work/program.cpp" -o "$work/program.o" | awk '{print $1 / 1000}')
grep -ohE '^#include <[a-z_]+>' autograd/*.h nn/*.h nn/layers/*.h nn/losses/*.h nn/utils/*.h optim/*.h optim/*/*.h data/*.h |
  sort -u >"$work/headers.cpp"
headers_s=$("$measure" 3 $compile -c "$work/headers.cpp" -o "$work/headers.o" | awk '{print $1 / 1000}')
echo "compile_s $compile_s"
echo "headers_s $headers_s"
echo "beyond_s $(echo "$compile_s $headers_s" | awk '{print $1 - $2}')"
echo "compile_mb $("$measure" 1 sh -c "exec $compile -c '$work/program.cpp' -o '$work/program.o'" | awk '{print $2}')"
# As CMake's target_precompile_headers() has it: once the header, then each file.
printf '#include <tapegrad/tapegrad.h>\n' >"$work/pre.h"
echo "precompile_s $("$measure" 1 $compile -x c++-header "$work/pre.h" -o "$work/pre.h.gch" | awk '{print $1 / 1000}')"
echo "precompiled_s $("$measure" 3 $compile -include "$work/pre.h" -c "$work/program.cpp" -o "$work/program.o" | awk '{print $1 / 1000}')"
c++ "$work/program.o" "$build/libtapegrad.a" -pthread -o "$work/program"
strip "$work/program"
printf '#include <tapegrad/tapegrad.h>\nint main() { tapegrad::ones({1}); }\n' >"$work/empty.cpp"
$compile "$work/empty.cpp" "$build/libtapegrad.a" -pthread -o "$work/empty"
echo "empty_ms $("$measure" 201 "$work/empty" | awk '{print $3}')"
set -- $("$measure" 201 "$work/program")
echo "start_to_end_ms $3"
echo "peak_mb $2"
echo "libraries $(ldd "$work/program" | grep -c '=>')"
# Bytes a recorded operation: a chain of one-element products, what a million more of them add to the peak.
few=$("$measure" 1 "$build/bench/guard" tape 1000000 | awk '{print $2}')
many=$("$measure" 1 "$build/bench/guard" tape 2000000 | awk '{print $2}')
echo "tape_bytes $(echo "$few $many" | awk '{print ($2 - $1) * 1.048576}')"
# The library from scratch, without its tests, on two cores.
cmake -S . -B "$work/build" -DTAPEGRAD_BUILD_TESTS=OFF -DTAPEGRAD_BUILD_BENCH=OFF -DTAPEGRAD_BUILD_EXAMPLES=OFF \
  -DTAPEGRAD_BUILD_TESTING=OFF -DCMAKE_CXX_COMPILER_LAUNCHER= >"$work/cmake.log"
echo "build_s $("$measure" 1 cmake --build "$work/build" -j 2 | awk 'END {print $1 / 1000}')"
echo "program_mb $(wc -c <"$work/program" | awk '{print $1 / 1048576}')"
