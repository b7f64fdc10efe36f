/*
 * isoctl top: the isolates on a terminal, kept up. One thread.
 */
#ifndef CTL_TOP_H
#define CTL_TOP_H

#include "ctl/verbs.h"

/* Until q is pressed. Needs a terminal. */
int top_run(const struct invocation *invocation);

#endif
