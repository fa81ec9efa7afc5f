// Elementwise lines over as many elements each become a group, and sums over as many: it runs block by block, so that
// what the lines hand to one another stays in the processor's nearest cache. Bits are those of the lines run alone.
#include <algorithm>

#include "autograd/core/execute.h"
#include "autograd/kernels/parallel.h"
#include "autograd/program/program.h"

namespace tapegrad::program {

using core::TensorImpl;

namespace {

constexpr std::int64_t kBlock = kernels::kSumBlock;
constexpr int kBuffers = 12;           // of a block each
constexpr std::size_t kLookBack = 64;  // units that a line may move before

bool reads(const Recording& r, const Line& line, int root) {
  return std::any_of(line.in.begin(), line.in.end(),
                     [&](int in) { return r.slots[static_cast<std::size_t>(in)].root == root; });
}
// An optimiser's update writes its buffers too.
bool writes(const Recording& r, const Line& line, int root) {
  return r.slots[static_cast<std::size_t>(line.out)].root == root ||
         (line.call.op->is_current != nullptr && reads(r, line, root));
}

}  // namespace

// Whether the line may run in a unit that comes before others: it then runs earlier than the units between, and block
// by block with those in it.
bool Program::joins(const std::vector<Unit>& units, std::size_t unit, int k) const {
  const Line& line = r_.lines[at(k)];
  const int out = r_.slots[at(line.out)].root;
  const bool is_seen = line.in_place && !is_memory(r_.roots[at(out)].kind);
  for (std::size_t u = unit + 1; u < units.size(); ++u) {
    for (const int m : units[u]) {
      const Line& between = r_.lines[at(m)];
      if (writes(r_, between, out) || reads(r_, between, out)) return false;
      if (is_seen && between.call.op->check != nullptr) return false;
      for (const int in : line.in)
        if (writes(r_, between, r_.slots[at(in)].root)) return false;
    }
  }
  // What one line writes and another uses must be the same elements: else a block would read what is not written yet.
  const auto fits = [&](const Line& writer, const Line& user) {
    if (&writer == &user && impls_[at(user.out)]->numel == 1) return true;  // a sum
    const int root = r_.slots[at(writer.out)].root;
    const auto agrees = [&](int slot) {
      return r_.slots[at(slot)].root != root || (slot == writer.out && impls_[at(slot)]->numel > 1);
    };
    return agrees(user.out) && std::all_of(user.in.begin(), user.in.end(), agrees);
  };
  return fits(line, line) && std::all_of(units[unit].begin(), units[unit].end(), [&](int m) {
           const Line& member = r_.lines[at(m)];
           return fits(line, member) && fits(member, line) && fits(member, member);
         });
}

std::vector<Program::Unit> Program::fuse(const std::vector<bool>& needed) const {
  std::vector<Unit> units;
  std::vector<std::int64_t> lengths;  // of a unit's lines; -1: it takes no more
  for (std::size_t k = 0; k < r_.lines.size(); ++k) {
    if (!needed[k]) continue;
    const Line& line = r_.lines[k];
    const auto id = static_cast<int>(k);
    kernels::TotalSum total;
    const std::int64_t n = runs_once(line) ? -1 : std::max(loop_length(line), sum_length(line, total));
    bool joined = false;
    for (std::size_t back = 0; n > kBlock && !joined && back < std::min(kLookBack, units.size()); ++back) {
      const std::size_t u = units.size() - 1 - back;
      if (lengths[u] != n || units[u].size() >= kBuffers || !joins(units, u, id)) continue;
      units[u].push_back(id);
      joined = true;
    }
    if (joined) continue;
    units.push_back({id});
    lengths.push_back(n > kBlock ? n : -1);
  }
  return units;
}

// Gives a buffer to each value that this group alone uses. uses: of each root, in all lines.
void Program::make_group(const Unit& unit, std::size_t first, const std::vector<int>& uses) {
  std::vector<int> here(r_.roots.size()), buffer(r_.roots.size(), -1);
  const auto root_of = [this](int slot) { return at(r_.slots[at(slot)].root); };
  for (const int k : unit) {
    ++here[root_of(r_.lines[at(k)].out)];
    for (const int in : r_.lines[at(k)].in) ++here[root_of(in)];
  }
  int next = 0;
  for (std::size_t i = 0; i < unit.size(); ++i) {
    const Line& line = r_.lines[at(unit[i])];
    Step& step = steps_[first + i];
    step.group = static_cast<int>(groups_.size());
    const std::size_t out = root_of(line.out);
    if (const std::int64_t n = sum_length(line, step.total); n > 0) {
      step.n = n;
      step.blocks = std::make_unique<double[]>(static_cast<std::size_t>((n + kBlock - 1) / kBlock));
      for (int k = 0; k < kernels::kMaxInputs; ++k) step.in[k] = step.call.in[k < step.call.n_in ? k : 0];
    } else if (!line.in_place && !escapes(out) && here[out] == uses[out]) {
      buffer[out] = next++;
    }
    step.buffers[0] = buffer[out];
    for (std::size_t k = 0; k < line.in.size(); ++k) step.buffers[k + 1] = buffer[root_of(line.in[k])];
    for (std::size_t k = line.in.size(); k < kernels::kMaxInputs; ++k) step.buffers[k + 1] = step.buffers[1];
  }
  groups_.push_back({first, first + unit.size(), steps_[first].n});
}

void Program::run_group(const Group& g) const noexcept {
  kernels::parallel_for(g.n, kernels::kGrain, [&](std::int64_t begin, std::int64_t end) {
    alignas(64) std::byte buffers[kBuffers][kBlock * 8];
    for (std::int64_t i = begin; i < end; i += kBlock) {
      const auto place = [&](const TensorImpl* t, int buffer, bool is_scalar) -> std::byte* {
        if (buffer >= 0) return buffers[buffer];
        return t->data + (is_scalar ? 0 : i * static_cast<std::int64_t>(item_size(t->dtype)));
      };
      for (std::size_t s = g.first; s < g.last; ++s) {
        const Step& step = steps_[s];
        const void* in[kernels::kMaxInputs];
        for (int k = 0; k < kernels::kMaxInputs; ++k)
          in[k] = place(step.in[k], step.buffers[k + 1], (step.scalar >> k & 1U) != 0);
        if (step.blocks != nullptr) {
          std::byte* to = reinterpret_cast<std::byte*>(step.blocks.get()) +
                          i / kBlock * static_cast<std::int64_t>(item_size(step.out->dtype));
          kernels::sum_block(step.out->dtype, step.total.term, in[0], in[1], std::min(kBlock, end - i), to);
          continue;
        }
        step.loop(place(step.out, step.buffers[0], false), in, step.scalar, std::min(kBlock, end - i),
                  step.call.attrs.words);
      }
    }
  });
  for (std::size_t s = g.first; s < g.last; ++s) {
    const Step& step = steps_[s];
    if (step.bumps) core::raise_version(step.out);
    if (step.blocks != nullptr)
      kernels::join_blocks(step.out->dtype, step.blocks.get(), g.n, step.total.divisor, step.out->data);
  }
}

}  // namespace tapegrad::program
