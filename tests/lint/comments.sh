#!/bin/sh
# The examples in the comments of public headers compile and run: each line of their code stands in
# tests/nn/comments_test.cpp. Code is what is indented by two blanks, or four, more than its comment.
# Run from the top of the repository.
set -u
examples=tests/nn/comments_test.cpp
work=$(mktemp) || exit 1
trap 'rm -f "$work"' EXIT

# without_comments: drops what stands behind code, and the blanks before it
without_comments() { sed -E 's#[[:space:]]+//([^/].*)?$##; s#^[[:space:]]+##'; }

without_comments <$examples >"$work"
for header in nn/*.h nn/layers/*.h nn/losses/*.h autograd/grad.h autograd/option.h autograd/safetensors.h autograd/serialize.h; do
  sed -nE 's#^[[:space:]]*///?( {3}| {5})([^[:space:]].*| {2,}[^[:space:]].*)$#\2#p' "$header" | without_comments |
    grep -E '[];{}),]$' | grep -vE '^[()]' | while IFS= read -r line; do
    grep -qxF -- "$line" "$work" || echo "$header: not in $examples: $line"
  done
done | grep . && exit 1
exit 0
