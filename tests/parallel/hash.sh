#!/bin/sh
# examples/distributed ends with the same hash on 1, 2 and 4 ranks, and in the fast mode runs.
# usage: hash.sh PROGRAM DATA LAUNCHER...
set -eu
program=$1 data=$2
shift 2
expected=""
for ranks in 1 2 4; do
  out=$("$@" $ranks "$program" --data "$data" --epochs 2)
  echo "$out"
  hash=$(echo "$out" | sed -n 's/^result .*hash=//p')
  if [ -z "$hash" ] || [ "${expected:-$hash}" != "$hash" ]; then
    echo "another hash on $ranks ranks"
    exit 1
  fi
  expected=$hash
done
"$@" 2 "$program" --data "$data" --epochs 2 --fast
