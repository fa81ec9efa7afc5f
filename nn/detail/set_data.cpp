#include "nn/detail/set_data.h"

#include "autograd/core/node.h"

namespace tapegrad::nn::detail {

using core::TensorImpl;

// A small tensor's object lies in one block with its first bytes (kOwnBlock not set): that block must live as long as
// the object. So the new bytes are held by a storage that, when the object lets go of it, lets go of the old one too.
void set_data(const Tensor& x, const Tensor& value) {
  TensorImpl* t = x.impl();
  const Tensor old = Tensor::adopt(core::new_alias(t));
  const Tensor kept = (t->flags & core::kOwnBlock) != 0 ? Tensor() : old;
  const Tensor moved = Tensor::adopt(
      core::new_external(value.dtype(), value.sizes(), value.strides(), value.data_ptr(), [kept, value](void*) {}));
  core::Storage* storage = moved.impl()->storage;
  storage->version = t->storage->version + 1;
  storage->refs.add(1);
  t->storage->refs.sub(1);  // `old` now holds what x held
  t->storage = storage;
  t->data = moved.impl()->data;
  t->dtype = value.dtype();
  core::set_shape(t, t->sizes(), value.strides().data());
  if (core::Node* n = t->node.load(std::memory_order_acquire); n != nullptr && n->is_leaf()) {
    n->dtype = t->dtype;
    static_cast<core::Leaf*>(n)->grad.reset();
  }
}

}  // namespace tapegrad::nn::detail
