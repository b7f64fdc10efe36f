/*
 * The one sentence: who, what happens, when; and one of evidence. The first that applies: a budget
 * is over; one will be; an isolate meets its own limit; an isolate rises; silent emitters hide a
 * part of the sum; the caps promise more than there is; safe. The loop's thread only.
 */
#ifndef DAEMON_VERDICT_H
#define DAEMON_VERDICT_H

#include "daemon/model/model.h"

/* Sets model->verdict from budgets, alerts and isolates. */
void verdict_tick(struct model *model);

#endif
