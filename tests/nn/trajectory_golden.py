#!/usr/bin/env python3
"""Writes trajectory_golden.txt beside itself: the losses of 20 steps of SGD of each layer with parameters, in f64, by
PyTorch 1.13. Run it by hand.

Each line: a name, the 20 losses, the sum of the squares of all parameters and buffers after them.
"""
import pathlib

import torch
from torch import nn

lines = []


def wave(sizes, step, function=torch.sin):
    n = 1
    for size in sizes:
        n *= size
    return function(torch.arange(n, dtype=torch.float64) * step).reshape(sizes)


def run(name, make, sizes, forward=None, x=None):
    torch.manual_seed(0)
    layer = make().double()
    if name.startswith("embedding"):  # whose normals are PyTorch's to six digits
        layer.weight.data.copy_(wave(layer.weight.shape, 0.53))
    x = wave(sizes, 0.37) if x is None else x
    optimizer = torch.optim.SGD(layer.parameters(), 0.05)
    numbers = []
    for _ in range(20):
        optimizer.zero_grad()
        y = forward(layer, x) if forward else layer(x)
        loss = (y * wave(y.shape, 0.21, torch.cos)).mean() + 0.5 * y.square().mean()
        loss.backward()
        optimizer.step()
        numbers.append(loss.item())
    state = sum(t.double().square().sum().item() for t in layer.state_dict().values())
    lines.append(" ".join([name] + [repr(v) for v in numbers + [state]]))


def first(layer, x):
    return layer(x)[0]


def encoder_layer():
    return nn.TransformerEncoderLayer(4, 2, 8, 0.0)


def decoder_layer():
    return nn.TransformerDecoderLayer(4, 2, 8, 0.0)


run("linear", lambda: nn.Linear(5, 4), (3, 5))
run("bilinear", lambda: nn.Bilinear(3, 2, 4), (5, 3), lambda m, x: m(x, x[:, :2]))
run("prelu", lambda: nn.PReLU(3), (4, 3))
run("embedding", lambda: nn.Embedding(6, 3, padding_idx=1), None, None, torch.tensor([[0, 1, 2], [5, 5, 1]]))
run("embedding_bag", lambda: nn.EmbeddingBag(6, 3, padding_idx=1), None, None, torch.tensor([[0, 1, 2], [5, 5, 1]]))
run("embedding_bag_max", lambda: nn.EmbeddingBag(6, 3, mode="max"), None, None, torch.tensor([[0, 1, 2], [5, 4, 1]]))
run("conv1d", lambda: nn.Conv1d(2, 4, 3, stride=2, padding=1, groups=2), (3, 2, 9))
run("conv2d", lambda: nn.Conv2d(2, 3, (3, 2), padding=(1, 0), dilation=(1, 2)), (2, 2, 6, 7))
run("conv2d_circular", lambda: nn.Conv2d(2, 3, 3, padding=1, padding_mode="circular", bias=False), (2, 2, 5, 5))
run("conv3d", lambda: nn.Conv3d(1, 2, 2, padding="same"), (2, 1, 3, 4, 3))
run("conv_transpose1d", lambda: nn.ConvTranspose1d(2, 3, 3, stride=2, padding=1, output_padding=1), (2, 2, 5))
run("conv_transpose2d", lambda: nn.ConvTranspose2d(2, 2, 3, stride=(2, 1), groups=2, dilation=(1, 2)), (2, 2, 3, 4))
run("conv_transpose3d", lambda: nn.ConvTranspose3d(1, 2, 2), (1, 1, 2, 3, 2))
run("batch_norm1d", lambda: nn.BatchNorm1d(4), (6, 4))
run("batch_norm1d_long", lambda: nn.BatchNorm1d(3, momentum=None), (2, 3, 5))
run("batch_norm2d", lambda: nn.BatchNorm2d(3, eps=1e-3, momentum=0.3), (2, 3, 4, 2))
run("batch_norm3d", lambda: nn.BatchNorm3d(2), (2, 2, 2, 3, 2))
run("instance_norm1d", lambda: nn.InstanceNorm1d(3, affine=True), (2, 3, 5))
run("instance_norm2d", lambda: nn.InstanceNorm2d(3, affine=True, track_running_stats=True), (2, 3, 4, 2))
run("instance_norm3d", lambda: nn.InstanceNorm3d(2, affine=True), (2, 2, 2, 3, 2))
run("layer_norm", lambda: nn.LayerNorm([3, 4]), (5, 3, 4))
run("group_norm", lambda: nn.GroupNorm(2, 6), (3, 6, 4))
run("rnn", lambda: nn.RNN(3, 4, 2), (5, 2, 3), first)
run("rnn_relu", lambda: nn.RNN(3, 4, nonlinearity="relu", bidirectional=True), (5, 2, 3), first)
run("lstm", lambda: nn.LSTM(3, 4, 2, bidirectional=True), (5, 2, 3), first)
run("lstm_bare", lambda: nn.LSTM(3, 4, bias=False, batch_first=True), (2, 5, 3), first)
run("gru", lambda: nn.GRU(3, 4, 2, bidirectional=True), (5, 2, 3), first)
run("rnn_cell", lambda: nn.RNNCell(3, 4), (2, 3))
run("lstm_cell", lambda: nn.LSTMCell(3, 4), (2, 3), first)
run("gru_cell", lambda: nn.GRUCell(3, 4), (2, 3))
run("multihead_attention", lambda: nn.MultiheadAttention(4, 2), (3, 2, 4), lambda m, x: m(x, x, x)[0])
run("transformer_encoder_layer", encoder_layer, (3, 2, 4))
run("transformer_decoder_layer", decoder_layer, (3, 2, 4), lambda m, x: m(x, x.cos()))
run("transformer_encoder", lambda: nn.TransformerEncoder(encoder_layer(), 2), (3, 2, 4))
run("transformer_encoder_normed", lambda: nn.TransformerEncoder(encoder_layer(), 2, nn.LayerNorm(4)), (3, 2, 4))
run("transformer_decoder", lambda: nn.TransformerDecoder(decoder_layer(), 2), (3, 2, 4), lambda m, x: m(x, x.cos()))
run("transformer", lambda: nn.Transformer(4, 2, 2, 1, 8, 0.0), (3, 2, 4), lambda m, x: m(x, x[:2].cos()))
run("lstm_projected", lambda: nn.LSTM(3, 5, 2, bidirectional=True, proj_size=2), (5, 2, 3), first)
run("lstm_projected_bare", lambda: nn.LSTM(3, 4, bias=False, batch_first=True, proj_size=3), (2, 5, 3), first)

