/*
 * Orders of the collector: a connection of its own, by which "isoctl attach PID" arrives. One
 * thread.
 */
#ifndef PROBES_ORDERS_H
#define PROBES_ORDERS_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct orders;

/* Does what is ordered; 0, or a negative errno with *error. */
typedef int orders_do_fn(void *context, bool is_attach, uint64_t pid, struct error *error);

/* `collector` is borrowed; NULL: the usual places. NULL: no memory. */
struct orders *orders_new(const char *collector, orders_do_fn *act, void *context);
void orders_free(struct orders **orders);

/* Connects when it is not, does what came. Now and then. */
void orders_tick(struct orders *orders);

#endif
