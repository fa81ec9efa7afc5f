// Note: the four ways to run a loop. The loop gets the same values in the same order in each, so strides never change
// bits. The dims of all operands are joined first where they lie one behind the other; "inner" is then the last dim.
//
//   1. One call, without coming here: operands contiguous and of one size, or of one element (map_call() in
//      ops/elementwise.h).
//   2. A call for each inner dim, where every operand lies: all are contiguous along it, or one element for all.
//   3. A call for each 512 elements of an inner dim: what is strided along it is copied to a buffer, and back.
//   4. A call for each 510 elements in logical order, copied from several short inner dims: a call for each of those
//      would take longer than the copies.
//
// run_range() chooses among 2 (run_within_inner with nothing to copy), 3 (with buffers) and 4 (run_across_inners).
#include "autograd/kernels/map.h"

#include <algorithm>
#include <cstddef>

#include "autograd/kernels/parallel.h"

namespace tapegrad::kernels {

namespace {

constexpr std::int64_t kBuffer = 512;    // elements copied at a time
constexpr std::int64_t kLongInner = 64;  // an inner dim from here on has calls of its own

struct Nest {
  Loop loop;
  Operand operands[1 + kMaxInputs];
  int n;  // operands, the output included
  std::int64_t sizes[kMaxRank];
  int rank;
  const std::int64_t* params;
};

// Drops dims of size 1 and joins neighbours that lie one behind the other in every operand.
void collapse(Nest& l, const std::int64_t* sizes, int rank) noexcept {
  l.rank = 0;
  for (int d = 0; d < rank; ++d) {
    if (sizes[d] == 1) continue;
    bool joins = l.rank > 0;
    for (int k = 0; k < l.n && joins; ++k)
      joins = l.operands[k].strides[l.rank - 1] == l.operands[k].strides[d] * sizes[d];
    if (!joins) {
      l.sizes[l.rank] = 1;
      ++l.rank;
    }
    l.sizes[l.rank - 1] *= sizes[d];
    for (int k = 0; k < l.n; ++k) l.operands[k].strides[l.rank - 1] = l.operands[k].strides[d];
  }
  if (l.rank == 0) {
    l.rank = 1;
    l.sizes[0] = 1;
    for (int k = 0; k < l.n; ++k) l.operands[k].strides[0] = k == 0 ? 1 : 0;
  }
}

template <class T>
void move_strided(void* to, std::int64_t to_stride, const void* from, std::int64_t from_stride,
                  std::int64_t n) noexcept {
  for (std::int64_t i = 0; i < n; ++i)
    static_cast<T*>(to)[i * to_stride] = static_cast<const T*>(from)[i * from_stride];
}

void move_items(void* to, std::int64_t to_stride, const void* from, std::int64_t from_stride, std::int64_t n,
                int size) noexcept {
  (size == 1   ? move_strided<std::uint8_t>
   : size == 4 ? move_strided<std::uint32_t>
               : move_strided<std::uint64_t>)(to, to_stride, from, from_stride, n);
}

struct Position {
  std::int64_t index[kMaxRank];
  std::int64_t offset[1 + kMaxInputs];  // in elements, of each operand
};

Position position_of(const Nest& l, std::int64_t flat) noexcept {
  Position p{};
  for (int d = l.rank; d-- > 0;) {
    p.index[d] = flat % l.sizes[d];
    flat /= l.sizes[d];
    for (int k = 0; k < l.n; ++k) p.offset[k] += p.index[d] * l.operands[k].strides[d];
  }
  return p;
}

// Moves `count` elements on within the last dim, which count must not leave (but may fill).
void advance(const Nest& l, Position& p, std::int64_t count) noexcept {
  int d = l.rank - 1;
  p.index[d] += count;
  for (int k = 0; k < l.n; ++k) p.offset[k] += count * l.operands[k].strides[d];
  while (d > 0 && p.index[d] == l.sizes[d]) {
    for (int k = 0; k < l.n; ++k) p.offset[k] += l.operands[k].strides[d - 1] - l.sizes[d] * l.operands[k].strides[d];
    p.index[d] = 0;
    ++p.index[--d];
  }
}

std::byte* at(const Operand& o, std::int64_t offset) noexcept {
  return static_cast<std::byte*>(o.data) + offset * o.item_size;
}

// Some elements of one inner dim: at most kBuffer of them unless all operands are read and written where they lie.
void run_within_inner(const Nest& l, const Position& p, std::int64_t count) noexcept {
  alignas(64) std::byte buffer[1 + kMaxInputs][kBuffer * 8];
  const int last = l.rank - 1;
  const void* in[kMaxInputs] = {};
  unsigned scalar = 0;
  for (int k = 1; k < l.n; ++k) {
    const Operand& o = l.operands[k];
    const std::int64_t stride = count == 1 ? 0 : o.strides[last];
    in[k - 1] = at(o, p.offset[k]);
    if (stride == 0) scalar |= 1U << (k - 1);
    if (stride == 0 || stride == 1) continue;
    move_items(buffer[k], 1, in[k - 1], stride, count, o.item_size);
    in[k - 1] = buffer[k];
  }
  const Operand& out = l.operands[0];
  if (out.strides[last] == 1 || count == 1) return l.loop(at(out, p.offset[0]), in, scalar, count, l.params);
  l.loop(buffer[0], in, scalar, count, l.params);
  move_items(at(out, p.offset[0]), out.strides[last], buffer[0], 1, count, out.item_size);
}

// Elements of several inner dims in logical order, at most kBuffer of them.
void run_across_inners(const Nest& l, Position& p, std::int64_t count) noexcept {
  alignas(64) std::byte buffer[1 + kMaxInputs][kBuffer * 8];
  const int last = l.rank - 1;
  std::int64_t out_offset[kBuffer / 2];  // where each piece of an inner dim goes
  std::int64_t pieces[kBuffer / 2];
  int n_pieces = 0;
  for (std::int64_t done = 0; done < count;) {
    const std::int64_t piece = std::min(count - done, l.sizes[last] - p.index[last]);
    for (int k = 1; k < l.n; ++k) {
      const Operand& o = l.operands[k];
      move_items(buffer[k] + done * o.item_size, 1, at(o, p.offset[k]), o.strides[last], piece, o.item_size);
    }
    out_offset[n_pieces] = p.offset[0];
    pieces[n_pieces++] = piece;
    advance(l, p, piece);
    done += piece;
  }
  const void* const in[] = {buffer[1], buffer[2], buffer[3]};
  l.loop(buffer[0], in, 0, count, l.params);
  const Operand& out = l.operands[0];
  const std::byte* from = buffer[0];
  for (int i = 0; i < n_pieces; ++i) {
    move_items(at(out, out_offset[i]), out.strides[last], from, 1, pieces[i], out.item_size);
    from += pieces[i] * out.item_size;
  }
}

void run_range(const Nest& l, std::int64_t begin, std::int64_t end) noexcept {
  Position p = position_of(l, begin);
  const int last = l.rank - 1;
  const std::int64_t inner = l.sizes[last];
  bool all_direct = true;
  for (int k = 0; k < l.n; ++k)
    all_direct &= l.operands[k].strides[last] == 1 || (k > 0 && l.operands[k].strides[last] == 0);
  for (std::int64_t i = begin; i < end;) {
    // An inner dim has at least two elements here, as dims of size 1 are gone. So kBuffer - 2 elements are at most
    // kBuffer / 2 pieces, those at both ends included, which may be single elements.
    std::int64_t count = std::min(end - i, inner - p.index[last]);
    if (inner < kLongInner && l.rank > 1) {
      count = std::min(end - i, kBuffer - 2);
    } else if (!all_direct) {
      count = std::min(count, kBuffer);
    }
    if (p.index[last] + count > inner) {
      run_across_inners(l, p, count);
    } else {
      run_within_inner(l, p, count);
      advance(l, p, count);
    }
    i += count;
  }
}

}  // namespace

void map(Loop loop, const Operand* operands, int n_in, const std::int64_t* sizes, int rank,
         const std::int64_t* params) noexcept {
  Nest l;
  l.loop = loop;
  l.n = n_in + 1;
  l.params = params;
  std::copy(operands, operands + l.n, l.operands);
  std::int64_t total = 1;
  for (int d = 0; d < rank; ++d) total *= sizes[d];
  if (total == 0) return;
  collapse(l, sizes, rank);
  parallel_for(total, kGrain, [&l](std::int64_t begin, std::int64_t end) { run_range(l, begin, end); });
}

}  // namespace tapegrad::kernels
