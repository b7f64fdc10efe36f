/*
 * Memory of questions. Called by views and by the archive. Owns what a question owns.
 */
#include "daemon/history/query.h"

#include <stdlib.h>

struct query *query_new(size_t item_count)
{
    struct query *query = calloc(1, sizeof *query);

    if (query == NULL) {
        return NULL;
    }
    query->items = calloc(item_count, sizeof *query->items);
    query->item_count = item_count;
    if (query->items == NULL) {
        free(query);
        return NULL;
    }
    return query;
}

void query_free(struct query **pointer)
{
    struct query *query = *pointer;

    *pointer = NULL;
    if (query == NULL) {
        return;
    }
    for (size_t i = 0; i < query->item_count; i++) {
        free(query->items[i].points);
    }
    free(query->items);
    free(query);
}
