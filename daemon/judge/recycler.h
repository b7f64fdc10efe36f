/*
 * Recycling by itself: where drift.recycle is auto, isolates of pools whose drift alert fires are
 * replaced, one at a time in a pool, not too many a minute, and what each was to free is held against
 * what it freed. Where that does not help it stops, and says so. The loop's thread only.
 */
#ifndef DAEMON_RECYCLER_H
#define DAEMON_RECYCLER_H

#include "daemon/actions.h"
#include "daemon/config.h"
#include "daemon/model/model.h"

struct recycler;

/* NULL: no memory. */
struct recycler *recycler_new(void);
void recycler_free(struct recycler **recycler);

/* Takes in how the last orders went, then gives new ones. After the rules, each tick. */
void recycler_tick(struct recycler *recycler, struct model *model, struct actions *actions,
                   const struct config *config);

#endif
