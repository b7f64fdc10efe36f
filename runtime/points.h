/*
 * What happens in isolates, for tracers of other people: a USDT point for each kind of record
 * (wire/record.def), provider isorun, fired by account.c. A point that nobody is attached to is
 * five bytes of nothing, so this is all inline: where the kind is known nothing else is left of it.
 * Where Debian's systemtap-sdt-dev was missing when this was built there are none. Any thread.
 */
#ifndef RUNTIME_POINTS_H
#define RUNTIME_POINTS_H

#include "wire/record.h"

#if __has_include(<sys/sdt.h>)
#include <sys/sdt.h>
/* Of five bytes, which newer kernels turn into a call instead of a trap: 310 ns instead of 600. The
 * assembler's directive, because the header takes no commas. */
#undef _SDT_NOP
#define _SDT_NOP .nops 5
#define PROBE    DTRACE_PROBE7
#else
#define PROBE(...) ((void)0)
#endif

/* What an argument is made of: the field, and for a name its text. */
#define VALUE_NAME(field, text)    ((void)(field), text)
#define VALUE_ID(field, text)      (field)
#define VALUE_BYTES(field, text)   (field)
#define VALUE_COUNT(field, text)   (field)
#define VALUE_NS(field, text)      (field)
#define VALUE_THREAD(field, text)  (field)
#define VALUE_STORE(field, text)   (field)
#define VALUE_CODE(field, text)    (field)
#define VALUE_BOOL(field, text)    (field)
#define VALUE_GC_KIND(field, text) (field)
#define VALUE_OP(field, text)      (field)
#define VALUE_NONE(field, text)    (field)

/* `members` is ", unit" six times. */
#define F(name, unit, what) , unit
#define G()                 , NONE
#define POINT(...)          POINT_OF(__VA_ARGS__)
#define POINT_OF(name, u0, u1, u2, u3, u4, u5)                                                     \
    PROBE(isorun, name, record->thread, VALUE_##u0(record->fields[0], text),                       \
          VALUE_##u1(record->fields[1], text), VALUE_##u2(record->fields[2], text),                \
          VALUE_##u3(record->fields[3], text), VALUE_##u4(record->fields[4], text),                \
          VALUE_##u5(record->fields[5], text))

/* Arguments of the point: the isolate's thread and the six fields of the record in the order of
 * record.def, a name as `text`. */
static inline __attribute__((always_inline)) void
points_fire(enum record_kind kind, const struct record *record, const char *text)
{
    (void)text;
    switch (kind) {
#define RECORD(name, urgent, what, members)                                                        \
    case RECORD_##name:                                                                            \
        POINT(name members);                                                                       \
        break;
#include "wire/record.def"
#undef RECORD
    default:
        break;
    }
}
#undef F
#undef G

#endif
