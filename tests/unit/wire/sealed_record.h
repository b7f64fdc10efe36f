/*
 * Records that carry a checksum of themselves, so that a torn one is recognised.
 */
#ifndef TESTS_WIRE_SEALED_RECORD_H
#define TESTS_WIRE_SEALED_RECORD_H

#include "wire/record.h"

#include <stdbool.h>
#include <stddef.h>

static inline uint64_t record_checksum(const struct record *record)
{
    uint64_t sum = record->t ^ (uint64_t)record->thread << 20 ^ record->kind;
    for (int i = 0; i < 5; i++) {
        sum = (sum ^ record->fields[i]) * UINT64_C(0x100000001b3); /* FNV-1a, by words */
    }
    return sum;
}

/* Record `number`: every word depends on it, the last is the checksum. */
static inline void seal_record(struct record *record, uint64_t number)
{
    *record = (struct record){.t = number * 3, .kind = RECORD_job, .thread = (uint32_t)number};
    for (uint64_t i = 0; i < 5; i++) {
        record->fields[i] = number + i * i * 1000003 * number;
    }
    record->fields[5] = record_checksum(record);
}

static inline bool is_sealed(const struct record *record)
{
    return record->fields[5] == record_checksum(record);
}

#endif
