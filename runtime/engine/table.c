/*
 * The hash table of Map and Set (table.h). Part of unity.c. Strings are interned and nothing of the
 * heap moves, so all but numbers are hashed and compared by their pointer.
 */
#include "runtime/engine/table.h"

#define ROOM_MIN 4

static size_t entry_bytes(const struct table *table)
{
    return table->has_values ? sizeof(struct table_entry) : offsetof(struct table_entry, value);
}

static struct table_entry *table_at(const struct table *table, uint32_t number)
{
    return (struct table_entry *)(void *)(table->block + number * entry_bytes(table));
}

static uint32_t *buckets_of(const struct table *table)
{
    return (uint32_t *)(void *)(table->block + table->room * entry_bytes(table));
}

/* -0 is 0, and there is one NaN. */
static uint64_t number_bits(duk_tval *key)
{
    double number = DUK_TVAL_GET_NUMBER(key);
    uint64_t bits;
    if (number == 0) {
        return 0;
    }
    if (number != number) {
        return UINT64_C(0x7ff8000000000000);
    }
    memcpy(&bits, &number, sizeof(bits));
    return bits;
}

/* Small integers that follow each other lie close together, which is kind to caches. */
static uint32_t hash_integer(uint32_t integer)
{
    return integer ^ integer >> 8 ^ integer >> 16;
}

static uint32_t hash_key(duk_tval *key)
{
    uint64_t bits;
    if (DUK_TVAL_IS_NUMBER(key)) {
        double number = DUK_TVAL_GET_NUMBER(key);
        if (number >= 0 && number <= INT32_MAX && number == (int32_t)number) {
            return hash_integer((uint32_t)number);
        }
    }
    if (DUK_TVAL_IS_NUMBER(key)) {
        bits = number_bits(key);
    } else if (DUK_TVAL_IS_HEAP_ALLOCATED(key)) {
        bits = (uintptr_t)DUK_TVAL_GET_HEAPHDR(key) >> 4;
    } else if (DUK_TVAL_IS_BOOLEAN(key)) {
        bits = 2 + (DUK_TVAL_GET_BOOLEAN(key) != 0);
    } else {
        bits = DUK_TVAL_GET_TAG(key);
    }
    bits ^= bits >> 33;
    bits *= UINT64_C(0xff51afd7ed558ccd);
    return (uint32_t)(bits ^ bits >> 33);
}

static bool is_same_key(duk_tval *a, duk_tval *b)
{
    if (DUK_TVAL_IS_NUMBER(a)) {
        return DUK_TVAL_IS_NUMBER(b) && number_bits(a) == number_bits(b);
    }
    if (DUK_TVAL_GET_TAG(a) != DUK_TVAL_GET_TAG(b)) {
        return false;
    }
    if (DUK_TVAL_IS_HEAP_ALLOCATED(a)) {
        return DUK_TVAL_GET_HEAPHDR(a) == DUK_TVAL_GET_HEAPHDR(b);
    }
    return DUK_TVAL_IS_UNDEFINED(a) || DUK_TVAL_IS_NULL(a) ||
           duk_js_samevalue(a, b);
}

static struct table_entry *table_find(const struct table *table, duk_tval *key)
{
    if (table->count == 0) {
        return NULL;
    }
    uint32_t hash = hash_key(key);
    uint32_t number = buckets_of(table)[hash & (table->bucket_count - 1)];
    while (number != TABLE_NONE) {
        struct table_entry *entry = table_at(table, number);
        if (entry->hash == hash && is_same_key(&entry->key, key)) {
            return entry;
        }
        number = entry->next;
    }
    return NULL;
}

static bool is_hole(const struct table_entry *entry)
{
    return DUK_TVAL_IS_UNUSED(&entry->key);
}

static bool table_is_full(const struct table *table)
{
    return table->used == table->room;
}

static uint32_t table_rank(const struct table *table, uint32_t number)
{
    uint32_t rank = 0;
    for (uint32_t i = 0; i < number; i++) {
        rank += !is_hole(table_at(table, i));
    }
    return rank;
}

