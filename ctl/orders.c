/*
 * What isolates are asked to do: order it, wait until it is done, fetch the file it brought. Called
 * through the table of verbs.c. Owns nothing beyond a call. Invariant: a file stands under its name
 * only when it is whole.
 */
#include "ctl/orders.h"

#include "base/log.h"
#include "ctl/answer.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ACTION_WAIT_S 90

/* What an action brought: "done", and for a recycle what it gave back. */
static void show_done(json_t *action)
{
    double reclaimed = answer_number(action, "result", "reclaimed");
    double predicted = answer_number(action, "result", "predicted");
    char bytes_text[32];

    printf("done");
    if (!isnan(reclaimed)) {
        table_format_bytes(bytes_text, sizeof bytes_text, reclaimed);
        printf(", freed %s", bytes_text);
    }
    if (!isnan(predicted)) {
        table_format_bytes(bytes_text, sizeof bytes_text, predicted);
        printf(" of %s predicted", bytes_text);
    }
    printf("\n");
}

/* The seconds that were ordered, so much longer it takes. */
static double ordered_seconds(const struct invocation *invocation)
{
    const char *seconds = answer_option(invocation, "seconds");

    return seconds != NULL ? strtod(seconds, NULL) : 0;
}

/* Waits for the emitter's answer. */
static int await_action(const struct invocation *invocation, double id)
{
    const struct timespec pause = {0, 100 * 1000 * 1000};
    double seconds = ACTION_WAIT_S + ordered_seconds(invocation);
    for (int i = 0; i < seconds * 10; i++) {
        char number_text[32];
        int code;
        struct invocation plain = *invocation;
        plain.is_json = false;
        plain.query_count = 0;
        snprintf(number_text, sizeof number_text, "%.0f", id);
        json_t *action = answer_fetch(&plain, "/api/v1/actions/", number_text, &code);
        if (action == NULL) {
            return code;
        }
        const char *state = answer_text(action, NULL, "state");
        bool is_over =
            state != NULL && (strcmp(state, "done") == 0 || strcmp(state, "failed") == 0);
        if (is_over && invocation->is_json) {
            json_dumpf(action, stdout, JSON_COMPACT);
            printf("\n");
        } else if (is_over && strcmp(state, "done") == 0 && invocation->output == NULL) {
            show_done(action);
        }
        if (is_over && strcmp(state, "failed") == 0) {
            log_error("%s", answer_text(action, NULL, "error"));
            code = 1;
        }
        json_decref(action);
        if (is_over) {
            return code;
        }
        nanosleep(&pause, NULL);
    }
    log_error("no answer within %.0f s", seconds);
    return 1;
}

/* Asks for `what` of an isolate, or of a process, and waits until it is done. */
static int run_action_of(const struct invocation *invocation, const char *place, const char *what,
                         double *id)
{
    struct bytes path, body;

    bytes_init(&path, 0);
    bytes_init(&body, 0);
    bytes_append_text(&path, place);
    client_escape(&path, invocation->arguments[0]);
    bytes_append_text(&path, "/");
    bytes_append_text(&path, what);
    answer_add_query(&path, invocation);
    json_t *answer = answer_ask(invocation, "POST", &path, &body);
    bytes_fini(&body);
    if (answer == NULL) {
        return 1;
    }
    *id = answer_number(answer, NULL, "action");
    json_decref(answer);
    return await_action(invocation, *id);
}

static int run_action(const struct invocation *invocation, const char *what, double *id)
{
    return run_action_of(invocation, "/api/v1/isolates/", what, id);
}

/* The file that came with action `id`, into `part`, which becomes `path` when it is whole. */
static int fetch_file(const struct invocation *invocation, double id, const char *part)
{
    char url[64];
    struct error error;
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

    if (fd < 0) {
        log_error("%s: %s", part, strerror(errno));
        return 1;
    }
    snprintf(url, sizeof url, "/api/v1/actions/%.0f/file", id);
    int code = client_download(invocation->client, url, fd, &error);
    if (close(fd) < 0 && code == 0) {
        code = error_set(&error, -errno, "%s", strerror(errno));
    }
    if (code == 0 && rename(part, invocation->output) < 0) {
        code = error_set(&error, -errno, "%s", strerror(errno));
    }
    if (code < 0) {
        unlink(part);
        log_error("%s: %s", invocation->output, error.text);
    }
    return code < 0;
}

static int run_file(const struct invocation *invocation, const char *what)
{
    struct bytes part;
    double id;

    if (invocation->output == NULL) {
        log_error("%s: say where to with -o FILE; see isoctl --help", what);
        return 2;
    }
    int code = run_action(invocation, what, &id);
    if (code != 0) {
        return code;
    }
    bytes_init(&part, 0);
    bytes_append_text(&part, invocation->output);
    bytes_append(&part, ".part", sizeof ".part");
    code = part.is_failed ? 1 : fetch_file(invocation, id, (const char *)part.data);
    bytes_fini(&part);
    if (code == 0 && !invocation->is_json) {
        printf("%s\n", invocation->output);
    }
    return code;
}

