/*
 * The verb `events`. One thread.
 */
#ifndef CTL_EVENTS_H
#define CTL_EVENTS_H

#include "ctl/verbs.h"

int events_run(const struct invocation *invocation);

#endif
