// Captured functions written out as C++: compiled by each compiler that is there, they do what replays do.
#include <sys/wait.h>

#include <cstdio>
#include <sstream>

#include <tapegrad/tapegrad.h>

#include "tests/capture/twins.h"
#include "tests/common/expect_error.h"
#include "tests/common/folder.h"

namespace tapegrad::tests {
namespace {

// -1 to 1, the same in the library and in a written program.
constexpr const char* kData = "static float data(int k) { return (float)((k * 7919 + 13) % 1000) / 500 - 1; }\n";
int count(IntList sizes) {
  std::int64_t n = 1;
  for (const std::int64_t size : sizes) n *= size;
  return static_cast<int>(n);
}
Tensor data(IntList sizes, int first) {
  std::vector<float> values;
  for (int k = 0; k < count(sizes); ++k)
    values.push_back(static_cast<float>(((first + k) * 7919 + 13) % 1000) / 500 - 1);
  return tensor(values).reshape(sizes);
}

struct Ran {
  int status;
  std::string out;
};
Ran run(const std::string& command) {
  Ran r{-1, ""};
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  char text[4096];
  while (std::fgets(text, sizeof text, pipe) != nullptr) r.out += text;
  r.status = WEXITSTATUS(pclose(pipe));
  return r;
}

class WrittenSource : public test::InFolder, public ::testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    InFolder::SetUp();
    if (run("command -v " + compiler()).status != 0) GTEST_SKIP() << compiler() << " is not installed";
  }
  std::string compiler() const { return GetParam(); }
  std::string path(const char* name) const { return folder_ / name; }
  // Compiles a program and runs it.
  Ran build_and_run(const std::string& source, const std::string& flags = "-O2") {
    const std::string exe = path("program");
    const Ran built = run(compiler() + " -std=c++11 -Wall -Wextra -Werror -ffp-contract=off " + flags + " '" + source +
                          "' -o '" + exe + "'");
    if (built.status != 0) return built;
    return run("'" + exe + "'");
  }
  // 1,000 calls of the written function and of the captured one: what the last gives, written and captured.
  void expect_same_after_a_thousand(auto& step, IntList x_sizes, IntList y_sizes, double tolerance) {
    step.write_source(path("step.cpp"), {.function = "train"});
    std::ostringstream main;
    main << "#include \"step.cpp\"\n#include <cstdio>\n"
         << kData << "static float x[" << count(x_sizes) << "], y[" << count(y_sizes)
         << "];\nint main() {\n  double loss = 0;\n  for (int s = 0; s < 1000; ++s) {\n"
         << "    for (int k = 0; k < " << count(x_sizes) << "; ++k) x[k] = data(s + k);\n"
         << "    for (int k = 0; k < " << count(y_sizes) << "; ++k) y[k] = data(s + k + 500);\n"
         << "    loss = train(x, y);\n  }\n  std::printf(\"%.17g\", loss);\n}\n";
    test::write(path("main.cpp"), main.str());
    const Ran ran = build_and_run(path("main.cpp"));
    ASSERT_EQ(ran.status, 0) << ran.out << test::read(path("step.cpp"));
    double loss = 0;
    for (int s = 0; s < 1000; ++s) loss = step(data(x_sizes, s), data(y_sizes, s + 500)).template item<double>();
    EXPECT_NEAR(std::stod(ran.out), loss, tolerance * std::abs(loss));
    EXPECT_GT(step.stats().replayed, 999);
  }
};
INSTANTIATE_TEST_SUITE_P(By, WrittenSource, ::testing::Values("g++", "clang++"),
                         [](const auto& by) { return std::string(by.param) == "g++" ? "Gcc" : "Clang"; });

