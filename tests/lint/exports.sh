#!/bin/sh
# A class template whose members a source file instantiates is exported by its header, and so are the types that it is
# instantiated for: a program that links a shared tapegrad finds the members nowhere else. Run from the top of the
# repository.
set -u
failed=0
for folder in autograd/program autograd/detail nn optim data; do
  [ ! -d $folder ] || grep -rhoE '^ *template (struct|class) [A-Za-z]+<[^;]*>' --include='*.cpp' $folder
done | sed -E 's/^ *template (struct|class)//' | tr -c 'A-Za-z\n' ' ' | tr ' ' '\n' | sort -u | {
  while read -r name; do
    grep -rqE "^ *(struct|class) $name (:|\{|final)" --include='*.h' autograd nn optim data || continue
    grep -rqE "extern template (struct|class) TAPEGRAD_EXPORT .*\b$name<" --include='*.h' autograd nn optim data && continue
    echo "$name is instantiated in a source file, and not exported by its header: write TAPEGRAD_EXPORT before its name"
    failed=1
  done
  exit $failed
}
