/*
 * The verbs that have an isolate do something. One thread.
 */
#ifndef CTL_ORDERS_H
#define CTL_ORDERS_H

#include "ctl/verbs.h"

int orders_snapshot(const struct invocation *invocation);
int orders_profile(const struct invocation *invocation);
int orders_gc(const struct invocation *invocation);
int orders_recycle(const struct invocation *invocation);
int orders_attach(const struct invocation *invocation);
int orders_detach(const struct invocation *invocation);
int orders_census(const struct invocation *invocation);
int orders_growth(const struct invocation *invocation);

#endif
