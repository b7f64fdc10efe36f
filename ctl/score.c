/*
 * Alarms against the truth. A leak is found when an alarm comes while it is there, once, however
 * often it alarms; every alarm on a clean isolate, before a leak or after its end is a false one.
 * Invariant: subjects that are not labelled count in nothing but `isolates` and `fired`.
 */
#include "ctl/score.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void count_in(struct score_subject *subject, double t, double live)
{
    const struct score_truth *truth = &subject->truth;
    subject->jobs++;
    if (truth->kind != SCORE_LEAK || t < truth->from || t > truth->to) {
        return;
    }
    if (subject->leak_jobs++ == 0) {
        subject->onset = subject->jobs - 1;
        subject->onset_live = NAN;
    }
    if (isnan(subject->onset_live)) {
        subject->onset_live = live;
    }
}

static void keep(struct score_subject *subject, double t, double live)
{
    if (subject->early_count == subject->early_room) {
        size_t room = subject->early_room > 0 ? 2 * subject->early_room : 256;
        struct score_moment *more = realloc(subject->early, room * sizeof *more);
        if (more == NULL) {
            subject->is_failed = true;
            return;
        }
        subject->early = more;
        subject->early_room = room;
    }
    subject->early[subject->early_count++] = (struct score_moment){t, live};
}

void score_see(struct score_subject *subject, double t, double live)
{
    if (subject->truth.kind == SCORE_UNLABELLED) {
        keep(subject, t, live);
        subject->jobs++;
    } else {
        count_in(subject, t, live);
    }
}

static void forget_early(struct score_subject *subject)
{
    free(subject->early);
    subject->early = NULL;
    subject->early_count = subject->early_room = 0;
}

void score_label(struct score_subject *subject, const struct score_truth *truth)
{
    subject->truth = *truth;
    subject->jobs = 0;
    for (size_t i = 0; i < subject->early_count; i++) {
        count_in(subject, subject->early[i].t, subject->early[i].live);
    }
    forget_early(subject);
}

void score_subject_fini(struct score_subject *subject)
{
    forget_early(subject);
    free(subject->truth.job);
    subject->truth.job = NULL;
}

bool score_is_right(const struct score_subject *subject, const struct score_alarm *alarm)
{
    const struct score_truth *truth = &subject->truth;
    return truth->kind == SCORE_LEAK && alarm->fired_at >= truth->from &&
           alarm->fired_at <= truth->to;
}

/* ---- the sum ------------------------------------------------------------------------------------
 */

struct figures {
    double *values; /* owned; room for one of each subject */
    size_t count;
};

struct tally {
    struct figures delay, used, error, error_last;
    uint64_t named, named_last, nameable, resolved, fixed, clean, clean_alarmed;
};

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Sorts; the value below which `share` of all lie. */
static double quantile(struct figures *figures, double share)
{
    if (figures->count == 0) {
        return NAN;
    }
    qsort(figures->values, figures->count, sizeof *figures->values, compare);
    size_t rank = (size_t)(share * (double)figures->count);
    return figures->values[rank < figures->count ? rank : figures->count - 1];
}

static void put(struct figures *figures, double value)
{
    if (isfinite(value)) {
        figures->values[figures->count++] = value;
    }
}

static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : NAN;
}

static double share_used(const struct score_subject *subject, const struct score_alarm *alarm)
{
    double room = alarm->limit - subject->onset_live;
    return room > 0 ? fmax(0, alarm->live - subject->onset_live) / room : NAN;
}

static bool is_name(const char *said, const char *wanted)
{
    return said != NULL && strcmp(said, wanted) == 0;
}

/* The first right alarm of a leak. */
static void take_found(struct tally *tally, const struct score_subject *subject,
                       const struct score_alarm *alarm)
{
    const struct score_truth *truth = &subject->truth;
    put(&tally->delay, (double)(alarm->jobs - subject->onset));
    if (isfinite(alarm->limit)) {
        put(&tally->used, share_used(subject, alarm));
    }
    bool is_named = truth->job == NULL || is_name(alarm->job, truth->job);
    bool is_named_last = truth->job == NULL || is_name(alarm->job_last, truth->job);
    if (truth->job != NULL) {
        tally->nameable++;
        tally->named += is_named;
        tally->named_last += is_named_last;
    }
    if (truth->bytes_per_job > 0 && is_named) {
        put(&tally->error, fabs(alarm->bytes_per_job / truth->bytes_per_job - 1));
    }
    if (truth->bytes_per_job > 0 && is_named_last) {
        put(&tally->error_last, fabs(alarm->bytes_last / truth->bytes_per_job - 1));
    }
}

