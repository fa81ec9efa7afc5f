// Saving and loading: files, streams, lists, archives.
#include <unistd.h>
#include <cstdio>

#include "tests/parity/parity.h"

namespace {

// A file that is gone afterwards.
class File {
 public:
  File() {
    const testing::TestInfo* test = testing::UnitTest::GetInstance()->current_test_info();
    path_ = testing::TempDir() + "parity_" + std::to_string(getpid()) + "_" + test->name();
  }
  ~File() { std::remove(path_.c_str()); }
  operator const std::string&() const { return path_; }

 private:
  std::string path_;
};

torch::nn::Sequential model() { return torch::nn::Sequential(torch::nn::Linear(2, 3), torch::nn::Linear(3, 1)); }

TEST(Serialize, ATensor) {
  File file;
  const torch::Tensor x = torch::randn({2, 3});
  torch::save(x, file);
  torch::Tensor y;
  torch::load(y, file);
  EXPECT_TRUE(same(y, x));
}

TEST(Serialize, EachDtype) {
  for (const auto dtype : {torch::kFloat, torch::kDouble, torch::kLong, torch::kInt, torch::kShort, torch::kChar,
                           torch::kByte, torch::kBool, torch::kHalf, torch::kBFloat16}) {
    std::stringstream stream;
    const torch::Tensor x = torch::tensor({0, 1, 3}).to(dtype);
    torch::save(x, stream);
    torch::Tensor y;
    torch::load(y, stream);
    EXPECT_TRUE(same(y, x));
  }
}

TEST(Serialize, AnyShape) {
  for (const torch::Tensor& x : {torch::tensor(2.5), torch::zeros({0, 3}), torch::arange(6).view({2, 3}).t()}) {
    std::stringstream stream;
    torch::save(x, stream);
    torch::Tensor y;
    torch::load(y, stream);
    EXPECT_TRUE(same(y, x));
  }
}

TEST(Serialize, AListOfTensors) {
  File file;
  const std::vector<torch::Tensor> list = {torch::ones({2}), torch::tensor({1, 2, 3}), torch::zeros({1, 1})};
  torch::save(list, file);
  std::vector<torch::Tensor> back;
  torch::load(back, file);
  ASSERT_EQ(back.size(), 3U);
  for (size_t i = 0; i < 3; ++i) EXPECT_TRUE(same(back[i], list[i]));
}

TEST(Serialize, AModule) {
  File file;
  auto net = model(), other = model();
  torch::save(net, file);
  torch::load(other, file);
  const torch::Tensor x = torch::randn({4, 2});
  EXPECT_TRUE(same(other->forward(x), net->forward(x)));
}

TEST(Serialize, AModuleToADevice) {
  File file;
  auto net = model(), other = model();
  torch::save(net, file);
  torch::load(other, file, torch::Device(torch::kCPU));
  EXPECT_TRUE(same(other->parameters()[0], net->parameters()[0]));
}

TEST(Serialize, AModuleThroughAStream) {
  std::stringstream stream;
  auto net = model(), other = model();
  torch::save(net, stream);
  torch::load(other, stream);
  EXPECT_TRUE(same(other->parameters()[3], net->parameters()[3]));
}

TEST(Serialize, ASharedPointer) {
  std::stringstream stream;
  auto net = std::make_shared<torch::nn::LinearImpl>(2, 2), other = std::make_shared<torch::nn::LinearImpl>(2, 2);
  torch::save(net, stream);
  torch::load(other, stream);
  EXPECT_TRUE(same(other->weight, net->weight));
}

TEST(Serialize, AnOptimizer) {
  File file;
  auto net = model();
  torch::optim::Adam optimizer(net->parameters(), torch::optim::AdamOptions(0.1));
  const torch::Tensor x = torch::randn({4, 2});
  const auto train = [&](torch::nn::Sequential& m, torch::optim::Optimizer& o) {
    o.zero_grad();
    m->forward(x).pow(2).mean().backward();
    o.step();
  };
  train(net, optimizer);
  train(net, optimizer);
  torch::save(optimizer, file);
  auto other = std::dynamic_pointer_cast<torch::nn::SequentialImpl>(net->clone());
  torch::nn::Sequential copy(other);
  torch::optim::Adam resumed(copy->parameters(), torch::optim::AdamOptions(0.1));
  torch::load(resumed, file);
  train(net, optimizer);
  train(copy, resumed);
  EXPECT_TRUE(same(copy->parameters()[0], net->parameters()[0]));
}

TEST(Serialize, Archives) {
  File file;
  torch::serialize::OutputArchive out;
  out.write("x", torch::ones({2}));
  out.write("steps", torch::tensor(7));
  out.save_to(file);
  torch::serialize::InputArchive in;
  in.load_from(file);
  torch::Tensor x, steps, none;
  in.read("x", x);
  in.read("steps", steps);
  EXPECT_TRUE(same(x, torch::ones({2})));
  EXPECT_EQ(steps.item<int64_t>(), 7);
  EXPECT_FALSE(in.try_read("none", none));
  EXPECT_THROW(in.read("none", none), c10::Error);
}

TEST(Serialize, ArchivesWithinArchives) {
  std::stringstream stream;
  torch::serialize::OutputArchive out, inner;
  inner.write("w", torch::tensor({1.0, 2.0}));
  out.write("inner", inner);
  out.write("b", torch::tensor({3.0}));
  out.save_to(stream);
  torch::serialize::InputArchive in, part;
  in.load_from(stream);
  in.read("inner", part);
  torch::Tensor w, b;
  part.read("w", w);
  EXPECT_TRUE(in.try_read("b", b));
  EXPECT_TRUE(same(w, torch::tensor({1.0, 2.0})));
  auto keys = in.keys();
  std::sort(keys.begin(), keys.end());
  EXPECT_EQ(keys, (std::vector<std::string>{"b", "inner"}));
}

TEST(Serialize, ModulesThroughArchives) {
  std::stringstream stream;
  torch::nn::Linear net(2, 3), other(2, 3);
  torch::serialize::OutputArchive out;
  net->save(out);
  out.save_to(stream);
  torch::serialize::InputArchive in;
  in.load_from(stream);
  other->load(in);
  EXPECT_TRUE(same(other->weight, net->weight));
  EXPECT_TRUE(same(other->bias, net->bias));
}

TEST(Serialize, RefusesWhatIsNotThere) {
  torch::Tensor x = torch::ones({1});
  EXPECT_THROW(torch::load(x, testing::TempDir() + "parity_no_such_file"), c10::Error);
  EXPECT_TRUE(same(x, torch::ones({1})));
  std::stringstream stream("this is no tensor");
  EXPECT_THROW(torch::load(x, stream), c10::Error);
}

TEST(Serialize, RefusesAnotherModel) {
  std::stringstream stream;
  torch::save(torch::nn::Linear(2, 3), stream);
  auto other = model();
  EXPECT_ANY_THROW(torch::load(other, stream));
}

// --- modules within modules

struct TowerImpl : torch::nn::Module {
  TowerImpl() {
    blocks = register_module("blocks", torch::nn::ModuleList());
    for (int i = 0; i < 2; ++i)
      blocks->push_back(torch::nn::Sequential(torch::nn::Linear(3, 3), torch::nn::BatchNorm1d(3),
                                              torch::nn::Functional(torch::relu)));
    scale = register_buffer("scale", torch::rand({3}));
  }
  torch::Tensor forward(torch::Tensor x) {
    for (const auto& block : *blocks) x = block->as<torch::nn::Sequential>()->forward(x);
    return x * scale;
  }
  torch::nn::ModuleList blocks{nullptr};
  torch::Tensor scale;
};
TORCH_MODULE(Tower);

Tower trained_tower() {
  Tower tower;
  for (int i = 0; i < 3; ++i) tower(torch::randn({8, 3}) + 2);
  tower->eval();
  return tower;
}

TEST(SerializeModules, NestedWithTheirBuffers) {
  std::stringstream stream;
  Tower tower = trained_tower(), other;
  torch::save(tower, stream);
  torch::load(other, stream);
  other->eval();
  const torch::Tensor x = torch::randn({4, 3});
  EXPECT_TRUE(same(other(x), tower(x)));
  for (const auto& item : tower->named_buffers())
    EXPECT_TRUE(same(other->named_buffers()[item.key()], item.value())) << item.key();
  EXPECT_EQ(other->named_buffers()["blocks.1.1.num_batches_tracked"].item<int64_t>(), 3);
}

TEST(SerializeModules, InAnArchiveByKey) {
  std::stringstream stream;
  Tower tower = trained_tower(), other;
  torch::serialize::OutputArchive out, inner;
  tower->save(inner);
  out.write("tower", inner);
  out.write("epoch", torch::tensor(3));
  out.save_to(stream);
  torch::serialize::InputArchive in, part;
  in.load_from(stream);
  in.read("tower", part);
  other->load(part);
  other->eval();
  const torch::Tensor x = torch::randn({4, 3});
  EXPECT_TRUE(same(other(x), tower(x)));
}

TEST(SerializeModules, HandlesStayThoseOfTheModule) {
  std::stringstream stream;
  torch::nn::Linear net(2, 1), other(2, 1);
  const torch::Tensor weight = other->weight;
  torch::optim::SGD optimizer(other->parameters(), torch::optim::SGDOptions(1));
  torch::save(net, stream);
  torch::load(other, stream);
  EXPECT_TRUE(same(weight, net->weight));
  EXPECT_TRUE(other->weight.requires_grad());
  other(torch::ones({1, 2})).sum().backward();
  optimizer.step();
  EXPECT_TRUE(same(other->weight, net->weight - 1));
}

TEST(SerializeModules, RefuseWhatIsMissing) {
  std::stringstream stream;
  torch::save(torch::nn::Linear(torch::nn::LinearOptions(2, 3).bias(false)), stream);
  torch::nn::Linear other(2, 3);
  EXPECT_THROW(torch::load(other, stream), c10::Error);
  torch::serialize::OutputArchive out;
  out.write("weight", torch::ones({2}));
  std::stringstream written;
  out.save_to(written);
  torch::serialize::InputArchive in, part;
  in.load_from(written);
  EXPECT_FALSE(in.try_read("nothing", part));
  EXPECT_THROW(in.read("nothing", part), c10::Error);
  EXPECT_THROW(other->load(in), c10::Error);
}

// --- samplers and lists

template <class Sampler>
void goes_on_with_rows(Sampler sampler, Sampler other) {
  sampler.next(3);
  torch::serialize::OutputArchive out;
  sampler.save(out);
  std::stringstream stream;
  out.save_to(stream);
  torch::serialize::InputArchive in;
  in.load_from(stream);
  other.load(in);
  EXPECT_EQ(other.index(), sampler.index());
  EXPECT_EQ(*other.next(4), *sampler.next(4));
}

TEST(SerializeSamplers, GoOnWithTheSameRows) {
  namespace samplers = torch::data::samplers;
  goes_on_with_rows(samplers::RandomSampler(10), samplers::RandomSampler(10));
  goes_on_with_rows(samplers::SequentialSampler(10), samplers::SequentialSampler(10));
  samplers::DistributedRandomSampler random(20, /*num_replicas=*/2, /*rank=*/1);
  random.set_epoch(3);
  random.reset();
  goes_on_with_rows(random, samplers::DistributedRandomSampler(20, 2, 1));
  goes_on_with_rows(samplers::DistributedSequentialSampler(20, 2, 1), samplers::DistributedSequentialSampler(20, 2, 1));
}

TEST(SerializeLists, OfAnyDtypeOrEmpty) {
  std::stringstream stream, nothing;
  const std::vector<torch::Tensor> list = {torch::tensor({true, false}), torch::tensor(7), torch::zeros({0, 2}),
                                           torch::ones({2}, torch::kDouble)};
  torch::save(list, stream);
  std::vector<torch::Tensor> back, none;
  torch::load(back, stream);
  ASSERT_EQ(back.size(), list.size());
  for (size_t i = 0; i < list.size(); ++i) EXPECT_TRUE(same(back[i], list[i]));
  torch::save(none, nothing);
  torch::load(none, nothing);
  EXPECT_TRUE(none.empty());
}

TEST(SerializeLists, OfMoreThanTen) {
  std::stringstream stream;
  std::vector<torch::Tensor> list, back;
  for (int i = 0; i < 12; ++i) list.push_back(torch::tensor(i));
  torch::save(list, stream);
  torch::load(back, stream);
  ASSERT_EQ(back.size(), 12U);
  for (int i = 0; i < 12; ++i) EXPECT_EQ(back[static_cast<size_t>(i)].item<int>(), i);
}

}  // namespace
