/*
 * The verbs that list things. One thread.
 */
#ifndef CTL_LISTS_H
#define CTL_LISTS_H

#include "ctl/verbs.h"

int lists_budgets(const struct invocation *invocation);
int lists_advice(const struct invocation *invocation);
int lists_alerts(const struct invocation *invocation);
int lists_processes(const struct invocation *invocation);
int lists_memory(const struct invocation *invocation);
int lists_isolates(const struct invocation *invocation);
int lists_flows(const struct invocation *invocation);
int lists_recycles(const struct invocation *invocation);
int lists_stores(const struct invocation *invocation);

#endif