struct history {                     /* of one subject's alarms */
    const struct score_alarm *found; /* the first right one */
    uint64_t fired, wrong;
    bool is_standing;
};

static void take_subject(struct score_summary *summary, struct tally *tally,
                         const struct score_subject *subject, const struct history *history)
{
    const struct score_truth *truth = &subject->truth;
    summary->fired += history->fired > 0;
    if (truth->kind == SCORE_UNLABELLED) {
        return;
    }
    summary->false_positives += history->wrong;
    summary->clean_jobs += (double)(subject->jobs - subject->leak_jobs);
    if (truth->kind == SCORE_CLEAN) {
        tally->clean++;
        tally->clean_alarmed += history->wrong > 0;
        return;
    }
    summary->leaks++;
    if (history->found == NULL) {
        summary->false_negatives++;
        return;
    }
    summary->true_positives++;
    take_found(tally, subject, history->found);
    if (isfinite(truth->to)) {
        tally->fixed++;
        tally->resolved += !history->is_standing;
    }
}

static void take_all(const struct score_subject *subjects, size_t subject_count,
                     const struct score_alarm *alarms, size_t alarm_count,
                     struct history *histories, struct score_summary *summary, struct tally *tally)
{
    for (size_t i = 0; i < alarm_count; i++) {
        struct history *history = &histories[alarms[i].subject];
        bool is_right = score_is_right(&subjects[alarms[i].subject], &alarms[i]);
        history->fired++;
        history->wrong += !is_right;
        history->is_standing = isnan(alarms[i].resolved_at);
        if (is_right && history->found == NULL) {
            history->found = &alarms[i];
        }
    }
    for (size_t i = 0; i < subject_count; i++) {
        take_subject(summary, tally, &subjects[i], &histories[i]);
    }
}

static void finish(struct score_summary *summary, struct tally *tally)
{
    double right = (double)summary->true_positives, wrong = (double)summary->false_positives;
    summary->precision = ratio(right, right + wrong);
    summary->recall = ratio(right, (double)summary->leaks);
    summary->median_delay_jobs = quantile(&tally->delay, 0.5);
    summary->p97_delay_jobs = quantile(&tally->delay, 0.97);
    summary->median_headroom_used = quantile(&tally->used, 0.5);
    summary->false_alarms_per_worker_day = ratio(wrong, summary->clean_jobs / SCORE_JOBS_A_DAY);
    summary->false_alarms_per_million_clean_jobs = ratio(wrong, summary->clean_jobs / 1e6);
    summary->clean_isolates_alarmed = ratio((double)tally->clean_alarmed, (double)tally->clean);
    summary->slope_error = quantile(&tally->error, 0.5);
    summary->slope_error_last = quantile(&tally->error_last, 0.5);
    summary->named = ratio((double)tally->named, (double)tally->nameable);
    summary->named_last = ratio((double)tally->named_last, (double)tally->nameable);
    summary->resolved = ratio((double)tally->resolved, (double)tally->fixed);
}

bool score_sum(const struct score_subject *subjects, size_t subject_count,
               const struct score_alarm *alarms, size_t alarm_count, struct score_summary *summary)
{
    *summary = (struct score_summary){.isolates = subject_count};
    struct history *histories = calloc(subject_count + 1, sizeof *histories);
    double *values = calloc(subject_count + 1, 4 * sizeof *values);
    bool is_done = histories != NULL && values != NULL;
    if (is_done) {
        struct tally tally = {
            .delay.values = values,
            .used.values = values + subject_count,
            .error.values = values + 2 * subject_count,
            .error_last.values = values + 3 * subject_count,
        };
        take_all(subjects, subject_count, alarms, alarm_count, histories, summary, &tally);
        finish(summary, &tally);
    }
    free(histories);
    free(values);
    return is_done;
}
