/*
 * isoctl replay: reads the files, prints verdicts and the error. Called by main.c through the table
 * of verbs. Exit codes: 0 done, 1 not readable or no memory, 2 a malformed line or configuration.
 */
#include "base/log.h"
#include "ctl/replay.h"
#include "ctl/replay_config.h"
#include "ctl/table.h"
#include "ctl/verbs.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static json_t *number_or_null(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *text_or_null(const char *text)
{
    return text != NULL ? json_string(text) : json_null();
}

/* ---- verdicts: one an alarm, one for an isolate without
 * --------------------------------------------- */

static json_t *alarm_verdict(const struct replay *replay, const struct score_alarm *alarm)
{
    const struct score_subject *subject = &replay->subjects[alarm->subject];
    json_t *right = subject->truth.kind == SCORE_UNLABELLED
                        ? json_null()
                        : json_boolean(score_is_right(subject, alarm));
    return json_pack("{s:s, s:o, s:s, s:o, s:o, s:I, s:o, s:o, s:o, s:o}", "isolate",
                     replay_name(replay, alarm->subject), "job", text_or_null(alarm->job_last),
                     "state", isnan(alarm->resolved_at) ? "drift" : "resolved", "fired_at",
                     json_real(alarm->fired_at), "resolved_at", number_or_null(alarm->resolved_at),
                     "jobs_seen", (json_int_t)alarm->jobs, "bytes_per_job",
                     number_or_null(alarm->bytes_last), "bytes_per_job_at_alarm",
                     number_or_null(alarm->bytes_per_job), "confidence",
                     number_or_null(alarm->confidence), "right", right);
}

static json_t *clean_verdict(const struct replay *replay, size_t isolate)
{
    struct drift_verdict verdict;
    const char *job = replay_verdict(replay, isolate, &verdict);
    return json_pack("{s:s, s:o, s:s, s:n, s:I, s:o, s:o}", "isolate", replay_name(replay, isolate),
                     "job", text_or_null(job), "state", "clean", "fired_at", "jobs_seen",
                     (json_int_t)replay->subjects[isolate].jobs, "bytes_per_job",
                     number_or_null(verdict.bytes_per_job), "confidence",
                     number_or_null(verdict.confidence));
}

static json_t *verdicts(const struct replay *replay)
{
    json_t *list = json_array();
    size_t alarm = 0;
    for (size_t i = 0; i < replay->count; i++) {
        if (alarm == replay->alarm_count || replay->alarms[alarm].subject != i) {
            json_array_append_new(list, clean_verdict(replay, i));
        }
        while (alarm < replay->alarm_count && replay->alarms[alarm].subject == i) {
            json_array_append_new(list, alarm_verdict(replay, &replay->alarms[alarm++]));
        }
    }
    return list;
}

/* ---- the error
 * ----------------------------------------------------------------------------------- */

struct figure {
    const char *key;
    const char *title; /* NULL: in JSON only */
    double value;
    bool is_count, is_share;
};

static size_t list_figures(const struct score_summary *summary, struct figure *figures)
{
    const struct figure all[] = {
        {"isolates", "isolates", (double)summary->isolates, true, false},
        {"leaks", "leaks among them", (double)summary->leaks, true, false},
        {"fired", "isolates with an alarm", (double)summary->fired, true, false},
        {"true_positives", "leaks found", (double)summary->true_positives, true, false},
        {"false_positives", "false alarms", (double)summary->false_positives, true, false},
        {"false_negatives", "leaks missed", (double)summary->false_negatives, true, false},
        {"precision", "precision", summary->precision, false, true},
        {"recall", "recall", summary->recall, false, true},
        {"median_delay_jobs", "delay in jobs, median", summary->median_delay_jobs, false, false},
        {"p97_delay_jobs", "delay in jobs, 97 of 100", summary->p97_delay_jobs, false, false},
        {"median_headroom_used", "way to the limit gone, median", summary->median_headroom_used,
         false, true},
        {"clean_jobs", "clean jobs", summary->clean_jobs, true, false},
        {"false_alarms_per_worker_day", "false alarms a worker-day (86,400 jobs)",
         summary->false_alarms_per_worker_day, false, false},
        {"false_alarms_per_million_clean_jobs", NULL, summary->false_alarms_per_million_clean_jobs,
         false, false},
        {"clean_isolates_alarmed", "clean isolates with an alarm", summary->clean_isolates_alarmed,
         false, true},
        {"slope_error", "error of the slope at the alarm, median", summary->slope_error, false,
         true},
        {"slope_error_last", "error of the slope in the end, median", summary->slope_error_last,
         false, true},
        {"named", "put down to the right job at the alarm", summary->named, false, true},
        {"named_last", "put down to the right job in the end", summary->named_last, false, true},
        {"resolved", "resolved after a fix", summary->resolved, false, true},
    };
    memcpy(figures, all, sizeof all);
    return sizeof all / sizeof all[0];
}

