// What is timed, written once in libtorch's spelling: included by tapegrad.cpp and by libtorch.cpp. A case is an
// operation, the shapes and strides it gets, and whether its gradients are computed too. Numbers lie in [0.1, 1.1), so
// that no result is denormal.
#pragma once

#include "bench/sweep/case.h"

namespace bench {
namespace {

using torch::Tensor;
namespace F = torch::nn::functional;
using Sizes = std::vector<std::int64_t>;
using Tensors = std::vector<Tensor>;
using Unary = Tensor (*)(const Tensor& x);
using Binary = Tensor (*)(const Tensor& x, const Tensor& y);

Tensor some(const Sizes& sizes) { return torch::rand(sizes).add(0.1); }
Tensor classes(std::int64_t n, std::int64_t count) { return torch::randint(count, {n}, torch::kLong); }

class Cases {
 public:
  std::vector<Case> list;

  // Forward, and where `backward` forward + backward, for leaves of these sizes. The gradients that `f` gets are ones.
  void add(const std::string& name, const std::vector<Sizes>& leaves, bool backward,
           std::function<Tensor(Tensors&)> f) {
    for (const bool both : {false, true}) {
      if (both && !backward) continue;
      list.push_back({name + (both ? " fb" : " f"), [=] { return step(leaves, both, f); }});
    }
  }
  void unary(const std::string& name, const Sizes& sizes, Unary f, Unary view = nullptr, bool backward = true) {
    add(name, {sizes}, backward, [=](Tensors& x) { return f(view != nullptr ? view(x[0]) : x[0]); });
  }
  void binary(const std::string& name, const Sizes& a, const Sizes& b, Binary f, bool backward = true) {
    add(name, {a, b}, backward, [=](Tensors& x) { return f(x[0], x[1]); });
  }
  // x [n, c] and a class a row.
  void indexed(const std::string& name, const Sizes& sizes, std::int64_t n, std::int64_t count, Binary f) {
    add(name, {sizes}, true, [=, at = Tensor()](Tensors& x) mutable {
      if (!at.defined()) at = classes(n, count);
      return f(x[0], at);
    });
  }

