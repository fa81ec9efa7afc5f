#include <tapegrad/data/images.h>

#include <tapegrad/data/libtorch.h>
#include <tapegrad/testing.h>

#include "tests/common/files.h"

namespace tapegrad {
namespace {

using data::MNIST;
static_assert(std::same_as<data::datasets::MNIST, MNIST> && std::same_as<data::FashionMNIST, MNIST>);

std::string big_endian(std::int64_t size) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(size >> shift & 0xff);
  return out;
}

std::string idx(const std::vector<std::int64_t>& sizes, const std::string& bytes, int type = 8) {
  std::string out{'\0', '\0', static_cast<char>(type), static_cast<char>(sizes.size())};
  for (const std::int64_t size : sizes) out += big_endian(size);
  return out + bytes;
}

class Images : public files_test::Files {
 protected:
  void write(const std::string& name, const std::string& bytes) { files_test::write(folder_ / name, bytes); }
  void write_mnist(const std::string& images, const std::string& labels, const std::string& part = "train") {
    write(part + "-images-idx3-ubyte", images);
    write(part + "-labels-idx1-ubyte", labels);
  }
  template <class Set>
  void expect_refused(const std::string& file, const std::string& what) {
    expect_error<FormatError>([&] { Set{folder_.string()}; }, (folder_ / file).string() + ": byte " + what);
  }
};

TEST_F(Images, AreReadFromIdxFiles) {
  const std::string bytes("\0\xff\x33\x66\x99\xcc\1\2\3\4\5\6", 12);
  write_mnist(idx({2, 2, 3}, bytes), idx({2}, "\7\2"));
  MNIST train(folder_.string());
  EXPECT_TRUE(train.is_train());
  EXPECT_EQ(*train.size(), 2U);
  EXPECT_EQ(train.images().sizes(), (IntList{2, 1, 2, 3}));
  EXPECT_TENSOR_EQ(train.images()[0], tensor({0, 255, 51, 102, 153, 204}).to(kFloat).div(255).view({1, 2, 3}));
  EXPECT_TENSOR_EQ(train.targets(), tensor({7, 2}));
  const data::Example<> row = train.get(1);
  EXPECT_EQ(row.target.item<std::int64_t>(), 2);
  EXPECT_EQ(row.data.sizes(), (IntList{1, 2, 3}));

  write_mnist(idx({0, 28, 28}, ""), idx({0}, ""), "t10k");
  const MNIST test(folder_.string() + "/", MNIST::Mode::kTest);
  EXPECT_FALSE(test.is_train());
  EXPECT_EQ(*test.size(), 0U);
  EXPECT_TENSOR_EQ(data::load_idx((folder_ / "train-labels-idx1-ubyte").string()), tensor({7, 2}, kByte));
}

TEST_F(Images, AreDealtInBatches) {
  write_mnist(idx({5, 1, 1}, "abcde"), idx({5}, std::string("\0\1\2\3\4", 5)));
  for (const std::int64_t workers : {0, 2}) {
    auto loader = data::make_data_loader(data::datasets::FashionMNIST(folder_.string())
                                             .map(data::transforms::Normalize<>(0.5, 0.25))
                                             .map(data::transforms::Stack<>()),
                                         {.batch_size = 2, .workers = workers});
    std::vector<std::int64_t> targets;
    for (auto& batch : loader) {
      EXPECT_EQ(batch.data.dim(), 4);
      for (const std::int64_t t : batch.target.to_vector<std::int64_t>()) targets.push_back(t);
    }
    EXPECT_EQ(targets, (std::vector<std::int64_t>{0, 1, 2, 3, 4}));
    EXPECT_FLOAT_EQ(loader.begin()->data[0].item<float>(), (97.0F / 255 - 0.5F) / 0.25F);
  }
}

TEST_F(Images, OfAnotherFormatAreRefused) {
  const std::string images = "train-images-idx3-ubyte", labels = "train-labels-idx1-ubyte";
  const std::string good_images = idx({1, 2, 2}, "abcd"), good_labels = idx({1}, "\3");
  expect_error<IoError>([&] { MNIST{folder_.string()}; }, "cannot open");
  write_mnist(good_images, good_labels);
  EXPECT_NO_THROW(MNIST{folder_.string()});
  for (std::size_t n = 0; n < good_images.size(); ++n) {  // cut short
    write_mnist(good_images.substr(0, n), good_labels);
    EXPECT_THROW(MNIST{folder_.string()}, FormatError) << n;
  }
  for (std::size_t n = 0; n < good_labels.size(); ++n) {
    write_mnist(good_images, good_labels.substr(0, n));
    EXPECT_THROW(MNIST{folder_.string()}, FormatError) << n;
  }
  write_mnist(good_images + "e", good_labels);
  expect_refused<MNIST>(images, "20: the array has 4 bytes by its sizes [1, 2, 2], the file 5");
  write_mnist(idx({2, 2, 2}, "abcdabcd"), good_labels);
  expect_refused<MNIST>(images, "4: it has 2 images for 1 labels");
  write_mnist(idx({4}, "abcd"), good_labels);
  expect_refused<MNIST>(images, "3: it has 1 dims; give one of 3");
  write_mnist(idx({1, 2, 2}, "abcd", 13), good_labels);
  expect_refused<MNIST>(images, "2: the element type is 13; 8, unsigned bytes, can be read");
  write_mnist(idx({1, -1, -1, -1, -1, -1, -1, -1}, "abcd"), good_labels);
  expect_error<FormatError>([&] { data::load_idx((folder_ / images).string()); }, "more elements than 63 bits");
  write_mnist(good_images, idx({1}, "\x0a"));
  expect_refused<MNIST>(labels, "8: the label 10 is none of the classes 0 to 9");
  write_mnist(good_images, "\x1f\x8b\x08 gzip");
  expect_refused<MNIST>(labels, "0: it does not begin with two zero bytes");
  expect_refused<MNIST>(labels,
                        "0: it does not begin with two zero bytes, a type and a number of dims: no IDX file; it "
                        "looks like a gzip file");
}

TEST_F(Images, AreReadFromCifarsRecords) {
  const auto record = [](char label, char first, char last) {
    return std::string{label} + first + std::string(3070, '\0') + last;
  };
  for (int i = 1; i <= 5; ++i)
    write("data_batch_" + std::to_string(i) + ".bin",
          record(static_cast<char>(i), '\xff', '\x33') + record('\0', '\1', '\2'));
  write("test_batch.bin", record('\x09', '\0', '\xff'));
  const data::CIFAR10 train(folder_.string()), test(folder_.string(), data::CIFAR10::Mode::kTest);
  EXPECT_EQ(train.images().sizes(), (IntList{10, 3, 32, 32}));
  EXPECT_TENSOR_EQ(train.targets(), tensor({1, 0, 2, 0, 3, 0, 4, 0, 5, 0}));
  EXPECT_EQ(train.images()[2][0][0][0].item<float>(), 1);
  EXPECT_EQ(train.images()[2][2][31][31].item<float>(), 51.0F / 255);
  EXPECT_EQ(test.targets().item<std::int64_t>(), 9);
  write("data_batch_3.bin", record('\1', '\1', '\1') + "x");
  expect_refused<data::CIFAR10>("data_batch_3.bin", "3074: its 3074 bytes are no records of 3073");
  write("data_batch_3.bin", record('\1', '\1', '\1') + record('\x10', '\1', '\1'));
  expect_refused<data::CIFAR10>("data_batch_3.bin", "3073: the label 16 is none of the classes 0 to 9");
}

TEST_F(Images, MayBePackedByGzip) {
  const std::string labels = idx({2}, "\7\2"), images = idx({2, 1, 2}, "abcd");
  write_mnist(images, labels);
  const Tensor plain = MNIST(folder_.string()).images();
  const std::string gzip = "cd '" + folder_.string() + "' && gzip -n *-ubyte";
  ASSERT_EQ(std::system(gzip.c_str()), 0);
  const MNIST packed(folder_.string());
  EXPECT_TENSOR_EQ(packed.images(), plain);
  EXPECT_TENSOR_EQ(packed.targets(), tensor({7, 2}));
  const std::string name = (folder_ / "train-labels-idx1-ubyte.gz").string(), good = test::read(name);
  EXPECT_TENSOR_EQ(data::load_idx(name), tensor({7, 2}, kByte));
  const auto refuse = [&](std::string bytes, const std::string& what) {
    test::write(name, bytes);
    expect_error<FormatError>([&] { data::load_idx(name); }, "load_idx: " + name + ": " + what);
  };
  const std::size_t end = good.size();
  const auto changed = [&](std::size_t at, char to) {
    std::string bytes = good;
    bytes[at] = to;
    return bytes;
  };
  refuse(changed(2, 7), "byte 2: it is packed in another way than by deflate");
  refuse(changed(3, '\x80'), "byte 3: it has flags that gzip does not know");
  refuse(changed(3, 8).substr(0, 10) + std::string(20, 'x'), "byte 30: the file ends in its head");
  refuse(changed(end - 8, static_cast<char>(good[end - 8] + 1)),
         "byte " + std::to_string(end - 8) + ": its checksum is");
  refuse(changed(end - 1, 1), "byte " + std::to_string(end - 4) + ": it cannot hold ");
  refuse(changed(end - 4, 9), "byte 10: ");
  refuse(good + good, "byte 10: ");
  // A name, a comment, a field and a sum in the head.
  const std::string full = good.substr(0, 3) + "\x1e" + good.substr(4, 6) + std::string("\3\0abc", 5) +
                           std::string("name\0why\0", 9) + "12" + good.substr(10);
  test::write(name, full);
  EXPECT_TENSOR_EQ(data::load_idx(name), tensor({7, 2}, kByte));
  for (std::size_t cut = 18; cut < full.size(); ++cut) {
    test::write(name, full.substr(0, cut));
    EXPECT_THROW(data::load_idx(name), FormatError) << cut;
  }
}

}  // namespace
}  // namespace tapegrad
