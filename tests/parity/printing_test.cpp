// What modules print, to the letter.
#include "tests/parity/parity.h"

namespace nn = torch::nn;

namespace {

TEST(Printing, Pools) {
  EXPECT_EQ(text(nn::AdaptiveAvgPool1d(5)), "torch::nn::AdaptiveAvgPool1d(output_size=5)");
  EXPECT_EQ(text(nn::AdaptiveAvgPool3d(nn::AdaptiveAvgPool3dOptions({5, 6, 7}))),
            "torch::nn::AdaptiveAvgPool3d(output_size=[5, 6, 7])");
  EXPECT_EQ(text(nn::AdaptiveAvgPool3d(nn::AdaptiveAvgPool3dOptions({5, c10::nullopt, 7}))),
            "torch::nn::AdaptiveAvgPool3d(output_size=[5, None, 7])");
  EXPECT_EQ(text(nn::AdaptiveAvgPool2d(nn::AdaptiveAvgPool2dOptions({c10::nullopt, 7}))),
            "torch::nn::AdaptiveAvgPool2d(output_size=[None, 7])");
  EXPECT_EQ(text(nn::AdaptiveMaxPool2d(nn::AdaptiveMaxPool2dOptions({5, 6}))),
            "torch::nn::AdaptiveMaxPool2d(output_size=[5, 6])");
  EXPECT_EQ(text(nn::AdaptiveMaxPool3d(5)), "torch::nn::AdaptiveMaxPool3d(output_size=[5, 5, 5])");
  EXPECT_EQ(text(nn::AdaptiveMaxPool1d(5)), "torch::nn::AdaptiveMaxPool1d(output_size=5)");
  EXPECT_EQ(text(nn::AvgPool1d(3)), "torch::nn::AvgPool1d(kernel_size=3, stride=3, padding=0)");
  EXPECT_EQ(text(nn::AvgPool1d(nn::AvgPool1dOptions(3).stride(2))),
            "torch::nn::AvgPool1d(kernel_size=3, stride=2, padding=0)");
  EXPECT_EQ(text(nn::AvgPool2d(nn::AvgPool2dOptions({3, 2}).stride({2, 1}))),
            "torch::nn::AvgPool2d(kernel_size=[3, 2], stride=[2, 1], padding=[0, 0])");
  EXPECT_EQ(text(nn::AvgPool3d(5)), "torch::nn::AvgPool3d(kernel_size=[5, 5, 5], stride=[5, 5, 5], padding=[0, 0, 0])");
  EXPECT_EQ(text(nn::AvgPool3d(nn::AvgPool3dOptions(5).stride(2).padding({0, 1, 2}))),
            "torch::nn::AvgPool3d(kernel_size=[5, 5, 5], stride=[2, 2, 2], padding=[0, 1, 2])");
  EXPECT_EQ(text(nn::FractionalMaxPool2d(nn::FractionalMaxPool2dOptions(5).output_size(1))),
            "torch::nn::FractionalMaxPool2d()");
  EXPECT_EQ(text(nn::FractionalMaxPool3d(
                nn::FractionalMaxPool3dOptions({5, 6, 7}).output_ratio(std::vector<double>{0.5, 0.5, 0.25}))),
            "torch::nn::FractionalMaxPool3d()");
  EXPECT_EQ(text(nn::MaxPool1d(nn::MaxPool1dOptions(3).stride(2))),
            "torch::nn::MaxPool1d(kernel_size=3, stride=2, padding=0, dilation=1, ceil_mode=false)");
  EXPECT_EQ(text(nn::MaxPool2d(nn::MaxPool2dOptions(3).stride(2).padding(1).dilation(2).ceil_mode(true))),
            "torch::nn::MaxPool2d(kernel_size=[3, 3], stride=[2, 2], padding=[1, 1], dilation=[2, 2], ceil_mode=true)");
  EXPECT_EQ(text(nn::MaxPool3d(5)),
            "torch::nn::MaxPool3d(kernel_size=[5, 5, 5], stride=[5, 5, 5], padding=[0, 0, 0], dilation=[1, 1, 1], "
            "ceil_mode=false)");
  EXPECT_EQ(text(nn::MaxPool3d(nn::MaxPool3dOptions({5, 4, 3}).stride(2).padding(1).dilation(2).ceil_mode(true))),
            "torch::nn::MaxPool3d(kernel_size=[5, 4, 3], stride=[2, 2, 2], padding=[1, 1, 1], dilation=[2, 2, 2], "
            "ceil_mode=true)");
  EXPECT_EQ(text(nn::MaxUnpool1d(5)), "torch::nn::MaxUnpool1d(kernel_size=5, stride=5, padding=0)");
  EXPECT_EQ(text(nn::MaxUnpool2d(nn::MaxUnpool2dOptions({5, 6}).stride(2).padding(1))),
            "torch::nn::MaxUnpool2d(kernel_size=[5, 6], stride=[2, 2], padding=[1, 1])");
  EXPECT_EQ(text(nn::MaxUnpool3d(5)),
            "torch::nn::MaxUnpool3d(kernel_size=[5, 5, 5], stride=[5, 5, 5], padding=[0, 0, 0])");
  EXPECT_EQ(text(nn::MaxUnpool3d(nn::MaxUnpool3dOptions({5, 6, 7}).stride(2).padding({1, 2, 3}))),
            "torch::nn::MaxUnpool3d(kernel_size=[5, 6, 7], stride=[2, 2, 2], padding=[1, 2, 3])");
  EXPECT_EQ(text(nn::LPPool1d(2, 3)), "torch::nn::LPPool1d(norm_type=2, kernel_size=3, stride=3, ceil_mode=false)");
  EXPECT_EQ(text(nn::LPPool2d(nn::LPPool2dOptions(1, std::vector<int64_t>({3, 4})).stride({5, 6}).ceil_mode(true))),
            "torch::nn::LPPool2d(norm_type=1, kernel_size=[3, 4], stride=[5, 6], ceil_mode=true)");
}

TEST(Printing, Norms) {
  EXPECT_EQ(text(nn::BatchNorm1d(4)),
            "torch::nn::BatchNorm1d(4, eps=1e-05, momentum=0.1, affine=true, track_running_stats=true)");
  EXPECT_EQ(text(nn::BatchNorm3d(5)),
            "torch::nn::BatchNorm3d(5, eps=1e-05, momentum=0.1, affine=true, track_running_stats=true)");
  EXPECT_EQ(
      text(nn::BatchNorm3d(nn::BatchNorm3dOptions(5).eps(0.25).momentum(0.5).affine(false).track_running_stats(true))),
      "torch::nn::BatchNorm3d(5, eps=0.25, momentum=0.5, affine=false, track_running_stats=true)");
  EXPECT_EQ(text(nn::BatchNorm2d(nn::BatchNorm2dOptions(5).momentum(c10::nullopt))),
            "torch::nn::BatchNorm2d(5, eps=1e-05, momentum=None, affine=true, track_running_stats=true)");
  EXPECT_EQ(text(nn::InstanceNorm1d(5)),
            "torch::nn::InstanceNorm1d(5, eps=1e-05, momentum=0.1, affine=false, track_running_stats=false)");
  EXPECT_EQ(text(nn::InstanceNorm3d(
                nn::InstanceNorm3dOptions(5).eps(0.25).momentum(0.5).affine(true).track_running_stats(true))),
            "torch::nn::InstanceNorm3d(5, eps=0.25, momentum=0.5, affine=true, track_running_stats=true)");
  EXPECT_EQ(text(nn::LayerNorm(nn::LayerNormOptions({2, 3}))),
            "torch::nn::LayerNorm([2, 3], eps=1e-05, elementwise_affine=true)");
  EXPECT_EQ(text(nn::LayerNorm(nn::LayerNormOptions({2}).elementwise_affine(false).eps(1e-3))),
            "torch::nn::LayerNorm([2], eps=0.001, elementwise_affine=false)");
  EXPECT_EQ(text(nn::GroupNorm(2, 4)), "torch::nn::GroupNorm(2, 4, eps=1e-05, affine=true)");
  EXPECT_EQ(text(nn::GroupNorm(nn::GroupNormOptions(2, 4).affine(false))),
            "torch::nn::GroupNorm(2, 4, eps=1e-05, affine=false)");
  EXPECT_EQ(text(nn::LocalResponseNorm(2)), "torch::nn::LocalResponseNorm(2, alpha=0.0001, beta=0.75, k=1)");
}

TEST(Printing, Paddings) {
  EXPECT_EQ(text(nn::ConstantPad2d(1, 3.5)), "torch::nn::ConstantPad2d(padding=[1, 1, 1, 1], value=3.5)");
  EXPECT_EQ(text(nn::ConstantPad2d(nn::ConstantPad2dOptions({3, 0, 2, 1}, 2))),
            "torch::nn::ConstantPad2d(padding=[3, 0, 2, 1], value=2)");
  EXPECT_EQ(text(nn::ConstantPad3d(1, 3.5)), "torch::nn::ConstantPad3d(padding=[1, 1, 1, 1, 1, 1], value=3.5)");
  EXPECT_EQ(text(nn::ConstantPad3d(nn::ConstantPad3dOptions({1, 2, 3, 4, 5, 6}, -1))),
            "torch::nn::ConstantPad3d(padding=[1, 2, 3, 4, 5, 6], value=-1)");
  EXPECT_EQ(text(nn::ReflectionPad1d(2)), "torch::nn::ReflectionPad1d(padding=[2, 2])");
  EXPECT_EQ(text(nn::ReflectionPad1d(nn::ReflectionPad1dOptions({2, 1}))),
            "torch::nn::ReflectionPad1d(padding=[2, 1])");
  EXPECT_EQ(text(nn::ReflectionPad3d(1)), "torch::nn::ReflectionPad3d(padding=[1, 1, 1, 1, 1, 1])");
  EXPECT_EQ(text(nn::ReflectionPad3d(nn::ReflectionPad3dOptions({1, 2, 1, 2, 1, 2}))),
            "torch::nn::ReflectionPad3d(padding=[1, 2, 1, 2, 1, 2])");
  EXPECT_EQ(text(nn::ReplicationPad2d(1)), "torch::nn::ReplicationPad2d(padding=[1, 1, 1, 1])");
  EXPECT_EQ(text(nn::ReplicationPad2d(nn::ReplicationPad2dOptions({1, 2, 3, 4}))),
            "torch::nn::ReplicationPad2d(padding=[1, 2, 3, 4])");
  EXPECT_EQ(text(nn::ReplicationPad3d(1)), "torch::nn::ReplicationPad3d(padding=[1, 1, 1, 1, 1, 1])");
  EXPECT_EQ(text(nn::ZeroPad2d(nn::ZeroPad2dOptions({1, 2, 3, 4}))), "torch::nn::ZeroPad2d(padding=[1, 2, 3, 4])");
}

TEST(Printing, Convolutions) {
  EXPECT_EQ(text(nn::ConvTranspose1d(3, 4, 5)), "torch::nn::ConvTranspose1d(3, 4, kernel_size=5, stride=1)");
  EXPECT_EQ(
      text(nn::ConvTranspose1d(
          nn::ConvTranspose1dOptions(4, 2, 3).stride(2).padding(1).output_padding(1).groups(2).bias(false).dilation(
              2))),
      "torch::nn::ConvTranspose1d(4, 2, kernel_size=3, stride=2, padding=1, dilation=2, output_padding=1, groups=2, "
      "bias=false)");
  EXPECT_EQ(
      text(nn::ConvTranspose2d(nn::ConvTranspose2dOptions(4, 2, {3, 2}).stride(2).padding(1).output_padding(1))),
      "torch::nn::ConvTranspose2d(4, 2, kernel_size=[3, 2], stride=[2, 2], padding=[1, 1], output_padding=[1, 1])");
  EXPECT_EQ(text(nn::ConvTranspose3d(4, 4, 5)),
            "torch::nn::ConvTranspose3d(4, 4, kernel_size=[5, 5, 5], stride=[1, 1, 1])");
  EXPECT_EQ(text(nn::ConvTranspose3d(
                nn::ConvTranspose3dOptions(4, 4, {5, 6, 7}).stride({1, 2, 3}).padding(1).dilation(2).groups(2))),
            "torch::nn::ConvTranspose3d(4, 4, kernel_size=[5, 6, 7], stride=[1, 2, 3], padding=[1, 1, 1], dilation=[2, "
            "2, 2], groups=2)");
  EXPECT_EQ(text(nn::Conv1d(nn::Conv1dOptions(4, 2, 3).padding_mode(torch::kCircular).padding(2))),
            "torch::nn::Conv1d(4, 2, kernel_size=3, stride=1, padding=2, padding_mode=kCircular)");
  EXPECT_EQ(text(nn::Conv2d(nn::Conv2dOptions(4, 2, 3).padding(torch::kSame))),
            "torch::nn::Conv2d(4, 2, kernel_size=[3, 3], stride=[1, 1], padding='same')");
  EXPECT_EQ(text(nn::Conv2d(nn::Conv2dOptions(4, 2, 3).padding(torch::kValid).padding_mode(torch::kReflect))),
            "torch::nn::Conv2d(4, 2, kernel_size=[3, 3], stride=[1, 1], padding='valid', padding_mode=kReflect)");
  EXPECT_EQ(text(nn::Conv3d(nn::Conv3dOptions(4, 4, {5, 6, 7})
                                .stride({1, 2, 3})
                                .padding(1)
                                .dilation(2)
                                .groups(2)
                                .bias(false)
                                .padding_mode(torch::kReplicate))),
            "torch::nn::Conv3d(4, 4, kernel_size=[5, 6, 7], stride=[1, 2, 3], padding=[1, 1, 1], dilation=[2, 2, 2], "
            "groups=2, bias=false, padding_mode=kReplicate)");
}

TEST(Printing, Dropouts) {
  EXPECT_EQ(text(nn::AlphaDropout(0.25)), "torch::nn::AlphaDropout(p=0.25, inplace=false)");
  EXPECT_EQ(text(nn::AlphaDropout(nn::AlphaDropoutOptions(0.25).inplace(true))),
            "torch::nn::AlphaDropout(p=0.25, inplace=true)");
  EXPECT_EQ(text(nn::FeatureAlphaDropout(0.25)), "torch::nn::FeatureAlphaDropout(p=0.25, inplace=false)");
  EXPECT_EQ(text(nn::Dropout3d()), "torch::nn::Dropout3d(p=0.5, inplace=false)");
  EXPECT_EQ(text(nn::Dropout3d(nn::Dropout3dOptions(0.42).inplace(true))),
            "torch::nn::Dropout3d(p=0.42, inplace=true)");
}

TEST(Printing, Activations) {
  EXPECT_EQ(text(nn::Functional(torch::relu)), "torch::nn::Functional()");
  EXPECT_EQ(text(nn::GELU()), "torch::nn::GELU()");
  EXPECT_EQ(text(nn::Hardtanh()), "torch::nn::Hardtanh(min_val=-1, max_val=1)");
  EXPECT_EQ(text(nn::Hardtanh(nn::HardtanhOptions().min_val(-42.42).max_val(0.42).inplace(true))),
            "torch::nn::Hardtanh(min_val=-42.42, max_val=0.42, inplace=true)");
  EXPECT_EQ(text(nn::LogSigmoid()), "torch::nn::LogSigmoid()");
  EXPECT_EQ(text(nn::Mish()), "torch::nn::Mish()");
  EXPECT_EQ(text(nn::ReLU6()), "torch::nn::ReLU6()");
  EXPECT_EQ(text(nn::ReLU6(nn::ReLU6Options().inplace(true))), "torch::nn::ReLU6(inplace=true)");
  EXPECT_EQ(text(nn::SiLU()), "torch::nn::SiLU()");
  EXPECT_EQ(text(nn::Softmax2d()), "torch::nn::Softmax2d()");
  EXPECT_EQ(text(nn::Softmin(1)), "torch::nn::Softmin(dim=1)");
  EXPECT_EQ(text(nn::Softsign()), "torch::nn::Softsign()");
  EXPECT_EQ(text(nn::Tanhshrink()), "torch::nn::Tanhshrink()");
  EXPECT_EQ(text(nn::CELU()), "torch::nn::CELU(alpha=1)");
  EXPECT_EQ(text(nn::SELU()), "torch::nn::SELU()");
  EXPECT_EQ(text(nn::GLU()), "torch::nn::GLU(dim=-1)");
  EXPECT_EQ(text(nn::Hardshrink()), "torch::nn::Hardshrink(0.5)");
  EXPECT_EQ(text(nn::Softshrink()), "torch::nn::Softshrink(0.5)");
  EXPECT_EQ(text(nn::Softplus()), "torch::nn::Softplus(beta=1, threshold=20)");
  EXPECT_EQ(text(nn::Threshold(1.5, 2)), "torch::nn::Threshold(threshold=1.5, value=2)");
  EXPECT_EQ(text(nn::PReLU()), "torch::nn::PReLU(num_parameters=1)");
  EXPECT_EQ(text(nn::RReLU()), "torch::nn::RReLU(lower=0.125, upper=0.333333)");
}

TEST(Printing, Losses) {
  EXPECT_EQ(text(nn::BCELoss()), "torch::nn::BCELoss()");
  EXPECT_EQ(text(nn::BCEWithLogitsLoss()), "torch::nn::BCEWithLogitsLoss()");
  EXPECT_EQ(text(nn::NLLLoss()), "torch::nn::NLLLoss()");
  EXPECT_EQ(text(nn::L1Loss()), "torch::nn::L1Loss()");
  EXPECT_EQ(text(nn::HuberLoss()), "torch::nn::HuberLoss");
  EXPECT_EQ(text(nn::SmoothL1Loss()), "torch::nn::SmoothL1Loss");
  EXPECT_EQ(text(nn::CTCLoss()), "torch::nn::CTCLoss()");
  EXPECT_EQ(text(nn::KLDivLoss()), "torch::nn::KLDivLoss()");
  EXPECT_EQ(text(nn::PoissonNLLLoss()), "torch::nn::PoissonNLLLoss()");
  EXPECT_EQ(text(nn::HingeEmbeddingLoss()), "torch::nn::HingeEmbeddingLoss(margin=1)");
  EXPECT_EQ(text(nn::CosineEmbeddingLoss(nn::CosineEmbeddingLossOptions().margin(0.5))),
            "torch::nn::CosineEmbeddingLoss(margin=0.5)");
  EXPECT_EQ(text(nn::MarginRankingLoss(nn::MarginRankingLossOptions().margin(0.5))), "torch::nn::MarginRankingLoss()");
  EXPECT_EQ(text(nn::MultiMarginLoss()),
            "torch::nn::MultiMarginLoss(p=1, margin=1, weight=[ Tensor (undefined) ], reduction=kMean)");
  EXPECT_EQ(text(nn::MultiLabelMarginLoss()), "torch::nn::MultiLabelMarginLoss()");
  EXPECT_EQ(text(nn::MultiLabelSoftMarginLoss()), "torch::nn::MultiLabelSoftMarginLoss()");
  EXPECT_EQ(text(nn::SoftMarginLoss()), "torch::nn::SoftMarginLoss()");
  EXPECT_EQ(text(nn::TripletMarginLoss()), "torch::nn::TripletMarginLoss(margin=1, p=2, eps=1e-06, swap=false)");
  EXPECT_EQ(text(nn::TripletMarginWithDistanceLoss()),
            "torch::nn::TripletMarginWithDistanceLoss(margin=1, swap=false)");
}

TEST(Printing, Recurrent) {
  EXPECT_EQ(text(nn::GRUCell(20, 10)), "torch::nn::GRUCell(20, 10)");
  EXPECT_EQ(text(nn::GRUCell(nn::GRUCellOptions(2, 3).bias(false))), "torch::nn::GRUCell(2, 3, bias=false)");
  EXPECT_EQ(text(nn::LSTMCell(20, 10)), "torch::nn::LSTMCell(20, 10)");
  EXPECT_EQ(text(nn::RNNCell(nn::RNNCellOptions(2, 3).nonlinearity(torch::kReLU))),
            "torch::nn::RNNCell(2, 3, nonlinearity=kReLU)");
  EXPECT_EQ(text(nn::RNNCell(2, 3)), "torch::nn::RNNCell(2, 3)");
  EXPECT_EQ(text(nn::LSTM(nn::LSTMOptions(2, 4).num_layers(2).bidirectional(true).batch_first(true).dropout(0.2))),
            "torch::nn::LSTM(input_size=2, hidden_size=4, num_layers=2, bias=true, batch_first=true, dropout=0.2, "
            "bidirectional=true)");
  EXPECT_EQ(text(nn::LSTM(nn::LSTMOptions(2, 4).proj_size(2))),
            "torch::nn::LSTM(input_size=2, hidden_size=4, num_layers=1, bias=true, batch_first=false, dropout=0, "
            "bidirectional=false, proj_size=2)");
  EXPECT_EQ(text(nn::GRU(nn::GRUOptions(2, 4).bias(false))),
            "torch::nn::GRU(input_size=2, hidden_size=4, num_layers=1, bias=false, batch_first=false, dropout=0, "
            "bidirectional=false)");
  EXPECT_EQ(text(nn::RNN(nn::RNNOptions(2, 4).nonlinearity(torch::kReLU))),
            "torch::nn::RNN(input_size=2, hidden_size=4, num_layers=1, bias=true, batch_first=false, dropout=0, "
            "bidirectional=false)");
  EXPECT_EQ(text(nn::RNN(2, 4)),
            "torch::nn::RNN(input_size=2, hidden_size=4, num_layers=1, bias=true, batch_first=false, dropout=0, "
            "bidirectional=false)");
}

TEST(Printing, Containers) {
  nn::ParameterDict dict;
  EXPECT_EQ(text(dict), "torch::nn::ParameterDict(\n)");
  dict->insert("a", torch::zeros({3, 2}));
  dict->insert("b", torch::zeros({2}, torch::kDouble));
  EXPECT_EQ(text(dict),
            "torch::nn::ParameterDict(\n"
            "(a): Parameter containing: [Float of size [3, 2]]\n"
            "(b): Parameter containing: [Double of size [2]]\n"
            ")");
  EXPECT_EQ(text(nn::ParameterList(torch::ones({2}), torch::zeros({3, 1}, torch::kLong), torch::tensor(1.0))),
            "torch::nn::ParameterList(\n"
            "(0): Parameter containing: [Float of size [2]]\n"
            "(1): Parameter containing: [Long of size [3, 1]]\n"
            "(2): Parameter containing: [Float of size []]\n"
            ")");
  EXPECT_EQ(text(nn::ParameterList()), "torch::nn::ParameterList(\n)");
  const std::vector<std::pair<std::string, std::shared_ptr<nn::Module>>> named = {{"fc", nn::Linear(2, 3).ptr()},
                                                                                  {"act", nn::Tanh().ptr()}};
  EXPECT_EQ(text(nn::ModuleDict(named)),
            "torch::nn::ModuleDict(\n"
            "  (fc): torch::nn::Linear(in_features=2, out_features=3, bias=true)\n"
            "  (act): torch::nn::Tanh()\n"
            ")");
  EXPECT_EQ(text(nn::ModuleDict()), "torch::nn::ModuleDict");
  EXPECT_EQ(text(nn::Sequential(nn::Linear(1, 2), nn::Functional(torch::relu))),
            "torch::nn::Sequential(\n"
            "  (0): torch::nn::Linear(in_features=1, out_features=2, bias=true)\n"
            "  (1): torch::nn::Functional()\n"
            ")");
  EXPECT_EQ(text(nn::ModuleList(nn::Sequential(nn::BatchNorm1d(2)), nn::ModuleList(nn::Identity()))),
            "torch::nn::ModuleList(\n"
            "  (0): torch::nn::Sequential(\n"
            "    (0): torch::nn::BatchNorm1d(2, eps=1e-05, momentum=0.1, affine=true, track_running_stats=true)\n"
            "  )\n"
            "  (1): torch::nn::ModuleList(\n"
            "    (0): torch::nn::Identity()\n"
            "  )\n"
            ")");
  EXPECT_EQ(text(nn::ModuleList()), "torch::nn::ModuleList");
  EXPECT_EQ(text(nn::Sequential()), "torch::nn::Sequential");
}

TEST(Printing, Shapes) {
  EXPECT_EQ(text(nn::PixelUnshuffle(5)), "torch::nn::PixelUnshuffle(downscale_factor=5)");
  EXPECT_EQ(text(nn::Unflatten(nn::UnflattenOptions(1, {2, 2}))),
            "torch::nn::Unflatten(dim=1, unflattened_size={2, 2})");
  EXPECT_EQ(text(nn::Flatten(nn::FlattenOptions().start_dim(2).end_dim(3))),
            "torch::nn::Flatten(start_dim=2, end_dim=3)");
  EXPECT_EQ(text(nn::Upsample(nn::UpsampleOptions().scale_factor(std::vector<double>({2, 1.5})).mode(torch::kNearest))),
            "torch::nn::Upsample(scale_factor=[2, 1.5], mode=kNearest)");
}

TEST(Printing, Distances) {
  EXPECT_EQ(text(nn::CosineSimilarity()), "torch::nn::CosineSimilarity(dim=1, eps=1e-08)");
  EXPECT_EQ(text(nn::CosineSimilarity(nn::CosineSimilarityOptions().dim(0).eps(0.5))),
            "torch::nn::CosineSimilarity(dim=0, eps=0.5)");
  EXPECT_EQ(text(nn::PairwiseDistance()), "torch::nn::PairwiseDistance(p=2, eps=1e-06, keepdim=false)");
  EXPECT_EQ(text(nn::PairwiseDistance(nn::PairwiseDistanceOptions().p(3).eps(0.5).keepdim(true))),
            "torch::nn::PairwiseDistance(p=3, eps=0.5, keepdim=true)");
}

TEST(Printing, Embeddings) {
  EXPECT_EQ(text(nn::Embedding(3, 2)), "torch::nn::Embedding(num_embeddings=3, embedding_dim=2)");
  EXPECT_EQ(text(nn::EmbeddingBag(nn::EmbeddingBagOptions(3, 2).max_norm(1.5))),
            "torch::nn::EmbeddingBag(num_embeddings=3, embedding_dim=2, max_norm=1.5)");
  EXPECT_EQ(
      text(nn::Embedding(nn::EmbeddingOptions(3, 2).max_norm(1.5).norm_type(1).scale_grad_by_freq(true))),
      "torch::nn::Embedding(num_embeddings=3, embedding_dim=2, max_norm=1.5, norm_type=1, scale_grad_by_freq=true)");
}

// A module's text within others.
std::string within(std::string lines, size_t indent = 4) {
  for (size_t at = 0; (at = lines.find('\n', at)) != std::string::npos; ++at) lines.insert(at + 1, indent, ' ');
  return lines;
}

const std::string kAttention =
    "torch::nn::MultiheadAttention(\n"
    "    (out_proj): torch::nn::Linear(in_features=4, out_features=4, bias=true)\n"
    "  )\n";
const std::string kEncoderLayer =
    "torch::nn::TransformerEncoderLayerImpl(\n"
    "  (self_attn): " +
    kAttention +
    "  (linear1): torch::nn::Linear(in_features=4, out_features=8, bias=true)\n"
    "  (dropout): torch::nn::Dropout(p=0.25, inplace=false)\n"
    "  (linear2): torch::nn::Linear(in_features=8, out_features=4, bias=true)\n"
    "  (norm1): torch::nn::LayerNorm([4], eps=1e-05, elementwise_affine=true)\n"
    "  (norm2): torch::nn::LayerNorm([4], eps=1e-05, elementwise_affine=true)\n"
    "  (dropout1): torch::nn::Dropout(p=0.25, inplace=false)\n"
    "  (dropout2): torch::nn::Dropout(p=0.25, inplace=false)\n"
    ")";
const std::string kDecoderLayer =
    "torch::nn::TransformerDecoderLayerImpl(\n"
    "  (self_attn): " +
    kAttention + "  (multihead_attn): " + kAttention +
    "  (linear1): torch::nn::Linear(in_features=4, out_features=8, bias=true)\n"
    "  (dropout): torch::nn::Dropout(p=0.25, inplace=false)\n"
    "  (linear2): torch::nn::Linear(in_features=8, out_features=4, bias=true)\n"
    "  (norm1): torch::nn::LayerNorm([4], eps=1e-05, elementwise_affine=true)\n"
    "  (norm2): torch::nn::LayerNorm([4], eps=1e-05, elementwise_affine=true)\n"
    "  (norm3): torch::nn::LayerNorm([4], eps=1e-05, elementwise_affine=true)\n"
    "  (dropout1): torch::nn::Dropout(p=0.25, inplace=false)\n"
    "  (dropout2): torch::nn::Dropout(p=0.25, inplace=false)\n"
    "  (dropout3): torch::nn::Dropout(p=0.25, inplace=false)\n"
    ")";

TEST(Printing, Transformers) {
  const auto encoder = nn::TransformerEncoderLayerOptions(4, 2).dim_feedforward(8).dropout(0.25);
  const auto decoder = nn::TransformerDecoderLayerOptions(4, 2).dim_feedforward(8).dropout(0.25);
  EXPECT_EQ(text(nn::MultiheadAttention(4, 2)),
            "torch::nn::MultiheadAttention(\n"
            "  (out_proj): torch::nn::Linear(in_features=4, out_features=4, bias=true)\n"
            ")");
  EXPECT_EQ(text(nn::TransformerEncoderLayer(encoder)), kEncoderLayer);
  EXPECT_EQ(text(nn::TransformerDecoderLayer(decoder)), kDecoderLayer);
  EXPECT_EQ(text(nn::TransformerEncoder(nn::TransformerEncoderOptions(encoder, 2))),
            "torch::nn::TransformerEncoderImpl(\n"
            "  (layers): torch::nn::ModuleList(\n"
            "    (0): " +
                within(kEncoderLayer) +
                "\n"
                "    (1): " +
                within(kEncoderLayer) +
                "\n"
                "  )\n"
                ")");
  EXPECT_EQ(text(nn::TransformerDecoder(nn::TransformerDecoderOptions(decoder, 1).norm(nn::AnyModule(nn::Identity())))),
            "torch::nn::TransformerDecoderImpl(\n"
            "  (layers): torch::nn::ModuleList(\n"
            "    (0): " +
                within(kDecoderLayer) +
                "\n"
                "  )\n"
                "  (norm): torch::nn::Identity()\n"
                ")");
}

TEST(Printing, TheWholeTransformer) {
  const std::string norm = "  (norm): torch::nn::LayerNorm([4], eps=1e-05, elementwise_affine=true)\n";
  const std::string encoder =
      "torch::nn::TransformerEncoderImpl(\n"
      "  (layers): torch::nn::ModuleList(\n"
      "    (0): " +
      within(kEncoderLayer) + "\n  )\n" + norm + ")";
  const std::string decoder =
      "torch::nn::TransformerDecoderImpl(\n"
      "  (layers): torch::nn::ModuleList(\n"
      "    (0): " +
      within(kDecoderLayer) + "\n  )\n" + norm + ")";
  EXPECT_EQ(text(nn::Transformer(nn::TransformerOptions(4, 2, 1, 1).dim_feedforward(8).dropout(0.25))),
            "torch::nn::TransformerImpl(\n"
            "  (encoder): " +
                within(encoder, 2) +
                "\n"
                "  (decoder): " +
                within(decoder, 2) +
                "\n"
                ")");
}

}  // namespace
