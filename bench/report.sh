#!/bin/sh
# Runs the training steps of every framework that was built, in turns, and writes the medians and ratios as a page.
# usage: bench/report.sh BUILD_DIR [ROUNDS] > docs/benchmarks.md
set -eu
build=$1
rounds=${2:-5}
raw=$build/benchmarks.txt
: >"$raw"
round=0
while [ "$round" -lt "$rounds" ]; do
  for program in "$build"/bench/bench_tapegrad "$build"/bench/bench_libtorch; do
    [ -x "$program" ] || continue
    "$program" --benchmark_filter='/(regression|linear_1_1|linear_13_1|linear_784_10|mlp_sgd|mlp_adam|scalar_chain)' \
      --benchmark_min_time=0.3 2>/dev/null | grep '/' >>"$raw"
  done
  round=$((round + 1))
done

cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
flags=$(grep -o -m 1 'avx512f' /proc/cpuinfo | head -n 1 || true)
commit=$(git rev-parse --short HEAD 2>/dev/null || echo unknown)
[ -z "$(git status --porcelain -- autograd nn optim bench 2>/dev/null)" ] || commit="$commit with changes"
cat <<END
# Benchmarks

One training step: zero_grad, forward, loss, backward, optimizer step. f32, one thread. The same source
(\`bench/training_steps.h\`) is compiled against tapegrad and against libtorch; \`fused\` is one hand-written loop with the
analytic gradient, \`eigen\` a hand-written forward and backward pass on Eigen.

Medians of $rounds rounds, the programs in turns, by \`./dev bench\` at commit $commit on: $cpu${flags:+, AVX-512},
$(nproc) cores, $(c++ --version | head -n 1), $(uname -sr | cut -d- -f1).

| step | batch | tapegrad, ns | allocations | samples a second | peer | peer, ns | allocations | times faster |
|---|---|---|---|---|---|---|---|---|
END
awk '
  function median(list,   v, n, i, j, t) {
    n = split(list, v, " ")
    for (i = 2; i <= n; ++i) for (j = i; j > 1 && v[j - 1] + 0 > v[j] + 0; --j) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
    return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
  }
  {
    split($1, part, "/")
    scale = $5 == "us" ? 1e3 : $5 == "ms" ? 1e6 : 1
    key = part[2] "/" part[3]
    times[part[1], key] = times[part[1], key] " " $4 * scale
    for (i = 7; i <= NF; ++i) if (sub(/^allocations=/, "", $i)) allocations[part[1], key] = $i
    if (!(key in seen)) { seen[key] = 1; order[++count] = key }
  }
  END {
    split("libtorch eigen fused", peers, " ")
    for (i = 1; i <= count; ++i) {
      key = order[i]
      if (!(("tapegrad", key) in times)) continue
      split(key, part, "/")
      ours = median(times["tapegrad", key])
      if (part[1] == "scalar_chain") continue
      for (p = 1; p <= 3; ++p) {
        if (!((peers[p], key) in times)) continue
        peer = median(times[peers[p], key])
        printf "| %s | %s | %.0f | %s | %.3g | %s | %.0f | %s | %.2f |\n", part[1], part[2], ours,
               allocations["tapegrad", key] + 0, part[2] * 1e9 / ours, peers[p], peer,
               (peers[p], key) in allocations ? allocations[peers[p], key] + 0 : "", peer / ours
      }
    }
    key = "scalar_chain/10000"
    if (("tapegrad", key) in times) {
      printf "\nA chain of 10,000 one-element tanh, recorded, differentiated and freed: %.0f ns an operation", median(times["tapegrad", key]) / 10000
      if (("libtorch", key) in times) printf "; libtorch %.0f ns", median(times["libtorch", key]) / 10000
      print "."
    }
  }' "$raw"
