// Note: the five ways to run a loop. The loop gets the same values in each, so strides never change bits. The dims are
// put in the order in which the output lies in memory, and joined where they lie one behind the other in all operands;
// "inner" is then the last dim, and its elements a row.
//
//   1. One call, without coming here: operands contiguous and of one size, or of one element (map_call() in
//      ops/elementwise.h).
//   2. A call for each inner dim, where every operand lies: all are contiguous along it, or one element for all.
//   3. A call for each 1024 elements of an inner dim: what is strided along it is copied to a buffer, and back.
//   4. A call for as many short rows as have 1024 elements: what does not lie in one run is copied to a buffer, and
//      back. A row that all rows share is copied once. Where there is something else to copy and rows have 16 elements
//      or more, a call for each row where it lies takes less time.
//   5. A copy between operands that lie transposed: transpose.h, without a call.
//
// run_range() chooses among 2 (run_within_row with nothing to copy), 3 (with buffers) and 4 (run_rows).
#include "autograd/kernels/map.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <iterator>
#include <limits>

#include "autograd/kernels/parallel.h"
#include "autograd/kernels/transpose.h"

namespace tapegrad::kernels {

namespace {

constexpr std::int64_t kBuffer = 1024;     // elements copied at a time
constexpr std::int64_t kLongInner = 256;   // an inner dim from here on has calls of its own
constexpr std::int64_t kRowOfItsOwn = 16;  // a short row from here on, where it would be copied

struct Nest {
  Loop loop;
  Operand operands[1 + kMaxInputs];
  int n;  // operands, the output included
  std::int64_t sizes[kMaxRank];
  int rank;
  const std::int64_t* params;
  bool direct;  // each operand is contiguous along the last dim, or one element for all of it
};

// The dims as the output lies in memory, those of size 1 dropped, neighbours joined where they lie one behind the other
// in every operand.
void collapse(Nest& l, const std::int64_t* sizes, int rank) noexcept {
  int order[kMaxRank];
  int n = 0;
  for (int d = 0; d < rank; ++d) {
    if (sizes[d] == 1) continue;
    int at = n++;
    for (; at > 0 && l.operands[0].strides[order[at - 1]] < l.operands[0].strides[d]; --at) order[at] = order[at - 1];
    order[at] = d;
  }
  const Nest before = l;
  l.rank = 0;
  for (int i = 0; i < n; ++i) {
    const int d = order[i];
    bool joins = l.rank > 0;
    for (int k = 0; k < l.n && joins; ++k)
      joins = l.operands[k].strides[l.rank - 1] == before.operands[k].strides[d] * sizes[d];
    if (!joins) {
      l.sizes[l.rank] = 1;
      ++l.rank;
    }
    l.sizes[l.rank - 1] *= sizes[d];
    for (int k = 0; k < l.n; ++k) l.operands[k].strides[l.rank - 1] = before.operands[k].strides[d];
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
  T* const out = static_cast<T*>(to);
  const T* const in = static_cast<const T*>(from);
  if (to_stride == 1 && from_stride == 2) {  // which the compiler makes vector code of
    for (std::int64_t i = 0; i < n; ++i) out[i] = in[2 * i];
    return;
  }
  for (std::int64_t i = 0; i < n; ++i) out[i * to_stride] = in[i * from_stride];
}

void move_items(void* to, std::int64_t to_stride, const void* from, std::int64_t from_stride, std::int64_t n,
                int size) noexcept {
  (size == 1   ? move_strided<std::uint8_t>
   : size == 2 ? move_strided<std::uint16_t>
   : size == 4 ? move_strided<std::uint32_t>
               : move_strided<std::uint64_t>)(to, to_stride, from, from_stride, n);
}

// n bytes; chunks that overlap need no loop for the rest.
void copy_short(std::byte* to, const std::byte* from, std::size_t n) noexcept {
  constexpr std::size_t kChunk = 16;
  if (n >= kChunk) {
    for (std::size_t i = 0; i + kChunk <= n; i += kChunk) std::memcpy(to + i, from + i, kChunk);
    std::memcpy(to + n - kChunk, from + n - kChunk, kChunk);
  } else if (n >= 8) {
    std::memcpy(to, from, 8);
    std::memcpy(to + n - 8, from + n - 8, 8);
  } else if (n >= 4) {
    std::memcpy(to, from, 4);
    std::memcpy(to + n - 4, from + n - 4, 4);
  } else {
    for (std::size_t i = 0; i < n; ++i) to[i] = from[i];
  }
}

template <class T>
void fill_short(T* to, T value, std::int64_t n) noexcept {
  constexpr std::int64_t kTimes = 8 / sizeof(T);
  const std::uint64_t times = value * (~std::uint64_t{0} / std::numeric_limits<T>::max());  // the value, kTimes
  if (n < kTimes) {
    for (std::int64_t i = 0; i < n; ++i) to[i] = value;
    return;
  }
  for (std::int64_t i = 0; i + kTimes <= n; i += kTimes) std::memcpy(to + i, &times, 8);
  std::memcpy(to + n - kTimes, &times, 8);
}

// Where rows lie: at data + r * row + i * stride, in elements.
struct Rows {
  std::byte* data;
  std::int64_t row, stride;
};

template <class T>
void move_rows_of(Rows to, Rows from, std::int64_t rows, std::int64_t n) noexcept {
  const std::size_t bytes = static_cast<std::size_t>(n) * sizeof(T);
  for (std::int64_t r = 0; r < rows; ++r) {
    T* const out = reinterpret_cast<T*>(to.data) + r * to.row;
    const T* const in = reinterpret_cast<const T*>(from.data) + r * from.row;
    if (to.stride == 1 && from.stride == 1) {
      copy_short(reinterpret_cast<std::byte*>(out), reinterpret_cast<const std::byte*>(in), bytes);
    } else if (to.stride == 1 && from.stride == 0) {
      fill_short(out, *in, n);
    } else {
      for (std::int64_t i = 0; i < n; ++i) out[i * to.stride] = in[i * from.stride];
    }
  }
}
void move_rows(Rows to, Rows from, std::int64_t rows, std::int64_t n, int size) noexcept {
  (size == 1   ? move_rows_of<std::uint8_t>
   : size == 2 ? move_rows_of<std::uint16_t>
   : size == 4 ? move_rows_of<std::uint32_t>
               : move_rows_of<std::uint64_t>)(to, from, rows, n);
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

// Moves `count` on within dim d, which count must not leave (but may fill).
void advance(const Nest& l, Position& p, int d, std::int64_t count) noexcept {
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

struct Buffers {
  alignas(64) std::byte bytes[1 + kMaxInputs][kBuffer * 8];
  // The buffer of an input holds this row, that at an offset, so many times.
  std::int64_t shared_row[1 + kMaxInputs], times[1 + kMaxInputs] = {};
};

// Some elements of one row: at most kBuffer of them unless all operands are read and written where they lie.
void run_within_row(const Nest& l, const Position& p, std::int64_t count, Buffers& buffers) noexcept {
  const int last = l.rank - 1;
  const void* in[kMaxInputs] = {};
  unsigned scalar = 0;
  for (int k = 1; k < l.n; ++k) {
    const Operand& o = l.operands[k];
    const std::int64_t stride = count == 1 ? 0 : o.strides[last];
    in[k - 1] = at(o, p.offset[k]);
    if (stride == 0) scalar |= 1U << (k - 1);
    if (stride == 0 || stride == 1) continue;
    move_items(buffers.bytes[k], 1, in[k - 1], stride, count, o.item_size);
    buffers.times[k] = 0;
    in[k - 1] = buffers.bytes[k];
  }
  const Operand& out = l.operands[0];
  if (out.strides[last] == 1 || count == 1) return l.loop(at(out, p.offset[0]), in, scalar, count, l.params);
  l.loop(buffers.bytes[0], in, scalar, count, l.params);
  move_items(at(out, p.offset[0]), out.strides[last], buffers.bytes[0], 1, count, out.item_size);
}

// To the buffers, or back, for the operands whose bits are set: rows in logical order from p on, which is moved on.
void move_planes(const Nest& l, Position& p, std::int64_t rows, unsigned operands, bool back,
                 Buffers& buffers) noexcept {
  const int last = l.rank - 1;
  const std::int64_t n = l.sizes[last];
  for (std::int64_t done = 0, piece; done < rows; done += piece) {
    piece = std::min(rows - done, l.sizes[last - 1] - p.index[last - 1]);
    for (int k = 0; k < l.n; ++k) {
      if ((operands >> k & 1U) == 0) continue;
      const Operand& o = l.operands[k];
      const Rows there{at(o, p.offset[k]), o.strides[last - 1], o.strides[last]};
      const Rows here{buffers.bytes[k] + done * n * o.item_size, n, 1};
      back ? move_rows(there, here, piece, n, o.item_size) : move_rows(here, there, piece, n, o.item_size);
    }
    advance(l, p, last - 1, piece);
  }
}

// Whole rows in logical order, a call for each, where it lies. Moves p on.
void run_each_row(const Nest& l, Position& p, std::int64_t rows) noexcept {
  const int last = l.rank - 1;
  for (std::int64_t done = 0, piece; done < rows; done += piece) {
    piece = std::min(rows - done, l.sizes[last - 1] - p.index[last - 1]);
    std::byte* data[1 + kMaxInputs] = {};
    std::int64_t row[1 + kMaxInputs] = {};  // in bytes
    unsigned scalar = 0;
    for (int k = 0; k < l.n; ++k) {
      const Operand& o = l.operands[k];
      data[k] = at(o, p.offset[k]);
      row[k] = o.strides[last - 1] * o.item_size;
      if (o.strides[last] == 0) scalar |= 1U << k >> 1;
    }
    for (std::int64_t r = 0; r < piece; ++r) {
      const void* const in[] = {data[1] + r * row[1], data[2] + r * row[2], data[3] + r * row[3]};
      l.loop(data[0] + r * row[0], in, scalar, l.sizes[last], l.params);
    }
    advance(l, p, last - 1, piece);
  }
}

// Whole rows in logical order, at most kBuffer elements. Moves p on.
void run_rows(const Nest& l, Position& p, std::int64_t rows, Buffers& buffers) noexcept {
  const int last = l.rank - 1;
  const std::int64_t n = l.sizes[last];
  const bool evenly = rows <= l.sizes[last - 1] - p.index[last - 1];  // each operand's rows are its stride apart
  void* data[1 + kMaxInputs] = {};
  unsigned scalar = 0, buffered = 0;
  for (int k = 0; k < l.n; ++k) {
    const Operand& o = l.operands[k];
    const std::int64_t row = o.strides[last - 1], stride = o.strides[last];
    data[k] = at(o, p.offset[k]);
    if (evenly && row == 0 && stride == 0) {
      scalar |= 1U << k >> 1;
    } else if (evenly && row == 0) {
      if (buffers.times[k] < rows || buffers.shared_row[k] != p.offset[k])
        move_rows({buffers.bytes[k], n, 1}, {at(o, p.offset[k]), 0, stride}, rows, n, o.item_size);
      buffers.shared_row[k] = p.offset[k];
      buffers.times[k] = rows;
      data[k] = buffers.bytes[k];
    } else if (!evenly || stride != 1 || row != n) {
      buffered |= 1U << k;
      buffers.times[k] = 0;
      data[k] = buffers.bytes[k];
    }
  }
  if (buffered != 0 && l.direct && n >= kRowOfItsOwn) return run_each_row(l, p, rows);
  Position begin = p;
  move_planes(l, p, rows, buffered & ~1U, false, buffers);
  const void* const in[] = {data[1], data[2], data[3]};
  l.loop(data[0], in, scalar, rows * n, l.params);
  move_planes(l, begin, rows, buffered & 1U, true, buffers);
}

void run_range(const Nest& l, std::int64_t begin, std::int64_t end) noexcept {
  Position p = position_of(l, begin);
  Buffers buffers;
  const int last = l.rank - 1;
  const std::int64_t inner = l.sizes[last];
  const std::int64_t block = l.rank > 1 && inner < kLongInner ? kBuffer / inner : 0;  // rows
  for (std::int64_t i = begin; i < end;) {
    std::int64_t rows = p.index[last] == 0 ? std::min((end - i) / inner, block) : 0;
    if (rows > 0) {
      // To the end of the plane, where it has a block's rows.
      if (const std::int64_t left = l.sizes[last - 1] - p.index[last - 1]; l.sizes[last - 1] >= block / 4)
        rows = std::min(rows, left);
      run_rows(l, p, rows, buffers);
      i += rows * inner;
      continue;
    }
    std::int64_t count = std::min(end - i, inner - p.index[last]);
    if (!l.direct) count = std::min(count, kBuffer);
    run_within_row(l, p, count, buffers);
    advance(l, p, last, count);
    i += count;
  }
}

// Whether l copies bytes from columns to rows. Then the dim along which the input lies becomes the last but one.
bool transposes(Nest& l) noexcept {
  constexpr std::int64_t kSquare = 4;  // a smaller one is not worth it
  const int last = l.rank - 1;
  Operand &out = l.operands[0], &in = l.operands[1];
  if (l.n != 2 || l.rank < 2 || l.sizes[last] < kSquare || out.strides[last] != 1 || in.strides[last] < 2) return false;
  int d = last - 1;
  while (d >= 0 && (in.strides[d] != 1 || l.sizes[d] < kSquare)) --d;
  if (d < 0) return false;
  const auto copies = [&](Dtype dtype) { return l.loop == cast_loop(dtype, dtype); };
  if (std::none_of(std::begin(kAllDtypes), std::end(kAllDtypes), copies)) return false;
  for (std::int64_t* const dims : {l.sizes, out.strides, in.strides}) std::rotate(dims + d, dims + d + 1, dims + last);
  return true;
}

void run_transposed(const Nest& l) noexcept {
  constexpr std::int64_t kRows = 64;
  const int last = l.rank - 1;
  const Operand &out = l.operands[0], &in = l.operands[1];
  const std::int64_t rows = l.sizes[last - 1], cols = l.sizes[last], bands = (rows + kRows - 1) / kRows;
  std::int64_t planes = 1;
  for (int d = 0; d < last - 1; ++d) planes *= l.sizes[d];
  for_rows(planes * bands, std::min(rows, kRows) * cols, [&, rows, cols, bands](std::int64_t i) {
    const std::int64_t first = i % bands * kRows;
    const Position p = position_of(l, (i / bands * rows + first) * cols);
    transpose(out.item_size, at(in, p.offset[1]), in.strides[last], std::min(kRows, rows - first), cols,
              at(out, p.offset[0]), out.strides[last - 1]);
  });
}

}  // namespace

void copy_rows(std::byte* to, std::int64_t to_row, const std::byte* from, std::int64_t from_row, std::int64_t rows,
               std::int64_t bytes) noexcept {
  constexpr std::int64_t kChunk = 4 * kGrain, kShort = 256;  // bytes
  if (bytes == 0) return;
  if (rows == 1 || (to_row == bytes && from_row == bytes)) {
    parallel_for(rows * bytes, kChunk, [=](std::int64_t begin, std::int64_t end) {
      std::memcpy(to + begin, from + begin, static_cast<std::size_t>(end - begin));
    });
    return;
  }
  const auto n = static_cast<std::size_t>(bytes);
  parallel_for(rows, std::max<std::int64_t>(kChunk / bytes, 1), [=](std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r) {
      if (bytes <= kShort) {
        copy_short(to + r * to_row, from + r * from_row, n);
      } else {
        std::memcpy(to + r * to_row, from + r * from_row, n);
      }
    }
  });
}

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
  if (transposes(l)) return run_transposed(l);
  l.direct = true;
  for (int k = 0; k < l.n; ++k) {
    const std::int64_t stride = l.operands[k].strides[l.rank - 1];
    l.direct &= stride == 1 || (k > 0 && stride == 0);
  }
  parallel_for(total, kGrain, [&l](std::int64_t begin, std::int64_t end) { run_range(l, begin, end); });
}

}  // namespace tapegrad::kernels
