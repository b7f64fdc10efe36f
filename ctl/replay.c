/*
 * Runs detectors over recorded samples. Called by replay_print.c, which prints what came out. Owns
 * one detector an isolate, the names, the alarms. Invariant: isolate i, in order of appearance, is
 * subject i of the score, and its standing alarm, if any, is the one at `alarm`.
 */
#include "ctl/replay.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* uthash ends the program where memory runs out unless it is told what to do instead */
#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#define ALARM_NONE SIZE_MAX

struct replay_job {
    char *name; /* owned */
    uint32_t id;
    UT_hash_handle hh;
};

struct replay_isolate {
    char *name;          /* owned */
    struct drift *drift; /* owned */
    size_t place;
    size_t alarm;           /* that stands; ALARM_NONE: none does */
    double t;               /* of its last sample or event; -INFINITY before */
    const char *label_path; /* where its label stands; NULL: nowhere */
    uint64_t label_line;
    UT_hash_handle hh;
};

void replay_init(struct replay *replay, const struct drift_options *options)
{
    *replay = (struct replay){.options = *options};
}

void replay_fini(struct replay *replay)
{
    struct replay_isolate *isolate, *next;
    HASH_ITER(hh, replay->isolates, isolate, next)
    {
        HASH_DEL(replay->isolates, isolate);
        score_subject_fini(&replay->subjects[isolate->place]);
        drift_free(&isolate->drift);
        free(isolate->name);
        free(isolate);
    }
    struct replay_job *job, *later;
    HASH_ITER(hh, replay->jobs, job, later)
    {
        HASH_DEL(replay->jobs, job);
        free(job->name);
        free(job);
    }
    free(replay->in_order);
    free(replay->subjects);
    free(replay->alarms);
}

static bool grow(struct replay *replay)
{
    if (replay->count < replay->room) {
        return true;
    }
    size_t room = replay->room > 0 ? 2 * replay->room : 64;
    struct replay_isolate **order = realloc(replay->in_order, room * sizeof(*order));
    if (order != NULL) {
        replay->in_order = order;
    }
    struct score_subject *subjects = realloc(replay->subjects, room * sizeof *subjects);
    if (subjects != NULL) {
        replay->subjects = subjects;
    }
    if (order == NULL || subjects == NULL) {
        return false;
    }
    replay->room = room;
    return true;
}

/* The isolate of that name, made when it is new; NULL: no memory. */
static struct replay_isolate *isolate_of(struct replay *replay, const char *name)
{
    struct replay_isolate *isolate;
    HASH_FIND_STR(replay->isolates, name, isolate);
    if (isolate != NULL) {
        return isolate;
    }
    isolate = calloc(1, sizeof *isolate);
    if (isolate == NULL || !grow(replay)) {
        free(isolate);
        return NULL;
    }
    isolate->name = strdup(name);
    isolate->drift = drift_new(&replay->options);
    isolate->place = replay->count;
    isolate->alarm = ALARM_NONE;
    isolate->t = -INFINITY;
    if (isolate->name != NULL && isolate->drift != NULL) {
        HASH_ADD_KEYPTR(hh, replay->isolates, isolate->name, strlen(isolate->name), isolate);
    }
    if (isolate->hh.tbl == NULL) {
        drift_free(&isolate->drift);
        free(isolate->name);
        free(isolate);
        return NULL;
    }
    replay->subjects[replay->count] = (struct score_subject){0};
    replay->in_order[replay->count++] = isolate;
    return isolate;
}

/* The id of a job's name; names live as long as the replay. NULL: no memory. */
static struct replay_job *job_of(struct replay *replay, const char *name)
{
    struct replay_job *job;
    HASH_FIND_STR(replay->jobs, name, job);
    if (job != NULL) {
        return job;
    }
    job = calloc(1, sizeof *job);
    if (job == NULL) {
        return NULL;
    }
    job->name = strdup(name);
    job->id = HASH_COUNT(replay->jobs) + 1; /* 0: without a name */
    if (job->name != NULL) {
        HASH_ADD_KEYPTR(hh, replay->jobs, job->name, strlen(job->name), job);
    }
    if (job->hh.tbl == NULL) {
        free(job->name);
        free(job);
        return NULL;
    }
    return job;
}

static const char *job_name(const struct replay *replay, uint32_t id)
{
    for (const struct replay_job *job = replay->jobs; job != NULL; job = job->hh.next) {
        if (job->id == id) {
            return job->name;
        }
    }
    return NULL;
}

static struct score_alarm *new_alarm(struct replay *replay)
{
    if (replay->alarm_count == replay->alarm_room) {
        size_t room = replay->alarm_room > 0 ? 2 * replay->alarm_room : 64;
        struct score_alarm *alarms = realloc(replay->alarms, room * sizeof *alarms);
        if (alarms == NULL) {
            return NULL;
        }
        replay->alarms = alarms;
        replay->alarm_room = room;
    }
    return &replay->alarms[replay->alarm_count++];
}

