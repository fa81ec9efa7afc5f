// FunctionRecorder: writes down what one run of a function does on this thread.
//
// Tensors are named by their storages' addresses. No address is used twice while it is recorded: blocks come from the
// system, and those that die are kept until the end. No handle is taken, so that what is alone with its bytes stays so.
#pragma once

#include <memory>
#include <unordered_map>
#include <unordered_set>

#include "autograd/core/recorder.h"
#include "autograd/program/recording.h"

namespace tapegrad::program {

class FunctionRecorder final : public core::Recorder {
 public:
  // Arguments that require grad are passed as they are, the others as aliases. leaves: those that earlier runs met.
  // allow: what cannot be replayed is noted, not thrown.
  FunctionRecorder(const std::vector<Tensor>& arguments, const std::vector<Kept>& leaves, bool allow);
  ~FunctionRecorder() override;
  FunctionRecorder(const FunctionRecorder&) = delete;
  FunctionRecorder& operator=(const FunctionRecorder&) = delete;

  // What the function is called with: its writes show in the arguments, but it is known from what they are elsewhere.
  const std::vector<Tensor>& arguments() const noexcept { return passed_; }
  // Ends it. The results lose their history: what replays give has none. Each is held `holders` times beside.
  Recording finish(const std::vector<Tensor>& results, std::uint32_t holders);

  void see_call(const core::Call& c, bool in_place) noexcept override;
  void see_base(core::TensorImpl* base) noexcept override;
  void see_new_block(void* block, std::size_t bytes) override;
  void see_free_block(void* block, std::uint8_t pool_class) noexcept override;
  bool is_fixed(core::TensorImpl* t) override;
  void refuse(const char* op, const char* what, const char* instead) override;
  void see_failed_check(const char* op) override;

 private:
  struct Freed {
    Freed* next;
    std::uint64_t pool_class;
  };
  void add(const core::Call& c, bool in_place);
  int root_of(const core::TensorImpl* t);
  int slot_of(core::TensorImpl* t);
  int slot_at(int root, const core::TensorImpl* t);
  void note_outside(core::TensorImpl* t, int root);
  int outside_index(const core::TensorImpl* t);
  bool is_grad(const core::TensorImpl* t) const;
  void end() noexcept;
  void fail(std::string why);
  std::string refusal(const char* op, const char* what, const char* instead);
  void keep_outside();
  void note_grads();
  void find_escapes(const std::vector<Tensor>& results, std::uint32_t holders);

  Recording r_;
  std::vector<Tensor> passed_;
  std::vector<std::pair<const core::Storage*, std::uint32_t>> refs_;  // of the inputs' storages, before
  std::unordered_map<const core::Storage*, int> root_of_;
  std::unordered_map<const core::TensorImpl*, int> outside_of_;
  std::vector<core::TensorImpl*> outside_;
  std::unordered_map<const void*, std::size_t> blocks_;                // made while it is recorded, with their bytes
  std::unordered_set<const core::TensorImpl*> known_;                  // the arguments as passed
  std::unordered_map<const core::Node*, Tensor> leaves_;               // known before, with their .grad of that time
  std::unordered_map<const core::Storage*, core::TensorImpl*> grads_;  // of those .grads, with the leaves
  std::vector<Tensor> kept_;                                           // aliases of what lies outside
  Freed* freed_ = nullptr;
  std::unordered_set<const void*> dead_;  // blocks
  bool allow_;
  bool active_ = true;
  bool ran_out_ = false;  // of memory, for what was seen
  core::FreeList* lists_;
};

// In place of the history of t, one that throws when it is differentiated.
void set_captured_history(core::TensorImpl* t);

}  // namespace tapegrad::program
