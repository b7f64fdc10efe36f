/*
 * The table of record.def as data, for whoever prints records (events as JSON, WIRE.md).
 */
#include "wire/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define F(name, unit, text)                {#name, RECORD_UNIT_##unit, text},
#define G()                                {NULL, RECORD_UNIT_NONE, NULL},
#define RECORD(name, urgent, text, fields) {#name, urgent, text, {fields}},

const struct record_type record_types[RECORD_KINDS] = {
#include "wire/record.def"
};

const char *record_gc_kind_name(uint64_t value)
{
    static const char *const names[] = {"full", "emergency", "forced", "minor"};

    return value < sizeof names / sizeof names[0] ? names[value] : NULL;
}

const char *record_op_name(uint64_t value)
{
    static const char *const names[] = {"atomics_wait", "serialize", "turn"};

    return value < sizeof names / sizeof names[0] ? names[value] : NULL;
}

void record_seconds_key(const char *field, char key[RECORD_KEY_MAX])
{
    bool is_whole = strcmp(field, "duration") == 0;

    snprintf(key, RECORD_KEY_MAX, "%s%s", is_whole ? "" : field, is_whole ? "seconds" : "_seconds");
}