/* Opens, follows and closes the isolate's alarm. False: no memory. */
static bool follow(struct replay *replay, struct replay_isolate *isolate, bool is_changed,
                   const struct trace_line *line)
{
    if (!is_changed && isolate->alarm == ALARM_NONE) {
        return true;
    }
    struct drift_verdict verdict;
    drift_get(isolate->drift, &verdict);
    if (verdict.state != DRIFT_RISING) {
        if (isolate->alarm != ALARM_NONE) {
            replay->alarms[isolate->alarm].resolved_at = line->t;
        }
        isolate->alarm = ALARM_NONE;
        return true;
    }
    if (isolate->alarm == ALARM_NONE) {
        struct score_alarm *alarm = new_alarm(replay);
        if (alarm == NULL) {
            return false;
        }
        isolate->alarm = replay->alarm_count - 1;
        *alarm = (struct score_alarm){
            .subject = isolate->place,
            .job = job_name(replay, verdict.job),
            .fired_at = line->t,
            .resolved_at = NAN,
            .jobs = replay->subjects[isolate->place].jobs,
            .live = line->live,
            .limit = isnan(line->limit) ? INFINITY : line->limit,
            .bytes_per_job = verdict.bytes_per_job,
        };
    }
    struct score_alarm *alarm = &replay->alarms[isolate->alarm];
    if (is_changed || alarm->job_last == NULL) {
        alarm->job_last = job_name(replay, verdict.job);
    }
    alarm->bytes_last = verdict.bytes_per_job;
    alarm->confidence = verdict.confidence;
    return true;
}

static int refuse(const struct trace *trace, const char *path, const char *what,
                  struct error *error)
{
    return error_set(error, -EINVAL, "%s:%" PRIu64 ": %s", path, trace_line_number(trace), what);
}

static int no_memory(struct error *error)
{
    return error_set(error, -ENOMEM, "out of memory");
}

static int take_label(struct replay *replay, const struct trace *trace, const char *path,
                      struct replay_isolate *isolate, const struct trace_line *line,
                      struct error *error)
{
    if (isolate->label_path != NULL) {
        return refuse(trace, path, "this isolate has a label already", error);
    }
    struct score_truth truth = {
        .kind = line->is_leak ? SCORE_LEAK : SCORE_CLEAN,
        .from = isnan(line->from) ? -INFINITY : line->from,
        .to = isnan(line->to) ? INFINITY : line->to,
        .bytes_per_job = line->bytes_per_job,
    };
    if (line->job != NULL && (truth.job = strdup(line->job)) == NULL) {
        return no_memory(error);
    }
    score_label(&replay->subjects[isolate->place], &truth);
    isolate->label_path = path;
    isolate->label_line = trace_line_number(trace);
    return 0;
}

static int take_sample(struct replay *replay, struct replay_isolate *isolate,
                       const struct trace_line *line, struct error *error)
{
    struct score_subject *subject = &replay->subjects[isolate->place];
    struct drift_sample sample = {.t = line->t, .live = line->live, .limit = line->limit};
    if (line->job != NULL) {
        const struct replay_job *job = job_of(replay, line->job);
        if (job == NULL) {
            return no_memory(error);
        }
        sample.job = job->id;
    }
    score_see(subject, line->t, line->live);
    bool is_changed = drift_add(isolate->drift, &sample);
    bool is_kept = follow(replay, isolate, is_changed, line);
    return is_kept && !subject->is_failed ? 0 : no_memory(error);
}

static int take_line(struct replay *replay, const struct trace *trace, const char *path,
                     const struct trace_line *line, struct error *error)
{
    struct replay_isolate *isolate = isolate_of(replay, line->isolate);
    if (isolate == NULL) {
        return no_memory(error);
    }
    if (line->kind == TRACE_LABEL) {
        return take_label(replay, trace, path, isolate, line, error);
    }
    if (line->t < isolate->t) {
        return refuse(trace, path, "\"t\" is before this isolate's last", error);
    }
    isolate->t = line->t;
    if (line->kind == TRACE_SAMPLE) {
        return take_sample(replay, isolate, line, error);
    }
    bool is_changed = drift_recycle(isolate->drift, line->t);
    return follow(replay, isolate, is_changed, line) ? 0 : no_memory(error);
}

int replay_file(struct replay *replay, const char *path, struct error *error)
{
    struct trace *trace = NULL;
    struct trace_line line;
    int code = trace_open(&trace, path, error);
    if (code < 0) {
        return code;
    }
    while ((code = trace_next(trace, &line, error)) > 0) {
        code = take_line(replay, trace, path, &line, error);
        if (code < 0) {
            break;
        }
    }
    trace_close(&trace);
    return code;
}

/* By isolate, each isolate's by time. */
static int compare_alarms(const void *left, const void *right)
{
    const struct score_alarm *a = left, *b = right;
    if (a->subject != b->subject) {
        return a->subject < b->subject ? -1 : 1;
    }
    return a->fired_at < b->fired_at   ? -1
           : a->fired_at > b->fired_at ? 1
                                       : (a->jobs > b->jobs) - (a->jobs < b->jobs);
}

int replay_finish(struct replay *replay, struct score_summary *summary, struct error *error)
{
    for (size_t i = 0; i < replay->count; i++) {
        const struct replay_isolate *isolate = replay->in_order[i];
        if (isinf(isolate->t)) {
            return error_set(error, -EINVAL,
                             "%s:%" PRIu64 ": a label, but isolate '%.80s' has no "
                             "samples",
                             isolate->label_path, isolate->label_line, isolate->name);
        }
    }
    if (replay->alarm_count > 0) {
        qsort(replay->alarms, replay->alarm_count, sizeof *replay->alarms, compare_alarms);
    }
    bool is_done =
        score_sum(replay->subjects, replay->count, replay->alarms, replay->alarm_count, summary);
    return is_done ? 0 : no_memory(error);
}

const char *replay_name(const struct replay *replay, size_t isolate)
{
    return replay->in_order[isolate]->name;
}

const char *replay_verdict(const struct replay *replay, size_t isolate,
                           struct drift_verdict *verdict)
{
    drift_get(replay->in_order[isolate]->drift, verdict);
    return verdict->has_job ? job_name(replay, verdict->job) : NULL;
}
