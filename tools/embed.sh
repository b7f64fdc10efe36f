#!/bin/sh
# usage: embed.sh SYMBOL FILE...   prints an assembler source that defines
#   const struct embed_file SYMBOL[];   (base/embed.h), ended by a NULL name
set -eu
symbol=$1
shift
echo '.section .note.GNU-stack,"",@progbits'
echo '.section .rodata'
n=0
for file in "$@"; do
    printf 'name_%d: .asciz "%s"\n.balign 8\ndata_%d: .incbin "%s"\nend_%d: .byte 0\n' \
        $n "$(basename "$file")" $n "$file" $n
    n=$((n + 1))
done
echo '.section .data.rel.ro,"aw"'
printf '.balign 8\n.globl %s\n%s:\n' "$symbol" "$symbol"
i=0
while [ $i -lt $n ]; do
    printf '.quad name_%d, data_%d, end_%d - data_%d\n' $i $i $i $i
    i=$((i + 1))
done
echo '.quad 0, 0, 0'
