// Steps of linear algebra, and of layers whose gradients are more than one operation's.
#include <tapegrad/autograd/linalg.h>
#include <tapegrad/nn/layers/grid_sample.h>
#include <tapegrad/nn/losses/ctc.h>

#include <cmath>

#include "programs.h"

namespace tapegrad::fuzz {

namespace {

using Makes = Program::Makes;

// x x^T + 2 I of a small matrix, which has a Cholesky factor and an inverse.
Array positive(const Array& x) {
  if (x.size() == 0 || x.shape[0] > 4) throw Unknown();
  Array a = model::matmul(x, model::transpose(x, 0, 1));
  for (std::int64_t i = 0; i < a.shape[0]; ++i) {
    a.at({i, i}) += Dual(2);
    if (a.at({i, i}).v > 50) throw Unknown();  // rounding grows with the condition
  }
  return a;
}
Tensor positive(const Tensor& x) { return x.mm(x.t()) + 2 * eye(x.size(0), kDouble); }

// L L^T = a.
Array cholesky(const Array& a) {
  Array l(a.shape);
  for (std::int64_t i = 0; i < a.shape[0]; ++i) {
    for (std::int64_t j = 0; j <= i; ++j) {
      Dual rest = a.at({i, j});
      for (std::int64_t k = 0; k < j; ++k) rest = rest - l.at({i, k}) * l.at({j, k});
      l.at({i, j}) = i == j ? test::sqrt(rest) : rest / l.at({j, j});
    }
  }
  return l;
}
// a y = b by Gauss; a positive matrix needs no pivots. Gives the determinant.
Dual eliminate(Array a, Array& b) {
  Dual det = 1;
  const std::int64_t n = a.shape[0], m = b.shape[1];
  for (std::int64_t k = 0; k < n; ++k) {
    det = det * a.at({k, k});
    for (std::int64_t i = 0; i < n; ++i) {
      if (i == k) continue;
      const Dual factor = a.at({i, k}) / a.at({k, k});
      for (std::int64_t j = 0; j < n; ++j) a.at({i, j}) = a.at({i, j}) - factor * a.at({k, j});
      for (std::int64_t j = 0; j < m; ++j) b.at({i, j}) = b.at({i, j}) - factor * b.at({k, j});
    }
  }
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = 0; j < m; ++j) b.at({i, j}) = b.at({i, j}) / a.at({i, i});
  return det;
}
Array identity(std::int64_t n) {
  Array a(Shape{n, n});
  for (std::int64_t i = 0; i < n; ++i) a.at({i, i}) = Dual(1);
  return a;
}

void matrix(Program& p) {
  const Var x = p.any_of_rank(2);
  if (x.a.shape.size() != 2) return;
  constexpr const char* kNames[] = {"cholesky", "inv", "solve", "slogdet", "det"};
  const std::int64_t form = p.in.below(5);
  p.step(
      kNames[form], {&x}, Makes::Fresh,
      [&] {
        const Array a = positive(x.a);
        if (form == 0) return Arrays{cholesky(a)};
        Array b = form == 2 ? x.a : identity(a.shape[0]);
        const Dual det = eliminate(a, b);
        if (form < 3) return Arrays{b};
        return Arrays{Array({}, {form == 3 ? test::log(det) : det})};
      },
      [&]() -> Tensors {
        const Tensor a = positive(x.t);
        if (form == 0) return {linalg::cholesky(a)};
        if (form == 1) return {linalg::inv(a)};
        if (form == 2) return {linalg::solve(a, x.t)};
        return {form == 3 ? std::get<1>(linalg::slogdet(a)) : linalg::det(a)};
      });
}

// Places in x by pairs of its own numbers, one after the other.
void sample(Program& p) {
  const Var x = p.any_of_rank(2), y = p.any();
  if (x.a.shape.size() != 2) return;
  const std::int64_t h = x.a.shape[0], w = x.a.shape[1], n = static_cast<std::int64_t>(y.a.size() / 2);
  const bool corners = p.in.coin();
  p.step(
      corners ? "grid_sample by corners" : "grid_sample", {&x, &y}, Makes::Fresh,
      [&] {
        if (x.a.size() == 0 || n == 0 || n > 16) throw Unknown();
        const auto at = [&](const Dual& v, std::int64_t size) {
          const Real s = static_cast<Real>(size);
          const Dual place = corners ? (v + Dual(1)) * ((s - 1) / 2) : ((v + Dual(1)) * s - Dual(1)) * Dual(0.5L);
          if (std::abs(place.v - std::round(place.v)) < 1e-6L || std::abs(place.v) > 100) throw Unknown();
          return place;
        };
        Array out(Shape{n});
        for (std::int64_t k = 0; k < n; ++k) {
          const Dual px = at(y.a.v[static_cast<std::size_t>(2 * k)], w),
                     py = at(y.a.v[static_cast<std::size_t>(2 * k + 1)], h);
          for (std::int64_t i = 0; i < h; ++i) {
            for (std::int64_t j = 0; j < w; ++j) {
              const Dual near_x = Dual(1) - test::abs(px - Dual(static_cast<Real>(j))),
                         near_y = Dual(1) - test::abs(py - Dual(static_cast<Real>(i)));
              if (near_x.v > 0 && near_y.v > 0) out.v[static_cast<std::size_t>(k)] += x.a.at({i, j}) * near_x * near_y;
            }
          }
        }
        return Arrays{out};
      },
      [&] {
        const auto options = nn::functional::GridSampleFuncOptions().align_corners(corners);
        const Tensor grid = y.t.reshape(-1).narrow(0, 0, 2 * n).reshape({1, n, 1, 2});
        return Tensors{nn::functional::grid_sample(x.t.reshape({1, 1, h, w}), grid, options).reshape(n)};
      });
}

// The loss of one sequence, by all paths through x's rows.
void ctc(Program& p) {
  const Var x = p.any_of_rank(2);
  if (x.a.shape.size() != 2 || x.a.size() == 0) return;
  const std::int64_t steps = x.a.shape[0], classes = x.a.shape[1];
  std::vector<std::int64_t> labels;
  for (std::int64_t k = p.in.below(3); k > 0 && classes > 1; --k) labels.push_back(1 + p.in.below(classes - 1));
  p.step(
      "ctc_loss" + text(labels), {&x}, Makes::Fresh,
      [&] {
        if (labels.empty() || std::pow(static_cast<Real>(classes), static_cast<Real>(steps)) > 300) throw Unknown();
        const Array l = model::along(x.a, 1, test::log_softmax);
        Dual sum;
        bool some = false;
        std::vector<std::int64_t> path(static_cast<std::size_t>(steps));
        for (bool more = true; more;) {
          std::vector<std::int64_t> said;
          Dual log_p;
          for (std::size_t t = 0; t < path.size(); ++t) {
            log_p += l.at({static_cast<std::int64_t>(t), path[t]});
            if (path[t] != 0 && (t == 0 || path[t] != path[t - 1])) said.push_back(path[t]);
          }
          if (said == labels) {
            sum += test::exp(log_p);
            some = true;
          }
          more = false;
          for (std::int64_t& c : path) {
            more = ++c < classes;
            if (more) break;
            c = 0;
          }
        }
        if (!some || sum.v < 1e-3L) throw Unknown();
        return Arrays{Array({}, {-test::log(sum)})};
      },
      [&] {
        const auto one = [](std::int64_t n) { return full({1}, static_cast<double>(n)).to(kLong); };
        const Tensor targets = tensor(labels).view({1, -1});
        return Tensors{nn::functional::ctc_loss(x.t.log_softmax(1).unsqueeze(1), targets, one(steps),
                                                one(static_cast<std::int64_t>(labels.size())),
                                                nn::CTCLossOptions().reduction(kSum))};
      });
}

// Of the rows of two matrices: lengths of differences, angles, moments, products of batches.
void rows(Program& p) {
  const Var x = p.any_of_rank(2), y = p.in.one_in(4) ? x : p.any_of_rank(2);
  constexpr const char* kNames[] = {"cosine_similarity", "pairwise_distance", "cdist",     "normalize",
                                    "std_mean",          "baddbmm",           "tensordot", "cross"};
  const std::int64_t form = p.in.below(8);
  using Row = std::vector<Dual>;
  const auto row = [](const Array& a, std::int64_t i) {
    const std::int64_t n = a.shape[1];
    return Row(a.v.begin() + i * n, a.v.begin() + (i + 1) * n);
  };
  const auto product = [](const Row& a, const Row& b) {
    Dual sum;
    for (std::size_t k = 0; k < a.size(); ++k) sum += a[k] * b[k];
    return sum;
  };
  const auto length = [&](const Row& a) {
    const Dual square = product(a, a);
    if (square.v < 0.01L) throw Unknown();  // a kink
    return test::sqrt(square);
  };
  const auto difference = [](Row a, const Row& b, Real eps = 0) {
    for (std::size_t k = 0; k < a.size(); ++k) a[k] = a[k] - b[k] + Dual(eps);
    return a;
  };
  const bool alone = form == 3 || form == 4;
  p.step(
      kNames[form], {&x, alone ? &x : &y}, Makes::Fresh,
      [&] {
        if (x.a.shape.size() != 2 || y.a.shape.size() != 2 || x.a.size() == 0) throw Unknown();
        const std::int64_t n = x.a.shape[0], m = x.a.shape[1];
        if (form == 6 && (n == 1 || y.a.shape[0] == 1)) throw Unknown();  // 1 meets any size
        if (form == 6) return Arrays{model::matmul(model::transpose(x.a, 0, 1), y.a)};
        if (form == 2 && y.a.shape[1] != m) throw Invalid();
        if (form != 2 && y.a.shape != x.a.shape) throw Unknown();  // some broadcast
        if (form == 5) {
          Array sum = model::matmul(x.a, model::transpose(y.a, 0, 1));
          for (std::int64_t i = 0; i < n; ++i)
            for (std::int64_t j = 0; j < n; ++j) sum.at({i, j}) = sum.at({i, j}) * Dual(2) + x.a.at({i, 0});
          sum.shape.insert(sum.shape.begin(), 1);
          return Arrays{sum};
        }
        if (form == 7 && m != 3) throw Invalid();
        Array out(form == 2   ? Shape{n, y.a.shape[0]}
                  : form == 3 ? x.a.shape
                  : form == 7 ? x.a.shape
                              : Shape{n}),
            means(Shape{n});
        std::size_t at = 0;
        for (std::int64_t i = 0; i < n; ++i) {
          const Row a = row(x.a, i);
          if (form == 0) out.v[at++] = product(a, row(y.a, i)) / (length(a) * length(row(y.a, i)));
          if (form == 1) out.v[at++] = length(difference(a, row(y.a, i), 1e-6L));
          for (std::int64_t j = 0; form == 2 && j < y.a.shape[0]; ++j) out.v[at++] = length(difference(a, row(y.a, j)));
          for (const Dual& v : a)
            if (form == 3) out.v[at++] = v / length(a);
          if (form == 4) {
            if (m < 2) throw Unknown();
            Dual mean;
            for (const Dual& v : a) mean += v;
            means.v[at] = mean / Dual(static_cast<Real>(m));
            out.v[at] = length(difference(a, Row(a.size(), means.v[at]))) / Dual(std::sqrt(static_cast<Real>(m - 1)));
            ++at;
          }
          for (std::size_t k = 0; form == 7 && k < 3; ++k) {
            const Row b = row(y.a, i);
            out.v[at++] = a[(k + 1) % 3] * b[(k + 2) % 3] - a[(k + 2) % 3] * b[(k + 1) % 3];
          }
        }
        return form == 4 ? Arrays{out, means} : Arrays{out};
      },
      [&]() -> Tensors {
        switch (form) {
          case 0:
            return {cosine_similarity(x.t, y.t, 1)};
          case 1:
            return {pairwise_distance(x.t, y.t)};
          case 2:
            return {cdist(x.t, y.t)};
          case 3:
            return {normalize(x.t)};
          case 4: {
            const auto [deviation, mean] = std_mean(x.t, {1});
            return {deviation, mean};
          }
          case 5: {
            const Tensor first = x.t.narrow(1, 0, 1).unsqueeze(0);
            return {first.baddbmm(x.t.unsqueeze(0), y.t.t().unsqueeze(0), 1, 2)};
          }
          case 6:
            return {tensordot(x.t, y.t, {0}, {0})};
          default:
            return {x.t.cross(y.t, 1)};
        }
      });
}

}  // namespace

const std::vector<Step> kLayerSteps = {matrix, sample, ctc, rows, rows};

}  // namespace tapegrad::fuzz