// A captured step over a model, called until it is replayed.
template <class Optimizer>
auto trained(auto& model, Optimizer& optimizer, IntList x_sizes, IntList y_sizes) {
  auto step = capture([&](const Tensor& x, const Tensor& y) {
    optimizer.zero_grad();
    Tensor loss = mse_loss(model->forward(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  });
  for (int s = 0; s < 4; ++s) step(data(x_sizes, s), data(y_sizes, s));
  return step;
}

TEST_P(WrittenSource, TrainsALine) {
  const Tensor slope = full({}, 0.5).requires_grad_(), intercept = full({}, 0.25).requires_grad_();
  optim::SGD optimizer({slope, intercept}, 0.01);
  auto step = capture([&](const Tensor& x, const Tensor& y) {
    optimizer.zero_grad();
    const Tensor loss = mse_loss(x * slope + intercept, y);
    loss.backward();
    optimizer.step();
    return loss;
  });
  for (int s = 0; s < 4; ++s) step(data({32, 1}, s), data({32, 1}, s));
  expect_same_after_a_thousand(step, {32, 1}, {32, 1}, 1e-6);
}

TEST_P(WrittenSource, TrainsNetworksBySgd) {
  manual_seed(1);
  nn::Sequential small(nn::Linear(2, 16), nn::Tanh(), nn::Linear(16, 1));
  optim::SGD plain(small->parameters(), 0.01);
  auto first = trained(small, plain, {4, 2}, {4, 1});
  expect_same_after_a_thousand(first, {4, 2}, {4, 1}, 1e-5);
  nn::Sequential wide(nn::Linear(20, 33), nn::ReLU(), nn::Linear(33, 17), nn::Sigmoid(), nn::Linear(17, 3));
  optim::SGD momentum(wide->parameters(), optim::SGDOptions(0.01).momentum(0.9).nesterov(true).weight_decay(1e-3));
  auto second = trained(wide, momentum, {5, 20}, {5, 3});
  expect_same_after_a_thousand(second, {5, 20}, {5, 3}, 1e-4);
}

TEST_P(WrittenSource, TrainsNetworksByAdam) {
  manual_seed(2);
  nn::Sequential net(nn::Linear(3, 8), nn::GELU(), nn::Linear(8, 2));
  optim::Adam adam(net->parameters(), optim::AdamOptions(1e-3).weight_decay(1e-2).amsgrad(true));
  auto first = trained(net, adam, {7, 3}, {7, 2});
  expect_same_after_a_thousand(first, {7, 3}, {7, 2}, 1e-4);
  nn::Sequential other(nn::Linear(3, 8), nn::SiLU(), nn::Linear(8, 2));
  optim::AdamW adamw(other->parameters(), optim::AdamWOptions(1e-3));
  auto second = trained(other, adamw, {7, 3}, {7, 2});
  expect_same_after_a_thousand(second, {7, 3}, {7, 2}, 1e-4);
}

TEST_P(WrittenSource, TrainsWithSecondDerivatives) {
  manual_seed(3);
  nn::Sequential net(nn::Linear(1, 8), nn::Tanh(), nn::Linear(8, 1));
  optim::SGD optimizer(net->parameters(), 1e-3);
  auto step = capture([&](const Tensor& at, const Tensor& y) {
    optimizer.zero_grad();
    const Tensor x = at.detach().requires_grad_();
    const Tensor u = net->forward(x);
    const Tensor du = autograd::grad({u.sum()}, {x}, {}, true, true)[0];
    const Tensor ddu = autograd::grad({du.sum()}, {x}, {}, true, true)[0];
    const Tensor loss = (ddu + u - y).square().mean();
    loss.backward();
    optimizer.step();
    return loss;
  });
  for (int s = 0; s < 4; ++s) step(data({16, 1}, s), data({16, 1}, s));
  expect_same_after_a_thousand(step, {16, 1}, {16, 1}, 1e-4);
}

TEST_P(WrittenSource, TestsItself) {
  manual_seed(4);
  nn::Sequential net(nn::Linear(5, 20), nn::Tanh(), nn::Linear(20, 3));
  optim::Adam optimizer(net->parameters(), 1e-2);
  auto step = capture([&](const Tensor& x, const Tensor& y) {
    optimizer.zero_grad();
    const Tensor scores = net->forward(x), loss = cross_entropy(scores, y);
    loss.backward();
    optimizer.step();
    return std::tuple{loss, scores.softmax(1), scores.argmax(1)};
  });
  const Tensor x = data({6, 5}, 0), y = tensor({0, 1, 2, 2, 1, 0});
  for (int s = 0; s < 4; ++s) step(x, y);
  step.write_source(path("self.cpp"), {.function = "classify", .weights = path("weights.h")}, x, y);
  const Ran ran = build_and_run(path("self.cpp"), "-O3");
  EXPECT_EQ(ran.status, 0) << ran.out << test::read(path("self.cpp"));
  const std::string weights = test::read(path("weights.h"));
  EXPECT_NE(weights.find("static float w"), std::string::npos) << weights;
  EXPECT_EQ(run(compiler() + " -x c -std=c99 -fsyntax-only '" + path("weights.h") + "'").status, 0);
  test::write(path("weights.h"), std::string(weights).replace(weights.find("= {") + 3, 0, "1 + "));
  EXPECT_NE(build_and_run(path("self.cpp")).status, 0) << "another weight must be seen";
}

// Every elementwise function that can be written, strides, broadcasts, sums over dims, state outside, constants.
TEST_P(WrittenSource, ComputesEachFunction) {
  const Tensor count = zeros({}), total = ones({3, 4});
  auto step = capture([&](const Tensor& a, const Tensor& b) {
    count.add_(1);
    total.mul_(0.5).add_(a);
    const Tensor table = arange(12, kFloat).reshape({3, 4});
    const Tensor c = zeros({3, 4});
    c.select(0, 1).add_(b.select(0, 1));
    const Tensor p = a.sigmoid();
    return std::vector<Tensor>{a + b,
                               a - b * 2,
                               a.add(b, 0.5),
                               a / (b.abs() + 1),
                               -a,
                               a.square(),
                               p.sqrt(),
                               p.reciprocal(),
                               p.rsqrt(),
                               (a * 3).floor(),
                               (a * 3).ceil(),
                               (a * 3).round(),
                               (a * 3).trunc(),
                               a.lerp(b, p),
                               a.addcmul(b, p, 0.3),
                               a.addcdiv(b, p, 0.3),
                               a.maximum(b),
                               a.minimum(b),
                               a.sign(),
                               a.clamp(-0.5, 0.25),
                               a.relu(),
                               leaky_relu(a, 0.1),
                               a.exp(),
                               a.exp2(),
                               a.expm1(),
                               p.log(),
                               p.log1p(),
                               p.log2(),
                               p.log10(),
                               a.sin(),
                               a.cos(),
                               a.tan(),
                               a.asin(),
                               a.acos(),
                               a.atan(),
                               a.atan2(b),
                               a.sinh(),
                               a.cosh(),
                               a.fmod(p),
                               a.erf(),
                               a.erfc(),
                               p.lgamma(),
                               p.pow(b),
                               p.pow(2.5),
                               p,
                               a.tanh(),
                               softplus(a),
                               log_sigmoid(a),
                               silu(a),
                               gelu(a),
                               gelu(a, "tanh"),
                               elu(a, 0.7),
                               binary_cross_entropy_with_logits(a, p),
                               a.gt(b),
                               a.eq(b).logical_not().logical_and(a.lt(0)),
                               a.isnan(),
                               where(a.gt(0), a, b),
                               a.t() + 1,
                               a.t().reshape({2, 6}) * 2,
                               a.sum(0),
                               a.sum(1),
                               a.mean(1, true) + b,
                               a.gt(0).sum(),
                               a.gt(0).to(kDouble) * 0.1,
                               a.unsqueeze(1) - b.unsqueeze(0),
                               a.matmul(b.t()),
                               a.t().matmul(b),
                               a.log_softmax(1),
                               a + table,
                               c * 2,
                               count * 2,
                               total + 0};
  });
  const Tensor a = data({3, 4}, 0), b = data({3, 4}, 100);
  for (int s = 0; s < 5; ++s) step(a, b);
  step.write_source(path("each.cpp"), {}, a, b);
  const Ran ran = build_and_run(path("each.cpp"), "-O1");
  EXPECT_EQ(ran.status, 0) << ran.out << test::read(path("each.cpp"));
}

TEST_P(WrittenSource, KnowsViewsStateAndLayouts) {
  const auto expect_right = [&](const char* name, auto function, const auto&... arguments) {
    auto step = capture(function);
    for (int s = 0; s < 5; ++s) step(arguments...);
    step.write_source(path("f.cpp"), {}, arguments...);
    const Ran ran = build_and_run(path("f.cpp"), "-O1 -fsanitize=undefined -fno-sanitize-recover=all");
    EXPECT_EQ(ran.status, 0) << name << ran.out << test::read(path("f.cpp"));
  };
  const Tensor a = data({3, 4}, 0), b = data({3, 4}, 50);
  expect_right(
      "views",
      [](const Tensor& x, const Tensor& y) {
        const Tensor t = x.clone();
        t.slice(1, 1, 3).mul_(2);
        t.t().slice(0, 0, 1).add_(y.t().slice(0, 3, 4));
        return std::vector<Tensor>{t, t.t(), t.select(0, 1), y.slice(1, 0, 4, 2) * 2, x};
      },
      a, b);
  const Tensor mean = zeros({4}), count = zeros({}, kLong);
  expect_right(
      "state",
      [&](const Tensor& x) {
        mean.copy_(mean * 0.9 + x.sum(0));
        count.add_(1);
        return std::vector<Tensor>{mean, count * 2, (x * count.to(kFloat)).sum()};
      },
      a);
  expect_right(
      "an argument that is written", [](const Tensor& x) { return x.mul_(1.5).sum(); }, a.clone());
  const auto sums = [](const Tensor& x, const Tensor& y) {
    return std::vector<Tensor>{x + y, x.sum(1), x.matmul(y.t()), x - y.sum()};
  };
  expect_right("strides", sums, data({4, 3}, 9).t(), b);
  expect_right("the same argument twice", sums, a, a);
  expect_right("nothing", sums, zeros({3, 0}), zeros({3, 0}));
  expect_right(
      "integers",
      [](const Tensor& x) {
        return std::vector<Tensor>{x * 3 - 1, x.sum(), x.eq(2), x.to(kDouble) / -2};
      },
      tensor({1, 2, 3}));
}

TEST_P(WrittenSource, KeepsGradientsThatAreAddedTo) {
  const Tensor w = data({4}, 0).to(kDouble).requires_grad_();
  w.mutable_grad() = zeros({4}, kDouble);
  auto step = capture([&](const Tensor& x) {
    (x.to(kDouble) * w.tanh()).sum().backward();
    return w.grad() * 1;
  });
  const Tensor x = data({4}, 7);
  for (int s = 0; s < 5; ++s) step(x);
  step.write_source(path("grads.cpp"), {}, x);
  const Ran ran = build_and_run(path("grads.cpp"));
  EXPECT_EQ(ran.status, 0) << ran.out << test::read(path("grads.cpp"));
}

using WrittenSourceRefusals = test::InFolder;
TEST_F(WrittenSourceRefusals, SayWhatCannotBeWritten) {
  auto step = capture([](const Tensor& x) { return x * rand({3}); });
  const std::string path = folder_ / "x.cpp";
  expect_error<AutogradError>([&] { step.write_source(path); }, "there is no program yet");
  for (int s = 0; s < 4; ++s) step(ones({3}));
  expect_error<AutogradError>([&] { step.write_source(path); }, "'uniform' cannot be written as C++");
  EXPECT_EQ(test::read(path), "");
  auto plain = capture([](const Tensor& x) { return x * 2; });
  for (int s = 0; s < 4; ++s) plain(ones({3}));
  expect_error<ValueError>([&] { plain.write_source(path, {.function = "2x"}); }, "'2x' is no name");
  EXPECT_THROW(plain.write_source(folder_ / "none" / "x.cpp"), IoError);
  auto narrow = capture([](const Tensor& x) { return x.to(kInt); });
  for (int s = 0; s < 4; ++s) narrow(ones({3}));
  EXPECT_THROW(narrow.write_source(path), DtypeError);
}

}  // namespace
}  // namespace tapegrad::tests
