/*
 * Where things lie in a segment, computed alike by its writer and by its reader.
 */
#include "wire/layout.h"

static uint64_t align_page(uint64_t offset)
{
    return (offset + WIRE_PAGE_BYTES - 1) / WIRE_PAGE_BYTES * WIRE_PAGE_BYTES;
}

static bool is_in(uint32_t count, uint32_t min, uint32_t max)
{
    return count >= min && count <= max;
}

bool layout_compute(const struct wire_counts *counts, struct wire_offsets *offsets)
{
    uint32_t records = counts->ring_records;

    if (!is_in(counts->slot_count, 1, WIRE_SLOTS_MAX) ||
        !is_in(counts->store_count, 1, WIRE_STORES_MAX) ||
        !is_in(counts->pin_count, 1, WIRE_PINS_MAX) ||
        !is_in(counts->string_bytes, WIRE_PAGE_BYTES, WIRE_STRING_BYTES_MAX) ||
        counts->string_bytes % WIRE_PAGE_BYTES != 0 || !is_in(records, 64, WIRE_RING_RECORDS_MAX) ||
        (records & (records - 1)) != 0) {
        return false;
    }
    offsets->slots = WIRE_HEADER_BYTES;
    offsets->stores = offsets->slots + (uint64_t)counts->slot_count * sizeof(struct wire_slot);
    offsets->pins = offsets->stores + (uint64_t)counts->store_count * sizeof(struct wire_store);
    offsets->strings = offsets->pins + (uint64_t)counts->pin_count * sizeof(wire_pin);
    offsets->rings = align_page(offsets->strings + counts->string_bytes);
    offsets->ring_stride = sizeof(struct wire_ring) + (uint64_t)records * 64;
    offsets->segment_bytes =
        align_page(offsets->rings + (uint64_t)counts->slot_count * offsets->ring_stride);
    return offsets->segment_bytes <= WIRE_SEGMENT_BYTES_MAX;
}
