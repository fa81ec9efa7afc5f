#!/bin/sh
# What each unit may cost in lines of code, so that growth pays where it grows. Run from the top of the repository.
# Exceptions stand in budget.txt: a unit, its own limit, the reason.
set -u
here=$(dirname "$0")
failed=0

# lines PATH...: the lines of code of all C++ files at or below them; blank lines and comments are free, contracts are long
lines() {
  find "$@" \( -name '*.h' -o -name '*.cpp' -o -name '*.inc' \) -exec cat {} + 2>/dev/null |
    grep -cvE '^[[:space:]]*(//.*)?$'
}

# budget UNIT COUNT LIMIT
budget() {
  allowed=$(awk -v unit="$1" '$1 == unit { print $2 }' "$here/budget.txt")
  allowed=${allowed:-$3}
  [ "$2" -le "$allowed" ] && return 0
  echo "$1: $2 lines of $allowed"
  failed=1
}

# units LIMIT FILE...: each file, together with the sources and kernels of its name, is a unit, or as many as the modules
# that it declares
units() {
  each=$1
  shift
  for file; do
    [ -e "$file" ] || continue
    stem=${file%.*} name=$(basename "${file%.*}")
    count=0
    for part in "$stem.h" "$stem.cpp" "autograd/kernels/optim_$name.h" "autograd/kernels/optim_$name.cpp"; do
      [ ! -e "$part" ] || count=$((count + $(lines "$part")))
    done
    modules=$(grep -cE '^TAPEGRAD_[A-Z_]+\([A-Z]' "$file")
    budget "$stem" $count $((each * (modules > 1 ? modules : 1)))
  done
}

budget autograd/core "$(lines autograd/core)" 1600
budget autograd/program "$(lines autograd/program)" 1500
budget data "$(lines data)" 2000
budget nn/parallel "$(lines nn/parallel)" 700
units 40 nn/layers/*.h
units 25 nn/losses/*.h
# Bases and what all share are machinery, not optimisers or schedulers.
for file in optim/lr_scheduler/*.h; do
  case $file in */scheduler.h) ;; *) units 25 "$file" ;; esac
done
for file in optim/*.h; do
  case $file in optim/optimizer.h | optim/options.h | optim/adamw.h | optim/ema.h) ;; *) units 60 "$file" ;; esac
done

# An operation: 15 lines where it is made of others, 60 with a kernel of its own. A family's file holds one Op for each of
# the latter; its other lines are shared out among what its header declares, so the average tells.
ops=$(grep -oE "^\| .[^|]*\|" docs/operations.md | grep -oE "\`[^\`]*\`" | wc -l)
echo "autograd/ops: $(lines autograd/ops) lines, $ops operations; kernels: $(lines autograd/kernels) lines"
budget "operation (average of autograd/ops)" $(($(lines autograd/ops) / (ops > 0 ? ops : 1))) 30
echo "the library: $(lines autograd nn optim data) lines (not limited)"

# shellcheck disable=SC2044 # names here have no spaces, and the loop runs in this shell
for file in $(find autograd nn optim data examples tests bench -name '*.h' -o -name '*.cpp'); do
  budget "$file" "$(wc -l <"$file")" 400
done
exit $failed
