/*
 * The collector's side of shared memory: maps a segment read-only and believes nothing in it. Every
 * count is checked against its ceiling, every index against its table, every name against the bytes
 * that are there; nothing an emitter writes can make a function here fail to end or leave the
 * mapping. What contradicts itself is skipped and counted. One thread.
 */
#ifndef WIRE_VIEW_H
#define WIRE_VIEW_H

#include "base/error.h"
#include "wire/layout.h"
#include "wire/ring.h"

struct view;

/*
 * Maps the segment behind `fd` (borrowed; the mapping outlives it). 0, or a negative errno and
 * *error naming what is wrong: -EINVAL (not a segment, a field out of range), -EPERM (not sealed),
 * -EFBIG (too large), or mmap's.
 */
int view_open(struct view **view, int fd, struct error *error);
/* The same of a copy in memory: a private mapping of `size` bytes, taken also when this fails. */
int view_adopt(struct view **view, void *memory, uint64_t size, struct error *error);
void view_close(struct view **view);

/* The parts of the segment that were ever in use, in ascending order: offset and size of the nth.
 * False behind the last. A part may be empty. */
bool view_get_region(const struct view *view, uint32_t nth, uint64_t *offset, uint64_t *size);
/* Copies a region, word by word as its emitter may still write. */
void view_copy_region(const struct view *view, uint64_t offset, uint64_t size, void *copy);

uint64_t view_pid(const struct view *view);
uint64_t view_start_time(const struct view *view);
uint64_t view_bytes(const struct view *view);

void view_read_process(const struct view *view, struct wire_process_copy *copy);

/* Slots that were ever in use are [0, view_slot_count()). */
uint32_t view_slot_count(const struct view *view);
/* True when slot `index` was stable while copied; copy->generation is odd while in use. */
bool view_read_slot(const struct view *view, uint32_t index, struct wire_slot_copy *copy);

uint32_t view_store_count(const struct view *view);
/* True when the entry is in use and was stable while copied. */
bool view_read_store(const struct view *view, uint32_t index, struct wire_store_copy *copy);

uint32_t view_pin_count(const struct view *view);
/* True when the pin is in use. */
bool view_read_pin(const struct view *view, uint32_t index, uint32_t *store, uint32_t *thread);

/* Copies name `id` as a NUL-terminated text of at most WIRE_NAME_MAX bytes; "" for an id that is
 * not a name. Control characters and invalid UTF-8 stay as they are: escape at output. */
size_t view_read_name(const struct view *view, uint64_t id, char name[WIRE_NAME_MAX + 1]);

/* Next records of ring `index`, as ring_read(). 0 for an index outside the table. */
size_t view_read_ring(const struct view *view, uint32_t index, struct ring_reader *reader,
                      struct record *records, size_t max);

#endif
