// Layers and losses as functions of tensors and options. Each stands beside its module: nn/layers, nn/losses. The
// operations of autograd/ops.h do the same with plain arguments.
#pragma once

#include <tapegrad/nn/layers/activation.h>
#include <tapegrad/nn/layers/distance.h>
#include <tapegrad/nn/layers/linear.h>
#include <tapegrad/nn/layers/softmax.h>
#include <tapegrad/nn/losses/bce.h>
#include <tapegrad/nn/losses/cross_entropy.h>
#include <tapegrad/nn/losses/l1.h>
#include <tapegrad/nn/losses/mse.h>
#include <tapegrad/nn/losses/nll.h>
#include <tapegrad/nn/losses/smooth_l1.h>

/// functional::mse_loss(x, y, MSELossOptions(kSum)), and libtorch's names of the options: MSELossFuncOptions(kSum).
namespace tapegrad::nn::functional {

using BinaryCrossEntropyFuncOptions = BCELossOptions;
using BinaryCrossEntropyWithLogitsFuncOptions = BCEWithLogitsLossOptions;
using CosineSimilarityFuncOptions = CosineSimilarityOptions;
using CrossEntropyFuncOptions = CrossEntropyLossOptions;
using ELUFuncOptions = ELUOptions;
using GELUFuncOptions = GELUOptions;
using HardtanhFuncOptions = HardtanhOptions;
using L1LossFuncOptions = L1LossOptions;
using LeakyReLUFuncOptions = LeakyReLUOptions;
using LogSoftmaxFuncOptions = LogSoftmaxOptions;
using MSELossFuncOptions = MSELossOptions;
using NLLLossFuncOptions = NLLLossOptions;
using NormalizeFuncOptions = nn::NormalizeFuncOptions;
using PairwiseDistanceFuncOptions = PairwiseDistanceOptions;
using ReLUFuncOptions = ReLUOptions;
using SmoothL1LossFuncOptions = SmoothL1LossOptions;
using SoftmaxFuncOptions = SoftmaxOptions;
using SoftminFuncOptions = SoftminOptions;
using SoftplusFuncOptions = SoftplusOptions;

}  // namespace tapegrad::nn::functional
