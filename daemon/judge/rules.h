/*
 * Conditions that are worth an alert, looked at once a tick after the ledger:
 *   budget        used has crossed the head-room line, or will within the rule's horizon
 *   drift         live heap of an isolate rises from job to job
 *   worker_crash  workers died of their heap limit within the last five minutes
 * The loop's thread only.
 */
#ifndef DAEMON_RULES_H
#define DAEMON_RULES_H

#include "daemon/judge/alerts.h"
#include "daemon/config.h"
#include "daemon/model/model.h"

void rules_tick(struct alerts *alerts, struct model *model, const struct config *config);

#endif
