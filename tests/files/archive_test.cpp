// Archives, streams and lists: libtorch's other ways to save and load.
#include <sstream>

#include <tapegrad/tapegrad.h>
#include <tapegrad/testing.h>

#include "tests/common/files.h"

namespace tapegrad {
namespace {

class Archive : public files_test::Files {};

nn::Sequential network() { return nn::Sequential{nn::Linear(2, 3), nn::ReLU(), nn::Linear(3, 1)}; }

TEST_F(Archive, KeepsModulesOptimizersAndTensors) {
  auto net = network();
  optim::Adam adam(net->parameters(), 0.1);
  net->forward(ones({4, 2})).sum().backward();
  adam.step();
  {
    serialize::OutputArchive out, inner;
    net->save(out);
    adam.save(inner);
    out.write("optimizer", inner);
    out.write("epoch", tensor(7));
    out.save_to(path_);
  }
  serialize::InputArchive in, inner;
  in.load_from(path_);
  EXPECT_EQ(in.keys(), (std::vector<std::string>{"0", "2", "epoch", "optimizer"}));
  auto other = network();
  other->load(in);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_TENSOR_EQ(other->parameters()[i].detach(), net->parameters()[i].detach());
  optim::Adam again(other->parameters(), 0.5);
  in.read("optimizer", inner);
  again.load(inner);
  EXPECT_EQ(again.lr(), 0.1);
  Tensor epoch;
  in.read("epoch", epoch);
  EXPECT_EQ(epoch.item<int>(), 7);
  EXPECT_FALSE(in.try_read("none", epoch));
  EXPECT_FALSE(in.try_read("epoch", inner));
  EXPECT_EQ(epoch.item<int>(), 7);
  expect_error<Error>([&] { in.read("none", epoch); }, "read: No such serialized entry 'none'");
  expect_error<Error>([&] { nn::Linear(2, 3)->load(in); }, "weight");
  expect_error<Error>([&] { in.load_from(path_, DeviceType::CUDA); }, "there is no device cuda");
}

TEST_F(Archive, RefusesAKeyTwiceAndStaysAsItWas) {
  serialize::OutputArchive out, nested;
  out.write("x.a", tensor(1));
  nested.write("b", tensor(2));
  nested.write("a", tensor(3));
  expect_error<Error>([&] { out.write("x", nested); }, "x.a");
  expect_error<Error>([&] { out.write("x.a", tensor(3)); }, "x.a");
  EXPECT_EQ(out.state_dict().keys(), (std::vector<std::string>{"x.a"}));
}

TEST_F(Archive, StreamsHoldTheBytesOfFiles) {
  auto net = network();
  std::stringstream stream;
  save(net, stream);
  save(net, path_);
  EXPECT_EQ(stream.str(), files_test::read(path_));
  auto other = network();
  load(other, stream);
  EXPECT_TENSOR_EQ(other->parameters()[0].detach(), net->parameters()[0].detach());

  std::stringstream bad("no file");
  expect_error<FormatError>([&] { load(other, bad); }, "load_safetensors: the stream: byte");
  std::ostringstream full;
  full.setstate(std::ios::badbit);
  expect_error<IoError>([&] { save(net, full); }, "the stream cannot be written");
}

TEST_F(Archive, ListsOfTensorsKeepTheirOrder) {
  std::vector<Tensor> list;
  for (int i = 0; i < 12; ++i) list.push_back(full({i}, i));
  save(list, path_);
  std::vector<Tensor> again;
  load(again, path_);
  ASSERT_EQ(again.size(), 12U);
  for (std::size_t i = 0; i < 12; ++i) EXPECT_TENSOR_EQ(again[i], list[i]);
  save(tensor(1.0), path_);
  expect_error<Error>([&] { load(again, path_); }, "holds no list of tensors");
  EXPECT_EQ(again.size(), 12U);
}

TEST_F(Archive, EveryDtypeComesBack) {
  StateDict all;
  for (const Dtype d : kAllDtypes) all.insert(name(d), arange(5).to(d).view({5, 1}));
  save(all, path_);
  const StateDict read = load_safetensors(path_);
  ASSERT_EQ(read.size(), std::size(kAllDtypes));
  for (const Dtype d : kAllDtypes) {
    EXPECT_EQ(read[name(d)].dtype(), d);
    EXPECT_TENSOR_EQ(read[name(d)].to(kDouble), all[name(d)].to(kDouble));
  }
}

}  // namespace
}  // namespace tapegrad
