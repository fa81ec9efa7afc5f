// What a message promises: "<what was called>: <what is wrong>; <what to do>". tests/lint/messages.sh reads the texts
// of every throw; here mistakes are made, and the name is the user's, not that of what his call is made of.
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/index.h>

namespace tapegrad::test {
namespace {

struct Mistake {
  const char* name;
  std::function<void()> call;
};

void expect_messages(const std::vector<Mistake>& mistakes) {
  for (const Mistake& m : mistakes) {
    try {
      m.call();
      ADD_FAILURE() << m.name << ": nothing was thrown";
    } catch (const Error& error) {
      const std::string what = error.what();
      EXPECT_EQ(what.substr(0, what.find(": ")), m.name) << what;
      const std::size_t hint = what.rfind("; ");
      ASSERT_NE(hint, std::string::npos) << what;
      EXPECT_GT(what.size(), hint + 6) << what;
      EXPECT_EQ(std::string(".,:;").find(what[hint - 1]), std::string::npos) << what;
      EXPECT_EQ(std::string(".;: ").find(what.back()), std::string::npos) << what;
    }
  }
}

const Tensor matrix = ones({2, 3}), other = ones({4, 5}), whole = arange(6).view({2, 3}), number = tensor(1.0f);
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

TEST(Messages, OfCreation) {
  expect_messages({{"empty", [] { empty({-1}); }},
                   {"zeros",
                    [] {
                      zeros({2, -1});
                    }},
                   {"full",
                    [] {
                      full({kMax, kMax}, 1);
                    }},
                   {"ones",
                    [] {
                      ones({1, 1, 1, 1, 1, 1, 1, 1, 1});
                    }},
                   {"rand", [] { rand({-1}); }},
                   {"rand", [] { rand({2}, kLong); }},
                   {"randn", [] { randn({-1}); }},
                   {"rand_like", [] { rand_like(whole); }},
                   {"randn_like", [] { randn_like(whole); }},
                   {"randint", [] { randint(3, {-1}); }},
                   {"randint", [] { randint(3, 3, {2}); }},
                   {"randperm", [] { randperm(-1); }},
                   {"randperm", [] { randperm(kMax); }},
                   {"arange", [] { arange(1, 2, 0); }},
                   {"arange", [] { arange(2, 1, 1); }},
                   {"linspace", [] { linspace(0, 1, -1); }},
                   {"eye", [] { eye(-1); }},
                   {"tensor",
                    [] {
                      tensor({{1, 2}, {3}});
                    }},
                   {"from_blob", [] { from_blob(nullptr, {2}); }},
                   {"one_hot", [] { one_hot(matrix); }},
                   {"one_hot", [] { one_hot(whole, 3); }},
                   {"one_hot", [] { one_hot(whole.sub(1)); }},
                   {"one_hot", [] { one_hot(zeros({0}, kLong)); }},
                   {"uniform_", [] { ones({2}).uniform_(2, 1); }},
                   {"uniform_", [] { ones({2}).requires_grad_().uniform_(); }},
                   {"normal_", [] { ones({2}).normal_(0, -1); }}});
}

TEST(Messages, OfElementwiseOperations) {
  expect_messages({{"add", [] { matrix + other; }},
                   {"mul", [] { matrix* other; }},
                   {"sub", [] { matrix.sub(other, 2); }},
                   {"where", [] { matrix.where(matrix, matrix); }},
                   {"pow", [] { whole.pow(-1); }},
                   {"add_", [] { ones({3}).add_(matrix); }},
                   {"add_", [] { ones({3}).requires_grad_().add_(1); }},
                   {"add_", [] { ones({1}).expand({3}).add_(1); }},
                   {"copy_", [] { ones({3}).copy_(matrix); }},
                   {"masked_fill", [] { matrix.masked_fill(other, 0); }},
                   {"masked_fill", [] { matrix.masked_fill(other.eq(1), 0); }},
                   {"masked_fill_", [] { matrix.masked_fill_(other, 0); }},
                   {"clamp", [] { matrix.clamp(std::nullopt); }},
                   {"gelu", [] { gelu(matrix, "sigmoid"); }},
                   {"exp", [] { Tensor().exp(); }}});
}

TEST(Messages, OfReductions) {
  expect_messages({{"sum", [] { matrix.sum({2}); }},
                   {"sum",
                    [] {
                      matrix.sum({0, 0});
                    }},
                   {"mean", [] { whole.mean(); }},
                   {"max", [] { matrix.max(2); }},
                   {"max",
                    [] {
                      zeros({2, 0}).max(1);
                    }},
                   {"min", [] { matrix.min(-3); }},
                   {"argmax", [] { zeros({0}).argmax(); }},
                   {"amax", [] { zeros({0}).amax(); }},
                   {"var", [] { whole.var(); }},
                   {"var", [] { matrix.var({2}); }},
                   {"std", [] { whole.std(); }},
                   {"std", [] { matrix.std({2}); }},
                   {"norm", [] { whole.norm(); }},
                   {"norm", [] { matrix.norm(2, {2}); }},
                   {"logsumexp", [] { matrix.logsumexp({2}); }},
                   {"prod", [] { matrix.prod(2); }},
                   {"all", [] { matrix.all(2); }},
                   {"any", [] { matrix.any(2); }},
                   {"cumsum", [] { matrix.cumsum(2); }},
                   {"softmax", [] { matrix.softmax(2); }},
                   {"log_softmax", [] { matrix.log_softmax(2); }}});
}

TEST(Messages, OfProducts) {
  const Tensor batch = ones({2, 3, 4});
  expect_messages({{"matmul", [] { matrix.matmul(other); }},
                   {"matmul", [] { ones({2}).matmul(ones({3})); }},
                   {"matmul", [] { ones({2}).matmul(other); }},
                   {"matmul", [] { number.matmul(other); }},
                   {"matmul",
                    [=] {
                      batch.matmul(ones({3, 4, 5}));
                    }},
                   {"matmul",
                    [=] {
                      batch.matmul(ones({2, 5, 5}));
                    }},
                   {"matmul", [] { matrix.matmul(whole.t()); }},
                   {"mm", [] { matrix.mm(other); }},
                   {"mm", [=] { batch.mm(other); }},
                   {"bmm", [=] { batch.bmm(batch); }},
                   {"dot", [] { matrix.dot(other); }},
                   {"dot", [] { ones({2}).dot(ones({3})); }},
                   {"outer", [] { matrix.outer(other); }},
                   {"addmm", [] { ones({4}).addmm(matrix, matrix.t()); }},
                   {"linear", [] { linear(matrix, other, {}); }},
                   {"linear", [] { linear(number, other, {}); }},
                   {"linear", [=] { linear(batch, other, {}); }},
                   {"einsum",
                    [] {
                      einsum("ij,jk->ik", {matrix, other});
                    }},
                   {"einsum",
                    [] {
                      einsum("ij->i", {matrix, other});
                    }},
                   {"einsum", [] { einsum("ii->i", {matrix}); }},
                   {"einsum", [] { einsum("ijk->i", {matrix}); }},
                   {"einsum", [] { einsum("ij->ik", {matrix}); }},
                   {"einsum", [] { einsum("i1->i", {matrix}); }}});
}

TEST(Messages, OfShapes) {
  expect_messages({{"view", [] { matrix.view({4}); }},
                   {"view", [] { matrix.t().view({6}); }},
                   {"view",
                    [] {
                      matrix.view({-1, -1});
                    }},
                   {"view_as", [] { matrix.view_as(other); }},
                   {"reshape", [] { matrix.reshape({4}); }},
                   {"reshape",
                    [] {
                      zeros({0}).reshape({0, -1});
                    }},
                   {"flatten", [] { matrix.flatten(1, 0); }},
                   {"transpose", [] { matrix.transpose(0, 2); }},
                   {"t",
                    [] {
                      ones({1, 1, 1}).t();
                    }},
                   {"permute", [] { matrix.permute({0}); }},
                   {"permute",
                    [] {
                      matrix.permute({0, 0});
                    }},
                   {"expand",
                    [] {
                      matrix.expand({4, 3});
                    }},
                   {"expand", [] { matrix.expand({3}); }},
                   {"expand_as", [] { matrix.expand_as(other); }},
                   {"squeeze", [] { matrix.squeeze(2); }},
                   {"unsqueeze", [] { matrix.unsqueeze(4); }},
                   {"narrow", [] { matrix.narrow(0, 1, 2); }},
                   {"narrow", [] { matrix.narrow(0, 1, -2); }},
                   {"select", [] { matrix.select(0, 2); }},
                   {"select", [] { number[0]; }},
                   {"slice", [] { matrix.slice(0, 0, 1, 0); }},
                   {"diagonal", [] { matrix.diagonal(0, 1, 1); }},
                   {"split", [] { matrix.split(0); }},
                   {"split", [] { matrix.split(1, 2); }},
                   {"split", [] { number.split(1); }},
                   {"split",
                    [] {
                      matrix.split(std::vector<std::int64_t>{1, 2});
                    }},
                   {"chunk", [] { matrix.chunk(0); }},
                   {"chunk", [] { matrix.chunk(1, 2); }},
                   {"unbind", [] { matrix.unbind(2); }},
                   {"cat", [] { cat({}); }},
                   {"cat",
                    [] {
                      cat({matrix, other});
                    }},
                   {"cat", [] { cat({number}); }},
                   {"stack", [] { stack({}); }},
                   {"stack",
                    [] {
                      stack({matrix, other});
                    }},
                   {"stack", [] { stack({matrix}, 3); }},
                   {"repeat", [] { matrix.repeat({2}); }},
                   {"repeat",
                    [] {
                      matrix.repeat({2, -1});
                    }},
                   {"flip", [] { matrix.flip({2}); }},
                   {"flip",
                    [] {
                      matrix.flip({0, 0});
                    }},
                   {"pad", [] { pad(matrix, {1}); }},
                   {"pad",
                    [] {
                      pad(matrix, {-4, 0});
                    }},
                   {"tril", [] { ones({2}).tril(); }}});
}

TEST(Messages, OfIndexing) {
  const Tensor rows = tensor({0, 7});
  expect_messages({{"index", [=] { matrix.index({rows}); }},
                   {"index",
                    [] {
                      matrix.index({0, 0, 0});
                    }},
                   {"index",
                    [] {
                      matrix.index({"..", 0});
                    }},
                   {"index",
                    [] {
                      matrix.index({"...", "..."});
                    }},
                   {"index", [] { matrix.index({other.eq(1)}); }},
                   {"index",
                    [] {
                      matrix.index({tensor({0, 1}), tensor({0, 1, 2})});
                    }},
                   {"index_put_", [] { ones({2}).index_put_({indexing::Slice()}, other); }},
                   {"index_select", [=] { matrix.index_select(0, rows); }},
                   {"index_select", [] { matrix.index_select(0, matrix); }},
                   {"index_select", [] { matrix.index_select(0, whole); }},
                   {"index_add", [=] { matrix.index_add(0, rows, matrix); }},
                   {"index_add", [=] { matrix.index_add(0, rows, other); }},
                   {"gather", [=] { matrix.gather(0, rows); }},
                   {"gather", [] { matrix.gather(0, whole); }},
                   {"scatter", [] { matrix.scatter(0, whole, 1); }},
                   {"scatter_add",
                    [] {
                      matrix.scatter_add(0, whole.mul(0), ones({1, 1}));
                    }},
                   {"scatter_", [] { matrix.clone().scatter_(0, whole, 1); }}});
}

TEST(Messages, OfLosses) {
  const Tensor classes = tensor({0, 5});
  expect_messages({{"mse_loss", [] { mse_loss(matrix, other); }},
                   {"mse_loss", [] { mse_loss(whole, whole); }},
                   {"l1_loss", [] { l1_loss(matrix, other); }},
                   {"binary_cross_entropy", [] { binary_cross_entropy(matrix, other); }},
                   {"binary_cross_entropy", [] { binary_cross_entropy(matrix.mul(2), matrix); }},
                   {"binary_cross_entropy_with_logits", [] { binary_cross_entropy_with_logits(matrix, other); }},
                   {"nll_loss", [=] { nll_loss(matrix, classes); }},
                   {"nll_loss", [] { nll_loss(matrix, ones({2})); }},
                   {"nll_loss",
                    [] {
                      nll_loss(whole, tensor({0, 1}));
                    }},
                   {"cross_entropy", [=] { cross_entropy(matrix, classes); }},
                   {"cross_entropy",
                    [] {
                      cross_entropy(matrix, tensor({0, 1, 2}));
                    }},
                   {"cross_entropy", [] { cross_entropy(matrix, ones({2})); }},
                   {"cross_entropy", [] { cross_entropy(number, tensor(0)); }},
                   {"cross_entropy",
                    [] {
                      cross_entropy(matrix, tensor({0, 1}), ones({2}));
                    }},
                   {"cross_entropy", [] {
                      cross_entropy(matrix, tensor({0, 1}), {}, kMean, -100, 2);
                    }}});
}

TEST(Messages, OfTheTape) {
  const Tensor x = ones({2}).requires_grad_(), y = (x * x).sum();
  y.backward();
  expect_messages({{"backward", [=] { (x * x).backward(); }},
                   {"backward", [] { number.backward(); }},
                   {"backward", [=] { (x * x).backward(ones({3})); }},
                   {"backward", [] { autograd::backward({Tensor()}); }},
                   {"mul", [=] { y.backward(); }},
                   {"grad", [=] { autograd::grad({x.sum()}, {}); }},
                   {"grad", [=] { autograd::grad({x.sum()}, {ones({2}).requires_grad_()}); }},
                   {"grad", [=] { autograd::grad({x.sum()}, {number}); }},
                   {"requires_grad_", [=] { (x * x).requires_grad_(false); }},
                   {"requires_grad_", [] { arange(3).requires_grad_(); }},
                   {"detach_",
                    [=] {
                      (x * x).view({2, 1}).detach_();
                    }},
                   {"item", [=] { static_cast<void>(x.item()); }},
                   {"size", [=] { static_cast<void>(x.size(1)); }},
                   {"dim", [] { static_cast<void>(Tensor().dim()); }},
                   {"data_ptr", [=] { static_cast<void>(x.data_ptr<double>()); }},
                   {"operator=", [=] { x.clone() = x; }}});
}

}  // namespace
}  // namespace tapegrad::test
