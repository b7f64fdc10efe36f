/*
 * Between job records and the drift detector: numbers the job names of an isolate, feeds live heap
 * after each job, and knows how often jobs of a name run, so that "jobs to the limit" can be told
 * as time. The loop's thread only.
 */
#ifndef DAEMON_JOBS_H
#define DAEMON_JOBS_H

#include "daemon/model/model.h"

#define JOBS_MORE_MAX 10000

struct jobs;

struct job_end {
    const char *name;
    uint64_t number;     /* of the isolate's jobs; 0 when not known */
    double t;            /* Unix seconds */
    uint64_t live_after; /* MODEL_UNKNOWN: no full collection followed it */
    uint64_t more;       /* jobs of that name before it that nobody told of; at most JOBS_MORE_MAX */
};

/* Takes one ended job in: isolate->drift, drift_job and seconds_to_limit. Without memory the job
 * goes unjudged. */
void jobs_add(struct isolate *isolate, const struct drift_options *options,
              const struct job_end *job);

void jobs_free(struct jobs **jobs);

#endif
