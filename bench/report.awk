# Tables of docs/benchmarks.md from lines "name ns counter=value ...". With ratios=1 only "label ratio" lines.
function median(list,   v, n, i, j, t) {
  n = split(list, v, " ")
  for (i = 2; i <= n; ++i)
    for (j = i; j > 1 && v[j - 1] + 0 > v[j] + 0; --j) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
  return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}
function has(name) { return name in times }
# How many times as long `above` takes as `below`: of each round, as a machine's pace changes from round to round.
function ratio(above, below,   a, b, n, i, list) {
  n = split(times[above], a, " ")
  if (split(times[below], b, " ") < n) n = split(times[below], b, " ")
  for (i = 1; i <= n; ++i) list = list " " a[i] / b[i]
  return median(list)
}
function ns(name) { return median(times[name]) }
function say(line) { if (!ratios) print line }
function goal_of(goal, met) { return goal == "" || met ? goal : goal ": missed" }
function ratio_of(label, value) { if (ratios) printf "\"%s\" %.4g\n", label, value }

# step LABEL KEY BATCH GOAL: ours beside each peer, and the goal (times faster than libtorch, or us at most)
function step(label, key, batch, goal,   ours, p, peers, line, met) {
  if (!has("tapegrad/" key)) return
  ours = ns("tapegrad/" key)
  line = sprintf("| %s | %.3g | %s | %.3g |", label, ours / 1e3, allocations["tapegrad/" key] + 0, batch * 1e9 / ours)
  split("libtorch eigen fused", peers, " ")
  for (p = 1; p <= 3; ++p)
    line = line (has(peers[p] "/" key) ? sprintf(" %.3g (%.3g) |", ns(peers[p] "/" key) / 1e3, ratio(peers[p] "/" key, "tapegrad/" key)) : " |")
  split(goal, peers, " / ")
  met = goal ~ / us$/ ? ours <= goal * 1e3 : !has("libtorch/" key) || ratio("libtorch/" key, "tapegrad/" key) >= peers[2] + 0
  say(line " " goal_of(goal, met) " |")
  if (has("libtorch/" key)) ratio_of(label, ratio("libtorch/" key, "tapegrad/" key))
}

# captured LABEL KEY GOAL FUSED: a step as it is, captured, with libtorch and in one loop
function captured(label, key, goal, fused,   now, as_it_is, peer, line, met) {
  now = "captured/" key
  if (!has(now)) return
  as_it_is = "as_it_is/" key
  peer = "as_it_is/libtorch/" key
  line = sprintf("| %s | %.4g | %.4g | %.2f | %g |", label, ns(as_it_is), ns(now), ratio(as_it_is, now), allocations[now])
  line = line (has(peer) ? sprintf(" %.4g (%.3g) |", ns(peer), ratio(peer, now)) : " |")
  line = line (fused != "" && has(fused) ? sprintf(" %.3g (%.2g) |", ns(fused), ratio(fused, now)) : " |")
  met = goal ~ /libtorch/ ? !has(peer) || ratio(peer, now) >= substr(goal, 12) + 0 : ratio(as_it_is, now) >= goal + 0
  say(line " " goal_of(goal, met) " |")
}

# written LABEL KEY WHERE AT_MOST: written out as C++, by compiler; the goal is of one of them
function written(label, key, where, at_most,   c, compilers, line, name) {
  split("g++-O2 g++-O3 clang++-O2 clang++-O3", compilers, " ")
  line = "| " label " |"
  for (c = 1; c <= 4; ++c) {
    name = "written/" key "/" compilers[c]
    line = line (has(name) ? sprintf(" %.4g%s |", ns(name), compilers[c] == where && ns(name) > at_most ? ": missed" : "") : " |")
  }
  say(line)
}

# operation LABEL KEY ELEMENTS GOAL: ns a call, or an element, where the goal is of one
function operation(label, key, elements, goal) {
  if (!has("op/" key)) return
  say(sprintf("| %s | %.3g%s | %s |", label, ns("op/" key), elements ? sprintf(" (%.2g an element)", ns("op/" key) / elements) : "", goal_of(goal, ns("op/" key) / (elements ? elements : 1) <= goal + 0)))
}

# tape LABEL OPERATIONS RECORD BACKWARD: ns an operation, and the goals
function tape(label, n, record, backward,   r, b) {
  r = ns("tape_record/" n) / n
  b = ns("tape_backward/" n) / n
  say(sprintf("| %s | %.3g | %s | %.3g | %s |", label, r, goal_of(record, r <= record), b, goal_of(backward, b <= backward)))
}

