/*
 * Silences for the terminal. Called by the table of verbs.c. Owns nothing beyond a call.
 */
#include "ctl/silence.h"

#include "base/log.h"
#include "ctl/answer.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static json_t *ask(const struct invocation *invocation, const char *method, struct bytes *path)
{
    struct bytes body;

    bytes_init(&body, 0);
    json_t *answer = answer_ask(invocation, method, path, &body);
    bytes_fini(&body);
    return answer;
}

/* "90s", "2h", "1.5d"; NaN when it is none. */
static double parse_time(const char *text)
{
    static const struct {
        const char *unit;
        double seconds;
    } units[] = {{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};
    char *end;
    double value = strtod(text, &end);

    for (size_t i = 0; end != text && i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(end, units[i].unit) == 0) {
            return value * units[i].seconds;
        }
    }
    return NAN;
}

static void format_time(char out[32], double t)
{
    time_t seconds = (time_t)t;
    struct tm parts;

    snprintf(out, 32, "-");
    if (localtime_r(&seconds, &parts) != NULL) {
        strftime(out, 32, "%F %T", &parts);
    }
}

/* Its line: number, what, until when, and how many alerts it silences now. */
static void show_made(const json_t *silence)
{
    char until[32];
    size_t count = json_array_size(json_object_get(silence, "alerts"));

    format_time(until, answer_number(silence, NULL, "until"));
    printf("%.0f: ", answer_number(silence, NULL, "id"));
    answer_put_clean(answer_text(silence, NULL, "rule"));
    printf(" until %s; ", until);
    if (count == 0) {
        printf("no alert matches now\n");
    } else {
        printf("%zu alert%s now\n", count, count == 1 ? " matches" : "s match");
    }
}

static json_t *add_one(const struct invocation *invocation, const char *rule, double seconds)
{
    const char *comment = answer_option(invocation, "comment");
    struct bytes path;

    bytes_init(&path, 0);
    bytes_append_format(&path, "/api/v1/silences?seconds=%.15g&rule=", seconds);
    client_escape(&path, rule);
    if (comment != NULL) {
        bytes_append_text(&path, "&comment=");
        client_escape(&path, comment);
    }
    return ask(invocation, "POST", &path);
}

int silence_add(const struct invocation *invocation)
{
    const char *time = answer_option(invocation, "for");
    double seconds = time != NULL ? parse_time(time) : 3600;
    json_t *all = json_array();
    int code = 0;

    if (isnan(seconds)) {
        log_error("--for: '%.40s' is no time; write such as 90s, 30m, 2h or 7d", time);
        json_decref(all);
        return 2;
    }
    for (int i = 0; code == 0 && i < invocation->argument_count; i++) {
        json_t *silence = add_one(invocation, invocation->arguments[i], seconds);
        code = silence == NULL;
        if (silence != NULL && !invocation->is_json) {
            show_made(silence);
        }
        json_array_append_new(all, silence);
    }
    if (invocation->is_json) {
        json_t *document = json_pack("{s:O}", "silences", all);
        json_dumpf(document, stdout, JSON_COMPACT);
        printf("\n");
        json_decref(document);
    }
    json_decref(all);
    return code;
}

int silence_list(const struct invocation *invocation)
{
    static const char *const titles[] = {"SILENCE", "RULE", "UNTIL", "ALERTS", "COMMENT", NULL};
    struct table table;
    size_t i;
    int code;
    const json_t *silence;
    json_t *answer = answer_fetch(invocation, "/api/v1/silences", NULL, &code);

    if (answer == NULL) {
        return code;
    }
    table_init(&table, titles, "rllrl");
    json_array_foreach(json_object_get(answer, "silences"), i, silence)
    {
        answer_put_count(&table, answer_number(silence, NULL, "id"));
        table_text(&table, answer_text(silence, NULL, "rule"), TABLE_PLAIN);
        answer_put_time(&table, answer_number(silence, NULL, "until"));
        answer_put_count(&table, (double)json_array_size(json_object_get(silence, "alerts")));
        table_text(&table, answer_text(silence, NULL, "comment"), TABLE_PLAIN);
    }
    code = answer_print(&table, invocation, "No silences.");
    json_decref(answer);
    return code;
}

int silence_end(const struct invocation *invocation)
{
    int code = 0;

    for (int i = 0; code == 0 && i < invocation->argument_count; i++) {
        struct bytes path;
        bytes_init(&path, 0);
        bytes_append_text(&path, "/api/v1/silences/");
        client_escape(&path, invocation->arguments[i]);
        json_t *answer = ask(invocation, "DELETE", &path);
        code = answer == NULL;
        json_decref(answer);
    }
    return code;
}
