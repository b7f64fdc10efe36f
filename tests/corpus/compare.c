/*
 * Runs the detectors of baselines.c over one set and prints each one's error, one JSON line each.
 *   compare SET [FIRST COUNT]         with the chosen thresholds
 *   compare thresholds SET            with all that were tried
 * An alarm stands until what caused it was gone for QUIET samples, or the heap is fresh; an isolate
 * alarms when one of its job names does.
 */
#include "ctl/score.h"
#include "tests/corpus/baselines.h"
#include "tests/corpus/sets.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_MAX 8
#define QUIET     32

struct contender {
    const struct baseline *baseline;
    double threshold;
    struct baseline_state states[NAMES_MAX];
    bool is_firing;
    int quiet;
    struct score_subject *subjects;
    size_t subject_count, subject_room;
    struct score_alarm *alarms;
    size_t alarm_count, alarm_room;
};

struct race {
    struct contender contenders[64];
    int count;
    char isolate[64];
    char names[NAMES_MAX][32];
    double limit;
};

static void *grow(void *items, size_t count, size_t *room, size_t size)
{
    if (count < *room) {
        return items;
    }
    *room = *room > 0 ? 2 * *room : 256;
    items = realloc(items, *room * size);
    if (items == NULL) {
        abort();
    }
    return items;
}

static void begin(struct race *race, const struct trace_line *line)
{
    snprintf(race->isolate, sizeof race->isolate, "%s", line->isolate);
    memset(race->names, 0, sizeof race->names);
    for (int i = 0; i < race->count; i++) {
        struct contender *contender = &race->contenders[i];
        struct score_truth truth = {
            .kind = line->is_leak ? SCORE_LEAK : SCORE_CLEAN,
            .from = isnan(line->from) ? -INFINITY : line->from,
            .to = isnan(line->to) ? INFINITY : line->to,
            .bytes_per_job = NAN,
        };
        contender->subjects = grow(contender->subjects, contender->subject_count,
                                   &contender->subject_room, sizeof *contender->subjects);
        contender->subjects[contender->subject_count] = (struct score_subject){0};
        score_label(&contender->subjects[contender->subject_count++], &truth);
        memset(contender->states, 0, sizeof contender->states);
        contender->is_firing = false;
    }
}

static int place_of(struct race *race, const char *job)
{
    for (int i = 0; i < NAMES_MAX; i++) {
        if (race->names[i][0] == '\0') {
            snprintf(race->names[i], sizeof race->names[i], "%s", job != NULL ? job : "-");
        }
        if (strcmp(race->names[i], job != NULL ? job : "-") == 0) {
            return i;
        }
    }
    return NAMES_MAX - 1;
}

static void judge(struct contender *contender, bool is_rising, const struct trace_line *line)
{
    struct score_subject *subject = &contender->subjects[contender->subject_count - 1];
    contender->quiet = is_rising ? 0 : contender->quiet + 1;
    if (is_rising && !contender->is_firing) {
        contender->alarms = grow(contender->alarms, contender->alarm_count, &contender->alarm_room,
                                 sizeof *contender->alarms);
        contender->alarms[contender->alarm_count++] = (struct score_alarm){
            .subject = contender->subject_count - 1,
            .fired_at = line->t,
            .resolved_at = NAN,
            .jobs = subject->jobs,
            .live = line->live,
            .limit = isnan(line->limit) ? INFINITY : line->limit,
        };
        contender->is_firing = true;
    } else if (contender->is_firing && contender->quiet > QUIET) {
        contender->alarms[contender->alarm_count - 1].resolved_at = line->t;
        contender->is_firing = false;
    }
}

static void recycle(struct race *race, struct contender *contender, const struct trace_line *line)
{
    bool is_rising = false;
    for (int name = 0; name < NAMES_MAX; name++) {
        struct baseline_state *state = &contender->states[name];
        if (contender->baseline->recycle != NULL) {
            is_rising |= contender->baseline->recycle(state, race->limit);
        } else {
            *state = (struct baseline_state){0};
        }
    }
    contender->quiet = QUIET + 1;
    judge(contender, is_rising, line);
}

static void take(void *user, const struct trace_line *line)
{
    struct race *race = user;
    if (line->kind == TRACE_LABEL) {
        begin(race, line);
        return;
    }
    int name = line->kind == TRACE_SAMPLE ? place_of(race, line->job) : 0;
    race->limit = line->kind == TRACE_SAMPLE ? line->limit : race->limit;
    for (int i = 0; i < race->count; i++) {
        struct contender *contender = &race->contenders[i];
        if (line->kind == TRACE_RECYCLE) {
            recycle(race, contender, line);
            continue;
        }
        score_see(&contender->subjects[contender->subject_count - 1], line->t, line->live);
        if (!isnan(line->live)) {
            bool is_rising = contender->baseline->add(&contender->states[name], line->live,
                                                      line->limit, contender->threshold);
            judge(contender, is_rising, line);
        }
    }
}

static void print_figure(const char *key, double value)
{
    printf(isfinite(value) ? ",\"%s\":%.6g" : ",\"%s\":null", key, value);
}

static void print(struct contender *contender)
{
    struct score_summary summary;
    if (!score_sum(contender->subjects, contender->subject_count, contender->alarms,
                   contender->alarm_count, &summary)) {
        abort();
    }
    printf("{\"detector\":\"%s\",\"threshold\":%g", contender->baseline->name,
           contender->threshold);
    print_figure("precision", summary.precision);
    print_figure("recall", summary.recall);
    print_figure("false_positives", (double)summary.false_positives);
    print_figure("median_delay_jobs", summary.median_delay_jobs);
    print_figure("p97_delay_jobs", summary.p97_delay_jobs);
    print_figure("median_headroom_used", summary.median_headroom_used);
    print_figure("false_alarms_per_worker_day", summary.false_alarms_per_worker_day);
    print_figure("clean_isolates_alarmed", summary.clean_isolates_alarmed);
    print_figure("resolved", summary.resolved);
    printf("}\n");
}

static void enter(struct race *race, bool is_trying)
{
    for (const struct baseline *baseline = baselines; baseline->name != NULL; baseline++) {
        for (int i = 0; i < 6 && (is_trying ? baseline->tried[i] > 0 : i == 0); i++) {
            race->contenders[race->count++] = (struct contender){
                .baseline = baseline,
                .threshold = is_trying ? baseline->tried[i] : baseline->threshold,
            };
        }
    }
}

int main(int argc, char **argv)
{
    static struct race race;
    bool is_trying = argc == 3 && strcmp(argv[1], "thresholds") == 0;
    if (argc != 2 && argc != 4 && !is_trying) {
        fprintf(stderr, "usage: compare SET [FIRST COUNT] | thresholds SET\n");
        return 2;
    }
    enter(&race, is_trying);
    int first = argc == 4 ? atoi(argv[2]) : 0, count = argc == 4 ? atoi(argv[3]) : 0;
    if (!sets_make(argv[is_trying ? 2 : 1], first, count, take, &race)) {
        fprintf(stderr, "compare: there is no such set\n");
        return 2;
    }
    for (int i = 0; i < race.count; i++) {
        print(&race.contenders[i]);
        free(race.contenders[i].subjects);
        free(race.contenders[i].alarms);
    }
    return 0;
}
