#!/bin/sh
# One execution point: core/execute.h alone calls kernels and raises versions, so that every change of a tensor's bytes
# can be seen, counted and recorded there. Run from the top of the repository.
set -u
failed=0

# forbid WHAT PATTERN FILE...: no line of the files may match; comments are free
forbid() {
  what=$1 pattern=$2
  shift 2
  if grep -nE "$pattern" "$@" /dev/null | grep -vE '^[^:]*:[0-9]+:[[:space:]]*//'; then
    echo "  ^ $what"
    failed=1
  fi
}

files() { find "$@" \( -name '*.h' -o -name '*.cpp' \) ! -path autograd/core/execute.h -print; }

# File names here have no spaces.
# shellcheck disable=SC2046
{
  forbid "only core/execute.h calls a kernel" '(->|\.)kernel\(' $(files autograd nn optim data)
  # NewData (core/node.cpp) gives a tensor other bytes, with the version after that of the old ones; others note versions.
  forbid "only core/execute.h raises a version" '(\+\+|--)[A-Za-z_.>()-]*version\>|version(\(\))? *(\+|-)?= ' \
    $(files autograd nn optim data | grep -vE '^autograd/(core/(node|impl|dispatch|in_place)\.(cpp|h)|function\.cpp)$')
  # What is no kernel of an op reaches the kernels for dtypes and threads only, never for elements.
  forbid "tensors are computed on by ops, not by kernels called directly" \
    'kernels::(map|sum|pair_sum|best|cumsum|gemm|matmul|sgd|adam|rmsprop|adagrad|adadelta|adamax|nadam|lion|find_loop|cast_loop)\(' \
    $(files autograd/core nn data; find autograd -maxdepth 1 -name '*.cpp')
  # In ops and optim a kernel is called where a Call is at hand: in the function that an Op names.
  forbid "an optimiser's kernel is called by its op" 'kernels::(sgd|adam|rmsprop|adagrad|adadelta|adamax|nadam|lion)\((x|p|param)' $(files optim)
}
exit $failed
