/*
 * A record is one happening: 64 bytes, eight words. Kinds and fields stand in record.def.
 *
 *   word 0  t         CLOCK_MONOTONIC ns
 *   word 1  kind (16) | reserved (16) | thread (32)
 *   word 2..7         the kind's fields
 */
#ifndef WIRE_RECORD_H
#define WIRE_RECORD_H

#include <stdint.h>

enum record_kind {
#define RECORD(name, urgent, text, fields) RECORD_##name,
#include "wire/record.def"
#undef RECORD
    RECORD_KINDS
};

#define F(name, unit, text) uint64_t name;
#define G()                                                                                        \
    uint64_t:                                                                                      \
    64;
struct record {
    uint64_t t; /* CLOCK_MONOTONIC ns */
    uint16_t kind;
    uint16_t reserved;
    uint32_t thread; /* the isolate it speaks of */
    union {
        uint64_t fields[6];
#define RECORD(name, urgent, text, members)                                                        \
    struct {                                                                                       \
        members                                                                                    \
    } name;
#include "wire/record.def"
#undef RECORD
    };
};
#undef F
#undef G

_Static_assert(sizeof(struct record) == 64, "a record is a cache line");

enum record_unit {
    RECORD_UNIT_NONE,
    RECORD_UNIT_ID,
    RECORD_UNIT_BYTES,
    RECORD_UNIT_COUNT,
    RECORD_UNIT_NS,
    RECORD_UNIT_THREAD,
    RECORD_UNIT_NAME,
    RECORD_UNIT_STORE,
    RECORD_UNIT_CODE,
    RECORD_UNIT_BOOL,
    RECORD_UNIT_GC_KIND,
    RECORD_UNIT_OP,
};

struct record_field {
    const char *name; /* NULL when the word is unused */
    enum record_unit unit;
    const char *text;
};

struct record_type {
    const char *name;
    int is_urgent;
    const char *text;
    struct record_field fields[6];
};

/* The table of record.def, indexed by enum record_kind. */
extern const struct record_type record_types[RECORD_KINDS];

#define RECORD_KEY_MAX 64

/* What a value of such a unit is called in JSON; NULL when it is none. Any thread. */
const char *record_gc_kind_name(uint64_t value);
const char *record_op_name(uint64_t value);
/* The JSON key of a NS field, which says its unit; a duration that is the whole of its record is just
 * `seconds`. */
void record_seconds_key(const char *field, char key[RECORD_KEY_MAX]);

#endif
