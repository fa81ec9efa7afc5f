// Every operation: an umbrella over one header a family. Each operation is a function; most are methods of Tensor too
// (tensor_methods.h).
//
// Shapes broadcast as in NumPy where two tensors meet elementwise; dims may be negative. Dtypes promote as in PyTorch:
// bool < int64 < f32 < f64, a 0-dim tensor or a C++ number changes the kind but not the width. Operations on real
// functions (exp, div, mean ...) take int64 and bool as f32. All are differentiable to any order where mathematics
// allows unless the header says that there is no gradient; y stands for the result, g for its gradient. Errors:
// ShapeError, DtypeError, IndexError, AutogradError, before any change.
#pragma once

#include <tapegrad/autograd/linalg.h>
#include <tapegrad/autograd/ops_activation.h>
#include <tapegrad/autograd/ops_arithmetic.h>
#include <tapegrad/autograd/ops_attention.h>
#include <tapegrad/autograd/ops_compare.h>
#include <tapegrad/autograd/ops_concat.h>
#include <tapegrad/autograd/ops_conv.h>
#include <tapegrad/autograd/ops_copy.h>
#include <tapegrad/autograd/ops_create.h>
#include <tapegrad/autograd/ops_cross_entropy.h>
#include <tapegrad/autograd/ops_distance.h>
#include <tapegrad/autograd/ops_einsum.h>
#include <tapegrad/autograd/ops_in_place.h>
#include <tapegrad/autograd/ops_log.h>
#include <tapegrad/autograd/ops_logic.h>
#include <tapegrad/autograd/ops_loss.h>
#include <tapegrad/autograd/ops_matmul.h>
#include <tapegrad/autograd/ops_norm.h>
#include <tapegrad/autograd/ops_pick.h>
#include <tapegrad/autograd/ops_pointwise.h>
#include <tapegrad/autograd/ops_pool.h>
#include <tapegrad/autograd/ops_products.h>
#include <tapegrad/autograd/ops_random.h>
#include <tapegrad/autograd/ops_rearrange.h>
#include <tapegrad/autograd/ops_reduce.h>
#include <tapegrad/autograd/ops_rnn.h>
#include <tapegrad/autograd/ops_round.h>
#include <tapegrad/autograd/ops_scan.h>
#include <tapegrad/autograd/ops_slice.h>
#include <tapegrad/autograd/ops_softmax.h>
#include <tapegrad/autograd/ops_sort.h>
#include <tapegrad/autograd/ops_special.h>
#include <tapegrad/autograd/ops_statistics.h>
#include <tapegrad/autograd/ops_take.h>
#include <tapegrad/autograd/ops_ternary.h>
#include <tapegrad/autograd/ops_trig.h>
#include <tapegrad/autograd/ops_unique.h>
#include <tapegrad/autograd/ops_view.h>
#include <tapegrad/autograd/tensor_methods.h>
