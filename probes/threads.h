/*
 * The workers that a Node.js process has already when we come: found in its memory, because the
 * events that name workers were before our time. A thread's descriptor lies at the top of its stack
 * and holds its id and the argument it was started with, which is its Worker. One thread.
 */
#ifndef PROBES_THREADS_H
#define PROBES_THREADS_H

#include "probes/image.h"

#include <stddef.h>

struct threads_worker {
    uint32_t tid;    /* of the kernel */
    uint32_t thread; /* threadId */
    uint64_t object; /* its Worker */
    char name[EVENT_TEXT_MAX];
};

/* Fills at most `max` and returns how many; 0 too when memory or offsets are out of reach. */
size_t threads_find(uint64_t pid, const struct image *image, struct threads_worker *workers,
                    size_t max);

#endif
