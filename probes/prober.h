/*
 * The loop of isoprobe: which processes are watched, and whose event is whose. One thread.
 */
#ifndef PROBES_PROBER_H
#define PROBES_PROBER_H

#include "base/error.h"
#include "probes/wanted.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct prober;

struct prober_options {
    const char *collector; /* socket; NULL: the usual places */
    struct wanted wanted;  /* borrowed texts */
    uint64_t interval;     /* ns between two looks at what of heaps is resident; 0: none */
    bool is_server; /* waits for orders even with nothing to watch, and follows the configuration */
    bool is_check;  /* only load */
};

/* Loads the probes; attaches to what runs already. 0, or a negative errno with *error. */
int prober_open(struct prober **prober, const struct prober_options *options, struct error *error);
void prober_close(struct prober **prober);
/* Until SIGINT or SIGTERM, or until every process that was asked for by its pid has ended and no
 * other is asked for. 0 or a negative errno. */
int prober_run(struct prober *prober);

#endif