static void put_in_bucket(struct table *table, uint32_t number)
{
    struct table_entry *entry = table_at(table, number);
    uint32_t *bucket = &buckets_of(table)[entry->hash & (table->bucket_count - 1)];
    entry->next = *bucket;
    *bucket = number;
}

/* Copies what is no hole into the new block. */
static void move_entries(const struct table *from, struct table *to)
{
    memset(buckets_of(to), 0xff, to->bucket_count * sizeof(uint32_t));
    for (uint32_t i = 0; i < from->used; i++) {
        const struct table_entry *entry = table_at(from, i);
        if (!is_hole(entry)) {
            memcpy(table_at(to, to->used), entry, entry_bytes(to));
            put_in_bucket(to, to->used++);
        }
    }
    to->count = to->used;
}

static void table_make_room(duk_hthread *thr, struct table *table)
{
    struct table fresh = {.has_values = table->has_values};
    fresh.room = table->count < ROOM_MIN ? ROOM_MIN : table->count * 2;
    fresh.bucket_count = ROOM_MIN;
    while (fresh.bucket_count < fresh.room) {
        fresh.bucket_count *= 2;
    }
    if (fresh.room >= TABLE_NONE / 4) {
        DUK_ERROR_RANGE(thr, table->has_values ? "Map maximum size exceeded"
                                               : "Set maximum size exceeded");
    }
    fresh.block = DUK_ALLOC_CHECKED(thr, fresh.room * entry_bytes(&fresh) +
                                             fresh.bucket_count * sizeof(uint32_t));
    move_entries(table, &fresh);
    DUK_FREE(thr->heap, table->block);
    *table = fresh;
}

static struct table_entry *table_insert(duk_hthread *thr, struct table *table, duk_tval *key)
{
    (void)thr;
    struct table_entry *entry = table_at(table, table->used);
    entry->hash = hash_key(key);
    DUK_TVAL_SET_TVAL(&entry->key, key);
    if (DUK_TVAL_IS_NUMBER(key) && DUK_TVAL_GET_NUMBER(key) == 0) {
        DUK_TVAL_SET_I32(&entry->key, 0); /* -0 becomes 0 */
    }
    DUK_TVAL_INCREF(thr, &entry->key);
    if (table->has_values) {
        DUK_TVAL_SET_UNDEFINED(&entry->value);
    }
    put_in_bucket(table, table->used++);
    table->count++;
    return entry;
}

static void unlink_entry(struct table *table, const struct table_entry *entry, uint32_t number)
{
    uint32_t *place = &buckets_of(table)[entry->hash & (table->bucket_count - 1)];
    while (*place != number) {
        place = &table_at(table, *place)->next;
    }
    *place = entry->next;
}

static void table_remove(duk_hthread *thr, struct table *table, struct table_entry *entry)
{
    uint32_t number =
        (uint32_t)((size_t)((unsigned char *)entry - table->block) / entry_bytes(table));
    duk_tval key = entry->key, value;
    DUK_TVAL_SET_UNDEFINED(&value);
    unlink_entry(table, entry, number);
    DUK_TVAL_SET_UNUSED(&entry->key);
    if (table->has_values) {
        value = entry->value;
        DUK_TVAL_SET_UNDEFINED(&entry->value);
    }
    table->count--;
    DUK_TVAL_DECREF(thr, &key);
    DUK_TVAL_DECREF(thr, &value);
}

static void table_visit(duk_heap *heap, struct table *table, cell_visit_fn visit)
{
    for (uint32_t i = 0; i < table->used; i++) {
        struct table_entry *entry = table_at(table, i);
        visit(heap, &entry->key);
        if (table->has_values) {
            visit(heap, &entry->value);
        }
    }
}

static void table_free(duk_heap *heap, struct table *table)
{
    DUK_FREE(heap, table->block);
    *table = (struct table){.has_values = table->has_values};
}

static void table_clear(duk_heap *heap, struct table *table)
{
    struct table old = *table;
    *table = (struct table){.has_values = old.has_values};
    table_visit(heap, &old, drop_value);
    table_free(heap, &old);
    DUK_REFZERO_CHECK_FAST(heap->heap_thread);
}
