// Our calls: convolutions.
#include "golden.h"

namespace tapegrad::test::golden {
namespace {

#define CONV(op)                                                                                                      \
  {                                                                                                                   \
#op " -",                                                                                                         \
        [](const Tensors& x, const Args& a)                                                                           \
             -> Tensors { return {op(x[0], x[1], x[2], a.integers(0), a.integers(1), a.integers(2), a.integer(3))}; } \
  }
#define CONV_TRANSPOSE(op)                                                                                  \
  {                                                                                                         \
#op " -", [](const Tensors& x, const Args& a) -> Tensors {                                                \
      return {op(x[0], x[1], x[2], a.integers(0), a.integers(1), a.integers(2), a.integer(3), a.integers(4))}; \
    } \
  }
const Calls kCalls({CONV(conv1d), CONV(conv2d), CONV(conv3d), CONV_TRANSPOSE(conv_transpose1d),
                    CONV_TRANSPOSE(conv_transpose2d), CONV_TRANSPOSE(conv_transpose3d)});

}  // namespace
}  // namespace tapegrad::test::golden
