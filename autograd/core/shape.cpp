#include "autograd/core/shape.h"

#include <charconv>

#include "autograd/kernels/layout.h"
#include "autograd/kernels/loop.h"

namespace tapegrad::core {

std::string text(IntList list, const char* between) {
  std::string s;
  for (std::size_t i = 0; i < list.size(); ++i) s += (i > 0 ? between : "") + std::to_string(list[i]);
  return s;
}
std::string text(double v, int digits) {
  char chars[32];
  return {chars, std::to_chars(chars, chars + sizeof chars, v, std::chars_format::general, digits).ptr};
}
std::string called(const char* op, bool in_place) {
  const std::string_view name = op;
  return std::string(name.substr(0, name.find('.'))) + (in_place ? "_" : "");
}

std::string text(IntList list) { return joined("[", text(list, ", "), "]"); }

void throw_as(const char* op) {
  const auto renamed = [op](const Error& error) {
    const std::string what = error.what();
    return op + what.substr(std::min(what.find(": "), what.size()));
  };
  try {
    throw;
  } catch (const ValueError& error) {
    throw ValueError(renamed(error));
  } catch (const ShapeError& error) {
    throw ShapeError(renamed(error));
  } catch (const DtypeError& error) {
    throw DtypeError(renamed(error));
  } catch (const IndexError& error) {
    throw IndexError(renamed(error));
  } catch (const AutogradError& error) {
    throw AutogradError(renamed(error));
  }
}

std::int64_t checked_numel(const char* op, IntList sizes) {
  if (sizes.size() > kMaxRank)
    throw_shape(op, "a tensor has at most ", kMaxRank, " dimensions, but got sizes ", sizes, "; flatten() some");
  std::int64_t n = 1;
  std::int64_t nonzero = 8;  // in bytes, without the zeros: strides are products too
  bool empty = false;
  for (const std::int64_t s : sizes) {
    if (s < 0) throw_shape(op, "Trying to create tensor with negative dimension ", s, ": ", sizes, "; give 0 or more");
    empty |= s == 0;
    if (s != 0 && __builtin_mul_overflow(nonzero, s, &nonzero))
      throw_shape(op, "the number of bytes of sizes ", sizes, " overflows; use smaller sizes");
    n *= empty ? 0 : s;
  }
  return n;
}

int wrap_dim(const char* op, std::int64_t dim, std::int64_t rank) {
  const std::int64_t r = std::max<std::int64_t>(rank, 1);
  if (dim < -r || dim >= r) {
    throw_index(op, "Dimension out of range (expected to be in range of [", -r, ", ", r - 1, "], but got ", dim,
                "); name a dim of the tensor");
  }
  return static_cast<int>(dim < 0 ? dim + r : dim);
}

void same_shape(Call& c) {
  c.dtype = c.in[0]->dtype;
  set_sizes(c, c.in[0]->size_list());
}
void scalar_shape(Call& c) noexcept {
  c.dtype = c.in[0]->dtype;
  c.rank = 0;
  c.numel = 1;
}

void broadcast_shape(Call& c) {
  same_shape(c);
  c.numel = c.in[0]->numel;
  for (int k = 1; k < c.n_in; ++k) {
    const TensorImpl* b = c.in[k];
    if (b->rank == 0 || same_sizes(b, c.sizes, c.rank)) continue;
    if (c.rank == 0) {
      set_sizes(c, b->size_list());
      c.numel = b->numel;
      continue;
    }
    c.numel = -1;
    if (b->rank > c.rank) {
      std::copy_backward(c.sizes, c.sizes + c.rank, c.sizes + b->rank);
      std::fill(c.sizes, c.sizes + (b->rank - c.rank), std::int64_t{1});
      c.rank = b->rank;
    }
    const int shift = c.rank - b->rank;
    for (int d = shift; d < c.rank; ++d) {
      const std::int64_t n = b->sizes()[d - shift];
      if (n == 1 || n == c.sizes[d]) continue;
      if (c.sizes[d] != 1) {
        throw_shape(c.op->name, "The size of tensor a (", c.sizes[d], ") must match the size of tensor b (", n,
                    ") at non-singleton dimension ", d, ": got sizes ", c.in[0]->size_list(), " and ", b->size_list(),
                    "; reshape one so that they broadcast");
      }
      c.sizes[d] = n;
    }
  }
}

void keep_order(TensorImpl* out, TensorImpl* const* in, int n) noexcept {
  kernels::Laid inputs[kernels::kMaxInputs];
  for (int k = 0; k < n; ++k) inputs[k] = {in[k]->sizes(), in[k]->strides(), in[k]->rank};
  std::int64_t strides[kMaxRank];
  kernels::dense_strides(inputs, n, out->sizes(), out->rank, strides);
  set_shape(out, out->sizes(), strides);
}

void require_castable(const char* op, Dtype result, Dtype to) {
  if (kind(result) <= kind(to)) return;
  throw_dtype(called(op, true).c_str(), "result type ", result, " can't be cast to the desired output type ", to,
              "; convert x with to() first");
}

Dtype promoted(TensorImpl* const* in, int n) {
  Dtype with_dims = kBool;
  Dtype without = kBool;
  bool any = false;
  for (int k = 0; k < n; ++k) {
    Dtype& d = in[k]->rank > 0 ? with_dims : without;
    d = promote_types(d, in[k]->dtype);
    any |= in[k]->rank > 0;
  }
  return !any || kind(without) > kind(with_dims) ? without : with_dims;
}

}  // namespace tapegrad::core
