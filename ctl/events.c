/*
 * Happenings as lines, the last ones or as they come. Called through the table of verbs.c. Owns
 * nothing beyond a call.
 */
#include "ctl/events.h"

#include "base/log.h"
#include "ctl/answer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Figures of bytes whose names do not say so. */
static bool is_bytes_of(const char *key)
{
    static const char *const keys[] = {"before",    "after", "used", "limit", "live_after",
                                       "predicted", "reclaimed", "anon", "file",  "shmem",
                                       "swapped",   "mapped",    "heap"};
    bool is_one = false;

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        is_one |= strcmp(key, keys[i]) == 0;
    }
    return is_one;
}

static void put_field(const char *key, json_t *value)
{
    size_t length = strlen(key);
    bool is_bytes = (length >= 5 && strcmp(key + length - 5, "bytes") == 0) || is_bytes_of(key);
    bool is_seconds = length >= 7 && strcmp(key + length - 7, "seconds") == 0;
    char figure[32];

    printf(" %s=", key);
    if (json_is_string(value)) {
        answer_put_clean(json_string_value(value));
    } else if (json_is_boolean(value)) {
        printf("%s", json_is_true(value) ? "yes" : "no");
    } else if (is_bytes) {
        table_format_bytes(figure, sizeof figure, json_number_value(value));
        printf("%s", figure);
    } else if (is_seconds) {
        table_format_seconds(figure, sizeof figure, json_number_value(value));
        printf("%s", figure);
    } else {
        printf("%.0f", json_number_value(value));
    }
}

void events_show(const json_t *event)
{
    double t = answer_number(event, NULL, "t");
    time_t seconds = (time_t)t;
    struct tm parts;
    char moment[16] = "-";
    const char *key;
    json_t *value;

    if (isfinite(t) && localtime_r(&seconds, &parts) != NULL) {
        strftime(moment, sizeof moment, "%T", &parts);
    }
    printf("%s.%03d ", moment, isfinite(t) ? (int)((t - floor(t)) * 1000) : 0);
    answer_put_padded(answer_text(event, NULL, "type"), 8);
    printf(" ");
    answer_put_padded(answer_text(event, NULL, "isolate"), 10);
    json_object_foreach((json_t *)event, key, value)
    {
        bool is_shown = strcmp(key, "seq") != 0 && strcmp(key, "t") != 0 &&
                        strcmp(key, "type") != 0 && strcmp(key, "isolate") != 0;
        if (is_shown && !json_is_null(value)) {
            put_field(key, value);
        }
    }
    printf("\n");
}

static void show_events(const struct invocation *invocation, json_t *answer)
{
    size_t i;
    json_t *event;
    double lost = answer_number(answer, NULL, "lost");

    if (lost > 0) {
        log_warn("%.0f older events are gone already", lost);
    }
    json_array_foreach(json_object_get(answer, "events"), i, event)
    {
        if (invocation->is_json) {
            char *line = json_dumps(event, JSON_COMPACT | JSON_REAL_PRECISION(16));
            printf("%s\n", line != NULL ? line : "");
            free(line);
        } else {
            events_show(event);
        }
    }
    fflush(stdout);
}

/* Asks again every second from where the last answer ended; until it is interrupted. */
static int follow_events(const struct invocation *invocation, double next)
{
    while (!ferror(stdout)) {
        struct bytes path, body;
        sleep(1);
        bytes_init(&path, 0);
        bytes_init(&body, 0);
        bytes_append_format(&path, "/api/v1/events?since=%.0f", next);
        answer_add_query(&path, invocation);
        json_t *answer = answer_ask(invocation, "GET", &path, &body);
        bytes_fini(&body);
        if (answer == NULL) {
            return 1;
        }
        show_events(invocation, answer);
        next = answer_number(answer, NULL, "next");
        json_decref(answer);
    }
    return 1;
}

int events_run(const struct invocation *invocation)
{
    struct invocation once = *invocation;
    int code;

    once.is_json = invocation->is_json && !invocation->is_following;
    json_t *answer = answer_fetch(&once, "/api/v1/events", NULL, &code);
    if (answer == NULL) {
        return code;
    }
    double next = answer_number(answer, NULL, "next");
    show_events(invocation, answer);
    json_decref(answer);
    return invocation->is_following ? follow_events(invocation, next) : 0;
}
