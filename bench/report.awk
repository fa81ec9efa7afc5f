# Tables of docs/benchmarks.md from lines "name ns counter=value ...". With ratios=1 only "label ratio" lines.
function median(list,   v, n, i, j, t) {
  n = split(list, v, " ")
  for (i = 2; i <= n; ++i)
    for (j = i; j > 1 && v[j - 1] + 0 > v[j] + 0; --j) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
  return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}
function has(name) { return name in times }
function ns(name) { return median(times[name]) }
function say(line) { if (!ratios) print line }
function goal_of(goal, met) { return goal == "" || met ? goal : goal ": missed" }
function ratio_of(label, value) { if (ratios) printf "\"%s\" %.4g\n", label, value }

# step LABEL KEY BATCH GOAL: ours beside each peer, and the goal (times faster than libtorch, or us at most)
function step(label, key, batch, goal,   ours, p, peers, line) {
  if (!has("tapegrad/" key)) return
  ours = ns("tapegrad/" key)
  line = sprintf("| %s | %.3g | %s | %.3g |", label, ours / 1e3, allocations["tapegrad/" key] + 0, batch * 1e9 / ours)
  split("libtorch eigen fused", peers, " ")
  for (p = 1; p <= 3; ++p)
    line = line (has(peers[p] "/" key) ? sprintf(" %.3g (%.3g) |", ns(peers[p] "/" key) / 1e3, ns(peers[p] "/" key) / ours) : " |")
  split(goal, peers, " / ")
  say(line " " goal_of(goal, !has("libtorch/" key) || ns("libtorch/" key) / ours >= peers[2] + 0) " |")
  if (has("libtorch/" key)) ratio_of(label, ns("libtorch/" key) / ours)
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
  say("Times in us; behind a peer's time, in brackets, how many times as long it takes.\n")
  say("| step | tapegrad | heap allocations | samples a second | libtorch | eigen | fused | goal |\n|---|---|---|---|---|---|---|---|")
  step("regression, batch 1", "regression/1", 1, "libtorch / 100")
  step("regression, batch 32", "regression/32", 32, "libtorch / 100")
  step("regression, batch 1024", "regression/1024", 1024, "")
  step("regression, batch 32, beside threads", "regression_beside_threads/32", 32, "")
  step("Linear(1, 1), batch 32", "linear_1_1/32", 32, "")
  step("Linear(13, 1), batch 64", "linear_13_1/64", 64, "libtorch / 45")
  step("Linear(784, 10), batch 128", "linear_784_10/128", 128, "libtorch / 2.6")
  step("MLP, SGD momentum, batch 128", "mlp_sgd/128", 128, "libtorch / 1.4")
  step("MLP, Adam, batch 128", "mlp_adam/128", 128, "libtorch / 1.9")
  step("MLP, SGD momentum, two threads", "mlp_sgd_2_threads/128", 128, "libtorch / 1.7")
  step("MLP, Adam, two threads", "mlp_adam_2_threads/128", 128, "libtorch / 2.2")
  say("\nOne thread of libtorch is one thread of OpenBLAS, too, which `torch::set_num_threads` does not see to; on two threads")
  say("OpenBLAS has both, as libtorch is slower where OpenMP's threads take turns with them.")
  if (peaks != "")
    say(sprintf("The products of an MLP step are 411 MFLOP: %.3g us at the peak of a core (\"Matrix products\"), were all else free.", 410.8e3 / median(peaks)))

  say("\n## The tape\n\nA chain of one-element products, ns an operation.\n\n| operations | record | goal | backward | goal |\n|---|---|---|---|---|")
  say(sprintf("| 10,000 | %.3g | 40 | %.3g | 60 |", ns("tape_record/10000") / 1e4, ns("tape_backward/10000") / 1e4))
  say(sprintf("| 1,000,000 | %.3g | 80 | %.3g | 120 |", ns("tape_record/1000000") / 1e6, ns("tape_backward/1000000") / 1e6))
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
  say(sprintf("\nA 4 x 4 product takes %.3g ns, call included (goal: 15). A fork and join on two threads takes %.3g us (goal: 3).", small, ns("fork_join/2") / 1e3))

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

  say("\n## How time grows\n\nA training step of an MLP, us. The slope is that of the last two, on logarithmic axes.\n\n| | | | | | | | | slope |\n|---|---|---|---|---|---|---|---|---|")
  scale("batch (width 64, 2 layers)", "scale_batch", "4 16 64 256 1024 4096")
  scale("width (batch 64, 2 layers)", "scale_width", "8 16 32 64 128 256 512")
  scale("depth (batch 16, width 16)", "scale_depth", "1 4 16 64 256")
  say(sprintf("\nThreads (batch 256, width 512, 3 layers): %.4g us on one, %.4g us on two: %.2f times as fast.", ns("scale_threads/1") / 1e3, ns("scale_threads/2") / 1e3, ns("scale_threads/1") / ns("scale_threads/2")))
}
