/*
 * What is learnt of sleeps (patience.h). Called by mailboxes and by Atomics.wait. Invariant: who watches
 * in vain watches ever more seldom, at most once in 64 sleeps.
 */
#include "runtime/patience.h"

#include "base/clock.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

enum {
    WATCH_NS = 50000,  /* what falling asleep and being woken costs, on a virtual machine */
    SHORT_NS = 100000, /* a sleep this long, its own cost included, might have been a watch */
    SHORT_ENOUGH = 4,  /* such sleeps in a row before the first watch */
    PAUSE_SHIFT = 6    /* at most 64 sleeps between two watches that were in vain */
};

static pthread_once_t cores_once = PTHREAD_ONCE_INIT;
static bool has_cores; /* for the one that watches and the one that answers */

static void count_cores(void)
{
    cpu_set_t set;
    has_cores = sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 1;
}

static bool is_worth_watching(struct patience *patience)
{
    if (patience->pause > 0) {
        patience->pause--;
        return false;
    }
    pthread_once(&cores_once, count_cores);
    return patience->short_sleeps >= SHORT_ENOUGH && has_cores;
}

static void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static bool watch(const _Atomic uint32_t *word, uint32_t seen, uint64_t end)
{
    do {
        for (int i = 0; i < 16; i++) {
            if (atomic_load_explicit(word, memory_order_acquire) != seen) {
                return true;
            }
            relax();
        }
    } while (clock_now_ns() < end);
    return false;
}

bool patience_watch(struct patience *patience, const _Atomic uint32_t *word, uint32_t seen, uint64_t now,
                    uint64_t deadline)
{
    if (!is_worth_watching(patience)) {
        return false;
    }
    bool is_changed = watch(word, seen, now + WATCH_NS < deadline ? now + WATCH_NS : deadline);
    if (is_changed) {
        patience->failures = 0;
    } else {
        patience->failures += patience->failures < PAUSE_SHIFT;
        patience->short_sleeps = 0;
        patience->pause = 1u << patience->failures;
    }
    return is_changed;
}

void patience_learn(struct patience *patience, uint64_t began, bool is_changed)
{
    bool is_short = is_changed && clock_now_ns() - began < SHORT_NS;

    patience->short_sleeps = is_short ? patience->short_sleeps + 1 : 0;
}
