/*
 * Threads parked on an address of shared memory, and who wakes them: the mechanism of Atomics.wait
 * and Atomics.notify. Waiters of an address form a queue, first come first woken; each sleeps on a
 * futex of its own, so the number woken is exact and a wake-up is never for somebody else.
 */
#ifndef RUNTIME_BIND_PARK_H
#define RUNTIME_BIND_PARK_H

#include <stdbool.h>
#include <stdint.h>

#define PARK_FOREVER UINT64_MAX

enum park_result { PARK_WOKEN, PARK_NOT_EQUAL, PARK_TIMED_OUT, PARK_INTERRUPTED };

/* Sleeps while nobody notifies `word`, until `deadline_ns` (CLOCK_MONOTONIC, or PARK_FOREVER); at
 * once PARK_NOT_EQUAL when *word is not `expected`. `is_interrupted(owner)` is asked before each
 * sleep and whenever a signal ended one. Any thread. */
enum park_result park_wait(const int32_t *word, int32_t expected, uint64_t deadline_ns,
                           bool (*is_interrupted)(void *owner), void *owner);

/* Wakes up to `count` waiters of `word`, first come first; returns how many. Any thread. */
uint64_t park_notify(const int32_t *word, uint64_t count);

#endif
