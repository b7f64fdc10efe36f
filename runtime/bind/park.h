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

/* One that waits in a queue. park_wait() has its own; others are the caller's, who keeps them where
 * they are until they were told of or cancelled. */
struct park_waiter {
    struct park_waiter *next, *previous;
    const int32_t *word;
    _Atomic uint32_t state; /* the futex; see park.c */
    /* Called once, when it was notified, by the notifier and under the bucket's lock: takes no lock
     * but a mailbox's. NULL: a thread sleeps on the futex. */
    void (*told)(struct park_waiter *waiter);
};

enum park_result { PARK_WOKEN, PARK_NOT_EQUAL, PARK_TIMED_OUT, PARK_INTERRUPTED };

/* Sleeps while nobody notifies `word`, until `deadline_ns` (CLOCK_MONOTONIC, or PARK_FOREVER); at
 * once PARK_NOT_EQUAL when *word is not `expected`. `is_interrupted(owner)` is asked before each
 * sleep and whenever a signal ended one. Any thread. */
enum park_result park_wait(const int32_t *word, int32_t expected, uint64_t deadline_ns,
                           bool (*is_interrupted)(void *owner), void *owner);

/* Puts `waiter`, whose `told` is set, into the queue; false when *word is not `expected`. Any
 * thread. */
bool park_enlist(struct park_waiter *waiter, const int32_t *word, int32_t expected);
/* Takes it out again; false when it was notified before. After it `told` is not running. */
bool park_cancel(struct park_waiter *waiter);

/* Wakes up to `count` waiters of `word`, first come first; returns how many. Any thread. */
uint64_t park_notify(const int32_t *word, uint64_t count);

#endif
