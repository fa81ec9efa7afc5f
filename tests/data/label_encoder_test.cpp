#include <tapegrad/data/label_encoder.h>

#include <tapegrad/autograd/serialize.h>
#include <tapegrad/data/standardize.h>
#include <tapegrad/testing.h>

#include "tests/common/expect_error.h"
#include "tests/common/folder.h"

namespace tapegrad {
namespace {

using Texts = std::vector<std::string>;

// The numbers are scikit-learn's: the order of the texts.
TEST(LabelEncoder, NumbersTextsInTheirOrder) {
  data::LabelEncoder encoder;
  const Texts texts{"tokyo", "paris", "Zug", "paris", "", "\xc3\xa9t\xc3\xa9"};
  EXPECT_TENSOR_EQ(encoder.fit_transform(texts), tensor({3, 2, 1, 2, 0, 4}));
  EXPECT_EQ(encoder.classes(), (Texts{"", "Zug", "paris", "tokyo", "\xc3\xa9t\xc3\xa9"}));
  EXPECT_EQ(encoder.inverse_transform(encoder.transform(texts)), texts);
  EXPECT_EQ(encoder.inverse_transform(tensor({1.0F, 0.0F}).unsqueeze(1)), (Texts{"Zug", ""}));
  EXPECT_EQ(encoder.transform({}).sizes(), IntList({0}));
}

TEST(LabelEncoder, GivesColumnsOfOnes) {
  const data::LabelEncoder encoder = data::LabelEncoder().fit({"a", "b", "c"});
  EXPECT_TENSOR_EQ(encoder.one_hot({"c", "a"}), tensor({{0, 0, 1}, {1, 0, 0}}, kFloat));
}

TEST(LabelEncoder, RefusesWhatItHasNotSeen) {
  data::LabelEncoder encoder;
  expect_error<Error>([&] { encoder.transform({"a"}); }, "LabelEncoder: not fitted yet");
  expect_error<Error>([&] { encoder.inverse_transform(tensor({0})); }, "LabelEncoder: not fitted yet");
  expect_error<ValueError>([&] { encoder.fit({}); }, "there are no texts to fit");
  encoder.fit({"a", "c"});
  expect_error<ValueError>(
      [&] {
        encoder.transform({"a", "b"});
      },
      "LabelEncoder: y contains previously unseen labels: 'b', in row 1");
  expect_error<ValueError>([&] { encoder.one_hot({"d"}); }, "previously unseen labels: 'd', in row 0");
  for (const std::int64_t number : {-1, 2}) {
    expect_error<ValueError>([&] { encoder.inverse_transform(tensor({number})); }, "; classes are 0 to 1");
  }
  expect_error<ValueError>([&] { encoder.inverse_transform(tensor({0.5})); }, "0.5 is no label");
}

class SavedEncoder : public test::InFolder {};

TEST_F(SavedEncoder, GivesTheSameNumbersAfterLoading) {
  const std::string path = (folder_ / "labels.safetensors").string();
  data::LabelEncoder encoder, same;
  encoder.fit({"b", "", "a\xff", "c"});
  save(encoder, path);
  same.fit({"other"});
  load(same, path);
  EXPECT_EQ(same.classes(), encoder.classes());
  data::Standardizer scaler, new_scaler;
  scaler.fit(tensor({{1.0, 2.0}, {3.0, 9.0}}, kDouble));
  Checkpoint both{{"labels", encoder}, {"scaler", scaler}}, again{{"labels", same}, {"scaler", new_scaler}};
  save(both, path);
  load(again, path);
  EXPECT_TENSOR_EQ(new_scaler.mean(), scaler.mean());
  EXPECT_TENSOR_EQ(new_scaler.scale(), scaler.scale());
}

TEST_F(SavedEncoder, RefusesAStateThatDoesNotFitAndKeepsItsOwn) {
  data::LabelEncoder encoder;
  encoder.fit({"a", "bc"});
  const Tensor bytes = tensor({97, 98, 99}, kByte);
  for (const std::vector<std::int64_t>& lengths :
       {std::vector<std::int64_t>{1}, {1, 1}, {1, 3}, {-1, 4}, {4}, {2, 2}, {0, 0, 3}, {1, INT64_MAX}}) {
    expect_error<ValueError>(
        [&] {
          encoder.load_state_dict({{"classes", bytes}, {"lengths", tensor(lengths)}});
        },
        "LabelEncoder: the lengths do not fit the classes");
  }
  expect_error<ValueError>(
      [&] {
        encoder.load_state_dict({{"classes", bytes.flip({0})}, {"lengths", tensor({1, 1, 1})}});
      },
      "do not fit");
  expect_error<Error>([&] { encoder.load_state_dict({{"classes", bytes}}); }, "Missing key(s)");
  EXPECT_EQ(encoder.classes(), (Texts{"a", "bc"}));
  data::Standardizer scaler;
  expect_error<Error>([&] { scaler.load_state_dict({{"mean", ones({2})}, {"scale", ones({3})}}); }, "size mismatch");
  EXPECT_FALSE(scaler.mean().defined());
}

}  // namespace
}  // namespace tapegrad
