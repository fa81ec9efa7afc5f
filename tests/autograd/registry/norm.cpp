// layer_norm, group_norm, batch_norm, instance_norm.
#include <algorithm>
#include <functional>

#include "../registry.h"

namespace tapegrad::test {
namespace {

constexpr double kEps = 1e-3;

// Which elements belong together, and which weight one has.
using Place = std::function<std::int64_t(const Index&)>;

Array normalized(const Arrays& in, const Place& group, const Place& weight, bool magnitude) {
  const Array& x = in[0];
  std::vector<std::vector<Dual>> groups(x.size() + 1);
  for_each(x.shape, [&](const Index& i) { groups[static_cast<std::size_t>(group(i))].push_back(x.at(i)); });
  const auto value = [&](const Dual& v) { return magnitude ? abs(v) : v; };
  Array y(x.shape);
  for_each(x.shape, [&](const Index& i) {
    const std::vector<Dual>& all = groups[static_cast<std::size_t>(group(i))];
    const Dual n(static_cast<double>(all.size()));
    const Dual mean = total(all) / n;
    Dual var(0);
    Dual size(0);
    for (const Dual& v : all) {
      var += (v - mean) * (v - mean) / n;
      size += abs(v) / n;
    }
    const Dual r = rsqrt(var + Dual(kEps)), hat = (x.at(i) - mean) * r;
    const auto w = static_cast<std::size_t>(weight(i));
    const Dual scale = in.size() > 1 ? value(in[1].v[w]) : Dual(1), shift = in.size() > 2 ? value(in[2].v[w]) : Dual(0);
    const Dual error = (abs(x.at(i)) + size) * r * (Dual(1) + abs(hat));
    y.at(i) = (magnitude ? error : hat) * scale + shift;
  });
  return y;
}

struct Norm {
  Shape x;
  std::int64_t weights;
  bool affine = true, large = false;
};
// ways(x) gives the groups and weights of elements of x.
void norms(Sample& s, const std::vector<Norm>& all, const std::function<std::pair<Place, Place>(const Norm&)>& ways,
           const std::function<Tensor(const Tensors&, const Norm&)>& call) {
  for (const Norm& n : all) {
    const auto [group, weight] = ways(n);
    Case c{.label = shape_text(n.x) + " with " + std::to_string(n.weights) + (n.affine ? "" : " and no weight") +
                    (n.large ? " large" : ""),
           .inputs = {{n.x}},
           .fn = [=](const Tensors& x) { return call(x, n); },
           .reference = [group = group,
                         weight = weight](const Arrays& in) { return normalized(in, group, weight, false); },
           .accuracy = {6, 6,
                        [group = group, weight = weight](const Arrays& in) {
                          return normalized(in, group, weight, true);
                        }},
           .large = n.large};
    if (n.affine) c.inputs.insert(c.inputs.end(), 2, Input{{n.weights}});
    s.add(std::move(c));
  }
}
Tensor w(const Tensors& x) { return x.size() > 1 ? x[1] : undefined(); }
Tensor b(const Tensors& x) { return x.size() > 2 ? x[2] : undefined(); }

const Register kLayerNorm("layer_norm", [](Sample& s) {
  TAPEGRAD_EXAMPLE(layer_norm(tensor({{1.0, 3.0}, {2.0, 6.0}}), {2}, {}, {}, 0));
  norms(
      s,
      {{{3, 5}, 5},
       {{3, 5}, 5, false},
       {{2, 3, 4}, 4},
       {{7}, 7},
       {{2, 1}, 1},
       {{130, 17}, 17},
       {{0, 4}, 4},
       {{200, 300}, 300, true, true}},
      [](const Norm& n) {
        const std::int64_t size = n.weights;
        const Shape shape = n.x;
        return std::pair<Place, Place>(
            [=](const Index& i) { return static_cast<std::int64_t>(flat(shape, i)) / size; },
            [=](const Index& i) { return static_cast<std::int64_t>(flat(shape, i)) % size; });
      },
      [](const Tensors& x, const Norm& n) { return layer_norm(x[0], n.weights, w(x), b(x), kEps); });
  s.edge({"over two dims", {{1, 2, 3, 6}}, {-1, -0.5, 0, 1.5}, {}, [](const Tensors& x) {
            return layer_norm(x[0].view({1, 2, 2}), {2, 2}, {}, {}, 0.5).view(-1);
          }});
  s.throws<ShapeError>("Given normalized_shape=[4], expected input with shape [*, 4], but got input of size[3, 5]",
                       [] {
                         layer_norm(zeros({3, 5}), 4);
                       })
      .throws<ShapeError>("Expected normalized_shape to be at least 1-dimensional",
                          [] {
                            layer_norm(zeros({3, 5}), IntList());
                          })
      .throws<ShapeError>("Expected weight to be of same shape as normalized_shape, but got weight of shape [4]",
                          [] {
                            layer_norm(zeros({3, 5}), 5, zeros(4));
                          })
      .throws<ShapeError>("Expected bias to be of same shape",
                          [] {
                            layer_norm(zeros({3, 5}), 5, {}, zeros(4));
                          })
      .throws<DtypeError>("expected scalar type Float but found Double",
                          [] {
                            layer_norm(zeros({3, 5}), 5, zeros(5, kDouble));
                          })
      .throws<DtypeError>("not implemented for 'Long'", [] {
        layer_norm(zeros({3, 5}, kLong), 5);
      });
});

// Of channel c of row n: group n * groups + c / (channels / groups), weight c.
std::pair<Place, Place> by_channels(const Norm& n, std::int64_t groups, bool rows) {
  const std::int64_t each = n.weights / groups;
  return {[=](const Index& i) { return (rows ? i[0] * groups : 0) + i[1] / each; },
          [](const Index& i) { return i[1]; }};
}

const Register kGroupNorm("group_norm", [](Sample& s) {
  TAPEGRAD_EXAMPLE(group_norm(tensor({{1.0, 3.0, 2.0, 6.0}}), 2, {}, {}, 0));
  norms(
      s, {{{3, 8}, 8}, {{2, 6, 3}, 6}, {{2, 6, 3}, 6, false}, {{2, 4, 3, 2}, 4}, {{0, 4, 2}, 4}, {{70, 4, 2}, 4}},
      [](const Norm& n) { return by_channels(n, 2, true); },
      [](const Tensors& x, const Norm&) { return group_norm(x[0], 2, w(x), b(x), kEps); });
  s.throws<ShapeError>(
       "Expected number of channels in input to be divisible by num_groups, but got input of shape "
       "[2, 5] and num_groups=2",
       [] {
         group_norm(zeros({2, 5}), 2);
       })
      .throws<ShapeError>("divisible by num_groups",
                          [] {
                            group_norm(zeros({2, 5}), 0);
                          })
      .throws<ShapeError>("Expected at least 2 dimensions", [] { group_norm(zeros(5), 1); })
      .throws<ShapeError>("weight should contain 4 elements not 3",
                          [] {
                            group_norm(zeros({2, 4}), 2, zeros(3));
                          })
      .throws<DtypeError>("not implemented for 'Long'", [] {
        group_norm(zeros({2, 4}, kLong), 2);
      });
});

const Register kBatchNorm("batch_norm", [](Sample& s) {
  TAPEGRAD_EXAMPLE(batch_norm(tensor({{1.0, 2.0}, {3.0, 6.0}}), {}, {}, {}, {}, true, 0.1, 0));
  norms(
      s,
      {{{5, 3}, 3},
       {{5, 3}, 3, false},
       {{2, 3, 4}, 3},
       {{2, 3, 4, 2}, 3},
       {{2, 1, 2, 1, 3}, 1},
       {{3, 2, 1}, 2},
       {{0, 3, 2}, 3},
       {{40, 8, 30, 9}, 8, true, true}},
      [](const Norm& n) { return by_channels(n, n.weights, false); },
      [](const Tensors& x, const Norm&) { return batch_norm(x[0], w(x), b(x), {}, {}, true, 0.1, kEps); });
  s.edge({"in evaluation by the running statistics",
          {{1, 2, 3, 4}},
          {0, 0.5, 2, 1.5},
          {{1, 0.5, 1, 0.5}},
          [](const Tensors& x) {
            return batch_norm(x[0].view({2, 2}), {}, {}, tensor({1.0, 1.0}, x[0].dtype()),
                              tensor({0.5, 3.5}, x[0].dtype()), false, 0.1, 0.5)
                .view(-1);
          }});
  s.edge({"the running statistics follow", {{1, 3}}, {1.2, 1.1}, {}, [](const Tensors& x) {
            const Tensor mean = ones(1, x[0].dtype()), var = ones(1, x[0].dtype());
            batch_norm(x[0].view({2, 1}), {}, {}, mean, var, true, 0.1, 0);
            return cat({mean.add(0.1), var});
          }});
  s.throws<ValueError>("Expected more than 1 value per channel when training, got input size [1, 3]",
                       [] {
                         batch_norm(zeros({1, 3}), {}, {}, {}, {}, true, 0.1, kEps);
                       })
      .throws<ValueError>("Expected running_mean and running_var to be defined outside of training",
                          [] {
                            batch_norm(zeros({2, 3}), {}, {}, {}, {}, false, 0.1, kEps);
                          })
      .throws<ShapeError>("running_mean should contain 3 elements not 2",
                          [] {
                            batch_norm(zeros({2, 3}), {}, {}, zeros(2), zeros(2), true, 0.1, kEps);
                          })
      .throws<ShapeError>("weight should contain 3 elements not 2",
                          [] {
                            batch_norm(zeros({2, 3}), zeros(2), {}, {}, {}, true, 0.1, kEps);
                          })
      .throws<ShapeError>("Expected at least 2 dimensions",
                          [] { batch_norm(zeros(3), {}, {}, {}, {}, true, 0.1, kEps); })
      .throws<DtypeError>("expected scalar type Float but found Double", [] {
        batch_norm(zeros({2, 3}), zeros(3, kDouble), {}, {}, {}, true, 0.1, kEps);
      });
});

const Register kInstanceNorm("instance_norm", [](Sample& s) {
  TAPEGRAD_EXAMPLE(instance_norm(tensor({{{1.0, 3.0}, {2.0, 6.0}}}), {}, {}, {}, {}, true, 0.1, 0));
  norms(
      s, {{{2, 3, 4}, 3}, {{2, 3, 4}, 3, false}, {{2, 3, 2, 3}, 3}, {{0, 3, 2}, 3}},
      [](const Norm& n) { return by_channels(n, n.weights, true); },
      [](const Tensors& x, const Norm&) { return instance_norm(x[0], w(x), b(x), {}, {}, true, 0.1, kEps); });
  s.edge({"the running statistics follow the mean over rows", {{1, 3, 3, 7}}, {1.25, 1.4}, {}, [](const Tensors& x) {
            const Tensor mean = ones(1, x[0].dtype()), var = ones(1, x[0].dtype());
            instance_norm(x[0].view({2, 1, 2}), {}, {}, mean, var, true, 0.1, 0);
            return cat({mean, var});
          }});
  s.throws<ValueError>("Expected more than 1 spatial element when training, got input size [2, 3, 1]",
                       [] {
                         instance_norm(zeros({2, 3, 1}), {}, {}, {}, {}, true, 0.1, kEps);
                       })
      .throws<ValueError>("Expected running_mean and running_var to be defined when use_input_stats is false",
                          [] {
                            instance_norm(zeros({2, 3, 2}), {}, {}, {}, {}, false, 0.1, kEps);
                          })
      .throws<ShapeError>("bias should contain 3 elements", [] {
        instance_norm(zeros({2, 3, 2}), {}, zeros(2), {}, {}, true, 0.1, kEps);
      });
});

}  // namespace
}  // namespace tapegrad::test