static json_t *summary_object(const struct score_summary *summary)
{
    struct figure figures[32];
    size_t count = list_figures(summary, figures);
    json_t *object = json_object();
    for (size_t i = 0; i < count; i++) {
        json_t *value = figures[i].is_count ? json_integer((json_int_t)figures[i].value)
                                            : number_or_null(figures[i].value);
        json_object_set_new(object, figures[i].key, value);
    }
    return object;
}

static int print_json(const struct replay *replay, const struct score_summary *summary)
{
    json_t *answer =
        json_pack("{s:o, s:o}", "verdicts", verdicts(replay), "summary", summary_object(summary));
    if (answer == NULL) {
        log_error("out of memory");
        return 1;
    }
    json_dumpf(answer, stdout, JSON_REAL_PRECISION(12));
    printf("\n");
    json_decref(answer);
    return 0;
}

/* ---- for people
 * ------------------------------------------------------------------------------------ */

static void print_alarms(const struct replay *replay, bool has_colours)
{
    static const char *const titles[] = {"ISOLATE", "JOB",     "STATE",      "AT",
                                         "JOBS",    "PER JOB", "CONFIDENCE", NULL};
    struct table table;
    char at[32];

    if (replay->alarm_count == 0) {
        printf("No alarm.\n");
        return;
    }
    table_init(&table, titles, "lllrrrr");
    for (size_t i = 0; i < replay->alarm_count; i++) {
        const struct score_alarm *alarm = &replay->alarms[i];
        bool is_standing = isnan(alarm->resolved_at);
        snprintf(at, sizeof at, "%.15g", alarm->fired_at);
        table_text(&table, replay_name(replay, alarm->subject), TABLE_PLAIN);
        table_text(&table, alarm->job_last != NULL ? alarm->job_last : "-", TABLE_PLAIN);
        table_text(&table, is_standing ? "drift" : "resolved",
                   is_standing ? TABLE_YELLOW : TABLE_PLAIN);
        table_text(&table, at, TABLE_PLAIN);
        table_count(&table, (double)alarm->jobs);
        table_bytes(&table, alarm->bytes_last);
        table_percent(&table, alarm->confidence);
    }
    table_print(&table, has_colours);
    table_fini(&table);
}

static void print_error(const struct score_summary *summary)
{
    struct figure figures[32];
    size_t count = list_figures(summary, figures);
    printf("\n");
    for (size_t i = 0; i < count; i++) {
        if (figures[i].title == NULL || !isfinite(figures[i].value)) {
            continue;
        }
        double value = figures[i].value;
        if (figures[i].is_share) {
            printf("%-42s %.2f %%\n", figures[i].title, 100 * value);
        } else {
            printf("%-42s %.*f\n", figures[i].title, figures[i].is_count ? 0 : 4, value);
        }
    }
}

static bool is_labelled(const struct replay *replay)
{
    for (size_t i = 0; i < replay->count; i++) {
        if (replay->subjects[i].truth.kind != SCORE_UNLABELLED) {
            return true;
        }
    }
    return false;
}

int replay_run(const struct invocation *invocation)
{
    struct replay replay;
    struct score_summary summary;
    struct drift_options options = drift_options_default;
    struct error error;
    int code = 0;

    if (invocation->config != NULL &&
        (code = replay_config_load(invocation->config, &options, &error)) < 0) {
        log_error("%s", error.text);
        return code == -EINVAL ? 2 : 1;
    }
    replay_init(&replay, &options);
    for (int i = 0; i < invocation->argument_count && code == 0; i++) {
        code = replay_file(&replay, invocation->arguments[i], &error);
    }
    if (code == 0) {
        code = replay_finish(&replay, &summary, &error);
    }
    if (code < 0) {
        log_error("%s", error.text);
        code = code == -EINVAL ? 2 : 1;
    } else if (invocation->is_json) {
        code = print_json(&replay, &summary);
    } else {
        print_alarms(&replay, invocation->has_colours);
        if (is_labelled(&replay)) {
            print_error(&summary);
        }
    }
    replay_fini(&replay);
    return code;
}
