/*
 * What the readers of a stream already know of a set of objects: a shadow (fields.h) for each, by
 * key, at a place that stays until the set is cleared. Owned by the frame of a stream.
 */
#ifndef DAEMON_SHADOW_H
#define DAEMON_SHADOW_H

#include "daemon/views/fields.h"

struct shadow {
    uint64_t words[FIELDS_MAX];
    const void *object; /* borrowed, for the length of one rendering */
    uint64_t seen;      /* the round it was last touched in */
    bool is_gone;       /* its place stays, its key is free again */
    char key[];
};

struct shadows {
    struct shadow **list; /* owned, in order of appearance */
    size_t count, room;
    size_t gone_count;
    uint32_t *table; /* owned: place + 1 by hash of the key, open addressing; 0 is free */
    size_t table_size;
};

void shadows_init(struct shadows *shadows);
void shadows_fini(struct shadows *shadows);
void shadows_clear(struct shadows *shadows);

/* NULL when it is not there. */
struct shadow *shadows_find(const struct shadows *shadows, const char *key, size_t *place);
/* `key` must not be there. NULL: no memory. */
struct shadow *shadows_add(struct shadows *shadows, const char *key);
/* Its key is not found any more, its place stays taken. */
void shadows_mark_gone(struct shadows *shadows, size_t place);

#endif
