/*
 * How often jobs run and what they leave behind, for one isolate. Called by ingest for every job
 * record; a view never calls it. Owns the paces; the detector belongs to the isolate. Invariant:
 * the number of a name never changes while its isolate lives.
 */
#include "daemon/model/jobs.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PACE_WEIGHT 0.1 /* of the newest interval in the running mean */

struct pace {
    char name[MODEL_TEXT_MAX];
    double last_t;
    double interval; /* running mean of the seconds from one to the next; NaN before the second */
};

/* One place for each name the detector tells apart; the index is the name's number there. */
struct jobs {
    uint32_t count;
    struct pace paces[DRIFT_NAMES_MAX];
};

void jobs_free(struct jobs **jobs)
{
    free(*jobs);
    *jobs = NULL;
}

/* Number of `name`; DRIFT_OTHER_JOBS - 1 for all beyond the detector's last place. */
static uint32_t number_name(struct jobs *jobs, const char *name)
{
    for (uint32_t i = 0; i < jobs->count; i++) {
        if (strcmp(jobs->paces[i].name, name) == 0) {
            return i;
        }
    }
    if (jobs->count == DRIFT_NAMES_MAX) {
        return DRIFT_OTHER_JOBS - 1;
    }
    struct pace *pace = &jobs->paces[jobs->count];
    snprintf(pace->name, sizeof pace->name, "%s", name);
    pace->last_t = pace->interval = NAN;
    return jobs->count++;
}

/* `count` jobs ended since the last call. */
static void count_pace(struct pace *pace, double t, uint64_t count)
{
    double interval = (t - pace->last_t) / (double)count;

    pace->last_t = t;
    if (isnan(interval) || interval < 0) {
        return;
    }
    if (isnan(pace->interval)) {
        pace->interval = interval;
    } else {
        pace->interval += PACE_WEIGHT * (interval - pace->interval);
    }
}

static void tell(struct isolate *isolate)
{
    struct drift_verdict verdict;
    const struct jobs *jobs = isolate->paces;

    drift_get(isolate->drift, &verdict);
    isolate->seconds_to_limit = NAN;
    if (verdict.has_job && verdict.job < jobs->count) {
        const struct pace *pace = &jobs->paces[verdict.job];
        memcpy(isolate->drift_job, pace->name, sizeof isolate->drift_job);
        isolate->seconds_to_limit = verdict.jobs_to_limit * pace->interval;
    } else {
        snprintf(isolate->drift_job, sizeof isolate->drift_job, "%s",
                 verdict.has_job ? "other jobs" : "");
    }
}

void jobs_add(struct isolate *isolate, const struct drift_options *options,
              const struct job_end *job)
{
    if (isolate->paces == NULL) {
        isolate->paces = calloc(1, sizeof *isolate->paces);
    }
    if (isolate->drift == NULL) {
        isolate->drift = drift_new(options);
    }
    if (isolate->paces == NULL || isolate->drift == NULL) {
        return;
    }
    uint32_t number = number_name(isolate->paces, job->name);
    if (number < DRIFT_NAMES_MAX) {
        count_pace(&isolate->paces->paces[number], job->t, job->more + 1);
    }
    struct drift_sample sample = {
        .job = number,
        .number = job->number,
        .t = job->t,
        /* A job that was not measured still counts: growth is per job. */
        .live = job->live_after == MODEL_UNKNOWN ? NAN : (double)job->live_after,
        .limit = isolate->heap.limit == MODEL_UNKNOWN ? DRIFT_LIMIT_UNKNOWN
                                                      : (double)isolate->heap.limit,
    };
    struct drift_sample untold = {.job = number, .t = job->t, .live = NAN, .limit = sample.limit};
    for (uint64_t i = 0; i < job->more && i < JOBS_MORE_MAX; i++) {
        drift_add(isolate->drift, &untold);
    }
    drift_add(isolate->drift, &sample);
    tell(isolate);
}
