/*
 * Workers' heaps are cast from one mould: a heap in which the loader and what every worker loads stand
 * already. The first worker of a process gets a heap that is built; at the second the mould is made,
 * which costs about two more.
 */
#ifndef RUNTIME_BIND_MOULD_H
#define RUNTIME_BIND_MOULD_H

#include "runtime/engine/engine.h"

#include <stdbool.h>

/* An engine for a worker, or NULL when it is to be made by engine_new(): there is no mould, or the limit
 * is below what it holds. Any thread. */
struct engine *mould_cast(const struct engine_options *options, bool can_collect);

#endif
