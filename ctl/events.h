/*
 * The verb `events`. One thread.
 */
#ifndef CTL_EVENTS_H
#define CTL_EVENTS_H

#include "ctl/verbs.h"

#include <jansson.h>

int events_run(const struct invocation *invocation);

/* One happening, as the API tells it, as a line: 14:12:08.250 clone 4711.3 to=4711.0 ... */
void events_show(const json_t *event);

#endif
