#!/bin/sh
# Lets one rank of a training run go wrong in every way, at several points: the job must end on all ranks within 30
# seconds, say why, leave no process behind, and a checkpoint that loads.
# usage: faults.sh PROGRAM RANKS LAUNCHER...; with TAPEGRAD_TEST_FULL at ten points, else at three
set -u
program=$1 ranks=$2
shift 2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cp "$program" "$work/fault" # by a path of its own, to see what is left of it
failed=0

wrong() {
  echo "faults: $kind at point $point: $1"
  sed 's/^/    /' "$work/out"
  failed=1
}

points="0 4 8"
[ -z "${TAPEGRAD_TEST_FULL:-}" ] || points="0 1 2 3 4 5 6 7 8 9"
while read -r kind text; do
  for point in $points; do
    began=$(date +%s)
    timeout -k 5 60 "$@" "$ranks" "$work/fault" "$kind" "$point" "$work/run.safetensors" >"$work/out" 2>&1 </dev/null
    code=$?
    took=$(($(date +%s) - began))
    [ $code -ne 0 ] || wrong "the job ended well"
    [ $took -le 30 ] || wrong "the job took $took s to end"
    ! grep -q '^trained' "$work/out" || wrong "the other ranks trained on"
    grep -qE "$text" "$work/out" || wrong "no message: $text"
    sleep 0.2
    ! pgrep -f "$work/fault" >/dev/null || sleep 3
    if pgrep -f "$work/fault" >/dev/null; then
      wrong "processes are left"
      pgrep -f "$work/fault" | xargs -r kill -9
    fi
    "$work/fault" load 0 "$work/run.safetensors" >"$work/out" 2>&1 || wrong "the checkpoint does not load"
  done
done <<'END'
throw rank [0-9]+, step [0-9]+: .*fault: on purpose
caught rank [0-9]+, step [0-9]+: (an exception leaves|.*(all_reduce|broadcast).* waits for rank [0-9]+, which has left)
kill signal 9|KILLED|Killed
stop rank [0-9]+, step [0-9]+: (all_reduce|broadcast|all_gather|barrier) has waited 2000 ms
shape rank [0-9]+, step [0-9]+: all_reduce \(sum\) of [0-9]+ Float, but rank [0-9]+ is in
other rank [0-9]+, step [0-9]+: all_(reduce|gather).*, but rank [0-9]+ is in all_
extra rank [0-9]+, step [0-9]+: (.*, but rank [0-9]+ is in|all_reduce has waited 2000 ms)
leave rank [0-9]+, step [0-9]+: .* waits for rank [0-9]+, which has left
diverge rank [0-9]+, step [0-9]+: check_parameters: b.bias on rank [0-9]+ is not what it is on rank 0
END
exit $failed
