/*
 * The hash table of Map and Set: entries in the order in which they came, found by SameValueZero.
 * Memory is the heap's. Included by parts of the engine's unit only.
 *
 *   block = room entries, then bucket_count numbers of entries (TABLE_NONE for empty)
 *
 * A removed entry leaves a hole (its key is UNUSED), so whoever walks by number is not disturbed.
 * Invariant: `used` entries are in place, `count` of them are no holes; every one of those is in the
 * chain of its bucket.
 */
#ifndef RUNTIME_ENGINE_TABLE_H
#define RUNTIME_ENGINE_TABLE_H

#include "runtime/engine/cell.h"

#define TABLE_NONE UINT32_MAX

struct table_entry {
    duk_tval key;
    uint32_t next; /* in the same bucket */
    uint32_t hash;
    duk_tval value; /* not there in a Set's table */
};

struct table {
    unsigned char *block;
    uint32_t room, used, count, bucket_count;
    bool has_values;
};

static struct table_entry *table_at(const struct table *table, uint32_t number);
/* NULL when there is none. */
static struct table_entry *table_find(const struct table *table, duk_tval *key);
/* No room for another entry: whoever holds numbers of entries replaces them by their rank, and
 * table_make_room() closes the holes or grows. It throws. */
static bool table_is_full(const struct table *table);
static void table_make_room(duk_hthread *thr, struct table *table);
/* The entry of a key that is not in a table that is not full; counted, its value undefined. */
static struct table_entry *table_insert(duk_hthread *thr, struct table *table, duk_tval *key);
/* How many entries that are no holes stand before `number`. */
static uint32_t table_rank(const struct table *table, uint32_t number);
static void table_remove(duk_hthread *thr, struct table *table, struct table_entry *entry);
static void table_clear(duk_heap *heap, struct table *table);
static void table_visit(duk_heap *heap, struct table *table, cell_visit_fn visit);
static void table_free(duk_heap *heap, struct table *table);

#endif
