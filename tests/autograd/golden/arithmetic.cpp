// Our calls: + - * / pow, maximum, minimum.
#include "calls.h"

namespace tapegrad::test::golden {
namespace {

const Calls kCalls({
    BINARY(add),
    BINARY(sub),
    BINARY(mul),
    BINARY(div),
    BINARY(pow),
    BINARY(maximum),
    BINARY(minimum),
    WITH_SCALAR(mul),
    WITH_SCALAR(div),
    WITH_SCALAR(pow),
    OPERATOR(+),
    OPERATOR(-),
    OPERATOR(*),
    OPERATOR(/),
    {"max other", [](const Tensors& x, const Args&) -> Tensors { return {max(x[0], x[1])}; }},
    {"min other", [](const Tensors& x, const Args&) -> Tensors { return {min(x[0], x[1])}; }},
    {"add alpha", [](const Tensors& x, const Args& a) -> Tensors { return {add(x[0], x[1], a.scalar(0))}; }},
    {"sub alpha", [](const Tensors& x, const Args& a) -> Tensors { return {sub(x[0], x[1], a.scalar(0))}; }},
    {"add scalar", [](const Tensors& x, const Args& a) -> Tensors { return {add(x[0], a.scalar(0), a.scalar(1))}; }},
    {"sub scalar", [](const Tensors& x, const Args& a) -> Tensors { return {sub(x[0], a.scalar(0), a.scalar(1))}; }},
    {"pow base", [](const Tensors& x, const Args& a) -> Tensors { return {pow(a.scalar(0), x[0])}; }},
    {"add_ -", [](const Tensors& x, const Args& a) -> Tensors { return {x[0].clone().add_(x[1], a.scalar(0))}; }},
    {"sub_ -", [](const Tensors& x, const Args& a) -> Tensors { return {x[0].clone().sub_(x[1], a.scalar(0))}; }},
    {"add_ scalar",
     [](const Tensors& x, const Args& a) -> Tensors { return {x[0].clone().add_(a.scalar(0), a.scalar(1))}; }},
    {"sub_ scalar",
     [](const Tensors& x, const Args& a) -> Tensors { return {x[0].clone().sub_(a.scalar(0), a.scalar(1))}; }},
    {"mul_ -", [](const Tensors& x, const Args&) -> Tensors { return {x[0].clone().mul_(x[1])}; }},
    {"div_ -", [](const Tensors& x, const Args&) -> Tensors { return {x[0].clone().div_(x[1])}; }},
    {"mul_ scalar", [](const Tensors& x, const Args& a) -> Tensors { return {x[0].clone().mul_(a.scalar(0))}; }},
    {"div_ scalar", [](const Tensors& x, const Args& a) -> Tensors { return {x[0].clone().div_(a.scalar(0))}; }},
});

}  // namespace
}  // namespace tapegrad::test::golden
