// What the tests over the op registry share.
#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "oracle.h"
#include "registry.h"

namespace tapegrad::test {

inline void PrintTo(const Sample* s, std::ostream* out) { *out << s->name; }

class OpTest : public ::testing::TestWithParam<const Sample*> {
 protected:
  // Calls check(case) for each case that is wanted, with the case's name in what fails.
  template <class Wanted, class Check>
  void each(Wanted wanted, Check check) {
    for (const Case& c : GetParam()->cases) {
      if (!wanted(c)) continue;
      SCOPED_TRACE(c.label);
      check(c);
    }
  }
  std::string seed(const Case& c) const { return GetParam()->name + "/" + c.label; }
  Arrays inputs(const Case& c, Grid grid = Grid::Free) const { return draw_inputs(GetParam()->name, c, grid); }
};

inline auto ops(bool (*wanted)(const Sample&)) { return ::testing::ValuesIn(samples_where(wanted)); }
inline std::string op_name(const ::testing::TestParamInfo<const Sample*>& info) { return info.param->name; }

inline bool small_differentiable(const Case& c) { return is_small(c) && is_differentiable(c); }
inline bool has_gradient(const Sample& s) { return any_case(s, small_differentiable); }

}  // namespace tapegrad::test
