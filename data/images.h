// Data sets of labelled images: MNIST, FashionMNIST and CIFAR-10, from the files that their authors give.
//
//   auto train = data::MNIST("data/mnist").map(data::transforms::Normalize<>(0.1307, 0.3081))
//                    .map(data::transforms::Stack<>());
//   auto loader = data::make_data_loader(std::move(train), {.batch_size = 64, .shuffle = true});
#pragma once

#include <tapegrad/data/dataset.h>

namespace tapegrad::data {

/// The array of an IDX file of unsigned bytes, which may be packed by gzip, as uint8. FormatError, with the byte where
/// the file goes wrong: another magic number or element type, more than 8 dims, bytes too many or too few. IoError.
TAPEGRAD_EXPORT Tensor load_idx(const std::string& path);

/// Images [n, channels, height, width], f32 in [0, 1], and their classes [n], int64.
struct LabelledImages {
  Tensor images, targets;
};

/// What the data sets have in common; row i is image i and its class.
template <class Self>
class ImageDataset : public Dataset<Self> {
 public:
  enum class Mode { kTrain, kTest };

  Example<> get(std::size_t index) override {
    const auto i = static_cast<std::int64_t>(index);
    return {all_.images.select(0, i), all_.targets.select(0, i)};
  }
  std::optional<std::size_t> size() const override { return static_cast<std::size_t>(all_.images.size(0)); }
  bool is_train() const noexcept { return mode_ == Mode::kTrain; }
  const Tensor& images() const noexcept { return all_.images; }
  const Tensor& targets() const noexcept { return all_.targets; }

 protected:
  ImageDataset(LabelledImages all, Mode mode) : all_(std::move(all)), mode_(mode) {}

 private:
  LabelledImages all_;
  Mode mode_;
};

/// root/train-images-idx3-ubyte and root/train-labels-idx1-ubyte, or those of t10k, or where there is none of such a
/// name root/train-images-idx3-ubyte.gz: images of one channel, ten classes.
/// Throws what load_idx() throws; FormatError for other numbers of dims, of labels than images, or a label above 9.
class TAPEGRAD_EXPORT MNIST : public ImageDataset<MNIST> {
 public:
  explicit MNIST(const std::string& root, Mode mode = Mode::kTrain);
};
/// Its files have the names and the format of MNIST's.
using FashionMNIST = MNIST;

/// root/data_batch_1.bin to data_batch_5.bin, or root/test_batch.bin: the binary version, images [3, 32, 32], ten
/// classes. FormatError for a file that is not made of records of 3,073 bytes, or a label above 9; IoError.
class TAPEGRAD_EXPORT CIFAR10 : public ImageDataset<CIFAR10> {
 public:
  explicit CIFAR10(const std::string& root, Mode mode = Mode::kTrain);
};

}  // namespace tapegrad::data
