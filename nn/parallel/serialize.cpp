#include <tapegrad/nn/parallel/serialize.h>

#include <cstring>

namespace tapegrad::nn::parallel::detail {

void on_rank_0(ProcessGroup& group, const std::function<void()>& write) {
  std::string failure;
  if (group.rank() == 0) {
    try {
      write();
    } catch (const std::exception& e) {
      failure = e.what();
    }
  }
  const Tensor length = tensor({static_cast<std::int64_t>(failure.size())});
  group.broadcast(length);
  if (length.item<std::int64_t>() == 0) return;
  const Tensor letters = zeros({length.item<std::int64_t>()}, kByte);
  if (group.rank() == 0) std::memcpy(letters.data_ptr(), failure.data(), failure.size());
  group.broadcast(letters);
  std::string text = group.rank() == 0 ? "" : "on rank 0: ";
  text.append(static_cast<const char*>(letters.data_ptr()), letters.nbytes());
  throw IoError(text);
}

}  // namespace tapegrad::nn::parallel::detail
