/*
 * Puts this tick's figures into the history of every isolate, process and budget. The loop's thread
 * only.
 */
#ifndef DAEMON_PAST_H
#define DAEMON_PAST_H

#include "daemon/config.h"
#include "daemon/model/history.h"
#include "daemon/model/model.h"

/* Things without a history get one; without memory they go unremembered. */
void past_tick(struct model *model, const struct config *config);

/* One thing that lives, with its figures of this tick. */
struct past_item {
    enum history_kind kind;
    struct history **history; /* where its series are; NULL inside when it has none */
    const void *subject;      /* struct isolate, process or budget */
    const double *values;     /* one for each metric of its kind; NaN: not known */
};

/* Calls `visit` for every isolate, process and budget that lives. */
typedef void past_visit_fn(void *context, const struct past_item *item);
void past_visit(const struct model *model, past_visit_fn *visit, void *context);

#endif
