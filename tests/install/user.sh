#!/bin/sh
# Builds the user's project beside this file in one way and runs it: the README's program, which must learn the slope.
# CMakeLists.txt sets the environment.
# The two ways that compile the library again do it only with TAPEGRAD_TEST_FULL: else they configure it and compile
# the user's own file.
# parallel also has a program of two ranks.
# non_root is find_package once more, where root runs the tests by nobody, who may read what was installed, no more.
set -eu
way=$1
project=$(dirname "$0")/project
rm -rf "$BUILD"

if [ "$way" = non_root ]; then
  way=find_package
  if [ "$(id -u)" = 0 ]; then
    nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$BUILD" BUILD="$BUILD/build" "$@"; }
    command -v setpriv >/dev/null || { echo "skipped: there is no setpriv to become another user with" && exit 77; }
    mkdir -p "$BUILD"
    chown 65534:65534 "$BUILD"
    if ! nobody test -r "$0" || ! nobody test -r "$PREFIX/include/tapegrad/tapegrad.h"; then
      echo "skipped: this folder is closed to other users"
      exit 77
    fi
    nobody sh "$0" find_package
    exit
  fi
fi

learns() { "$BUILD/user" | awk '{ print } $1 == "slope" { learned = $2 > 59.66 && $2 < 60.66 } END { exit !learned }'; }

if [ "$way" = pkg_config ]; then
  mkdir -p "$BUILD"
  export PKG_CONFIG_PATH="$PREFIX/$LIBDIR/pkgconfig" LD_LIBRARY_PATH="$PREFIX/$LIBDIR"
  for static in "" --static; do
    # Its output is quoted for a shell.
    eval "\"\$CXX\" -std=c++20 $FLAGS \"\$SOURCE/examples/first/main.cpp\" -o \"\$BUILD/user\" \
      $(pkg-config $static --cflags --libs tapegrad)"
    learns
  done
  exit
fi

"$CMAKE" -S "$project" -B "$BUILD" -G "$GENERATOR" -D WAY="$way" -D TAPEGRAD_SOURCE="$SOURCE" \
  -D CMAKE_PREFIX_PATH="$PREFIX" -D CMAKE_CXX_COMPILER="$CXX" -D CMAKE_CXX_FLAGS="$FLAGS" -D CMAKE_BUILD_TYPE=Debug \
  ${MPICXX:+-D MPI_CXX_COMPILER="$MPICXX"}
case $way in
  parallel)
    "$CMAKE" --build "$BUILD" --target ranks
    $MPIRUN 2 "$BUILD/ranks" >"$BUILD/out"
    [ "$(sort "$BUILD/out")" = "rank 0 of 2: 3
rank 1 of 2: 3" ]
    ;;
  add_subdirectory | fetch_content)
    if [ -z "${TAPEGRAD_TEST_FULL:-}" ]; then
      "$CMAKE" --build "$BUILD" --target user_object
      exit
    fi
    ;;
esac
"$CMAKE" --build "$BUILD"
learns