weight_norm = torch.nn.utils.weight_norm
run("weight_norm", lambda: weight_norm(nn.Linear(5, 4).double()), (3, 5))
run("weight_norm_all", lambda: weight_norm(nn.Linear(5, 4).double(), dim=None), (3, 5))
run("weight_norm_conv", lambda: weight_norm(nn.Conv2d(2, 3, 3).double()), (2, 2, 4, 5))
run("weight_norm_transpose", lambda: weight_norm(nn.ConvTranspose1d(2, 3, 3).double(), dim=1), (2, 2, 5))
run("weight_norm_cell", lambda: weight_norm(nn.LSTMCell(3, 4).double(), "weight_hh"), (2, 3), first)


def packed(m, x):
    steps = nn.utils.rnn.pack_padded_sequence(x, torch.tensor([2, 5, 3]), enforce_sorted=False)
    return nn.utils.rnn.pad_packed_sequence(m(steps)[0])[0]


run("rnn_dropout", lambda: nn.RNN(3, 4, 3, dropout=0.3), (5, 2, 3), first)
run("lstm_dropout", lambda: nn.LSTM(3, 4, 2, bidirectional=True, dropout=0.3), (5, 2, 3), first)
run("gru_dropout", lambda: nn.GRU(3, 4, 2, dropout=0.5, batch_first=True), (2, 5, 3), first)
run("rnn_packed", lambda: nn.RNN(3, 4, nonlinearity="relu", bidirectional=True), (5, 3, 3), packed)
run("lstm_packed", lambda: nn.LSTM(3, 4, 2, bidirectional=True), (5, 3, 3), packed)
run("gru_packed", lambda: nn.GRU(3, 4, 2, bidirectional=True), (5, 3, 3), packed)
run("gru_packed_dropout", lambda: nn.GRU(3, 4, 2, dropout=0.3), (5, 3, 3), packed)
run("rnn_cell_relu", lambda: nn.RNNCell(3, 4, nonlinearity="relu"), (2, 3))
run("multihead_attention_dropout", lambda: nn.MultiheadAttention(4, 2, dropout=0.3), (3, 2, 4),
    lambda m, x: m(x, x, x)[0])
run("multihead_attention_other", lambda: nn.MultiheadAttention(4, 2, add_bias_kv=True, kdim=3, vdim=2), (3, 2, 4),
    lambda m, x: m(x, x[..., :3], x[..., 1:3])[0])
run("transformer_encoder_layer_dropout", lambda: nn.TransformerEncoderLayer(4, 2, 8, 0.2), (3, 2, 4))
run("transformer_decoder_normed", lambda: nn.TransformerDecoder(decoder_layer(), 2, nn.LayerNorm(4)), (3, 2, 4),
    lambda m, x: m(x, x.cos()))
run("embedding_from_pretrained", lambda: nn.Embedding.from_pretrained(torch.zeros(6, 3), freeze=False), None, None,
    torch.tensor([[0, 1, 2], [5, 5, 1]]))
run("adaptive_log_softmax", lambda: nn.AdaptiveLogSoftmaxWithLoss(6, 10, [4, 8], 2.0, True), (5, 6),
    lambda m, x: m(x, torch.tensor([0, 5, 9, 3, 4])).output)

pathlib.Path(__file__).with_name("trajectory_golden.txt").write_text("\n".join(lines) + "\n")
