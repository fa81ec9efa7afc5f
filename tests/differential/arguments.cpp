// The arguments of an operation, by its letters (operations.h).
#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstring>
#include <numeric>

#include "tests/differential/generate.h"

namespace differential {

namespace {

constexpr double kAway = 1.0 / 16;

bool broadcasts(const Sizes& a, const Sizes& b) {
  for (std::size_t k = 1; k <= std::min(a.size(), b.size()); ++k) {
    const std::int64_t m = a[a.size() - k], n = b[b.size() - k];
    if (m != n && m != 1 && n != 1) return false;
  }
  return true;
}

template <class P>
bool all_of(const State& s, P p) {
  return std::all_of(s.values.begin(), s.values.end(), p);
}
bool away(const State& s) {
  return all_of(s, [](double v) { return std::abs(v) >= kAway; });
}
bool positive(const State& s) {
  return all_of(s, [](double v) { return v >= kAway; });
}
// The argument letters of an operation: identifiers of one letter in its source.
std::string letters_of(Op op) {
  const std::string source = text_of(op).source;
  std::string out;
  for (std::size_t k = 0; k < source.size();) {
    std::size_t end = k;
    while (end < source.size() && (std::isalnum(source[end]) != 0 || source[end] == '_')) ++end;
    const bool member = k > 0 && (source[k - 1] == '.' || source[k - 1] == ':' || source[k - 1] == '"');
    if (end == k) {
      ++k;
      continue;
    }
    if (source.compare(k, end - k, "i0") == 0) out += 'I';
    if (end == k + 1 && !member && std::islower(source[k]) != 0) out += source[k];
    k = end;
  }
  return out;
}

}  // namespace

// A register for an argument that is not x, made before where none fits.
int Generator::partner(char letter, const State& x, const Instruction& in, Program& before) {
  // A loss of other shapes broadcasts, and libtorch's gradient of its mean then divides by the wrong number.
  // libtorch's lerp promotes nothing.
  const bool same_shapes = in.op == Op::MseLoss || in.op == Op::L1Loss || in.op == Op::Lerp || in.op == Op::LerpInPlace;
  if (!same_shapes && one_in(40)) return any();
  Sizes want = x.sizes;
  const auto d = static_cast<std::size_t>(in.d < 0 ? in.d + rank(x) : in.d);
  const std::int64_t n = d < x.sizes.size() ? x.sizes[d] : 1;
  const auto make = [&](Instruction made) {
    before.push_back(made);
    return made.out[0];
  };
  switch (letter) {
    case 'i':
      if (in.op == Op::Gather || in.op == Op::Scatter || in.op == Op::ScatterNumber || in.op == Op::ScatterAdd ||
          in.op == Op::ScatterInPlace || in.op == Op::ScatterAddInPlace)
        return make(indices(want, n));
      if (in.op == Op::CrossEntropy || in.op == Op::NllLoss) {
        const std::int64_t classes = want.empty() ? 1 : want.size() == 1 ? want[0] : want[1];
        if (!want.empty()) want.erase(want.begin() + (want.size() > 1 ? 1 : 0));
        return make(indices(want, classes));
      }
      if (in.op == Op::IndexLast) return make(indices({1 + below(3)}, want.empty() ? 1 : want.back()));
      if (in.op == Op::OneHot) return make(indices(sizes(), 4));
      if (in.op == Op::IndexAdd) return make(indices({n}, n));
      return make(indices({below(4)}, n));
    case 'I':
      want = one_in(4) ? Sizes{2, 1} : Sizes{1 + below(3)};
      return make(indices(want, x.sizes.empty() ? 1 : x.sizes[0]));
    case 'm':
      if (one_in(3) && in.op != Op::IndexMask && !want.empty()) want.erase(want.begin());
      return make(leaf(want, Dtype::Bool, false));
    case 'w': {
      const int found = pick([&](const Known& k) {
        const Sizes& s = k.state.sizes;
        return !s.empty() && !want.empty() && k.state.dtype == x.dtype &&
               s[s.size() > 1 ? s.size() - 2 : 0] == want.back();
      });
      if (found >= 0 && one_in(2)) return found;
      if (want.size() >= 2) want[want.size() - 2] = want.back();
      if (!want.empty()) want.back() = 1 + below(3);
      return make(leaf(want, x.dtype, one_in(2)));
    }
    case 'f':
    case 'c': {
      const int found = pick([&](const Known& k) { return k.state.sizes == want && k.state.dtype == x.dtype; });
      if (found >= 0 && !one_in(3)) return found;
      return make(leaf(want, x.dtype, is_floating(x) && one_in(2)));
    }
    default: {
      const int found = pick([&](const Known& k) {
        return broadcasts(k.state.sizes, x.sizes) && (mixed_ || one_in(8) || k.state.dtype == x.dtype) &&
               (letter != 'v' || hostile_ || away(k.state)) &&
               (in.op != Op::PowTensor || hostile_ || all_of(k.state, [](double v) { return std::abs(v) < 4; }));
      });
      if (found >= 0) return found;
      Instruction made = leaf(want, x.dtype, is_floating(x) && one_in(2));
      for (double& v : made.values)
        if (letter == 'v' && std::abs(v) < kAway) v = 1;
      return make(made);
    }
  }
}

void Generator::fill_list(char letter, const State& x, Instruction& in) {
  Sizes out;
  const std::int64_t n = rank(x);
  switch (letter) {
    case 's': {  // the elements in other sizes
      std::int64_t left = count(x.sizes);
      while (left > 1 && out.size() < 4) {
        const std::int64_t part = one_in(3) ? left : left % 2 == 0 ? 2 : left % 3 == 0 ? 3 : left;
        out.push_back(part);
        left /= part;
      }
      if (left > 1 || left == 0) out.push_back(left);
      if (one_in(3)) out.insert(out.begin() + below(static_cast<std::int64_t>(out.size()) + 1), 1);
      std::shuffle(out.begin(), out.end(), bits_);
      if (!out.empty() && one_in(4)) out[0] = -1;
      if (one_in(40)) out.push_back(2);
      break;
    }
    case 'u':
      for (std::int64_t v : x.sizes) out.push_back(v == 1 && one_in(2) ? below(3) : one_in(4) ? -1 : v);
      if (one_in(3)) out.insert(out.begin(), 1 + below(2));
      break;
    case 'p':
      out.resize(static_cast<std::size_t>(n));
      std::iota(out.begin(), out.end(), 0);
      std::shuffle(out.begin(), out.end(), bits_);
      for (auto& d : out)
        if (one_in(4)) d -= n;
      break;
    case 't':
      for (std::int64_t d = 0; d < n; ++d)
        if (one_in(2)) out.push_back(one_in(4) ? d - n : d);
      std::shuffle(out.begin(), out.end(), bits_);
      if (out.empty() && !one_in(4) && n > 0) out.push_back(below(n));
      if (one_in(60)) out.push_back(n);
      if (!out.empty() && one_in(60)) out.push_back(out[0]);
      break;
    case 'r':
      out.resize(static_cast<std::size_t>(n + below(2)));
      for (auto& v : out) v = one_in(16) ? 0 : 1 + below(2);
      break;
    default:  // q
      for (std::int64_t d = 0; d < std::min(n, 1 + below(2)); ++d)
        for (int side = 0; side < 2; ++side) out.push_back(below(4) - 1);
  }
  in.list = out;
}

// The arguments of an operation; false where it has no x to work on.
bool Generator::fill(Instruction& in, Program& before) {
  const Kind kind = text_of(in.op).kind;
  const std::string letters = letters_of(in.op);
  const auto has = [&](char c) { return letters.find(c) != std::string::npos; };
  const auto fits = [&](const Known& k) {
    const State& s = k.state;
    if (kind == Kind::Write && s.requires_grad && s.leaf && run_->recording() && !one_in(12)) return false;
    if (!hostile_ && ((has('g') && !positive(s)) || (has('n') && !away(s)))) return one_in(24);
    if (in.op == Op::Mm || in.op == Op::T || in.op == Op::Addmm || in.op == Op::EinsumTranspose)
      return rank(s) == 2 || one_in(12);
    if (in.op == Op::Dot || in.op == Op::Outer || in.op == Op::Meshgrid) return rank(s) == 1 || one_in(12);
    if (in.op == Op::Bmm || in.op == Op::Baddbmm) return rank(s) == 3 || one_in(12);
    if (in.op == Op::CrossEntropy || in.op == Op::NllLoss || in.op == Op::Linear) return rank(s) > 0 || one_in(12);
    // A 0-dim tensor each library refuses in one of these where the other takes it for a vector; of no elements
    // libtorch does not look at the dims, and forgets the history.
    if (in.op == Op::Unfold || in.op == Op::RepeatInterleave) return rank(s) > 0;
    if (in.op == Op::Roll || in.op == Op::Diff || in.op == Op::IndexFill || in.op == Op::IndexFillInPlace)
      return !s.values.empty();
    // Of integers libtorch's lerp is none, its addcmul drops the number's fraction, and atan2 negates a bool.
    if (in.op == Op::Lerp || in.op == Op::LerpInPlace || in.op == Op::Addcmul || in.op == Op::AddcmulInPlace ||
        in.op == Op::Addcdiv || in.op == Op::Atan2)
      return is_floating(s);
    return true;
  };
  in.x = pick(fits);
  if (in.x < 0) return false;
  const State& x = run_->known().at(in.x).state;
  const std::int64_t n = rank(x);
  const auto dim = [&] {
    return one_in(40) ? n : below(n > 0 ? n : 1) - (one_in(4) ? std::max<std::int64_t>(n, 1) : 0);
  };
  in.d = dim();
  in.e = dim();
  const auto d = static_cast<std::size_t>(in.d < 0 ? in.d + n : in.d);
  const bool first =
      in.op == Op::Brackets || in.op == Op::IndexInteger || in.op == Op::SetItem || in.op == Op::SetItemNumber;
  const std::int64_t size = x.sizes.empty()          ? 1
                            : first                  ? x.sizes[0]
                            : in.op == Op::IndexDots ? x.sizes.back()
                            : d < x.sizes.size()     ? x.sizes[d]
                                                     : 1;
  in.j = one_in(24) ? size : below(size) - (one_in(4) ? size : 0);
  if (in.op == Op::Narrow && in.j < 0) in.j += size;
  if (in.op == Op::Diagonal || in.op == Op::Triu) in.j = below(3) - 1;
  in.l = in.op == Op::Narrow ? std::max<std::int64_t>(one_in(24) ? size : size - in.j - below(2), 0) : 1 + below(3);
  in.a = static_cast<double>(below(17) - 6) / 4;
  if (in.op == Op::Clamp || in.op == Op::ClampInPlace || in.op == Op::Elu) in.a = std::abs(in.a);
  in.k = one_in(2);
  for (const char letter : letters) {
    if (std::strchr("supt", letter) != nullptr || letter == 'r' || letter == 'q') fill_list(letter, x, in);
    if (letter == 'i' || letter == 'I') in.i = partner(letter, x, in, before);
    if (letter == 'm') in.m = partner(letter, x, in, before);
    if (letter == 'z') in.z = partner(in.op == Op::Addmm ? 'y' : letter, x, in, before);
    if (std::strchr("yvwfc", letter) != nullptr) in.y = partner(letter, x, in, before);
  }
  if (kind != Kind::Write) in.out = {fresh()};
  return true;
}

}  // namespace differential
