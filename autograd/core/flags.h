// Flags: a set of bits with a type of its own for each kind of owner, so that a tensor's flag cannot be set in a node.
#pragma once

namespace tapegrad::core {

template <class Owner, class Word>
struct Flags {
  Word bits = 0;

  constexpr bool has(Flags f) const noexcept { return (bits & f.bits) != 0; }  // some bit of f
  constexpr void set(Flags f) noexcept { bits = static_cast<Word>(bits | f.bits); }
  constexpr void clear(Flags f) noexcept { bits = static_cast<Word>(bits & ~f.bits); }
  constexpr void set(Flags f, bool on) noexcept { on ? set(f) : clear(f); }
  friend constexpr Flags operator|(Flags a, Flags b) noexcept { return {static_cast<Word>(a.bits | b.bits)}; }
  friend constexpr Flags operator&(Flags a, Flags b) noexcept { return {static_cast<Word>(a.bits & b.bits)}; }
};

}  // namespace tapegrad::core
