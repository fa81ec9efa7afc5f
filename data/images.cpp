#include <tapegrad/data/images.h>

#include <filesystem>

#include "autograd/core/text.h"
#include "autograd/io/file.h"
#include "autograd/io/file_kind.h"
#include "data/detail/gzip.h"

namespace tapegrad::data {

using core::joined;
using tapegrad::detail::InFile;

namespace {

constexpr std::uint8_t kClasses = 10;

// IDX: two zero bytes, the element type (8: unsigned bytes), the number of dims, big-endian sizes, the elements.
Tensor read_idx(InFile& file, int rank = -1) {
  std::uint8_t head[4] = {};
  file.read(head, std::min<std::uint64_t>(file.size(), sizeof(head)));
  if (file.size() < sizeof(head) || head[0] != 0 || head[1] != 0) {
    file.fail(0, "it does not begin with two zero bytes, a type and a number of dims: no IDX file" +
                     tapegrad::detail::looks_like_other(file.head(), {}));
  }
  if (head[2] != 8) file.fail(2, joined("the element type is ", int{head[2]}, "; 8, unsigned bytes, can be read"));
  if (head[3] > kMaxRank || (rank >= 0 && head[3] != rank))
    file.fail(3, joined("it has ", int{head[3]}, " dims; give one of ", rank >= 0 ? rank : kMaxRank,
                        rank >= 0 ? "" : " at most"));
  const std::uint64_t start = sizeof(head) + 4U * head[3];
  if (file.size() < start) file.fail(file.size(), "the file ends in the sizes");
  std::vector<std::int64_t> sizes;
  for (int d = 0; d < head[3]; ++d) {
    std::uint8_t big[4];
    file.read(big, sizeof(big));
    sizes.push_back(std::int64_t{big[0]} << 24 | big[1] << 16 | big[2] << 8 | big[3]);
  }
  const std::uint64_t bytes = file.tensor_bytes(sizeof(head), kByte, sizes), there = file.size() - start;
  if (bytes != there)
    file.fail(start + std::min(bytes, there),
              joined("the array has ", bytes, " bytes by its sizes ", IntList(sizes), ", the file ", there));
  return file.read_tensor(kByte, sizes);
}

// Classes that lie `step` bytes apart, from byte `start` of the file on.
Tensor checked(const InFile& file, const Tensor& labels, std::uint64_t start, std::uint64_t step) {
  const std::vector<std::int64_t> classes = labels.to_vector<std::int64_t>();
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (classes[i] >= kClasses)
      file.fail(start + i * step, joined("the label ", classes[i], " is none of the classes 0 to ", kClasses - 1));
  }
  return labels.to(kLong);
}

Tensor scaled(const Tensor& bytes) { return bytes.to(kFloat).div_(255); }

// A file of a folder, or the same packed by gzip.
InFile opened(const std::filesystem::path& root, const std::string& name) {
  const bool is_packed = !std::filesystem::exists(root / name) && std::filesystem::exists(root / (name + ".gz"));
  return detail::unpacked("MNIST", root / (is_packed ? name + ".gz" : name));
}

LabelledImages read_mnist(const std::filesystem::path& root, const std::string& part) {
  InFile labels_file = opened(root, part + "-labels-idx1-ubyte"), file = opened(root, part + "-images-idx3-ubyte");
  const Tensor labels = checked(labels_file, read_idx(labels_file, 1), 8, 1);
  const Tensor images = read_idx(file, 3);
  if (images.size(0) != labels.size(0))
    file.fail(4, joined("it has ", images.size(0), " images for ", labels.size(0), " labels"));
  return {scaled(images.unsqueeze(1)), labels};
}

LabelledImages read_cifar10(const std::filesystem::path& root, const std::vector<std::string>& names) {
  constexpr std::int64_t kRecord = 1 + 3 * 32 * 32;
  std::vector<Tensor> images, labels;
  for (const std::string& name : names) {
    InFile file("CIFAR10", root / name);
    const auto size = static_cast<std::int64_t>(file.size());
    if (size % kRecord != 0)
      file.fail(file.size(), joined("its ", size, " bytes are no records of ", kRecord, ", a label and an image each",
                                    tapegrad::detail::looks_like_other(file.head(), {})));
    const Tensor records = file.read_tensor(kByte, {size / kRecord, kRecord});
    labels.push_back(checked(file, records.select(1, 0), 0, kRecord));
    images.push_back(scaled(records.slice(1, 1).reshape({-1, 3, 32, 32})));
  }
  return {cat(images), cat(labels)};
}

}  // namespace

Tensor load_idx(const std::string& path) {
  InFile file = detail::unpacked("load_idx", path);
  return read_idx(file);
}

MNIST::MNIST(const std::string& root, Mode mode)
    : ImageDataset(read_mnist(root, mode == Mode::kTrain ? "train" : "t10k"), mode) {}

CIFAR10::CIFAR10(const std::string& root, Mode mode)
    : ImageDataset(
          read_cifar10(root, mode == Mode::kTrain
                                 ? std::vector<std::string>{"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                                                            "data_batch_4.bin", "data_batch_5.bin"}
                                 : std::vector<std::string>{"test_batch.bin"}),
          mode) {}

}  // namespace tapegrad::data
