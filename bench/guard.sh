#!/bin/sh
# Fails when a small training step allocates, or takes over 3 % more instructions than bench/guard.txt says. Counts by
# valgrind, which are the same on any machine; they hold for one compiler, so another one's are shown, not judged.
# usage: bench/guard.sh BUILD_DIR [--write]
set -eu
guard=$1/bench/guard
expected=bench/guard.txt
command -v valgrind >/dev/null || {
  echo "guard: skipped, valgrind is not installed"
  exit 0
}
compiler=$(c++ --version | head -n 1)

# instructions STEP N: of N steps
instructions() {
  valgrind --tool=callgrind --callgrind-out-file=/dev/null --collect-atstart=no --toggle-collect='*measured_steps*' \
    "$guard" "$1" "$2" 2>&1 | sed -n 's/^==[0-9]*== Collected : //p'
}

[ "${2:-}" != --write ] || echo "compiler $compiler" >"$expected"
failed=0
for step in regression regression1 linear mlp chain grad hessian; do
  allocations=$("$guard" $step 1000 | sed -n 's/^allocations //p')
  count=$(($(instructions $step 1000) / 1000))
  [ "${2:-}" != --write ] || echo "$step $count" >>"$expected"
  [ "${2:-}" != --write ] || [ "$allocations" = 0 ] || echo "$step-allocations $allocations" >>"$expected"
  limit=$(sed -n "s/^$step //p" "$expected")
  echo "guard: $step takes $count instructions a step, $allocations allocations in 1000 steps; recorded: $limit"
  # The results of grad() and hessian() are lists; their allocations are judged as instructions are.
  allowed=$(sed -n "s/^$step-allocations //p" "$expected")
  [ "$allocations" -le "${allowed:-0}" ] || failed=1
  if ! grep -qxF "compiler $compiler" "$expected"; then
    echo "guard: instructions are not judged: recorded with $(sed -n 's/^compiler //p' "$expected")"
  elif [ $((count * 100)) -gt $((limit * 103)) ]; then
    echo "guard: $step has grown by more than 3 %; if that is meant, record it: bench/guard.sh $1 --write"
    failed=1
  fi
done
exit $failed
