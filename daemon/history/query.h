/*
 * A question to the past: points of some series over one span of time. A view makes it, the archive
 * answers it on its thread, the view reads the answer. One owner at a time.
 */
#ifndef DAEMON_QUERY_H
#define DAEMON_QUERY_H

#include "daemon/model/history.h"

#include <stdbool.h>
#include <stddef.h>

#define QUERY_NAME_MAX 300

struct query_item {
    char name[QUERY_NAME_MAX]; /* as feed_name_isolate() and so on make it */
    int metric;
    /* the answer: */
    bool is_known;                /* there is such a series */
    double step;                  /* delivered */
    struct history_point *points; /* owned; one for each step, NaN in gaps */
    size_t count;
};

enum query_state { QUERY_NEW, QUERY_WAITING, QUERY_DONE };

struct query {
    double from, to;
    double step; /* wanted; 0: the finest there is at `from` */
    size_t max;  /* points of an item; a step that would give more becomes longer */
    size_t item_count;
    struct query_item *items; /* owned */

    enum query_state state; /* the archive's; QUERY_DONE once the answer is there */
    bool is_failed;         /* without memory, or the database failed: points may be missing */
    bool is_dropped;        /* nobody waits any more */
    void *owner;            /* of whoever asked */
    struct query *next;
};

/* `item_count` items, all zero; NULL: no memory. */
struct query *query_new(size_t item_count);
/* Of one that the archive does not have. Accepts NULL. */
void query_free(struct query **query);

#endif
