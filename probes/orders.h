/*
 * Orders of the collector: a connection of its own, by which "isoctl attach PID" arrives. One
 * thread.
 */
#ifndef PROBES_ORDERS_H
#define PROBES_ORDERS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct orders;

#define ORDERS_WISHES_MAX 64

/* Does what is ordered; 0, or a negative errno with *error. */
typedef int orders_do_fn(void *context, bool is_attach, uint64_t pid, struct error *error);

/* What the collector's configuration wants; good until the function returns. */
struct orders_wish {
    const char *processes[ORDERS_WISHES_MAX]; /* a pid, a glob of names, or * for every Node.js */
    size_t count;
    uint64_t interval; /* ns between two looks at what of heaps is resident; 0: none */
};
typedef void orders_configure_fn(void *context, const struct orders_wish *wish);

struct orders_takers {
    const char *collector; /* borrowed; NULL: the usual places */
    orders_do_fn *act;
    orders_configure_fn *configure; /* NULL: the configuration is not followed */
};

/* NULL: no memory. */
struct orders *orders_new(const struct orders_takers *takers, void *context);
void orders_free(struct orders **orders);

/* Who could be watched, when others than it told last. */
struct candidate;
void orders_tell(struct orders *orders, const struct candidate *const *candidates, size_t count);

/* Connects when it is not, does what came. Now and then. */
void orders_tick(struct orders *orders);

#endif
