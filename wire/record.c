/*
 * The table of record.def as data, for whoever prints records (events as JSON, WIRE.md).
 */
#include "wire/record.h"

#include <stddef.h>

#define F(name, unit, text)                {#name, RECORD_UNIT_##unit, text},
#define G()                                {NULL, RECORD_UNIT_NONE, NULL},
#define RECORD(name, urgent, text, fields) {#name, urgent, text, {fields}},

const struct record_type record_types[RECORD_KINDS] = {
#include "wire/record.def"
};
