/*
 * The drift detector of one isolate: post-GC live heap after each job in, a verdict out. Every job
 * name has a series of its own; because all names share one heap, a leak in one lifts all, so the
 * isolate is judged as a whole and the rise is then put down to the name that explains it. Counts
 * jobs, never time. The daemon and `isoctl replay` run exactly this code. No I/O; the only memory
 * taken after drift_new() is one fixed block (2 KB) for each of the first DRIFT_NAMES_MAX
 * names. Any value may be passed in, NaN included. One thread per detector.
 */
#ifndef DETECT_DRIFT_H
#define DETECT_DRIFT_H

#include <stdbool.h>
#include <stdint.h>

/* Names told apart in one isolate; with more, the last place is shared as DRIFT_OTHER_JOBS. */
#define DRIFT_NAMES_MAX  8
#define DRIFT_OTHER_JOBS UINT32_MAX

#define DRIFT_LIMIT_UNKNOWN ((double)UINT64_MAX)

struct drift_options {
    double band;              /* live within baseline x (1 +- band) is flat; default 0.05 */
    uint32_t min_jobs;        /* no verdict before this many jobs of a name; default 8 */
    double min_bytes_per_job; /* slower rises are not reported; default 0 */
};

extern const struct drift_options drift_options_default;

enum drift_state {
    DRIFT_WARMING,      /* no baseline yet */
    DRIFT_FLAT,         /* within the band */
    DRIFT_OUTSIDE_BAND, /* outside the band, but no confirmed rise */
    DRIFT_RISING,       /* a confirmed rise towards the limit */
    DRIFT_RECOVERED,    /* rose before; levelled off, fell back or was recycled */
    DRIFT_STATES
};

struct drift_sample {
    uint32_t job;    /* id of the job's name, as the caller numbers names */
    uint64_t number; /* which job of the isolate, growing; 0: count them here */
    double t;        /* when, in the caller's unit; only handed back as `since` */
    double live;     /* bytes used right after a full collection; NAN: not measured after this job,
                      * which is then only counted; < 0 or 2^53 and more: the same, as ignored */
    double limit;    /* bytes; DRIFT_LIMIT_UNKNOWN, NAN, <= 0 or 2^53 and more: not known */
};

/* What is known now. Figures that are not known are NAN. */
struct drift_verdict {
    enum drift_state state;
    uint32_t job;         /* the job name this is about; DRIFT_OTHER_JOBS: one of the late names */
    bool has_job;         /* false until a sample came */
    bool is_attributed;   /* `job` was told apart from the others, not merely the first to show */
    double bytes_per_job; /* growth per job of that name */
    double bytes_low, bytes_high; /* 95 % interval of it; known once confirmed */
    double ratio;                 /* live / baseline */
    double confidence;            /* 0..1 that the rise is real; 0 while none was confirmed */
    double jobs_to_limit;         /* jobs of that name until live reaches the limit, at this rate */
    double since;                 /* t of the sample that brought this state */
    uint64_t onset_job;           /* number of the job at which the rise began; 0: none */
    uint64_t detected_job;        /* number of the job at which it was confirmed; 0: none */
    double band;                  /* the band in use */
    double baseline;              /* median live of the first settled jobs */
    double intercept;             /* live at onset_job on the fitted line */
    double live;                  /* the last sample */
    uint64_t jobs;                /* jobs of that name seen */
};

struct drift;

/* NULL: no memory. `options` is copied; NULL means the defaults; values out of range become them.
 */
struct drift *drift_new(const struct drift_options *options);
void drift_free(struct drift **drift);

/* Takes one finished job in: every job, measured or not, so that growth is per job. True when the
 * isolate's state or its culprit changed. */
bool drift_add(struct drift *drift, const struct drift_sample *sample);

/* The isolate was replaced by a fresh one under the same name: its heap starts anew, what was
 * learnt about its names stays. True when the isolate's state changed. */
bool drift_recycle(struct drift *drift, double t);

/* The verdict on the isolate: the worst of its names. */
void drift_get(const struct drift *drift, struct drift_verdict *verdict);

/* The verdict on one of its names, [0, drift_job_count()), in order of appearance. */
uint32_t drift_job_count(const struct drift *drift);
void drift_get_job(const struct drift *drift, uint32_t index, struct drift_verdict *verdict);

/* Samples ignored: unusable values, or no memory for a new name. */
uint64_t drift_ignored(const struct drift *drift);

/* "warming", "flat", ... as in the JSON of an isolate. */
const char *drift_state_name(enum drift_state state);

#endif
