/*
 * The table of rules, gone through once a tick after the ledger. The loop's thread only.
 */
#ifndef DAEMON_RULES_H
#define DAEMON_RULES_H

#include "daemon/judge/alerts.h"
#include "daemon/config.h"
#include "daemon/model/model.h"

void rules_tick(struct alerts *alerts, struct model *model, const struct config *config);

/* Whether a rule is called so: by exactly this name, or by a glob that matches one. */
bool rules_has(const char *pattern);

#endif
