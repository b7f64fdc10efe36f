/*
 * A small table, searched from end to end. drain.c adds. Invariant: a content stands in it once for
 * each sender; the one not sent for longest makes room.
 */
#include "daemon/model/copies.h"

#include "wire/layout.h"

#include <stdlib.h>

struct copies {
    struct copied table[COPIES_MAX];
    size_t count;
};

static struct copied *need(struct copies *copies, const struct record *record)
{
    struct copied *oldest = &copies->table[0];

    for (size_t i = 0; i < copies->count; i++) {
        struct copied *copied = &copies->table[i];
        if (copied->print == record->copy.print && copied->bytes == record->copy.bytes &&
            copied->from == record->thread) {
            return copied;
        }
        oldest = copied->t < oldest->t ? copied : oldest;
    }
    if (copies->count < COPIES_MAX) {
        oldest = &copies->table[copies->count++];
    }
    *oldest = (struct copied){
        .print = record->copy.print, .bytes = record->copy.bytes, .from = record->thread};
    return oldest;
}

void copies_add(struct copies **pointer, const struct record *record, double t)
{
    if (record->copy.bytes == WIRE_UNKNOWN || record->copy.print == WIRE_UNKNOWN ||
        record->copy.to > UINT32_MAX ||
        (*pointer == NULL && (*pointer = calloc(1, sizeof **pointer)) == NULL)) {
        return;
    }
    struct copied *copied = need(*pointer, record);
    uint32_t to = (uint32_t)record->copy.to;
    size_t i = 0;
    copied->t = t;
    while (i < copied->reader_count && copied->readers[i].thread != to) {
        i++;
    }
    if (i < COPIES_READERS) {
        copied->readers[i] = (struct copies_reader){to, t};
        copied->reader_count += i == copied->reader_count;
    }
}

void copies_free(struct copies **copies)
{
    free(*copies);
    *copies = NULL;
}

const struct copied *copies_at(const struct copies *copies, size_t index)
{
    return copies != NULL && index < copies->count ? &copies->table[index] : NULL;
}
