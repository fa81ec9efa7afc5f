#!/bin/sh
# Nothing half done and nobody's own machine in the sources. Run from the top of the repository.
set -u
failed=0

# forbid WHAT PATTERN
forbid() {
  if grep -rnIE "$2" . --exclude-dir=.git --exclude=.git --exclude-dir=build --exclude=leftovers.sh; then
    echo "  ^ $1"
    failed=1
  fi
}

forbid "a mark for later: do it, or say it in an issue" '\<(TODO|FIXME|XXX|HACK)\>'
forbid "a path of one machine" '(^|[^[:alnum:]_.}~/-])/(home|root|Users|work|mnt)/'
forbid "a left merge mark" '^(<<<<<<<|>>>>>>>) '
exit $failed
