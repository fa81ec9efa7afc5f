#include "layer_case.h"
#include "tests/common/expect_error.h"

#include <tapegrad/nn/plain.h>
#include <tapegrad/testing.h>

namespace tapegrad {
namespace {

namespace F = nn::functional;
using layer_case::expect_golden;
using layer_case::printed;

const layer_case::Sizes kTable = {{5, 3}};
const Tensor kIds = tensor({{1, 4, 1}, {0, 2, 1}}), kBag = tensor({1, 4, 1, 0, 2, 1, 3}),
             kOffsets = tensor({0, 3, 3, 5});

nn::Embedding embedding_of(const Tensor& rows, const nn::EmbeddingOptions& options) {
  return nn::Embedding(nn::EmbeddingOptions(options)._weight(rows));
}

TEST(Embedding, LooksUpRowsAsPyTorchDoes) {
  expect_golden("embedding", kTable, [](const Tensor& w) { return F::embedding(kIds, w); });
  expect_golden(
      "embedding_padding", kTable, [](const Tensor& w) { return embedding(w, kIds, 1); }, false);
  const Tensor ids = kIds.to(kInt);
  EXPECT_EQ(nn::Embedding(5, 3)(ids).sizes(), IntList({2, 3, 3}));
  EXPECT_EQ(nn::Embedding(5, 3)(tensor(2)).sizes(), IntList({3}));
  EXPECT_EQ(nn::Embedding(5, 3)(zeros({0, 2}, kLong)).sizes(), IntList({0, 2, 3}));
}

TEST(Embedding, GivesThePaddingRowNoGradient) {
  const nn::Embedding layer({.num_embeddings = 5, .embedding_dim = 3, .padding_idx = -4});
  EXPECT_EQ(layer->options.padding_idx(), 1);
  EXPECT_TENSOR_EQ(layer->weight[1], zeros({3}));
  layer(kIds).sum().backward();
  EXPECT_TENSOR_EQ(layer->weight.grad(), tensor({{1.0F}, {0.0F}, {1.0F}, {0.0F}, {1.0F}}).expand({5, 3}));
}

TEST(Embedding, DividesGradientsByFrequency) {
  const Tensor w = layer_case::inputs("embedding_freq", kTable)[0];
  const nn::Embedding layer = embedding_of(w, nn::EmbeddingOptions(5, 3).scale_grad_by_freq(true));
  const Tensor y = layer(kIds);
  golden::expect_near(golden::elements({y}), layer_case::file().at("embedding_freq/out"), 0);
  y.square().sum().backward();
  golden::expect_near(golden::elements({w.grad()}), layer_case::file().at("embedding_freq/grad0"), 1e-15);
}

TEST(Embedding, ShortensRowsThatItLooksUp) {
  const Tensor w = layer_case::inputs("embedding_max_norm", kTable)[0];
  F::embedding(kIds, w, F::EmbeddingFuncOptions().max_norm(1.5).norm_type(1));
  golden::expect_near(golden::elements({w}), layer_case::file().at("embedding_max_norm/out"), 1e-15);
  EXPECT_TRUE(w.is_leaf() && w.requires_grad());
}

TEST(Embedding, RefusesBeforeItShortensRows) {
  const Tensor w = full({2, 2}, 3.0);
  const auto options = F::EmbeddingFuncOptions().max_norm(1);
  expect_error<IndexError>([&] { F::embedding(tensor({0, 2}), w, options); }, "index out of range in self");
  expect_error<IndexError>([&] { F::embedding(tensor({0}), w, F::EmbeddingFuncOptions(options).padding_idx(2)); },
                           "Padding_idx must be within num_embeddings");
  EXPECT_TENSOR_EQ(w, full({2, 2}, 3.0));
}

TEST(Embedding, StartsWithPyTorchsNumbers) {
  manual_seed(5);
  const nn::Embedding layer(nn::EmbeddingOptions(5, 4).padding_idx(2));
  golden::expect_near(golden::elements({layer->weight}), layer_case::file().at("draw_embedding"), 2e-6);
  EXPECT_EQ(layer->state_dict().keys(), std::vector<std::string>{"weight"});
  manual_seed(5);
  golden::expect_near(golden::elements({nn::EmbeddingBag(3, 4)->weight}), layer_case::file().at("draw_bag"), 2e-6);
}

TEST(Embedding, IsMadeOfRowsThatThereAre) {
  const Tensor rows = randn({5, 3});
  const nn::Embedding frozen = nn::Embedding::from_pretrained(rows);
  EXPECT_FALSE(frozen->weight.requires_grad());
  EXPECT_EQ(frozen->weight.data_ptr<float>(), rows.data_ptr<float>());
  EXPECT_TRUE(nn::Embedding::from_pretrained(rows, {{.freeze = false}})->weight.requires_grad());
  EXPECT_TENSOR_EQ(nn::clone(frozen)(kIds), rows.index_select(0, kIds.view({6})).view({2, 3, 3}));
  const auto bag = nn::EmbeddingBag::from_pretrained(rows, nn::EmbeddingBagFromPretrainedOptions().mode(kSum));
  EXPECT_TENSOR_NEAR(bag(kIds), frozen(kIds).sum(1), 1e-6);
}

TEST(Embedding, PrintsWhatIsSet) {
  EXPECT_EQ(printed(nn::Embedding(3, 4)), "nn::Embedding(num_embeddings=3, embedding_dim=4)");
  EXPECT_EQ(printed(nn::Embedding(
                nn::EmbeddingOptions(3, 4).padding_idx(1).max_norm(2.5).norm_type(1).scale_grad_by_freq(true))),
            "nn::Embedding(num_embeddings=3, embedding_dim=4, padding_idx=1, max_norm=2.5, norm_type=1, "
            "scale_grad_by_freq=true)");
  EXPECT_EQ(printed(nn::EmbeddingBag(3, 4)), "nn::EmbeddingBag(num_embeddings=3, embedding_dim=4)");
  EXPECT_EQ(printed(nn::clone(nn::EmbeddingBag(nn::EmbeddingBagOptions(3, 4)
                                                   .padding_idx(1)
                                                   .max_norm(2.5)
                                                   .norm_type(1)
                                                   .scale_grad_by_freq(true)
                                                   .mode(kSum)
                                                   .include_last_offset(true)
                                                   .sparse(true)))),
            "nn::EmbeddingBag(num_embeddings=3, embedding_dim=4, max_norm=2.5, norm_type=1, scale_grad_by_freq=true, "
            "sparse=true, mode=kSum, include_last_offset=true, padding_idx=1)");
}

TEST(EmbeddingBag, IsThatOfPyTorch) {
  using O = F::EmbeddingBagFuncOptions;
  for (const auto& [word, mode] :
       {std::pair("sum", nn::EmbeddingBagChoice(kSum)), std::pair("mean", nn::EmbeddingBagChoice(kMean)),
        std::pair("max", nn::EmbeddingBagChoice(kMax))}) {
    const O o = O().mode(mode);
    const auto bag = [](const Tensor& ids, const O& options) {
      return [=](const Tensor& w) { return F::embedding_bag(ids, w, options); };
    };
    expect_golden(std::string("bag_") + word, kTable, bag(kBag, O(o).offsets(kOffsets)));
    expect_golden(std::string("bag_matrix_") + word, kTable, bag(kIds, o));
    expect_golden(std::string("bag_padding_") + word, kTable, bag(kBag, O(o).offsets(kOffsets).padding_idx(1)));
    expect_golden(std::string("bag_last_") + word, kTable,
                  bag(kBag, O(o).offsets(tensor({0, 3, 7})).include_last_offset(true)));
  }
  expect_golden("bag_weights", {{5, 3}, {7}}, [](const Tensor& w, const Tensor& s) {
    return F::embedding_bag(kBag, w, O().offsets(kOffsets).mode(kSum).per_sample_weights(s));
  });
}

// PyTorch's own gradient divides by the counts of other rows.
TEST(EmbeddingBag, DividesGradientsByFrequency) {
  const Tensor plain = ones({5, 3}).requires_grad_(), scaled = ones({5, 3}).requires_grad_();
  F::embedding_bag(kBag, plain, {{.offsets = kOffsets}}).sum().backward();
  F::embedding_bag(kBag, scaled, {{.offsets = kOffsets, .scale_grad_by_freq = true}}).sum().backward();
  EXPECT_TENSOR_NEAR(scaled.grad(), plain.grad() / tensor({{1.0F}, {3.0F}, {1.0F}, {1.0F}, {1.0F}}), 1e-7);
}

TEST(EmbeddingBag, ModuleIsItsFunction) {
  const nn::EmbeddingBag bag({.num_embeddings = 5, .embedding_dim = 3, .mode = kSum});
  const Tensor weights = rand({7});
  EXPECT_TENSOR_EQ(bag(kIds), F::embedding_bag(kIds, bag->weight, {{.mode = kSum}}));
  EXPECT_TENSOR_EQ(bag(kBag, kOffsets), F::embedding_bag(kBag, bag->weight, {{.offsets = kOffsets, .mode = kSum}}));
  EXPECT_TENSOR_EQ(
      bag(kBag, kOffsets, weights),
      F::embedding_bag(kBag, bag->weight, {{.offsets = kOffsets, .mode = kSum, .per_sample_weights = weights}}));
  EXPECT_TENSOR_EQ(bag(zeros({0}, kLong), zeros({2}, kLong)), zeros({2, 3}));
  EXPECT_EQ(bag(zeros({0, 3}, kLong)).sizes(), IntList({0, 3}));
}

TEST(Embedding, RefusesWhatPyTorchRefuses) {
  expect_error<IndexError>([] { nn::Embedding(nn::EmbeddingOptions(3, 4).padding_idx(5)); },
                           "Padding_idx must be within num_embeddings");
  expect_error<IndexError>([] { nn::EmbeddingBag(nn::EmbeddingBagOptions(3, 4).padding_idx(-4)); },
                           "Padding_idx must be within num_embedding");
  expect_error<ShapeError>(
      [] {
        embedding_of(zeros({2, 2}), {3, 4});
      },
      "Shape of _weight does not match num_embeddings and embedding_dim");
  expect_error<ShapeError>([] { nn::Embedding(-1, 2); }, "Trying to create tensor with negative dimension");
  expect_error<IndexError>([] { nn::Embedding(3, 4)(tensor({3})); }, "embedding: index out of range in self");
  expect_error<IndexError>([] { nn::Embedding(3, 4)(tensor({-1})); }, "embedding: index out of range in self");
  expect_error<DtypeError>([] { nn::Embedding(3, 4)(zeros({3})); },
                           "to have one of the following scalar types: Long, Int; but got Float");
  expect_error<ShapeError>([] { nn::Embedding::from_pretrained(zeros({3})); }, "is expected to be 2-dimensional");
  expect_error<ShapeError>([] { F::embedding(tensor({0}), zeros({3})); }, "'weight' must be 2-D");
  expect_error<ValueError>([] { nn::Embedding(nn::EmbeddingOptions(3, 4).sparse(true))(tensor({0})); },
                           "there are no sparse gradients");
}

TEST(EmbeddingBag, RefusesWhatPyTorchRefuses) {
  const nn::EmbeddingBag bag(3, 4);
  const Tensor ids = tensor({0, 1});
  expect_error<ShapeError>([&] { bag(ids); }, "offsets has to be a 1D Tensor but got null");
  expect_error<ValueError>([&] { bag(ids, tensor({1})); }, "offsets[0] has to be 0");
  expect_error<ValueError>(
      [&] {
        bag(ids, tensor({0, 5}));
      },
      "offsets[-1] can not be greater than input's length({2})");
  expect_error<ValueError>([&] { bag(tensor({0, 1, 2}), tensor({0, 2, 1})); }, "give ascending places");
  expect_error<ShapeError>([&] { bag(ids.view({1, 2}), tensor({0})); }, "If input is 2D, then offsets has to be null");
  expect_error<ValueError>(
      [&] {
        bag(ids.view({1, 2}), Tensor(), ones({1, 2}));
      },
      "per_sample_weights is only supported for mode='kSum' (got mode='kMean')");
  expect_error<ShapeError>(
      [&] {
        bag(ids.view({1, 2}), Tensor(), ones({2, 2}));
      },
      "If per_sample_weights ([2, 2]) is not null, then it must have the same shape as the input");
  expect_error<IndexError>([&] { bag(tensor({0, 3}), tensor({0})); }, "embedding_bag: index out of range");
  expect_error<ShapeError>([&] { bag(ids.view({1, 1, 2})); }, "input has to be 1D or 2D Tensor, but got Tensor of");
  expect_error<ValueError>(
      [&] {
        F::embedding_bag(ids.view({1, 2}), bag->weight, {{.scale_grad_by_freq = true, .mode = kMax}});
      },
      "max mode does not support scaling the gradient by the frequency");
  expect_error<ValueError>([] { nn::EmbeddingBagOptions(3, 4).mode(kNone); }, "mode has to be one of sum, mean or max");
}

}  // namespace
}  // namespace tapegrad
