/*
 * The verbs about silences. Each returns the program's exit code; what went wrong is told once.
 */
#ifndef CTL_SILENCE_H
#define CTL_SILENCE_H

#include "ctl/verbs.h"

/* silence RULE... [--for=TIME] [--comment=TEXT] */
int silence_add(const struct invocation *invocation);
/* silences */
int silence_list(const struct invocation *invocation);
/* unsilence ID... */
int silence_end(const struct invocation *invocation);

#endif
