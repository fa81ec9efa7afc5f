// Random programs: graphs of a few dozen elementwise operations with shared subexpressions, views, in-place changes,
// hooks and retained gradients, against dual numbers. What a tape does wrong with a gradient that two edges share, or
// with an order of nodes, shows here.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/tensor.h>

#include "oracle.h"

namespace tapegrad::test {
namespace {

constexpr std::size_t kElements = 3;
constexpr std::size_t kLeaves = 4;

enum class What { Leaf, Add, Sub, AddScaled, Mul, Double, Neg, Tanh, View, Clone, Detach, AddInPlace, MulInPlace };

struct Line {
  What what;
  std::size_t x = 0, y = 0;  // earlier lines
  double hook = 1;           // what a hook multiplies the gradient with
  bool retained = false;
};

// Operands of these are saved, so that their bytes may not change any more.
bool saves(What w) { return w == What::Mul || w == What::Tanh || w == What::MulInPlace; }
bool in_place(What w) { return w == What::AddInPlace || w == What::MulInPlace; }

struct Program {
  std::vector<Line> lines;
  std::vector<std::size_t> roots;

  Program(Draw& draw, bool hooks) {
    std::vector<bool> fixed;    // must not be changed in place: saved, viewed, a view or a leaf
    std::vector<bool> current;  // not changed in place since: may still be read
    for (std::size_t i = 0; i < kLeaves; ++i) lines.push_back({What::Leaf});
    fixed.assign(kLeaves, true);
    current.assign(kLeaves, true);
    const auto pick = [&] {
      std::size_t i = 0;
      do i = static_cast<std::size_t>(draw.below(static_cast<std::int64_t>(lines.size())));
      while (!current[i]);
      return i;
    };
    for (int n = 0; n < 24; ++n) {
      Line l{static_cast<What>(1 + draw.below(12))};
      l.x = pick();
      l.y = pick();
      if (in_place(l.what) && (fixed[l.x] || l.x == l.y)) l.what = What::Add;
      if (l.what == What::View || l.what == What::Detach) fixed[l.x] = true;
      if (saves(l.what)) fixed[l.y] = true;
      if (saves(l.what) && l.what != What::MulInPlace) fixed[l.x] = true;
      if (in_place(l.what)) current[l.x] = false;
      if (hooks && l.what != What::Detach && draw.below(6) == 0) l.hook = 2;
      l.retained = hooks && l.what != What::Detach && !in_place(l.what) && draw.below(4) == 0;
      fixed.push_back(l.what == What::View || l.what == What::Detach || l.what == What::Tanh);
      current.push_back(true);
      if (l.hook != 1 || l.retained) fixed.back() = true;  // they belong to this node
      lines.push_back(l);
    }
    for (std::size_t i = lines.size(); i-- > 0 && roots.size() < 3;)
      if (current[i] && lines[i].what != What::Detach) roots.push_back(i);
  }
};

Tensor run(const Line& l, const std::vector<Tensor>& t) {
  switch (l.what) {
    case What::Add:
      return t[l.x] + t[l.y];
    case What::Sub:
      return t[l.x] - t[l.y];
    case What::AddScaled:
      return add(t[l.x], t[l.y], 0.5);
    case What::Mul:
      return t[l.x] * t[l.y];
    case What::Double:
      return t[l.x] * 2;
    case What::Neg:
      return -t[l.x];
    case What::Tanh:
      return tanh(t[l.x]);
    case What::View:
      return t[l.x].view({3, 1}).view(3);
    case What::Clone:
      return t[l.x].clone();
    case What::Detach:
      return t[l.x].detach();
    case What::AddInPlace:
      return t[l.x].add_(t[l.y]);
    case What::MulInPlace:
      return t[l.x].mul_(t[l.y]);
    case What::Leaf:
      break;
  }
  return {};
}

Dual run(const Line& l, const std::vector<Dual>& t) {
  switch (l.what) {
    case What::Add:
    case What::AddInPlace:
      return t[l.x] + t[l.y];
    case What::Sub:
      return t[l.x] - t[l.y];
    case What::AddScaled:
      return t[l.x] + t[l.y] * 0.5L;
    case What::Mul:
    case What::MulInPlace:
      return t[l.x] * t[l.y];
    case What::Double:
      return t[l.x] * 2;
    case What::Neg:
      return -t[l.x];
    case What::Tanh:
      return tanh(t[l.x]);
    case What::View:
    case What::Clone:
      return t[l.x];
    case What::Detach:
      return t[l.x].v;
    case What::Leaf:
      break;
  }
  return {};
}

// One element of every line. seed: the line whose derivative is asked for (a = 1 there); u: the direction b of leaves.
std::vector<Dual> reference(const Program& p, const std::vector<Real>& leaves, std::size_t seed,
                            const std::vector<Real>& u = std::vector<Real>(kLeaves, 0)) {
  std::vector<Dual> t;
  for (std::size_t i = 0; i < p.lines.size(); ++i) {
    Dual v = i < kLeaves ? Dual(leaves[i], 0, u[i], 0) : run(p.lines[i], t);
    v.a *= static_cast<Real>(p.lines[i].hook);
    if (i == seed) v.a = static_cast<Real>(p.lines[i].hook);
    t.push_back(v);
  }
  return t;
}

class RandomProgram : public ::testing::Test {
 protected:
  void make(int number, bool hooks) {
    Draw draw("program " + std::to_string(number));
    program = Program(draw, hooks);
    tensors.clear();
    for (std::size_t i = 0; i < kLeaves; ++i) {
      values_[i] = draw_cotangent(std::to_string(number) + " leaf " + std::to_string(i), {kElements});
      tensors.push_back(to_tensor(values_[i], kDouble, true));
    }
    for (std::size_t i = kLeaves; i < program.lines.size(); ++i) {
      const Line& l = program.lines[i];
      tensors.push_back(run(l, tensors));
      if (!tensors[i].requires_grad()) continue;
      if (l.hook != 1) tensors[i].register_hook([s = l.hook](const Tensor& g) { return g * s; });
      if (l.retained) tensors[i].retain_grad();
    }
    roots.clear();
    seeds.clear();
    cotangents.clear();
    for (const std::size_t r : program.roots) {
      if (!tensors[r].requires_grad()) continue;
      roots.push_back(tensors[r]);
      root_lines.push_back(r);
      cotangents.push_back(draw_cotangent(std::to_string(number) + " root " + std::to_string(r), {kElements}));
      seeds.push_back(to_tensor(cotangents.back(), kDouble));
    }
  }
  // sum over roots of cotangent * what(root), element by element
  template <class Part>
  std::vector<Real> expected(std::size_t seed, const std::vector<Array>& u, Part part) const {
    std::vector<Real> out(kElements, 0);
    for (std::size_t e = 0; e < kElements; ++e) {
      std::vector<Real> leaves, direction;
      for (std::size_t i = 0; i < kLeaves; ++i) {
        leaves.push_back(values_[i].v[e].v);
        direction.push_back(u.empty() ? 0 : u[i].v[e].v);
      }
      const std::vector<Dual> t = reference(program, leaves, seed, direction);
      for (std::size_t r = 0; r < roots.size(); ++r) out[e] += cotangents[r].v[e].v * part(t[root_lines[r]]);
    }
    return out;
  }
  std::vector<Real> gradient(std::size_t line) const {
    return expected(line, {}, [](const Dual& n) { return n.a; });
  }
  void SetUp() override { root_lines.clear(); }

