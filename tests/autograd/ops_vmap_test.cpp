// Every operation under vmap: over a batch it gives what it gives for each sample, and so do its gradients.
#include <gtest/gtest.h>

#include <algorithm>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/vmap.h>

#include "ops_test.h"

namespace tapegrad::test {
namespace {

using autograd::functional::run_vmap;
using autograd::functional::VmapOptions;

constexpr std::int64_t kSamples = 3;

// Two drawn samples, and the first once more: those of input k that are no batch are the first of it.
struct Samples {
  std::vector<Tensors> x;  // [sample][input]
  Tensors batches;
  VmapOptions options;
};

Samples samples_of(const Case& c, const std::string& name, unsigned shared) {
  Samples s;
  const Tensors drawn[] = {to_tensors(c, draw_inputs(name, c, Grid::Free), kDouble),
                           to_tensors(c, draw_inputs(name + " again", c, Grid::Free), kDouble)};
  for (const int i : {0, 1, 0}) s.x.push_back(drawn[i]);
  for (std::size_t k = 0; k < c.inputs.size(); ++k) {
    const bool is_shared = (shared >> k & 1U) != 0;
    for (Tensors& x : s.x)
      if (is_shared) x[k] = drawn[0][k];
    Tensors rows;
    for (const Tensors& x : s.x) rows.push_back(x[k].detach());
    // The dim of the samples is the first of even inputs, the last of odd ones.
    const std::int64_t dim = k % 2 == 0 ? 0 : -1;
    Tensor batch = is_shared ? rows[0] : stack(rows, dim);
    if (c.inputs[k].domain.differentiable && batch.is_floating_point()) batch.requires_grad_();
    s.batches.push_back(batch);
    s.options.in_dims.push_back(is_shared ? std::nullopt : std::optional(dim));
  }
  return s;
}

void expect_near(const Tensor& got, const Tensor& want, const char* what) {
  ASSERT_EQ(got.dtype(), want.dtype()) << what;
  ASSERT_EQ(got.sizes(), want.sizes()) << what;
  EXPECT_TRUE(allclose(got.to(kDouble), want.to(kDouble), 1e-11, 1e-12, /*equal_nan=*/true)) << what << "\n"
                                                                                             << got << "\nfor\n"
                                                                                             << want;
}

// What reads values, or (in place) writes samples into what is no batch, in some of its cases.
const std::vector<std::string> kRefused = {"allclose",
                                           "bincount",
                                           "cdist",
                                           "copy_",
                                           "equal",
                                           "index",
                                           "index_put_",
                                           "linalg_det",
                                           "linalg_lstsq",
                                           "linalg_norm",
                                           "linalg_vector_norm",
                                           "masked_select",
                                           "median",
                                           "nonzero",
                                           "norm",
                                           "normalize",
                                           "one_hot",
                                           "pairwise_distance",
                                           "unique"};

class VmapOf : public OpTest {
 protected:
  // Nothing where samples give results of several sizes, or the second draw is no input of the operation.
  void compare(const Case& c, unsigned shared) {
    const Samples s = samples_of(c, GetParam()->name, shared);
    Tensors want;
    try {
      for (const Tensors& x : s.x) want.push_back(c.fn(x));
    } catch (const Error&) {
      return;
    }
    for (const Tensor& w : want)
      if (w.sizes() != want[0].sizes()) return;
    const Tensor got = run_vmap([&](const Tensors& x) { return Tensors{c.fn(x)}; }, s.batches, s.options)[0];
    expect_near(got.detach(), stack(want).detach(), "value");
    if (!got.requires_grad()) return;
    Tensors wrt, rows;
    for (const Tensor& b : s.batches)
      if (b.requires_grad()) wrt.push_back(b);
    for (std::int64_t i = 0; i < kSamples; ++i) {
      Tensors x = s.batches;
      for (std::size_t k = 0; k < x.size(); ++k)
        if (s.options.in_dims[k]) x[k] = x[k].select(*s.options.in_dims[k], i);
      rows.push_back(c.fn(x));
    }
    const Tensor w = to_tensor(draw_cotangent(seed(c), shape_of(got), Grid::Free), got.dtype());
    const Tensors direct = autograd::grad({stack(rows)}, wrt, {w}, true, false, true);
    const Tensors grads = autograd::grad({got}, wrt, {w}, true, false, true);
    for (std::size_t k = 0; k < wrt.size(); ++k) {
      ASSERT_EQ(grads[k].defined(), direct[k].defined());
      if (direct[k].defined()) expect_near(grads[k], direct[k], "gradient");
    }
  }

  void compare_or_refuse(const Case& c, unsigned shared) {
    try {
      compare(c, shared);
    } catch (const AutogradError& e) {
      EXPECT_NE(std::string(e.what()).find("in vmap"), std::string::npos) << e.what();
      refused_ = true;
    }
  }
  bool refused_ = false;
};

TEST_P(VmapOf, IsTheOperationOnEachSample) {
  each(is_small, [&](const Case& c) {
    compare_or_refuse(c, 0);
    const std::size_t n = c.inputs.size();
    for (std::size_t k = 0; k < n && n > 1; ++k) {
      SCOPED_TRACE("input " + std::to_string(k) + " shared, then alone a batch");
      compare_or_refuse(c, 1U << k);
      if (n > 2) compare_or_refuse(c, ~(1U << k));
    }
  });
  const bool listed = std::find(kRefused.begin(), kRefused.end(), GetParam()->name) != kRefused.end();
  EXPECT_EQ(refused_, listed);
}
INSTANTIATE_TEST_SUITE_P(Ops, VmapOf, ops([](const Sample& s) { return any_case(s, is_small); }), op_name);

}  // namespace
}  // namespace tapegrad::test