int orders_snapshot(const struct invocation *invocation)
{
    return run_file(invocation, "snapshot");
}

int orders_profile(const struct invocation *invocation)
{
    return run_file(invocation, "profile");
}

int orders_gc(const struct invocation *invocation)
{
    double id;
    return run_action(invocation, "gc", &id);
}

int orders_recycle(const struct invocation *invocation)
{
    double id;
    return run_action(invocation, "recycle", &id);
}

int orders_attach(const struct invocation *invocation)
{
    double id;
    return run_action_of(invocation, "/api/v1/processes/", "attach", &id);
}

int orders_detach(const struct invocation *invocation)
{
    double id;
    return run_action_of(invocation, "/api/v1/processes/", "detach", &id);
}

static int show_census(const struct invocation *invocation, json_t *answer)
{
    static const char *const titles[] = {"KIND", "COUNT", "BYTES", "GREW", "BYTES GREW", NULL};
    struct table table;
    size_t i;
    json_t *row;

    table_init(&table, titles, "lrrrr");
    json_array_foreach(json_object_get(answer, "rows"), i, row)
    {
        table_text(&table, answer_text(row, NULL, "name"), TABLE_PLAIN);
        answer_put_count(&table, answer_number(row, NULL, "count"));
        table_bytes(&table, answer_number(row, NULL, "bytes"));
        answer_put_count(&table, answer_number(row, NULL, "count_grown"));
        answer_put_growth(&table, answer_number(row, NULL, "bytes_grown"));
    }
    return answer_print(&table, invocation, "Nothing was counted.");
}

int orders_census(const struct invocation *invocation)
{
    struct invocation quiet = *invocation;
    char url[64];
    double id;
    int code;

    quiet.output = ""; /* what was done is told by what follows */
    quiet.is_json = false;
    if (run_action(&quiet, "census", &id) != 0) {
        return 1;
    }
    snprintf(url, sizeof url, "/api/v1/actions/%.0f/file", id);
    json_t *answer = answer_fetch(invocation, url, NULL, &code);
    if (answer != NULL) {
        code = show_census(invocation, answer);
        json_decref(answer);
    }
    return code;
}

static void show_kinds(struct table *table, json_t *result, double jobs)
{
    size_t i;
    json_t *kind;

    json_array_foreach(json_object_get(result, "kinds"), i, kind)
    {
        table_text(table, answer_text(kind, NULL, "name"), TABLE_PLAIN);
        answer_put_growth(table, answer_number(kind, NULL, "bytes") / jobs);
        answer_put_count(table, round(answer_number(kind, NULL, "count") / jobs));
        table_text(table, "", TABLE_PLAIN);
    }
}

static void show_sites(struct table *table, json_t *result, double jobs)
{
    char place[512];
    size_t i;
    json_t *site;

    json_array_foreach(json_object_get(result, "sites"), i, site)
    {
        const char *file = answer_text(site, NULL, "file");
        const char *function = answer_text(site, NULL, "function");
        snprintf(place, sizeof place, "%s:%.0f", file != NULL ? file : "",
                 answer_number(site, NULL, "line"));
        bool is_line = file != NULL && file[0] != '\0';
        table_text(table, is_line ? function : "(no line of the program)", TABLE_PLAIN);
        answer_put_growth(table, answer_number(site, NULL, "bytes") / jobs);
        table_text(table, "", TABLE_PLAIN);
        table_text(table, is_line ? place : "", TABLE_PLAIN);
    }
}

static int show_growth(const struct invocation *invocation, json_t *result)
{
    static const char *const titles[] = {"WHAT", "BYTES A JOB", "A JOB", "MADE AT", NULL};
    const char *why = answer_text(result, NULL, "no_site");
    double jobs = fmax(1, answer_number(result, NULL, "jobs"));
    struct table table;

    table_init(&table, titles, "lrrl");
    show_kinds(&table, result, jobs);
    show_sites(&table, result, jobs);
    int code = answer_print(&table, invocation, "Nothing grew.");
    printf("%.0f jobs in %.1f s; the isolate stood still for %.1f ms.\n",
           answer_number(result, NULL, "jobs"), answer_number(result, NULL, "seconds"),
           1000 * answer_number(result, NULL, "pause_seconds"));
    if (why != NULL) {
        printf("No line is known: ");
        answer_put_clean(why);
        printf("\n");
    }
    return code;
}

int orders_growth(const struct invocation *invocation)
{
    struct invocation quiet = *invocation;
    char url[64];
    double id;
    int code;

    if (invocation->is_json) {
        return run_action(invocation, "growth", &id);
    }
    quiet.output = "";
    code = run_action(&quiet, "growth", &id);
    if (code != 0) {
        return code;
    }
    snprintf(url, sizeof url, "/api/v1/actions/%.0f", id);
    quiet.query_count = 0;
    json_t *answer = answer_fetch(&quiet, url, NULL, &code);
    if (answer != NULL) {
        code = show_growth(invocation, json_object_get(answer, "result"));
        json_decref(answer);
    }
    return code;
}
