#!/bin/sh
# A library that is loaded late gets little thread-local space. usage: tls.sh READELF LIBRARY...
set -eu
readelf=$1
shift
for library; do
  size=$("$readelf" -lW "$library" | awk '$1 == "TLS" { print $6 }')
  size=${size:-0}
  echo "$library: $((size)) bytes of thread-local space"
  [ $((size)) -lt 256 ]
done
