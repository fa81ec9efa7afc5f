#!/bin/sh
# Runs each example's short form and makes a page of what it printed and drew: gallery.sh BUILD OUT [EXAMPLE...]
# The linear regression comes first, examples that need more than one process do not come. OUT gets index.html and, of
# each example, NAME.command, NAME.txt (what it printed), NAME.seconds, NAME.pictures (their names) and the pictures; of
# one that keeps a run log, NAME.jsonl and the page NAME.html that tapegrad-report makes of it.
# Run from the top of the repository.
set -eu
build=$1
out=$2
shift 2
if [ $# -eq 0 ]; then
  for main in examples/linear_regression/main.cpp examples/*/main.cpp; do
    name=$(basename "$(dirname "$main")")
    case " $* distributed " in *" $name "*) continue ;; esac
    [ -x "$build/examples/$name" ] && set -- "$@" "$name"
  done
fi
mkdir -p "$out"
rm -f "$out"/*.command "$out"/*.txt "$out"/*.seconds "$out"/*.pictures "$out"/*.jsonl

# What its short form asks for.
short() {
  case $1 in
    char_lstm | tiny_gpt) echo "--epochs 4" ;;
  esac
}

escaped() { sed -e 's/&/\&amp;/g' -e 's/</\&lt;/g' -e 's/>/\&gt;/g' "$@"; }

for name; do
  echo "== $name"
  program="$build/examples/$name"
  arguments=$(short "$name")
  options=$("$program" --help 2>/dev/null || :)
  case $options in *--plot*) arguments="$arguments --plot $out" ;; esac
  case $options in *--log*) arguments="$arguments --log $out/$name.jsonl" ;; esac
  touch "$out/.begin"
  began=$(date +%s.%N)
  echo "$program $arguments" | sed 's/ *$//' >"$out/$name.command"
  # shellcheck disable=SC2086 # a list of words
  "$program" $arguments >"$out/$name.txt" </dev/null || { echo "gallery: $name failed" >&2 && exit 1; }
  echo "$began $(date +%s.%N)" | awk '{ printf "%.1f\n", $2 - $1 }' >"$out/$name.seconds"
  if [ -e "$out/$name.jsonl" ]; then
    "$build/examples/tapegrad-report" "$out/$name.jsonl" --title "$name" -o "$out/$name.html" >/dev/null
  fi
  find "$out" \( -name '*.png' -o -name '*.gif' \) -newer "$out/.begin" | sort | sed 's|.*/||' >"$out/$name.pictures"
  grep '^result' "$out/$name.txt" || tail -n 3 "$out/$name.txt"
done
rm "$out/.begin"

{
  cat <<'END'
<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>tapegrad: examples</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
  pre { overflow-x: auto; padding: .8rem; border: 1px solid #8885; border-radius: 6px; font-size: 13px; max-height: 24rem; }
  figure { margin: 1rem 0; } img { max-width: 100%; height: auto; background: #fff; border-radius: 6px; }
</style>
<h1>tapegrad: examples</h1>
<p>What each printed and drew, and how long it took here.</p>
END
  for name; do
    printf '<h2 id="%s">%s</h2>\n<p>%s s</p>\n<pre>$ ' "$name" "$name" "$(cat "$out/$name.seconds")"
    escaped "$out/$name.command" "$out/$name.txt"
    echo '</pre>'
    if [ -e "$out/$name.jsonl" ]; then printf '<p><a href="%s.html">The curves of the run</a></p>\n' "$name"; fi
    while read -r picture; do
      printf '<figure><img src="%s" alt="%s"></figure>\n' "$picture" "$(echo "${picture%.*}" | tr _ ' ')"
    done <"$out/$name.pictures"
  done
  echo '</html>'
} >"$out/index.html"
echo "gallery: $out/index.html"
