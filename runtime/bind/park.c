/*
 * The waiter queues. Addresses hash into buckets, each a lock and a doubly linked list in order of
 * arrival. A waiter lives on its thread's stack, or with whoever waits without sleeping (waits.c), and
 * is on the list from the moment its value was compared, under the lock, until it was notified or
 * gave up. A notifier's last touch is to change its state, under the lock: a thread that sees itself
 * notified may be gone at once, one that gives up takes the lock to find out. Nothing is allocated.
 */
#include "runtime/bind/park.h"

#include "base/clock.h"
#include "runtime/patience.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PARK_BUCKETS 64u /* a power of two */

enum { WAITS, SLEEPS, NOTIFIED }; /* states of a waiter */

struct bucket {
    pthread_mutex_t lock;
    struct park_waiter *first;
    struct park_waiter *last;
};

static struct bucket buckets[PARK_BUCKETS] = {
    [0 ... PARK_BUCKETS - 1] = {.lock = PTHREAD_MUTEX_INITIALIZER},
};

static _Thread_local struct patience patience;

static struct bucket *bucket_of(const int32_t *word)
{
    uint64_t hash = (uint64_t)(uintptr_t)word * UINT64_C(0x9e3779b97f4a7c15);
    return &buckets[(hash >> 32) & (PARK_BUCKETS - 1)];
}

static void append(struct bucket *bucket, struct park_waiter *waiter)
{
    waiter->next = NULL;
    waiter->previous = bucket->last;
    if (bucket->last) {
        bucket->last->next = waiter;
    } else {
        bucket->first = waiter;
    }
    bucket->last = waiter;
}

static void detach(struct bucket *bucket, struct park_waiter *waiter)
{
    if (waiter->previous) {
        waiter->previous->next = waiter->next;
    } else {
        bucket->first = waiter->next;
    }
    if (waiter->next) {
        waiter->next->previous = waiter->previous;
    } else {
        bucket->last = waiter->previous;
    }
}

static bool is_notified(const struct park_waiter *waiter)
{
    return atomic_load_explicit(&waiter->state, memory_order_acquire) == NOTIFIED;
}

/* Sleeps until notified, the deadline, or a signal. 0 or the reason as a positive errno. */
static int sleep_once(struct park_waiter *waiter, uint64_t deadline_ns)
{
    struct timespec at = {.tv_sec = (time_t)(deadline_ns / CLOCK_NS_PER_S),
                          .tv_nsec = (long)(deadline_ns % CLOCK_NS_PER_S)};
    long result = syscall(SYS_futex, &waiter->state, FUTEX_WAIT_BITSET_PRIVATE, SLEEPS,
                          deadline_ns == PARK_FOREVER ? NULL : &at, NULL, FUTEX_BITSET_MATCH_ANY);
    return result == 0 ? 0 : errno;
}

static enum park_result sleep_until(struct park_waiter *waiter, uint64_t deadline_ns,
                                    bool (*is_interrupted)(void *owner), void *owner)
{
    uint32_t awake = WAITS;

    atomic_compare_exchange_strong(&waiter->state, &awake, SLEEPS);
    while (!is_notified(waiter)) {
        if (is_interrupted(owner)) {
            return PARK_INTERRUPTED;
        }
        if (sleep_once(waiter, deadline_ns) == ETIMEDOUT) {
            return PARK_TIMED_OUT;
        }
    }
    return PARK_WOKEN;
}

/* Watches, then sleeps. */
static enum park_result await(struct park_waiter *waiter, uint64_t deadline_ns,
                              bool (*is_interrupted)(void *owner), void *owner)
{
    uint64_t began = clock_now_ns();

    if (patience_watch(&patience, &waiter->state, WAITS, began, deadline_ns)) {
        return PARK_WOKEN;
    }
    enum park_result result = sleep_until(waiter, deadline_ns, is_interrupted, owner);
    patience_learn(&patience, began, result == PARK_WOKEN);
    return result;
}

/* The waiter's thread gives up; true when it was notified before. */
static bool give_up(struct bucket *bucket, struct park_waiter *waiter)
{
    pthread_mutex_lock(&bucket->lock);
    bool was_notified = is_notified(waiter);
    if (!was_notified) {
        detach(bucket, waiter);
    }
    pthread_mutex_unlock(&bucket->lock);
    return was_notified;
}

enum park_result park_wait(const int32_t *word, int32_t expected, uint64_t deadline_ns,
                           bool (*is_interrupted)(void *owner), void *owner)
{
    struct bucket *bucket = bucket_of(word);
    struct park_waiter waiter = {.word = word};

    pthread_mutex_lock(&bucket->lock);
    if (__atomic_load_n(word, __ATOMIC_SEQ_CST) != expected) {
        pthread_mutex_unlock(&bucket->lock);
        return PARK_NOT_EQUAL;
    }
    append(bucket, &waiter);
    pthread_mutex_unlock(&bucket->lock);

    enum park_result result = await(&waiter, deadline_ns, is_interrupted, owner);
    if (result != PARK_WOKEN && give_up(bucket, &waiter)) {
        result = PARK_WOKEN; /* somebody counted it, however the sleep ended */
    }
    return result;
}

bool park_enlist(struct park_waiter *waiter, const int32_t *word, int32_t expected)
{
    struct bucket *bucket = bucket_of(word);

    pthread_mutex_lock(&bucket->lock);
    bool is_equal = __atomic_load_n(word, __ATOMIC_SEQ_CST) == expected;
    if (is_equal) {
        waiter->word = word;
        append(bucket, waiter);
    }
    pthread_mutex_unlock(&bucket->lock);
    return is_equal;
}

bool park_cancel(struct park_waiter *waiter)
{
    struct bucket *bucket = bucket_of(waiter->word);

    pthread_mutex_lock(&bucket->lock);
    bool is_waiting = !is_notified(waiter);
    if (is_waiting) {
        detach(bucket, waiter);
        atomic_store(&waiter->state, NOTIFIED);
    }
    pthread_mutex_unlock(&bucket->lock);
    return is_waiting;
}

uint64_t park_notify(const int32_t *word, uint64_t count)
{
    struct bucket *bucket = bucket_of(word);
    uint64_t woken = 0;

    pthread_mutex_lock(&bucket->lock);
    struct park_waiter *next;
    for (struct park_waiter *waiter = bucket->first; waiter && woken < count; waiter = next) {
        next = waiter->next;
        if (waiter->word != word) {
            continue;
        }
        detach(bucket, waiter);
        woken++;
        if (waiter->told) {
            atomic_store(&waiter->state, NOTIFIED);
            waiter->told(waiter);
        } else if (atomic_exchange(&waiter->state, NOTIFIED) == SLEEPS) {
            /* Should it be gone, the call wakes nobody, or a futex that looks again. */
            syscall(SYS_futex, &waiter->state, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
        }
    }
    pthread_mutex_unlock(&bucket->lock);
    return woken;
}
