/*
 * Words of the segment as isoprobe writes them: one thread, so plain relaxed loads and stores will
 * do. A figure that the layout of a Node.js does not let us know is WIRE_UNKNOWN and changes
 * nothing.
 */
#ifndef PROBES_WORDS_H
#define PROBES_WORDS_H

#include "wire/layout.h"

#define WORDS_BYTES_MAX (UINT64_C(1) << 47) /* no size of an address space is above */

static inline void words_set(_Atomic uint64_t *word, uint64_t value)
{
    atomic_store_explicit(word, value, memory_order_relaxed);
}

static inline uint64_t words_get(const _Atomic uint64_t *word)
{
    return atomic_load_explicit(word, memory_order_relaxed);
}

/* Only what is known is added; a total of nothing known stays what it was. */
static inline void words_add(_Atomic uint64_t *word, uint64_t more)
{
    uint64_t now = words_get(word);

    if (more != WIRE_UNKNOWN) {
        words_set(word, (now == WIRE_UNKNOWN ? 0 : now) + more);
    }
}

/* What was read in the memory of a process, if it can be a size at all. */
static inline uint64_t words_sane(uint64_t bytes)
{
    return bytes <= WORDS_BYTES_MAX ? bytes : WIRE_UNKNOWN;
}

static inline void words_set_known(_Atomic uint64_t *word, uint64_t bytes)
{
    if (bytes <= WORDS_BYTES_MAX) {
        words_set(word, bytes);
    }
}

#endif
