#!/bin/sh
# Runs every benchmark, the programs in turns, and writes medians and ratios as a page. The raw numbers are left in
# BUILD_DIR/benchmarks as JSON. One thread unless said. usage: bench/report.sh BUILD_DIR [ROUNDS] > docs/benchmarks.md
set -eu
build=$1
rounds=${2:-5}
raw=$build/benchmarks
# Peers at their best. Debian 12's OpenBLAS may take a newer processor for a Prescott; malloc keeps large blocks, as our
# free lists do.
unset OPENBLAS_L2_SIZE
OPENBLAS_CORETYPE=""
if grep -q -m 1 avx512dq /proc/cpuinfo; then OPENBLAS_CORETYPE=SkylakeX; fi
export OPENBLAS_CORETYPE
export GLIBC_TUNABLES=glibc.malloc.mmap_threshold=1073741824:glibc.malloc.trim_threshold=1073741824
export OMP_WAIT_POLICY=passive # libtorch and oneDNN on two threads take several times as long where theirs spin
rm -rf "$raw"
mkdir -p "$raw"

# measure PROGRAM FILTER SECONDS: one round's lines "name ns counter=value ..." are added to the program's file
measure() {
  [ -x "$build/bench/$1" ] || return 0
  "$build/bench/$1" --benchmark_filter="$2" --benchmark_min_time="$3" --benchmark_out="$raw/$1.$round$2.json" \
    --benchmark_out_format=json 2>/dev/null |
    awk '/\// && $2 + 0 > 0 {
      scale = $3 == "us" ? 1e3 : $3 == "ms" ? 1e6 : $3 == "s" ? 1e9 : 1
      sub("/real_time", "", $1)
      printf "%s %.6g", $1, $2 * scale
      for (i = 7; i <= NF; ++i) printf " %s", $i
      print ""
    }' >>"$raw/$1.txt"
}

round=0
while [ "$round" -lt "$rounds" ]; do
  echo "round $((round + 1)) of $rounds" >&2
  measure bench_tapegrad -threads 0.2
  measure bench_tapegrad threads 0.2
  measure bench_libtorch -threads 0.2
  measure bench_libtorch threads 0.2
  measure bench_kernels . 0.05
  "$build/bench/captured" >>"$raw/captured.txt"
  round=$((round + 1))
