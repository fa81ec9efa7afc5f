// Layers and losses as functions of tensors and options. Each stands beside its module: nn/layers, nn/losses. The
// operations of autograd/ops.h do the same with plain arguments.
#pragma once

#include <tapegrad/nn/layers/activation.h>
#include <tapegrad/nn/layers/attention.h>
#include <tapegrad/nn/layers/bilinear.h>
#include <tapegrad/nn/layers/conv.h>
#include <tapegrad/nn/layers/distance.h>
#include <tapegrad/nn/layers/dropout.h>
#include <tapegrad/nn/layers/embedding.h>
#include <tapegrad/nn/layers/embedding_bag.h>
#include <tapegrad/nn/layers/fold.h>
#include <tapegrad/nn/layers/fractional_max_pool.h>
#include <tapegrad/nn/layers/grid_sample.h>
#include <tapegrad/nn/layers/linear.h>
#include <tapegrad/nn/layers/local_response_norm.h>
#include <tapegrad/nn/layers/lp_pool.h>
#include <tapegrad/nn/layers/norm.h>
#include <tapegrad/nn/layers/padding.h>
#include <tapegrad/nn/layers/pixel_shuffle.h>
#include <tapegrad/nn/layers/pool.h>
#include <tapegrad/nn/layers/rectifier.h>
#include <tapegrad/nn/layers/rnn.h>
#include <tapegrad/nn/layers/shrink.h>
#include <tapegrad/nn/layers/softmax.h>
#include <tapegrad/nn/layers/unpool.h>
#include <tapegrad/nn/layers/upsample.h>
#include <tapegrad/nn/losses/bce.h>
#include <tapegrad/nn/losses/cosine_embedding.h>
#include <tapegrad/nn/losses/cross_entropy.h>
#include <tapegrad/nn/losses/ctc.h>
#include <tapegrad/nn/losses/gaussian_nll.h>
#include <tapegrad/nn/losses/hinge_embedding.h>
#include <tapegrad/nn/losses/huber.h>
#include <tapegrad/nn/losses/kl_div.h>
#include <tapegrad/nn/losses/l1.h>
#include <tapegrad/nn/losses/margin_ranking.h>
#include <tapegrad/nn/losses/mse.h>
#include <tapegrad/nn/losses/multi_margin.h>
#include <tapegrad/nn/losses/multilabel_margin.h>
#include <tapegrad/nn/losses/multilabel_soft_margin.h>
#include <tapegrad/nn/losses/nll.h>
#include <tapegrad/nn/losses/poisson_nll.h>
#include <tapegrad/nn/losses/smooth_l1.h>
#include <tapegrad/nn/losses/soft_margin.h>
#include <tapegrad/nn/losses/triplet_margin.h>
#include <tapegrad/nn/losses/triplet_margin_with_distance.h>

/// functional::mse_loss(x, y, MSELossOptions(kSum)), and libtorch's names of the options: MSELossFuncOptions(kSum).
namespace tapegrad::nn::functional {

using BinaryCrossEntropyFuncOptions = BCELossOptions;
using BinaryCrossEntropyWithLogitsFuncOptions = BCEWithLogitsLossOptions;
using CELUFuncOptions = CELUOptions;
using CTCLossFuncOptions = CTCLossOptions;
using CosineEmbeddingLossFuncOptions = CosineEmbeddingLossOptions;
using CosineSimilarityFuncOptions = CosineSimilarityOptions;
using CrossEntropyFuncOptions = CrossEntropyLossOptions;
using ELUFuncOptions = ELUOptions;
using FoldFuncOptions = FoldOptions;
using GELUFuncOptions = GELUOptions;
using GLUFuncOptions = GLUOptions;
using GaussianNLLLossFuncOptions = GaussianNLLLossOptions;
using HardshrinkFuncOptions = HardshrinkOptions;
using HardtanhFuncOptions = HardtanhOptions;
using HingeEmbeddingLossFuncOptions = HingeEmbeddingLossOptions;
using HuberLossFuncOptions = HuberLossOptions;
using KLDivFuncOptions = KLDivLossOptions;
using L1LossFuncOptions = L1LossOptions;
using LeakyReLUFuncOptions = LeakyReLUOptions;
using LocalResponseNormFuncOptions = LocalResponseNormOptions;
using LogSoftmaxFuncOptions = LogSoftmaxOptions;
using MSELossFuncOptions = MSELossOptions;
using MarginRankingLossFuncOptions = MarginRankingLossOptions;
using MultiMarginLossFuncOptions = MultiMarginLossOptions;
using MultilabelMarginLossFuncOptions = MultiLabelMarginLossOptions;
using MultilabelSoftMarginLossFuncOptions = MultiLabelSoftMarginLossOptions;
using NLLLossFuncOptions = NLLLossOptions;
using NormalizeFuncOptions = nn::NormalizeFuncOptions;
using PairwiseDistanceFuncOptions = PairwiseDistanceOptions;
using PixelShuffleFuncOptions = PixelShuffleOptions;
using PixelUnshuffleFuncOptions = PixelUnshuffleOptions;
using PoissonNLLLossFuncOptions = PoissonNLLLossOptions;
using ReLU6FuncOptions = ReLU6Options;
using ReLUFuncOptions = ReLUOptions;
using SELUFuncOptions = SELUOptions;
using SmoothL1LossFuncOptions = SmoothL1LossOptions;
using SoftMarginLossFuncOptions = SoftMarginLossOptions;
using SoftmaxFuncOptions = SoftmaxOptions;
using SoftminFuncOptions = SoftminOptions;
using SoftplusFuncOptions = SoftplusOptions;
using SoftshrinkFuncOptions = SoftshrinkOptions;
using ThresholdFuncOptions = ThresholdOptions;
using TripletMarginLossFuncOptions = TripletMarginLossOptions;
using TripletMarginWithDistanceLossFuncOptions = TripletMarginWithDistanceLossOptions;
using UnfoldFuncOptions = UnfoldOptions;

using tapegrad::one_hot;  // where libtorch has it, too

}  // namespace tapegrad::nn::functional
