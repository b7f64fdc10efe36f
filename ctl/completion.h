/*
 * isoctl completion: what a shell needs to complete isoctl's verbs, options and ids. One thread.
 */
#ifndef CTL_COMPLETION_H
#define CTL_COMPLETION_H

#include "ctl/verbs.h"

/* Prints the script for the shell that is the argument: bash, zsh or fish. */
int completion_run(const struct invocation *invocation);

#endif
