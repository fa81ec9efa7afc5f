// libtorch's archives: tensors by name, written to and read from a safetensors file or stream (safetensors.h).
//
//     serialize::OutputArchive out;
//     model->save(out);
//     out.write("epoch", tensor(7));
//     out.save_to("run.safetensors");
#pragma once

#include <tapegrad/autograd/safetensors.h>

namespace tapegrad::serialize {

class TAPEGRAD_EXPORT OutputArchive {
 public:
  /// Error for a key that is there already.
  void write(const std::string& key, const Tensor& value, bool is_buffer = false);
  /// All of a state_dict().
  void write(const StateDict& state);
  /// All that `nested` has, under "key.".
  void write(const std::string& key, const OutputArchive& nested);
  /// Throws what save_safetensors() throws.
  void save_to(const std::string& path) const { save_safetensors(state_, path, {{"format", "pt"}}); }
  void save_to(std::ostream& stream) const { save_safetensors(state_, stream, {{"format", "pt"}}); }
  const StateDict& state_dict() const noexcept { return state_; }

 private:
  StateDict state_;
};

class TAPEGRAD_EXPORT InputArchive {
 public:
  /// Throws what load_safetensors() throws; the archive is as it was then. Error for a device other than the CPU.
  void load_from(const std::string& path, Device device = kCPU);
  void load_from(std::istream& stream, Device device = kCPU);
  /// Sets value to the tensor of that key, or returns false.
  bool try_read(const std::string& key, Tensor& value, bool is_buffer = false) const;
  /// Sets nested to all under "key.", or returns false where there is nothing.
  bool try_read(const std::string& key, InputArchive& nested) const;
  /// The same. Error where there is none.
  void read(const std::string& key, Tensor& value, bool is_buffer = false) const;
  void read(const std::string& key, InputArchive& nested) const;
  /// The first parts of all names.
  std::vector<std::string> keys() const;
  const StateDict& state_dict() const noexcept { return state_; }

 private:
  StateDict state_;
};

}  // namespace tapegrad::serialize
