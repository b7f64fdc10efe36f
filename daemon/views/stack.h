/*
 * The stack of a budget over time, as charts ask for it. A view of routes.c, on the loop thread.
 */
#ifndef DAEMON_STACK_H
#define DAEMON_STACK_H

#include "daemon/views/request.h"

/* /api/v1/budgets/{name}/history: a maximum for each pixel. */
void stack_budget(const struct request *request, struct reply *reply);

#endif
