// Attention: what each query takes from the values whose keys are like it.
#pragma once

#include <tapegrad/autograd/ops_create.h>

namespace tapegrad {

/// softmax(q k^T / sqrt(d)) v of q [.., l, d], k [.., s, d], v [.., s, e] to [.., l, e]; batch dims broadcast.
/// attn_mask broadcasts to [.., l, s]: booleans are true where a key may be seen, numbers are added to the products;
/// is_causal lets query i see the keys up to i. dropout_p is the probability of a weight to be 0. A query that sees no
/// key gives NaN. ValueError for attn_mask with is_causal and for dropout_p outside of [0, 1]. grad: through all of it.
/// Source: Vaswani et al., "Attention Is All You Need", 2017.
TAPEGRAD_EXPORT Tensor scaled_dot_product_attention(const Tensor& q, const Tensor& k, const Tensor& v,
                                                    const Tensor& attn_mask = undefined(), double dropout_p = 0,
                                                    bool is_causal = false);

}  // namespace tapegrad