 private:
  static Step step(const std::vector<Sizes>& leaves, bool backward, std::function<Tensor(Tensors&)> f) {
    Tensors x;
    for (const Sizes& sizes : leaves) x.push_back(some(sizes));
    if (!backward) return [=]() mutable { f(x); };
    for (Tensor& t : x) t.requires_grad_();
    return [=, g = torch::ones_like(f(x).detach())]() mutable {
      for (Tensor& t : x) t.mutable_grad().reset();
      f(x).backward(g);
    };
  }
};

struct NamedUnary {
  const char* name;
  Unary f;
  bool backward = true;
};
struct NamedBinary {
  const char* name;
  Binary f;
  bool backward = true;
};
struct View {
  const char* name;
  Sizes leaf;
  Unary f;
};

#define SWEEP_UNARY(expr)                                 \
  NamedUnary {                                            \
#expr, [](const Tensor& x) -> Tensor { return expr; } \
  }
#define SWEEP_UNARY_CONSTANT(expr)                               \
  NamedUnary {                                                   \
#expr, [](const Tensor& x) -> Tensor { return expr; }, false \
  }
#define SWEEP_BINARY(expr)                                                 \
  NamedBinary {                                                            \
#expr, [](const Tensor& x, const Tensor& y) -> Tensor { return expr; } \
  }
#define SWEEP_BINARY_CONSTANT(expr)                                               \
  NamedBinary {                                                                   \
#expr, [](const Tensor& x, const Tensor& y) -> Tensor { return expr; }, false \
  }

std::string text(const Sizes& sizes) {
  std::string s = "[";
  for (const std::int64_t n : sizes) s += (s.size() > 1 ? "," : "") + std::to_string(n);
  return s + "]";
}

void add_elementwise(Cases& c) {
  const NamedUnary functions[] = {
      SWEEP_UNARY(x + 1.5),
      SWEEP_UNARY(x * 1.5),
      SWEEP_UNARY(1.5 / x),
      SWEEP_UNARY(-x),
      SWEEP_UNARY(x.abs()),
      SWEEP_UNARY(x.square()),
      SWEEP_UNARY(x.sqrt()),
      SWEEP_UNARY(x.rsqrt()),
      SWEEP_UNARY(x.reciprocal()),
      SWEEP_UNARY(x.exp()),
      SWEEP_UNARY(x.expm1()),
      SWEEP_UNARY(x.log()),
      SWEEP_UNARY(x.log1p()),
      SWEEP_UNARY(x.sin()),
      SWEEP_UNARY(x.cos()),
      SWEEP_UNARY(x.erf()),
      SWEEP_UNARY(x.tanh()),
      SWEEP_UNARY(x.sigmoid()),
      SWEEP_UNARY(x.relu()),
      SWEEP_UNARY(x.clamp(0.2, 1)),
      SWEEP_UNARY(torch::leaky_relu(x, 0.1)),
      SWEEP_UNARY(torch::elu(x)),
      SWEEP_UNARY(torch::gelu(x)),
      SWEEP_UNARY(torch::silu(x)),
      SWEEP_UNARY(F::softplus(x)),
      SWEEP_UNARY(x.pow(2)),
      SWEEP_UNARY(x.pow(3)),
      SWEEP_UNARY(x.pow(0.5)),
      SWEEP_UNARY(x.pow(-1)),
      SWEEP_UNARY(x.pow(-2)),
      SWEEP_UNARY(x.pow(2.5)),
      SWEEP_UNARY(x.clone()),
      SWEEP_UNARY(x.to(torch::kDouble)),
      SWEEP_UNARY_CONSTANT(x > 0.5),
      SWEEP_UNARY_CONSTANT(x.sign()),
  };
  for (const NamedUnary& f : functions)
    for (const std::int64_t n : {64, 4096, 1000000})
      c.unary(std::string(f.name) + " " + text({n}), {n}, f.f, nullptr, f.backward);

  const View views[] = {
      {"[1000,1000].t()", {1000, 1000}, [](const Tensor& x) { return x.t(); }},
      {"[100000,4].t()", {100000, 4}, [](const Tensor& x) { return x.t(); }},
      {"[32,100,64].transpose(1,2)", {32, 100, 64}, [](const Tensor& x) { return x.transpose(1, 2); }},
      {"[400000] stepped by 2", {400000}, [](const Tensor& x) { return x.slice(0, 0, 400000, 2); }},
      {"[65536,16] columns 2..12", {65536, 16}, [](const Tensor& x) { return x.slice(1, 2, 12); }},
      {"[1000,1000] columns 100..900", {1000, 1000}, [](const Tensor& x) { return x.slice(1, 100, 900); }},
      {"[1000,1000] rows 100..900", {1000, 1000}, [](const Tensor& x) { return x.slice(0, 100, 900); }},
      {"[256,1] expanded to [256,256]",
       {256, 1},
       [](const Tensor& x) {
         return x.expand({256, 256});
       }},
  };
  const NamedUnary on_views[] = {SWEEP_UNARY(x + 1.5),        SWEEP_UNARY(x.relu()),  SWEEP_UNARY(x.exp()),
                                 SWEEP_UNARY(x.contiguous()), SWEEP_UNARY(x.clone()), SWEEP_UNARY(x + x)};
  for (const View& v : views)
    for (const NamedUnary& f : on_views) c.unary(std::string(f.name) + " " + v.name, v.leaf, f.f, v.f);
}

void add_broadcasts(Cases& c) {
  const NamedBinary functions[] = {SWEEP_BINARY(x + y), SWEEP_BINARY(x - y), SWEEP_BINARY(x * y), SWEEP_BINARY(x / y)};
  const Sizes shapes[] = {{65536, 4}, {1000, 10}, {65536, 16}, {1000, 256}, {32, 100, 64}};
  for (const NamedBinary& f : functions)
    for (const Sizes& whole : shapes) {
      Sizes column = whole;
      column.back() = 1;
      for (const Sizes& other : {whole, Sizes{whole.back()}, column, Sizes{}})
        c.binary(std::string(f.name) + " " + text(whole) + " " + text(other), whole, other, f.f);
    }
  const NamedBinary others[] = {
      SWEEP_BINARY(torch::maximum(x, y)),
      SWEEP_BINARY(torch::minimum(x, y)),
      SWEEP_BINARY(x.pow(y)),
      SWEEP_BINARY(torch::where(x > 0.5, x, y)),
      SWEEP_BINARY(x.masked_fill(y > 0.5, 0)),
      SWEEP_BINARY(torch::mse_loss(x, y)),
      SWEEP_BINARY(torch::l1_loss(x, y)),
      SWEEP_BINARY(F::binary_cross_entropy_with_logits(x, y.detach().clamp(0, 1))),
      SWEEP_BINARY(torch::add(x, y, 0.5)),
      SWEEP_BINARY_CONSTANT(x < y),
  };
  for (const NamedBinary& f : others)
    for (const std::int64_t n : {64, 4096, 1000000})
      c.binary(std::string(f.name) + " " + text({n}), {n}, {n}, f.f, f.backward);
}

void add_reductions(Cases& c) {
  const NamedUnary functions[] = {
      SWEEP_UNARY(x.sum()),
      SWEEP_UNARY(x.sum(0)),
      SWEEP_UNARY(x.sum(-1)),
      SWEEP_UNARY(x.mean()),
      SWEEP_UNARY(x.mean({0})),
      SWEEP_UNARY(x - x.mean({0}, true)),
      SWEEP_UNARY(x - x.mean({-1}, true)),
      SWEEP_UNARY(x.var({0}, true)),
      SWEEP_UNARY(x.std({-1}, true)),
      SWEEP_UNARY(x.amax({-1})),
      SWEEP_UNARY(std::get<0>(x.max(0))),
      SWEEP_UNARY(std::get<0>(x.max(-1))),
      SWEEP_UNARY_CONSTANT(x.argmax(-1)),
      SWEEP_UNARY(x.cumsum(0)),
      SWEEP_UNARY(x.cumsum(-1)),
      SWEEP_UNARY(torch::norm(x)),
      SWEEP_UNARY(x.logsumexp({-1})),
      SWEEP_UNARY(x.softmax(-1)),
      SWEEP_UNARY(x.log_softmax(-1)),
      SWEEP_UNARY(x.prod(-1)),
  };
  const Sizes shapes[] = {{100000, 4}, {128, 10}, {65536, 16}, {1000, 1000}, {32, 100, 64}};
  for (const NamedUnary& f : functions)
    for (const Sizes& sizes : shapes) c.unary(std::string(f.name) + " " + text(sizes), sizes, f.f, nullptr, f.backward);
  c.unary("x.sum() [64]", {64}, [](const Tensor& x) { return x.sum(); });
  c.unary("x.sum({0,1}) [32,100,64]", {32, 100, 64}, [](const Tensor& x) { return x.sum(Sizes{0, 1}); });
  c.unary("x.sum({0,2}) [32,100,64]", {32, 100, 64}, [](const Tensor& x) { return x.sum(Sizes{0, 2}); });
  c.unary("x.softmax(1) [32,100,64]", {32, 100, 64}, [](const Tensor& x) { return x.softmax(1); });
  for (const Sizes& sizes : {Sizes{128, 10}, Sizes{65536, 16}, Sizes{1000, 1000}}) {
    c.indexed("cross_entropy " + text(sizes), sizes, sizes[0], sizes[1],
              [](const Tensor& x, const Tensor& y) { return F::cross_entropy(x, y); });
    c.indexed("nll_loss " + text(sizes), sizes, sizes[0], sizes[1],
              [](const Tensor& x, const Tensor& y) { return F::nll_loss(x, y); });
    c.indexed("x.gather(1, y) " + text(sizes), sizes, sizes[0], sizes[1],
              [](const Tensor& x, const Tensor& y) { return x.gather(1, y.unsqueeze(1)); });
  }
}

void add_rearranged(Cases& c) {
  const Sizes shapes[] = {{65536, 4}, {65536, 10}, {128, 64}, {1000, 1000}};
  const NamedBinary functions[] = {
      SWEEP_BINARY(torch::cat(Tensors{x, y}, 0)),
      SWEEP_BINARY(torch::cat(Tensors{x, y}, -1)),
      SWEEP_BINARY(torch::stack(Tensors{x, y}, 0)),
      SWEEP_BINARY(torch::stack(Tensors{x, y}, -1)),
  };
  const NamedUnary copies[] = {
      SWEEP_UNARY(x.flip({0})),
      SWEEP_UNARY(x.repeat({2, 1})),
      SWEEP_UNARY(x.tril()),
      SWEEP_UNARY(torch::pad(x, {1, 1})),

  };
  for (const Sizes& sizes : shapes) {
    for (const NamedBinary& f : functions) c.binary(std::string(f.name) + " " + text(sizes), sizes, sizes, f.f);
    for (const NamedUnary& f : copies) c.unary(std::string(f.name) + " " + text(sizes), sizes, f.f);
    c.indexed("x.index_select(0, y) " + text(sizes), sizes, 1000, sizes[0],
              [](const Tensor& x, const Tensor& y) { return x.index_select(0, y); });
  }
  c.indexed("embedding of 256 rows [10000,64]", {10000, 64}, 256, 10000,
            [](const Tensor& x, const Tensor& y) { return x.index_select(0, y); });
}

void add_products(Cases& c) {
  struct Product {
    std::int64_t m, n, k;
  };
  const Product shapes[] = {{1, 64, 64},     {1, 1024, 1024}, {32, 64, 64},    {128, 10, 784},
                            {128, 512, 784}, {1024, 1, 64},   {1000, 1, 1000}, {256, 256, 256}};
  for (const auto [m, n, k] : shapes) {
    const std::string sizes = " " + text({m, n, k});
    c.add("linear(x, w, b)" + sizes, {{m, k}, {n, k}, {n}}, true,
          [](Tensors& x) { return torch::linear(x[0], x[1], x[2]); });
    c.binary("x.mm(y)" + sizes, {m, k}, {k, n}, [](const Tensor& x, const Tensor& y) { return x.mm(y); });
  }
  c.binary("x.matmul(y) [1000,1000] [1000]", {1000, 1000}, {1000},
           [](const Tensor& x, const Tensor& y) { return x.matmul(y); });
  c.binary("x.t().matmul(y) [1000,64] [1000]", {1000, 64}, {1000},
           [](const Tensor& x, const Tensor& y) { return x.t().matmul(y); });
  c.binary("x.t().matmul(y) [1000,1024] [1000]", {1000, 1024}, {1000},
           [](const Tensor& x, const Tensor& y) { return x.t().matmul(y); });
  c.binary("x.t().mm(y) [65536,64] [65536,64]", {65536, 64}, {65536, 64},
           [](const Tensor& x, const Tensor& y) { return x.t().mm(y); });
  c.binary("x.t().mm(y) [65536,16] [65536,16]", {65536, 16}, {65536, 16},
           [](const Tensor& x, const Tensor& y) { return x.t().mm(y); });
  c.binary("x.dot(y) [4096]", {4096}, {4096}, [](const Tensor& x, const Tensor& y) { return x.dot(y); });
  c.binary("torch::outer(x, y) [256] [256]", {256}, {256},
           [](const Tensor& x, const Tensor& y) { return torch::outer(x, y); });
  c.binary("x.bmm(y) [32,16,64] [32,64,16]", {32, 16, 64}, {32, 64, 16},
           [](const Tensor& x, const Tensor& y) { return x.bmm(y); });
  c.binary("x.matmul(y) [32,100,64] [64,64]", {32, 100, 64}, {64, 64},
           [](const Tensor& x, const Tensor& y) { return x.matmul(y); });
}

}  // namespace
}  // namespace bench

#include "bench/sweep/layers.h"

namespace bench {
namespace {

std::vector<Case> all_cases() {
  torch::set_num_threads(1);
  Cases c;
  add_elementwise(c);
  add_broadcasts(c);
  add_reductions(c);
  add_rearranged(c);
  add_products(c);
  add_convolutions(c);
  add_pools(c);
  add_norms(c);
  add_nets(c);
  return std::move(c.list);
}

}  // namespace
}  // namespace bench
