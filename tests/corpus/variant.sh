#!/bin/sh
# Builds isoctl with a changed detector: every sed expression is applied to a copy of detect/, and
# has to change something. For ablations, which thus leave no hooks in the product.
# usage: variant.sh OUTPUT SED-EXPRESSION...     in the root of the tree, after `make`; CC, B as in it, LIBS: isoctl's
set -eu
out=$1
shift
dir=$out.tree
rm -rf "$dir"
mkdir -p "$dir"
cp -r detect "$dir/detect"
cat "$dir"/detect/*.c "$dir"/detect/*.h >"$dir/before"
for change in "$@"; do
    for file in "$dir"/detect/*.c "$dir"/detect/*.h; do
        sed -E -i "$change" "$file"
    done
    cat "$dir"/detect/*.c "$dir"/detect/*.h >"$dir/after"
    if cmp -s "$dir/before" "$dir/after"; then
        echo "variant: '$change' changes nothing" >&2
        exit 1
    fi
    mv "$dir/after" "$dir/before"
done
${CC:-gcc} -std=c11 -O2 -g -D_GNU_SOURCE -I"$dir" -I. -o "$out" "$dir"/detect/*.c \
    "${B:-build}"/obj/ctl/*.o "${B:-build}"/obj/wire/*.o "${B:-build}"/obj/base/*.o \
    ${LIBS:--lcurl -ljansson -lncursesw -ltinfo -lyaml -lm}