# against WHAT SIZE GOAL: an elementwise kernel, ns an element, beside Eigen
function against(what, size, goal,   ours, line) {
  if (!has(what "/tapegrad/" size)) return
  ours = ns(what "/tapegrad/" size)
  line = sprintf("| %s, %s elements | %.3g |", what, size, ours / size)
  line = line (has(what "/eigen/" size) ? sprintf(" %.3g (%.2f) |", ns(what "/eigen/" size) / size, ns(what "/eigen/" size) / ours) : " |")
  line = line (has(what "/limit/" size) ? sprintf(" %.3g (%.2f) |", ns(what "/limit/" size) / size, ns(what "/limit/" size) / ours) : " |")
  say(line " " goal_of(goal, goal ~ /limit/ ? ns(what "/limit/" size) / ours >= 0.9 : ours / size <= goal + 0) " |")
  if (has(what "/eigen/" size)) ratio_of(what " (Eigen)", ns(what "/eigen/" size) / ours)
}

# scale TITLE KEY SIZES: times, and the slope between the two largest sizes on logarithmic axes
function scale(title, key, sizes,   v, n, i, line, last) {
  n = split(sizes, v, " ")
  line = "| " title " |"
  for (i = 1; i <= n; ++i) line = line sprintf(" %s: %.3g |", v[i], ns(key "/" v[i]) / 1e3)
  say(line sprintf(" %.2f |", log(ns(key "/" v[n]) / ns(key "/" v[n - 1])) / log(v[n] / v[n - 1])))
}

{
  times[$1] = times[$1] " " $2
  for (i = 3; i <= NF; ++i) if (sub(/^allocations=/, "", $i)) allocations[$1] = $i
  if ($1 == "peak" && sub(/^GFLOP\/s=/, "", $3)) peaks = peaks " " $3 + 0
  if (split($1, part, "/") >= 8 && part[1] == "gemm" && part[2] == "tapegrad" && !($1 in seen)) { seen[$1] = 1; products[++n_products] = $1 }
}

