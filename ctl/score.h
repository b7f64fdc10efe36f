/*
 * What a detector's alarms are worth against the truth: precision, recall, delay, false alarms a
 * worker-day. Called by replay.c, and by tests/corpus/compare.c for detectors that are not ours. A
 * subject is one isolate; it is told of its samples in order, of its truth at any time, and of its
 * alarms. Counts jobs, never time; a worker-day is 86,400 jobs. One thread.
 */
#ifndef CTL_SCORE_H
#define CTL_SCORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCORE_JOBS_A_DAY 86400.0

enum score_kind { SCORE_UNLABELLED, SCORE_CLEAN, SCORE_LEAK };

struct score_truth {
    enum score_kind kind;
    double from, to;      /* when the leak begins; when it was fixed, INFINITY: never */
    char *job;            /* the job name that leaks; owned by the subject; NULL: not said */
    double bytes_per_job; /* of that name; NAN: not said */
};

struct score_moment {
    double t, live;
};

struct score_subject {
    struct score_truth truth;
    uint64_t jobs;
    uint64_t leak_jobs; /* of them while it leaks */
    uint64_t onset;     /* jobs before the leak began; meaningful once leak_jobs > 0 */
    double onset_live;  /* live at the first measured job of the leak; NAN: none yet */
    /* Samples of a time when the truth is not known yet; owned. Labels that come first save them.
     */
    struct score_moment *early;
    size_t early_count, early_room;
    bool is_failed; /* no memory */
};

struct score_alarm {
    size_t subject;
    const char *job;              /* what it was put down to at once; borrowed; NULL: not said */
    const char *job_last;         /* ... and in the end */
    double fired_at, resolved_at; /* resolved_at NAN: stands */
    uint64_t jobs;                /* of the isolate, up to and with the one that fired */
    double live, limit;           /* at that job; limit INFINITY: not known */
    double bytes_per_job;         /* as told at once; NAN: not told */
    double bytes_last;            /* ... and in the end */
    double confidence;            /* 0..1 */
};

/* Shares and medians are NAN when nothing went into them. */
struct score_summary {
    uint64_t isolates, leaks, fired, true_positives, false_positives, false_negatives;
    double precision, recall;
    double median_delay_jobs, p97_delay_jobs;
    double median_headroom_used; /* share of the way from the leak's first job to the limit */
    double clean_jobs, false_alarms_per_worker_day, false_alarms_per_million_clean_jobs;
    double clean_isolates_alarmed;        /* share */
    double slope_error, slope_error_last; /* medians of |told / true - 1| */
    double named, named_last;             /* share of found leaks put down to the right name */
    double resolved; /* share of found and then fixed leaks without alarm in the end */
};

/* A job ended; `live` NAN: not measured. */
void score_see(struct score_subject *subject, double t, double live);
/* Takes truth.job. */
void score_label(struct score_subject *subject, const struct score_truth *truth);
void score_subject_fini(struct score_subject *subject);

/* Is the alarm about a leak that was there? Of labelled subjects only. */
bool score_is_right(const struct score_subject *subject, const struct score_alarm *alarm);

/* `alarms` of one subject are in order of time. False: no memory. */
bool score_sum(const struct score_subject *subjects, size_t subject_count,
               const struct score_alarm *alarms, size_t alarm_count, struct score_summary *summary);

#endif
