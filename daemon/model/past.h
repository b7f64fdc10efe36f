/*
 * Puts this tick's figures into the history of every isolate, process and budget. The loop's thread
 * only.
 */
#ifndef DAEMON_PAST_H
#define DAEMON_PAST_H

#include "daemon/config.h"
#include "daemon/model/model.h"

/* Things without a history get one; without memory they go unremembered. */
void past_tick(struct model *model, const struct config *config);

#endif