END {
  say("## Training steps\n\nzero_grad, forward, loss, backward, optimizer step. The same source (`bench/training_steps.h`) is compiled against")
  say("tapegrad and libtorch; `fused` is one hand-written loop with the analytic gradient, `eigen` a hand-written pass on Eigen.")
  say("Times in us; behind a peer's time, in brackets, how many times as long it takes: the median of the rounds' ratios, as the pace of a\nmachine may change from round to round.\n")
  say("| step | tapegrad | heap allocations | samples a second | libtorch | eigen | fused | goal |\n|---|---|---|---|---|---|---|---|")
  step("regression, batch 1", "regression/1", 1, "")
  step("regression, batch 32", "regression/32", 32, "libtorch / 85")
  step("regression, batch 1024", "regression/1024", 1024, "")
  step("regression, parameters of shape [1], batch 32", "regression_of_1/32", 32, "libtorch / 80")
  step("regression, batch 32, beside threads", "regression_beside_threads/32", 32, "libtorch / 65")
  step("Linear(1, 1), batch 32", "linear_1_1/32", 32, "")
  step("Linear(13, 1), batch 64", "linear_13_1/64", 64, "libtorch / 55")
  step("MLP 64-64-1, batch 1", "online_mlp/1", 1, "1 us")
  step("Linear(784, 10), batch 128", "linear_784_10/128", 128, "libtorch / 2.6")
  step("MLP, SGD momentum, batch 128", "mlp_sgd/128", 128, "libtorch / 1.4")
  step("MLP, Adam, batch 128", "mlp_adam/128", 128, "libtorch / 1.9")
  step("MLP, SGD momentum, two threads", "mlp_sgd_2_threads/128", 128, "libtorch / 1.7")
  step("MLP, Adam, two threads", "mlp_adam_2_threads/128", 128, "libtorch / 2.2")
  say("\nOne thread of libtorch is one thread of OpenBLAS, too, which `torch::set_num_threads` does not see to; on two threads")
  say("OpenBLAS has both, as libtorch is slower where OpenMP's threads take turns with them.")
  if (peaks != "")
    say(sprintf("The products of an MLP step are 411 MFLOP: %.3g us at the peak of a core (\"Matrix products\"), were all else free.", 410.8e3 / median(peaks)))

  if (has("as_it_is/regression_32")) {
    say("\n## Captured steps\n\nWhole training steps as they are and captured ([capture.md](capture.md)), f32, ns, in turns of half a millisecond in one")
    say("process (`bench/captured.cpp`): the fifth percentile of 200 rounds. libtorch runs the same source (`bench/captured_steps.h`)")
    say("as it is. A ratio is of the step as it is to the captured one, unless it names a peer.\n")
    say("| step | as it is | captured | ratio | heap allocations | libtorch | fused | wanted |\n|---|---|---|---|---|---|---|---|")
    captured("regression, batch 32", "regression_32", "libtorch / 500", "fused/regression/32")
    captured("regression, batch 1024", "regression_1024", "3.5", "fused/regression/1024")
    captured("regression, batch 100,000", "regression_100000", "3")
    captured("Linear(13, 1), batch 64", "linear_13_1", "4")
    captured("MLP 2-16-1, batch 4, SGD", "mlp_2_16_1_sgd", "5")
    captured("MLP 2-16-1, batch 4, Adam", "mlp_2_16_1_adam", "4")
    captured("MLP 64-64-64, batch 1", "mlp_64_64_64", "2.5")
    captured("PINN 1-8-1, batch 16", "pinn_8", "7")
    captured("PINN 1-32-32-1, batch 256, Adam", "pinn_32_32", "1.5")
    captured("gate of elementwise operations, 131,072", "gate", "2.5")
    captured("Linear(784, 10), batch 128", "linear_784_10", "0.98, never slower")
    captured("MLP 784-512-512-10, batch 128", "mlp_784", "0.98, never slower")
    captured("LSTM(32, 64), 20 steps, batch 16", "lstm", "")
    captured("LeNet, batch 32", "lenet", "")
    say("\nThe same steps written out as C++ (`write_source`), ns, the best of 200 rounds. Wanted: 20 at -O2 for the regression, 120 at -O3")
    say("-march=native with g++ for the 2-16-1 by SGD, the replay's time at -O3 -march=native for the 64-64-64.\n")
    say("| written out | g++ -O2 | g++ -O3 -march=native | clang++ -O2 | clang++ -O3 -march=native |\n|---|---|---|---|---|")
    written("regression, batch 32", "regression_32", "g++-O2", 20)
    written("Linear(13, 1), batch 64", "linear_13_1", "", 0)
    written("MLP 2-16-1, batch 4, SGD", "mlp_2_16_1_sgd", "g++-O3", 120)
    written("MLP 2-16-1, batch 4, Adam", "mlp_2_16_1_adam", "", 0)
    written("MLP 64-64-64, batch 1", "mlp_64_64_64", "g++-O3", ns("captured/mlp_64_64_64"))
  }

  say("\n## The tape\n\nA chain of one-element products, ns an operation.\n\n| operations | record | goal | backward | goal |\n|---|---|---|---|---|")
  tape("10,000", 10000, 40, 60)
  tape("1,000,000", 1000000, 80, 120)
  if (has("libtorch/scalar_chain/10000"))
    say(sprintf("\nA chain of 10,000 tanh recorded, differentiated and freed: %.3g ns an operation; libtorch %.4g.", ns("tapegrad/scalar_chain/10000") / 1e4, ns("libtorch/scalar_chain/10000") / 1e4))

  if (has("derivative/hessian")) {
    say("\n## Derivatives of functions\n\nOne thread. The Hessian is of Rosenbrock's function of 10 variables in f64; the others are of the loss of an MLP, 64-64-1 with")
    say("tanh, by its parameters, batch 128.\n\n| | us | goal |\n|---|---|---|")
    say(sprintf("| `functional::hessian` | %.3g | %s |", ns("derivative/hessian") / 1e3, goal_of("4 us", ns("derivative/hessian") <= 4000)))
    unit = ns("derivative/batch_gradient")
    say(sprintf("| `grad`, of the batch | %.3g | |", unit / 1e3))
    say(sprintf("| `vmap` of `grad`, of each sample | %.3g (%.3g times the batch's) | %s |", ns("derivative/sample_gradients") / 1e3, ns("derivative/sample_gradients") / unit, goal_of("3 times", ns("derivative/sample_gradients") <= 3 * unit)))
    say(sprintf("| `grad` of one sample after the other | %.3g (%.3g times) | |", ns("derivative/sample_loop") / 1e3, ns("derivative/sample_loop") / unit))
    say(sprintf("| `functional::hvp` | %.3g (%.3g times) | %s |", ns("derivative/hvp") / 1e3, ns("derivative/hvp") / unit, goal_of("3 times", ns("derivative/hvp") <= 3 * unit)))
  }

  say("\n## Matrix products\n\nC = A B, GFLOP/s; T: stored transposed. The ratio is to the best of the first three peers;")
  say("libxsmm, which compiles a kernel for each shape at run time, is shown beside them.")
  if (peaks != "") say(sprintf("One core does at most %.4g GFLOP/s, in multiply-adds that wait for nothing.", median(peaks)))
  say("")
  say("| A, B | m, n, k | type | threads | tapegrad | OpenBLAS | oneDNN | Eigen | ratio | goal | libxsmm |\n|---|---|---|---|---|---|---|---|---|---|---|")
  split("openblas onednn eigen", peers, " ")
  for (i = 1; i <= n_products; ++i) {
    split(products[i], part, "/")
    work = 2 * part[5] * part[6] * part[7]
    line = sprintf("| %s | %s, %s, %s | %s | %s | %.3g |", part[3], part[5], part[6], part[7], part[4], part[8], work / ns(products[i]))
    best = 0
    for (p = 1; p <= 3; ++p) {
      name = products[i]
      sub("/tapegrad/", "/" peers[p] "/", name)
      rate = has(name) ? work / ns(name) : 0
      if (rate > best) best = rate
      line = line (rate > 0 ? sprintf(" %.3g |", rate) : " |")
    }
    name = products[i]
    sub("/tapegrad/", "/libxsmm/", name)
    goal = i <= 20 ? "0.95" : "0.90"  # the steps' own shapes; others
    say(line (best > 0 ? sprintf(" %.2f | %s |", work / ns(products[i]) / best, goal_of(goal, work / ns(products[i]) / best >= goal - 0.005)) : " | |") (has(name) ? sprintf(" %.3g |", work / ns(name)) : " |"))
    if (best > 0 && part[8] == 1 && (i <= 20 || part[5] == part[6])) ratio_of("gemm " part[3] " " part[4] " " part[5] "x" part[6] "x" part[7], work / ns(products[i]) / best)
    if (part[5] == 4 && part[4] == "f32") small = ns(products[i])
  }
  say(sprintf("\nA 4 x 4 product takes %.3g ns, call included (goal: %s). A fork and join on two threads takes %.3g us (goal: %s).", small, goal_of(15, small <= 15), ns("fork_join/2") / 1e3, goal_of(3, ns("fork_join/2") <= 3e3)))

  say("\n## Elementwise functions and reductions\n\nThe kernels alone, ns an element; in brackets how many times as long the peer takes. The limit of a + b out of cache is the")
  say("loop as the compiler makes it.\n\n| what | tapegrad | Eigen | limit | goal, at most |\n|---|---|---|---|---|")
  against("exp", 4096, "0.18")
  against("log", 4096, "")
  against("tanh", 4096, "0.30")
  against("sigmoid", 4096, "0.28")
  against("erf", 4096, "0.35")
  against("sin", 4096, "")
  against("cos", 4096, "")
  against("gelu", 4096, "0.42")
  against("gelu_tanh", 4096, "0.30")
  against("relu", 4096, "")
  against("softmax", 128000, "0.39 (50 us)")
  against("sum_last", 128000, "0.027 (3.5 us)")
  against("add_large", 16777216, "limit / 0.9")

  if (has("op/linear_of_one_row")) {
    say("\n## Operations of small models\n\nCalled as a program calls them, without gradients.\n\n| what | ns a call | goal, at most |\n|---|---|---|")
    operation("linear, one row, 64 x 64", "linear_of_one_row", 0, "80")
    operation("sum over [128, 10]", "sum_128_10", 0, "100")
    operation("sum over the rows of [128, 10]", "sum_0_128_10", 0, "")
    operation("[256, 5] + [5]", "add_row_256_5", 1280, "0.5 an element")
    operation("[256, 5] + [256, 5], columns of wider matrices", "add_strided_256_5", 1280, "0.5 an element")
    operation("log_softmax over [256, 5]", "log_softmax_256_5", 0, "3000")
  }

  say("\n## How time grows\n\nA training step of an MLP, us. The slope is that of the last two, on logarithmic axes.\n\n| | | | | | | | | slope |\n|---|---|---|---|---|---|---|---|---|")
  scale("batch (width 64, 2 layers)", "scale_batch", "4 16 64 256 1024 4096")
  scale("width (batch 64, 2 layers)", "scale_width", "8 16 32 64 128 256 512")
  scale("depth (batch 16, width 16)", "scale_depth", "1 4 16 64 256")
  say(sprintf("\nThreads (batch 256, width 512, 3 layers): %.4g us on one, %.4g us on two: %.2f times as fast.", ns("scale_threads/1") / 1e3, ns("scale_threads/2") / 1e3, ns("scale_threads/1") / ns("scale_threads/2")))
}
