// Key and call of what many operations share: functions of one tensor, of two, with a number, over dims.
#pragma once

#include "golden.h"

#define UNARY(op)                                                                 \
  {                                                                               \
#op " -", [](const Tensors& x, const Args&) -> Tensors { return {op(x[0])}; } \
  }
#define BINARY(op)                                                                      \
  {                                                                                     \
#op " -", [](const Tensors& x, const Args&) -> Tensors { return {op(x[0], x[1])}; } \
  }
#define WITH_SCALAR(op)                                                                               \
  {                                                                                                   \
#op " scalar", [](const Tensors& x, const Args& a) -> Tensors { return {op(x[0], a.scalar(0))}; } \
  }
#define OPERATOR(sign)                                                                                               \
  {"operator" #sign " -", [](const Tensors& x, const Args&) -> Tensors { return {x[0] sign x[1]}; }},                \
      {"operator" #sign " scalar",                                                                                   \
       [](const Tensors& x, const Args& a) -> Tensors { return {x[0] sign a.scalar(0)}; }},                          \
  {                                                                                                                  \
    "operator" #sign " reversed", [](const Tensors& x, const Args& a) -> Tensors { return {a.scalar(0) sign x[0]}; } \
  }
#define OVER_DIMS(op)                                                                                            \
  {                                                                                                              \
#op " dims", [](const Tensors& x, const Args& a) -> Tensors { return {op(x[0], a.integers(0), a.flag(1))}; } \
  }
#define OVER_DIM(op)                                                                                           \
  {                                                                                                            \
#op " dim", [](const Tensors& x, const Args& a) -> Tensors { return {op(x[0], a.integer(0), a.flag(1))}; } \
  }
