/*
 * The queue of notifications in memory; notify.c writes it to the journal. Owns the entries.
 * Invariant: entries stand by rising number, and each waits for somebody.
 */
#include "daemon/notify/outbox.h"

#include <stdlib.h>
#include <string.h>

struct outbox {
    struct outbox_entry *entries[OUTBOX_MAX]; /* owned */
    size_t count;
    uint64_t last;
};

struct outbox *outbox_new(void)
{
    return calloc(1, sizeof(struct outbox));
}

void outbox_free(struct outbox **outbox)
{
    for (size_t i = 0; *outbox != NULL && i < (*outbox)->count; i++) {
        free((*outbox)->entries[i]);
    }
    free(*outbox);
    *outbox = NULL;
}

static void drop(struct outbox *outbox, size_t index)
{
    free(outbox->entries[index]);
    outbox->count--;
    memmove(&outbox->entries[index], &outbox->entries[index + 1],
            (outbox->count - index) * sizeof outbox->entries[0]);
}

uint64_t outbox_push(struct outbox *outbox, const struct outbox_entry *entry, uint32_t *pushed_out)
{
    struct outbox_entry *copy = malloc(sizeof *copy);

    *pushed_out = 0;
    if (copy == NULL) {
        return 0;
    }
    if (outbox->count == OUTBOX_MAX) {
        *pushed_out = outbox->entries[0]->to;
        drop(outbox, 0);
    }
    *copy = *entry;
    if (copy->seq == 0) {
        copy->seq = outbox->last + 1;
    }
    outbox_raise(outbox, copy->seq);
    outbox->entries[outbox->count++] = copy;
    return copy->seq;
}

const struct outbox_entry *outbox_find(const struct outbox *outbox, uint32_t bit, uint64_t after)
{
    for (size_t i = 0; i < outbox->count; i++) {
        if ((outbox->entries[i]->to & bit) != 0 && outbox->entries[i]->seq > after) {
            return outbox->entries[i];
        }
    }
    return NULL;
}

bool outbox_remove(struct outbox *outbox, uint64_t seq, uint32_t bit)
{
    for (size_t i = 0; i < outbox->count; i++) {
        struct outbox_entry *entry = outbox->entries[i];
        if (entry->seq == seq && (entry->to & bit) != 0) {
            entry->to &= ~bit;
            if (entry->to == 0) {
                drop(outbox, i);
            }
            return true;
        }
    }
    return false;
}

size_t outbox_count(const struct outbox *outbox, uint32_t bit)
{
    size_t count = 0;

    for (size_t i = 0; i < outbox->count; i++) {
        count += (outbox->entries[i]->to & bit) != 0;
    }
    return count;
}

uint64_t outbox_last(const struct outbox *outbox)
{
    return outbox->last;
}

void outbox_raise(struct outbox *outbox, uint64_t seq)
{
    outbox->last = seq > outbox->last ? seq : outbox->last;
}