done
cat "$raw"/*.txt >"$raw/all"

cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
flags=$(grep -o -m 1 'avx512f' /proc/cpuinfo | head -n 1 || true)
commit=$(git rev-parse --short HEAD 2>/dev/null || echo unknown)
[ -z "$(git status --porcelain -- autograd nn optim bench 2>/dev/null)" ] || commit="$commit with changes"
cat <<END
# Benchmarks

Written by \`./dev bench\` at commit $commit: medians of $rounds rounds, the programs in turns, on $cpu${flags:+, AVX-512},
$(nproc) cores, $(c++ --version | head -n 1), $(uname -sr | cut -d- -f1). One thread unless said, f32 unless said. Peers are
Debian's packages at their best$(grep -q /openblas/ "$raw/all" || echo " (no headers of OpenBLAS: products stand beside the others alone)"): OpenBLAS as SkylakeX where the processor has AVX-512, large blocks kept by malloc, threads of OpenMP
that wait asleep. "Goal" is what the project wants of the ratio or time beside it.

![How many times faster than the best peer](images/benchmarks.png)

END
awk -f bench/report.awk "$raw/all"
# What \`./dev bench sweep\` left: the cases above 1.0, and the layers, whose names are in bench/sweep/layers.h.
if [ -f "$build/sweep.txt" ]; then
  cat <<END

## Single operations

\`./dev bench sweep\` at commit $(sed -n 's/^commit //p' "$build/sweep.txt"), on the same machine: each case, forward ("f") or with gradients ("fb"), is timed in turn with
Debian's libtorch 1.13 in one process, in slices of a millisecond, medians of 15; one thread, f32. libtorch at its best:
OpenBLAS as SkylakeX where the processor has AVX-512 (left to itself it may take it for a Prescott), and blocks of up to
a GB kept by malloc, as ours are by the free lists. Wanted: none above 1.25, at most 5 % above 1.0, the median at most 0.5.
$(awk '/^[0-9]+ cases: / { share = substr($9, 2) + 0
  print "**" $0 ".**" ($5 + 0 > 0 ? " None above 1.25: missed." : "") (share > 5 ? " At most 5 % above 1.0: missed." : "") ($NF > 0.5 ? " The median: missed." : "") }' "$build/sweep.txt")
What bounds the worst: libtorch's \`.grad\` of a \`cat\`, a \`stack\` or a transposed operand is a view of the gradient that the caller
gave, tapegrad's has bytes of its own; gelu keeps its digits far below 0, where 1 + erf(x) has lost them; convolutions copy their
windows, block by block; a product of 1000 factors goes through subnormal numbers; a \`gather\` works out and checks places in five passes.

| ours / libtorch | ours, us | libtorch, us | case |
|---|---|---|---|
$(awk '/^\| [0-9]/ && $2 > 1' "$build/sweep.txt")

## Layers

Of the same run. Wanted: no layer slower than libtorch's; the steps 1.5 times as fast (0.67).

| ours / libtorch | ours, us | libtorch, us | what |
|---|---|---|---|
$(grep -E '\| (f |fb )?(step of|conv|max_pool|avg_pool|adaptive|batch_norm|group_norm|layer_norm|embedding|lstm|gru|attention)' "$build/sweep.txt" | sort -t '|' -k 5 |
    awk '$2 > (/step of/ ? 0.667 : 1) { $2 = $2 ": missed" } { print }')
END
fi
sh bench/small.sh "$build" >"$raw/small"
awk '
  BEGIN {
    print "\n## Being small\n\nThe program of the README, by `bench/small.sh`.\n\n| what | measured | goal, at most |\n|---|---|---|"
    label["compile_s"] = "compile it, s"
    label["headers_s"] = "of that, the standard headers that tapegrad includes, s"
    label["beyond_s"] = "the rest, s"; goal["beyond_s"] = 0.8
    label["precompiled_s"] = "compile it where `tapegrad.h` is a precompiled header, s"
    label["precompile_s"] = "precompile that, once a project, s"
    label["compile_mb"] = "memory of the compiler, MB"; goal["compile_mb"] = 200
    label["empty_ms"] = "start to end of a program that makes one tensor, ms, the shortest of 201"; goal["empty_ms"] = 1.5
    label["start_to_end_ms"] = "start to end, ms, the shortest of 201"; goal["start_to_end_ms"] = 3
    label["peak_mb"] = "peak memory, MB"; goal["peak_mb"] = 8
    label["libraries"] = "shared libraries loaded"; goal["libraries"] = 6
    label["tape_bytes"] = "a recorded one-element operation, bytes"; goal["tape_bytes"] = 250
    label["build_s"] = "build the library on two cores, s"; goal["build_s"] = 60
    label["program_mb"] = "the program, MB (tapegrad linked statically, stripped)"; goal["program_mb"] = 2
  }
  { printf "| %s | %.3g | %s%s |\n", label[$1], $2, goal[$1], (goal[$1] != "" && $2 > goal[$1] ? ": missed" : "") }' "$raw/small"

cat bench/elsewhere.md
cat <<'END'

## Where a goal is missed, and what bounds it

- A captured step looks at what it depends on before it runs: arguments, parameters, their `.grad`, options, who holds the results. In the
  regression of 32 rows that is two fifths of 1,801 instructions (callgrind, at 49db08d). Products of few rows take as long as ever.
- Single operations above libtorch's: see above the table. One row times a matrix that is stored transposed (linear) copies the
  matrix first, so that a row has the same bits alone and in a batch; of short rows of wider matrices each is copied.
- The MLP of one sample takes some 29,000 instructions (`bench/guard.sh`).
- The gradient of each sample is a product for each sample: 128 small ones take ten times one large one.
- The regression step is bound by instructions, some 5,000 (`bench/guard.sh`), spread evenly over the door, the records, the
  engine and the free lists; `fused` shows how little of it is arithmetic. What helped: loops over the inputs unrolled at compile time, rules
  that hand their gradients on at once, free lists without counters, plain counts as the likely path. What did not: -O2 and
  link-time optimisation. In a process that has had a second thread counts are atomic (the line "beside threads").
- Matrix products keep the promised error for every input, |error| <= (4 + sqrt k) eps |A| |B|, so sums over k are cut in short
  blocks that go to C one by one. The peers sum straight through. The steps of the MLP are mostly matrix products.
- exp, tanh and sigmoid keep 2 to 3 ULP over the whole range, which Eigen does not promise. Rows are summed the same way wherever
  they lie in memory, so unaligned rows are not peeled.
- gelu and its tanh form keep 4 ULP down to subnormal results. The low halves of x / sqrt(2), of the quotient in erfc and of the
  exponent are carried along for that, which takes three times the goal's time. erf: one polynomial and an exp;
  a table was not tried.
- The MLP steps are nearly all products. On AMD EPYC (commit 9460ac0) these ran at 0.9 of the multiply-add peak; the rest, about 0.3 ms
  on one thread, was the optimizer's pass over 0.67 million parameters, bound by memory. A goal of libtorch / 1.4 left little more there
  than the products at the peak, as OpenBLAS ran at 0.85 of it, and on two threads less. The blocks of the sums cost 4 % of a
  product (106 GFLOP/s with them; 111 with sum_block() in `autograd/kernels/gemm.cpp` changed to return k).
- Compiling the program: see how much of it is the standard headers that tapegrad's include, without a line of its own. A
  4 x 4 product is mostly its call: the checks by shape and the dispatch by instruction set.
END

# The picture: each line of the tables that has a peer, ours against the best of them.
if command -v gnuplot >/dev/null; then
  awk -v ratios=1 -f bench/report.awk "$raw/all" >"$raw/ratios"
  mkdir -p docs/images
  LC_ALL=C.UTF-8 gnuplot >&2 <<END
set terminal pngcairo noenhanced size 900,$((120 + 18 * $(wc -l <"$raw/ratios"))) font "sans,10"
set output "docs/images/benchmarks.png"
set logscale x
set xrange [0.3:200]
set yrange [$(wc -l <"$raw/ratios"):-1]
set xlabel "times faster than the best peer"
set arrow from 1, graph 0 to 1, graph 1 nohead lc rgb "#888888"
set grid x
unset key
set lmargin 42
set style fill solid 0.8 noborder
# From 1 on, to the right or, where the peer is faster, to the left.
plot "$raw/ratios" using (1):0:(\$2 < 1 ? \$2 : 1):(\$2 < 1 ? 1 : \$2):(\$0-0.35):(\$0+0.35):(\$2 < 1 ? 0xd55e00 : 0x3b6ea5):yticlabels(1) \\
  with boxxyerror lc rgb variable
END
fi
