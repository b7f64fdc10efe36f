/*
 * Jobs of an isolate (isolate.h): their records, and live heap behind some of them by a full collection,
 * within a share of the isolate's time; the censuses that say what grew meanwhile.
 */
#include "runtime/isolate_impl.h"

#include "base/clock.h"
#include "runtime/census.h"
#include "runtime/growth.h"

#include <errno.h>

/* Full collections at job boundaries may take this share of an isolate's life, and a little more at
 * first so that a baseline exists early. What comes right behind a job waits for its collection, so
 * between two of them lies a multiple of what the last one took: few jobs meet one.
 * A heap that grew by a COLLECT_STEPS-th of its limit since the last one is looked at beyond that
 * share: what leaks fast would else meet its limit before there are samples enough to tell. It is
 * COLLECT_STEPS times at most from empty to full, and the multiple is kept. */
#define COLLECT_SHARE_DIVISOR 100
#define COLLECT_ALLOWANCE_NS  (30 * CLOCK_NS_PER_MS)
#define COLLECT_SPACING       20
#define COLLECT_STEPS         32

/* ---- censuses ---------------------------------------------------------------------------------
 */

int isolate_take_census(struct isolate *isolate, bool is_collecting, struct census **census)
{
    *census = census_new();
    if (is_collecting) {
        engine_collect(isolate->engine);
    }
    int code = *census != NULL ? engine_census(isolate->engine, *census) : -ENOMEM;
    if (code < 0) {
        census_free(census);
    }
    return code;
}

const struct census *isolate_baseline(const struct isolate *isolate)
{
    return isolate->baseline;
}

void isolate_keep_census(struct isolate *isolate, struct census **census)
{
    if (isolate->baseline == NULL) {
        isolate->baseline = *census;
        *census = NULL;
    }
}

void isolate_watch_census(struct isolate *isolate, struct census **census)
{
    census_free(&isolate->baseline);
    isolate->baseline = *census;
    isolate->is_watching_census = true;
    *census = NULL;
}

const struct census *isolate_job_census(const struct isolate *isolate)
{
    return isolate->job_census;
}

/* ---- jobs -------------------------------------------------------------------------------------
 */

/* Whether it uses a good step of its limit more than the last collection left. */
static bool has_grown(const struct isolate *isolate)
{
    const struct wire_slot *slot = isolate->account.slot;
    uint64_t used = atomic_load_explicit(&slot->heap_used, memory_order_relaxed);
    uint64_t limit = atomic_load_explicit(&slot->heap_limit, memory_order_relaxed);
    uint64_t live = engine_live(isolate->engine);

    return live != WIRE_UNKNOWN && used > live && used - live > limit / COLLECT_STEPS;
}

/* Live heap by a full collection when the budget has room for one more, else unknown. */
static uint64_t live_after_job(struct isolate *isolate, uint64_t now)
{
    uint64_t budget = COLLECT_ALLOWANCE_NS + (now - isolate->born) / COLLECT_SHARE_DIVISOR;
    bool is_within = isolate->collect_time + isolate->collect_last <= budget;

    if (now < isolate->collect_next || engine_end(isolate->engine) != ENGINE_ALIVE ||
        (!is_within && !has_grown(isolate))) {
        return WIRE_UNKNOWN;
    }
    engine_collect(isolate->engine);
    if (isolate->is_watching_census) {
        census_free(&isolate->job_census);
        isolate_take_census(isolate, false, &isolate->job_census);
    }
    uint64_t ended = clock_now_ns();
    isolate->collect_last = ended - now;
    isolate->collect_time += is_within ? isolate->collect_last : 0;
    isolate->collect_next = ended + COLLECT_SPACING * isolate->collect_last;
    return engine_live(isolate->engine);
}

uint64_t isolate_job_begin(struct isolate *isolate)
{
    isolate->is_job_marked = true;
    return clock_now_ns();
}

bool isolate_job_end(struct isolate *isolate, const char *name, uint64_t started)
{
    uint64_t ended = clock_now_ns(); /* without the collection that follows */
    uint64_t live = live_after_job(isolate, ended);

    account_job(&isolate->account, name, started, ended, live);
    isolate->job_ended = live == WIRE_UNKNOWN && name == NULL ? ended : 0;
    if (growth_is_wanted()) {
        growth_take_job(isolate, live != WIRE_UNKNOWN);
        isolate->job_ended = 0;
    }
    return live != WIRE_UNKNOWN;
}
