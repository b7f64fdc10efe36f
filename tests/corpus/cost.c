/*
 * Mean time of the detector per sample over the evaluation half of the corpus, in nanoseconds of
 * processor time, and the memory of one series: one JSON line. The samples are made beforehand.
 */
#include "detect/drift.h"
#include "detect/judge.h"
#include "tests/corpus/sets.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct sample { /* job SKIP: a fresh isolate; RECYCLE: a fresh heap */
    double live, limit;
    uint32_t job;
};

#define SKIP    UINT32_C(1000)
#define RECYCLE UINT32_C(1001)

struct store {
    struct sample *samples;
    size_t count, room;
};

static void keep(void *user, const struct trace_line *line)
{
    struct store *store = user;
    if (store->count == store->room) {
        store->room = store->room > 0 ? 2 * store->room : 4096;
        store->samples = realloc(store->samples, store->room * sizeof *store->samples);
        if (store->samples == NULL) {
            abort();
        }
    }
    uint32_t job = line->kind == TRACE_LABEL     ? SKIP
                   : line->kind == TRACE_RECYCLE ? RECYCLE
                   : line->job != NULL           ? (uint32_t)(unsigned char)line->job[2]
                                                 : 0;
    store->samples[store->count++] = (struct sample){line->live, line->limit, job};
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

int main(void)
{
    struct store store = {0};
    struct drift *drift = NULL;
    size_t jobs = 0;
    sets_make("evaluate", 0, 0, keep, &store);
    double begin = now();
    for (size_t i = 0; i < store.count; i++) {
        const struct sample *at = &store.samples[i];
        if (at->job == SKIP) {
            drift_free(&drift);
            drift = drift_new(NULL);
        } else if (drift != NULL && at->job == RECYCLE) {
            drift_recycle(drift, 0);
        } else if (drift != NULL) {
            drift_add(drift,
                      &(struct drift_sample){.job = at->job, .live = at->live, .limit = at->limit});
            jobs++;
        }
    }
    double spent = now() - begin;
    printf("{\"bench\":\"drift-corpus\",\"ns_per_sample\":%.1f,\"samples\":%zu,"
           "\"bytes_per_series\":%zu}\n",
           spent / (double)jobs, jobs, sizeof(struct judge));
    drift_free(&drift);
    free(store.samples);
    return 0;
}
