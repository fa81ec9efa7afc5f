#!/bin/sh
# Who may include whom: kernels <- core <- {program, ops} <- {nn, optim, data} <- examples, tests, bench.
# Run from the top of the repository.
set -u
failed=0

# files FOLDER: the C++ files below it
files() { find "$1" \( -name '*.h' -o -name '*.cpp' \) -print 2>/dev/null; }

# forbid WHAT PATTERN FILE...: no line of the files may match
forbid() {
  what=$1 pattern=$2
  shift 2
  [ $# -gt 0 ] || return 0
  if grep -nE "$pattern" "$@" /dev/null; then
    echo "  ^ $what"
    failed=1
  fi
}

include='^[[:space:]]*#[[:space:]]*include[[:space:]]*'
private='(core|program|ops|kernels|io|detail)'
upper='["<](tapegrad/)?(nn|optim|data|examples|tests|bench)/'
umbrella='<tapegrad/[a-z]+\.h>'

# File names here have no spaces.
# shellcheck disable=SC2046,SC2086
{
  forbid "kernels include nothing above them" \
    "$include(\"autograd/(core|program|ops)/|$upper|$umbrella|<tapegrad/autograd/(tensor|ops|grad)\.h>)" \
    $(files autograd/kernels)
  forbid "kernels know no Tensor" '^([^/]|/[^/])*\<Tensor(Impl)?\>' $(files autograd/kernels)
  forbid "core includes nothing above it" "$include(\"autograd/(ops|program)/|$upper|$umbrella)" \
    $(files autograd/core)
  forbid "ops and the public part of autograd include nothing above them" "$include($upper|$umbrella)" \
    $(files autograd | grep -vE '^autograd/(kernels|core|umbrella)/')

  forbid "nn includes autograd only" "${include}[\"<](tapegrad/)?(optim|data|examples|tests|bench)/" $(files nn)
  forbid "optim includes autograd only: it takes tensors" \
    "${include}[\"<](tapegrad/)?(nn|data|examples|tests|bench)/" $(files optim)
  forbid "data includes autograd only" "${include}[\"<](tapegrad/)?(nn|optim|examples|tests|bench)/" $(files data)
  forbid "the library does not include its own umbrella" "$include$umbrella" $(files nn; files optim; files data)
  forbid "examples see what users see" "$include\"(autograd|nn|optim|data)/" $(files examples)

  everywhere="$(files autograd; files nn; files optim; files data; files examples; files tests; files bench)"
  forbid "a public header includes no private one" "$include\"" \
    $(find autograd nn optim data -name '*.h' | grep -vE "/$private/")
  forbid "a folder of these names is private: \"autograd/core/x.h\"" "$include<tapegrad/[^>]*/$private/" $everywhere
  forbid "a public header is <tapegrad/folder/x.h>" \
    "$include\"((autograd|nn|optim|data)/[^/]*|nn/(layers|losses)/[^/]*|optim/lr_scheduler/[^/]*)\"" $everywhere
}
exit $failed
