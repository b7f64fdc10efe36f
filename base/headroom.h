/*
 * How much more memory this process may take before the machine or its memory cgroup runs out.
 */
#ifndef BASE_HEADROOM_H
#define BASE_HEADROOM_H

#include <stdint.h>

/* Bytes; UINT64_MAX when nothing says. The smallest of what the machine has available, what every
 * memory cgroup above this process (v1 or v2) leaves, cache that can be dropped included, and
 * RLIMIT_AS. Reads files: some 100 microseconds. Any thread. */
uint64_t headroom_bytes(void);

#endif
