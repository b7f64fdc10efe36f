/*
 * isoctl mark and gate: the memory of a process remembered at one point of a program and held
 * against another, so that a deploy stops when a shared buffer is copied or not given back. One
 * thread.
 */
#ifndef CTL_GATE_H
#define CTL_GATE_H

#include "ctl/verbs.h"

int gate_mark(const struct invocation *invocation);
int gate_check(const struct invocation *invocation);

#endif