  Draw nothing_{""};
  Program program{nothing_, false};
  Array values_[kLeaves];
  std::vector<Tensor> tensors, roots, seeds;
  std::vector<std::size_t> root_lines;
  Arrays cotangents;
};

constexpr int kPrograms = 400;

TEST_F(RandomProgram, HasTheGradientsOfDualNumbers) {
  for (int number = 0; number < kPrograms; ++number) {
    SCOPED_TRACE("program " + std::to_string(number));
    root_lines.clear();
    make(number, /*hooks=*/true);
    if (roots.empty()) continue;
    for (int round = 1; round <= 2; ++round) {
      autograd::backward(roots, seeds, /*retain_graph=*/true);
      for (std::size_t i = 0; i < tensors.size(); ++i) {
        if (i >= kLeaves && !program.lines[i].retained) continue;
        std::vector<Real> want = gradient(i);
        for (Real& g : want) g *= round;
        if (!tensors[i].requires_grad()) continue;
        ASSERT_TRUE(near(values_or_zeros(tensors[i].grad(), kElements), want, 1e-13L)) << "line " << i;
      }
    }
    for (std::size_t r = 0; r < seeds.size(); ++r) ASSERT_EQ(values(seeds[r]), values(cotangents[r]));
  }
}

TEST_F(RandomProgram, HasTheGradientsOfDualNumbersByGrad) {
  for (int number = 0; number < kPrograms; ++number) {
    SCOPED_TRACE("program " + std::to_string(number));
    root_lines.clear();
    make(number, /*hooks=*/false);
    if (roots.empty()) continue;
    std::vector<std::size_t> lines;
    Tensors wrt;
    for (std::size_t i = 0; i < tensors.size(); i += 1 + static_cast<std::size_t>(number) % 5) {
      bool changed = false;  // the handle shows a later line by now
      for (const Line& l : program.lines) changed = changed || (in_place(l.what) && l.x == i);
      if (changed || !tensors[i].requires_grad()) continue;
      lines.push_back(i);
      wrt.push_back(tensors[i]);
    }
    const Tensors g = autograd::grad(roots, wrt, seeds, std::nullopt, false, /*allow_unused=*/true);
    for (std::size_t k = 0; k < wrt.size(); ++k)
      ASSERT_TRUE(near(values_or_zeros(g[k], kElements), gradient(lines[k]), 1e-13L)) << "line " << lines[k];
    for (std::size_t i = 0; i < kLeaves; ++i) ASSERT_FALSE(tensors[i].grad().defined());
  }
}

TEST_F(RandomProgram, HasTheSecondDerivativesOfDualNumbers) {
  for (int number = 0; number < kPrograms; ++number) {
    SCOPED_TRACE("program " + std::to_string(number));
    root_lines.clear();
    make(number, /*hooks=*/false);
    if (roots.empty()) continue;
    const Tensors leaves(tensors.begin(), tensors.begin() + kLeaves);
    const Tensors g = autograd::grad(roots, leaves, seeds, std::nullopt, /*create_graph=*/true, /*allow_unused=*/true);
    Arrays u;
    Tensors outputs, directions;
    for (std::size_t i = 0; i < kLeaves; ++i) {
      u.push_back(draw_cotangent("direction " + std::to_string(i), {kElements}));
      if (!g[i].defined() || !g[i].requires_grad()) continue;
      outputs.push_back(g[i]);
      directions.push_back(to_tensor(u[i], kDouble));
    }
    Tensors h(kLeaves);
    if (!outputs.empty()) h = autograd::grad(outputs, leaves, directions, std::nullopt, false, /*allow_unused=*/true);
    // All leaves and both orders together: where second derivatives cancel to nothing, the others give the scale.
    std::vector<Real> got, want;
    for (std::size_t i = 0; i < kLeaves; ++i) {
      for (const Real v : values_or_zeros(g[i], kElements)) got.push_back(v);
      for (const Real v : gradient(i)) want.push_back(v);
      for (const Real v : values_or_zeros(h[i], kElements)) got.push_back(v);
      for (const Real v : expected(i, u, [](const Dual& n) { return n.ab; })) want.push_back(v);
    }
    if (largest(want) == 0) continue;  // such as x * y - x * y: no scale
    ASSERT_TRUE(near(got, want, 1e-12L));
  }
}

}  // namespace
}  // namespace tapegrad::test
