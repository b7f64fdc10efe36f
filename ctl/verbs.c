/*
 * The verbs. Called by main.c. Each asks for JSON and prints it as people read it; jansson is only
 * known here and in client.c. Owns nothing beyond a call.
 */
#include "ctl/verbs.h"

#include "base/log.h"
#include "ctl/replay.h"
#include "ctl/table.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ACTION_WAIT_S 90

/* ---- asking ---------------------------------------------------------------------------------- */

/* The path with the options that are a query. */
static void append_query(struct bytes *path, const struct invocation *invocation)
{
    for (int i = 0; i < invocation->query_count; i += 2) {
        bytes_append_format(
            path, "%s%s=", i == 0 && memchr(path->data, '?', path->size) == NULL ? "?" : "&",
            invocation->query[i]);
        client_escape(path, invocation->query[i + 1]);
    }
}

/* Asks and parses; NULL after the failure was told. */
static json_t *ask(const struct invocation *invocation, const char *method, struct bytes *path,
                   struct bytes *body)
{
    struct error error;
    json_error_t wrong;

    bytes_append(path, "", 1);
    int code = path->is_failed
                   ? error_set(&error, -1, "out of memory")
                   : client_ask(invocation->client, method, (const char *)path->data, body, &error);
    bytes_fini(path);
    if (code < 0) {
        log_error("%s", error.text);
        return NULL;
    }
    json_t *answer = json_loadb((const char *)body->data, body->size, 0, &wrong);
    if (answer == NULL) {
        log_error("the answer is not JSON (%s); is it isoscoped?", wrong.text);
    }
    return answer;
}

/* GET of a list or an object; with --json the answer is printed as it came and NULL returned, *code
 * saying how it went. */
static json_t *fetch(const struct invocation *invocation, const char *format, const char *argument,
                     int *code)
{
    struct bytes path, body;

    bytes_init(&path, 0);
    bytes_init(&body, 0);
    bytes_append_text(&path, format);
    if (argument != NULL) {
        client_escape(&path, argument);
    }
    append_query(&path, invocation);
    json_t *answer = ask(invocation, "GET", &path, &body);
    *code = answer != NULL ? 0 : 1;
    if (answer != NULL && invocation->is_json) {
        fwrite(body.data, 1, body.size, stdout);
        printf("\n");
        json_decref(answer);
        answer = NULL;
    }
    bytes_fini(&body);
    return answer;
}

/* ---- reading --------------------------------------------------------------------------------- */

static json_t *at(const json_t *object, const char *group, const char *key)
{
    return json_object_get(group != NULL ? json_object_get(object, group) : object, key);
}

static double number(const json_t *object, const char *group, const char *key)
{
    json_t *value = at(object, group, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static const char *text(const json_t *object, const char *group, const char *key)
{
    return json_string_value(at(object, group, key));
}

static enum table_colour colour_of(const char *state)
{
    static const struct {
        const char *state;
        enum table_colour colour;
    } colours[] = {
        {"over", TABLE_RED},      {"critical", TABLE_RED},
        {"oom", TABLE_RED},       {"died", TABLE_RED},
        {"rising", TABLE_YELLOW}, {"warning", TABLE_YELLOW},
        {"firing", TABLE_YELLOW}, {"advice", TABLE_YELLOW},
        {"stale", TABLE_YELLOW},  {"outside_band", TABLE_YELLOW},
        {"safe", TABLE_GREEN},    {"ok", TABLE_GREEN},
    };
    for (size_t i = 0; state != NULL && i < sizeof colours / sizeof colours[0]; i++) {
        if (strcmp(colours[i].state, state) == 0) {
            return colours[i].colour;
        }
    }
    return TABLE_PLAIN;
}

static void put_state(struct table *table, const char *state)
{
    table_text(table, state, colour_of(state));
}

static void put_time(struct table *table, double t)
{
    char out[32] = "-";
    time_t seconds = (time_t)t;
    struct tm parts;
    if (isfinite(t) && localtime_r(&seconds, &parts) != NULL) {
        strftime(out, sizeof out, "%F %T", &parts);
    }
    table_text(table, out, TABLE_PLAIN);
}

static void put_clean(const char *what)
{
    struct bytes out;
    bytes_init(&out, 0);
    table_clean(&out, what != NULL ? what : "-");
    fwrite(out.data, 1, out.size, stdout);
    bytes_fini(&out);
}

static void put_padded(const char *what, size_t width)
{
    struct bytes out;
    bytes_init(&out, 0);
    table_clean(&out, what != NULL ? what : "-");
    fwrite(out.data, 1, out.size, stdout);
    printf("%*s", out.size < width ? (int)(width - out.size) : 0, "");
    bytes_fini(&out);
}

static void put_count(struct table *table, double count)
{
    char out[32] = "-";
    if (isfinite(count)) {
        snprintf(out, sizeof out, "%.0f", count);
    }
    table_text(table, out, TABLE_PLAIN);
}

/* Bytes that may have become fewer. */
static void put_growth(struct table *table, double bytes)
{
    char out[34] = "-";
    if (isfinite(bytes)) {
        out[0] = bytes < 0 ? '-' : '+';
        table_format_bytes(out + 1, sizeof out - 1, fabs(bytes));
    }
    table_text(table, out, TABLE_PLAIN);
}

/* Prints the table, or in words that there is nothing. */
static int finish(struct table *table, const struct invocation *invocation, const char *nothing)
{
    bool is_failed = table->is_failed;
    if (is_failed) {
        log_error("out of memory");
    } else if (table->cell_count == 0) {
        printf("%s\n", nothing);
    } else {
        table_print(table, invocation->has_colours);
    }
    table_fini(table);
    return is_failed ? 1 : 0;
}

/* ---- lists ----------------------------------------------------------------------------------- */

static int show_budgets_of(const struct invocation *invocation, json_t *answer)
{
    static const char *const titles[] = {"BUDGET", "STATE",    "USED",      "LIMIT",
                                         "SHARE",  "PROMISED", "PROJECTED", NULL};
    struct table table;
    size_t i;
    json_t *budget;

    table_init(&table, titles, "llrrrrr");
    json_array_foreach(json_object_get(answer, "budgets"), i, budget)
    {
        table_text(&table, text(budget, NULL, "name"), TABLE_PLAIN);
        put_state(&table, text(budget, NULL, "state"));
        table_bytes(&table, number(budget, NULL, "used"));
        table_bytes(&table, number(budget, NULL, "limit"));
        table_percent(&table, number(budget, NULL, "used") / number(budget, NULL, "limit"));
        table_bytes(&table, number(budget, NULL, "committed"));
        table_seconds(&table, number(budget, NULL, "projected_seconds"));
    }
    return finish(&table, invocation, "No budgets: no emitter is connected.");
}

static int run_budgets(const struct invocation *invocation)
{
    int code;
    json_t *answer = fetch(invocation, "/api/v1/budgets", NULL, &code);
    if (answer != NULL) {
        code = show_budgets_of(invocation, answer);
        json_decref(answer);
    }
    return code;
}

static int show_alerts_of(const struct invocation *invocation, json_t *answer)
{
    static const char *const titles[] = {"ALERT", "STATE", "SEVERITY", "SINCE", "SUMMARY", NULL};
    struct table table;
    size_t i;
    json_t *alert;

    table_init(&table, titles, "lllll");
    json_array_foreach(json_object_get(answer, "alerts"), i, alert)
    {
        table_text(&table, text(alert, NULL, "id"), TABLE_PLAIN);
        put_state(&table, text(alert, NULL, "state"));
        put_state(&table, text(alert, NULL, "severity"));
        put_time(&table, number(alert, NULL, "since"));
        table_text(&table, text(alert, NULL, "summary"), TABLE_PLAIN);
    }
    return finish(&table, invocation, "No alerts.");
}

static int run_alerts(const struct invocation *invocation)
{
    int code;
    json_t *answer = fetch(invocation, "/api/v1/alerts", NULL, &code);
    if (answer != NULL) {
        code = show_alerts_of(invocation, answer);
        json_decref(answer);
    }
    return code;
}

static int run_processes(const struct invocation *invocation)
{
    static const char *const titles[] = {"PID",    "NAME",         "STATE",    "ISOLATES",
                                         "RSS",    "HEAP",         "EXTERNAL", "SHARED",
                                         "QUEUED", "UNATTRIBUTED", NULL};
    static const char *const keys[] = {"rss",    "heap_total",   "external",
                                       "shared", "queued_bytes", "unattributed"};
    struct table table;
    int code;
    size_t i;
    json_t *process;
    json_t *answer = fetch(invocation, "/api/v1/processes", NULL, &code);

    if (answer == NULL) {
        return code;
    }
    table_init(&table, titles, "rllrrrrrrr");
    json_array_foreach(json_object_get(answer, "processes"), i, process)
    {
        table_count(&table, number(process, NULL, "pid"));
        table_text(&table, text(process, NULL, "name"), TABLE_PLAIN);
        put_state(&table, text(process, NULL, "state"));
        table_count(&table, number(process, NULL, "isolates"));
        for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
            table_bytes(&table, number(process, NULL, keys[k]));
        }
    }
    code = finish(&table, invocation, "No processes: no emitter is connected.");
    json_decref(answer);
    return code;
}

static int show_isolates_of(const struct invocation *invocation, json_t *answer)
{
    static const char *const titles[TABLE_COLUMNS_MAX + 1] = {
        "ISOLATE", "NAME",     "STATE",  "USED", "TOTAL", "LIMIT",
        "LIVE",    "EXTERNAL", "SHARED", "JOBS", "DRIFT", "PER JOB"};
    struct table table;
    size_t i;
    json_t *isolate;

    table_init(&table, titles, "lllrrrrrrrlr");
    json_array_foreach(json_object_get(answer, "isolates"), i, isolate)
    {
        table_text(&table, text(isolate, NULL, "id"), TABLE_PLAIN);
        table_text(&table, text(isolate, NULL, "name"), TABLE_PLAIN);
        put_state(&table, json_is_true(at(isolate, NULL, "stale")) ? "stale"
                                                                   : text(isolate, NULL, "state"));
        table_bytes(&table, number(isolate, "heap", "used"));
        table_bytes(&table, number(isolate, "heap", "total"));
        table_bytes(&table, number(isolate, "heap", "limit"));
        table_bytes(&table, number(isolate, "heap", "live"));
        table_bytes(&table, number(isolate, NULL, "external"));
        table_bytes(&table, number(isolate, NULL, "shared"));
        table_count(&table, number(isolate, NULL, "jobs"));
        put_state(&table, text(isolate, "drift", "state"));
        table_bytes(&table, number(isolate, "drift", "bytes_per_job"));
    }
    return finish(&table, invocation, "No isolates: no emitter is connected.");
}

/* A single object: every figure a line, groups with a dot. */
static void show_object(const json_t *object, const char *prefix)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
    {
        char name[128];
        snprintf(name, sizeof name, "%s%s%s", prefix, *prefix != '\0' ? "." : "", key);
        if (json_is_object(value)) {
            show_object(value, name);
            continue;
        }
        printf("%-26s ", name);
        if (json_is_string(value)) {
            put_clean(json_string_value(value));
        } else if (json_is_null(value)) {
            printf("-");
        } else {
            char *dump =
                json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(12));
            put_clean(dump);
            free(dump);
        }
        printf("\n");
    }
}

static int run_isolates(const struct invocation *invocation)
{
    int code;
    bool is_single = invocation->argument_count > 0;
    json_t *answer = is_single
                         ? fetch(invocation, "/api/v1/isolates/", invocation->arguments[0], &code)
                         : fetch(invocation, "/api/v1/isolates", NULL, &code);
    if (answer != NULL && is_single) {
        show_object(answer, "");
    } else if (answer != NULL) {
        code = show_isolates_of(invocation, answer);
    }
    json_decref(answer);
    return code;
}

static void put_flow(struct table *table, const json_t *flow)
{
    static const char *const columns[] = {"clone_bytes", "transfer_bytes", "share_bytes"};
    static const char *const times[] = {"serialize_seconds", "deserialize_seconds"};

    table_text(table, text(flow, NULL, "from"), TABLE_PLAIN);
    table_text(table, text(flow, NULL, "to"), TABLE_PLAIN);
    put_count(table, number(flow, NULL, "messages"));
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        table_bytes(table, number(flow, NULL, columns[i]));
    }
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        table_seconds(table, number(flow, NULL, times[i]));
    }
    table_bytes(table, number(flow, NULL, "p50_bytes"));
    table_bytes(table, number(flow, NULL, "p99_bytes"));
}

static int run_flows(const struct invocation *invocation)
{
    static const char *const titles[] = {"FROM",    "TO",        "MESSAGES",    "CLONED",
                                         "MOVED",   "SHARED",    "SERIALIZING", "DESERIALIZING",
                                         "P50 SIZE", "P99 SIZE", NULL};
    struct table table;
    int code;
    size_t i;
    json_t *flow;
    json_t *answer = fetch(invocation, "/api/v1/flows", NULL, &code);

    if (answer == NULL) {
        return code;
    }
    table_init(&table, titles, "llrrrrrrrr");
    json_array_foreach(json_object_get(answer, "flows"), i, flow)
    {
        put_flow(&table, flow);
    }
    code = finish(&table, invocation, "No messages of late.");
    json_decref(answer);
    return code;
}

static int run_recycles(const struct invocation *invocation)
{
    static const char *const titles[] = {"TIME",      "ISOLATE", "REASON", "PREDICTED",
                                         "RECLAIMED", "TOOK",    NULL};
    struct table table;
    int code;
    size_t i;
    json_t *recycle;
    json_t *answer = fetch(invocation, "/api/v1/recycles", NULL, &code);

    if (answer == NULL) {
        return code;
    }
    table_init(&table, titles, "lllrrr");
    json_array_foreach(json_object_get(answer, "recycles"), i, recycle)
    {
        put_time(&table, number(recycle, NULL, "t"));
        table_text(&table, text(recycle, NULL, "isolate"), TABLE_PLAIN);
        table_text(&table, text(recycle, NULL, "reason"), TABLE_PLAIN);
        table_bytes(&table, number(recycle, NULL, "predicted"));
        table_bytes(&table, number(recycle, NULL, "reclaimed"));
        table_seconds(&table, number(recycle, NULL, "seconds"));
    }
    code = finish(&table, invocation, "Nothing was recycled.");
    json_decref(answer);
    return code;
}

static int run_stores(const struct invocation *invocation)
{
    static const char *const titles[] = {"PROCESS", "STORE",     "BYTES", "SHARED",
                                         "REFS",    "PINNED BY", NULL};
    struct table table;
    int code;
    size_t i, k;
    json_t *store, *pin;
    json_t *answer = fetch(invocation, "/api/v1/stores", NULL, &code);

    if (answer == NULL) {
        return code;
    }
    table_init(&table, titles, "rrrlrl");
    json_array_foreach(json_object_get(answer, "stores"), i, store)
    {
        struct bytes pins;
        bytes_init(&pins, 0);
        json_array_foreach(json_object_get(store, "pins"), k, pin)
        {
            bytes_append_format(&pins, "%s%s", k > 0 ? " " : "", json_string_value(pin));
        }
        bytes_append(&pins, "", 1);
        table_count(&table, number(store, NULL, "process"));
        table_count(&table, number(store, NULL, "id"));
        table_bytes(&table, number(store, NULL, "bytes"));
        table_text(&table, json_is_true(at(store, NULL, "shared")) ? "yes" : "no", TABLE_PLAIN);
        table_count(&table, number(store, NULL, "refs"));
        table_text(&table, pins.is_failed ? NULL : (const char *)pins.data, TABLE_PLAIN);
        bytes_fini(&pins);
    }
    code = finish(&table, invocation, "No stores.");
    json_decref(answer);
    return code;
}

/* ---- events ---------------------------------------------------------------------------------- */

static void put_field(const char *key, json_t *value)
{
    size_t length = strlen(key);
    bool is_bytes = length >= 5 && strcmp(key + length - 5, "bytes") == 0;
    bool is_seconds = length >= 7 && strcmp(key + length - 7, "seconds") == 0;
    char figure[32];

    printf(" %s=", key);
    if (json_is_string(value)) {
        put_clean(json_string_value(value));
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

/* 14:12:08.250 clone  4711.3  to=4711.0 bytes=1.00 MiB ... */
static void show_event(const json_t *event)
{
    double t = number(event, NULL, "t");
    time_t seconds = (time_t)t;
    struct tm parts;
    char moment[16] = "-";
    const char *key;
    json_t *value;

    if (isfinite(t) && localtime_r(&seconds, &parts) != NULL) {
        strftime(moment, sizeof moment, "%T", &parts);
    }
    printf("%s.%03d ", moment, isfinite(t) ? (int)((t - floor(t)) * 1000) : 0);
    put_padded(text(event, NULL, "type"), 8);
    printf(" ");
    put_padded(text(event, NULL, "isolate"), 10);
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
    double lost = number(answer, NULL, "lost");

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
            show_event(event);
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
        append_query(&path, invocation);
        json_t *answer = ask(invocation, "GET", &path, &body);
        bytes_fini(&body);
        if (answer == NULL) {
            return 1;
        }
        show_events(invocation, answer);
        next = number(answer, NULL, "next");
        json_decref(answer);
    }
    return 1;
}

static int run_events(const struct invocation *invocation)
{
    struct invocation once = *invocation;
    int code;

    once.is_json = invocation->is_json && !invocation->is_following;
    json_t *answer = fetch(&once, "/api/v1/events", NULL, &code);
    if (answer == NULL) {
        return code;
    }
    double next = number(answer, NULL, "next");
    show_events(invocation, answer);
    json_decref(answer);
    return invocation->is_following ? follow_events(invocation, next) : 0;
}

/* ---- the rest -------------------------------------------------------------------------------- */

static int run_frame(const struct invocation *invocation)
{
    struct invocation as_json = *invocation;
    int code;
    as_json.is_json = true; /* a frame is a document, not a table */
    json_decref(fetch(&as_json, "/api/v1/frame", NULL, &code));
    return code;
}

static void show_collector(json_t *status)
{
    char rss[32], up[32], cpu[32];
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    table_format_bytes(rss, sizeof rss, number(status, NULL, "rss"));
    table_format_seconds(cpu, sizeof cpu, number(status, NULL, "cpu_seconds"));
    table_format_seconds(up, sizeof up, (double)now.tv_sec - number(status, NULL, "started_at"));
    printf("isoscoped ");
    put_clean(text(status, NULL, "version"));
    printf(", up %s, %s resident, %s of processor time; %zu emitters, %.0f events, %.0f lost\n", up,
           rss, cpu, json_array_size(json_object_get(status, "emitters")),
           number(status, NULL, "events"), number(status, NULL, "events_lost"));
}

static int run_status(const struct invocation *invocation)
{
    int code;
    json_t *status = fetch(invocation, "/api/v1/status", NULL, &code);
    if (status == NULL) {
        return code;
    }
    const char *state = text(status, "verdict", "state");
    printf("%s", table_colour_code(colour_of(state), invocation->has_colours));
    put_clean(text(status, "verdict", "text"));
    printf("%s\n", table_colour_code(TABLE_PLAIN, invocation->has_colours));
    put_clean(text(status, "verdict", "evidence"));
    printf("\n\n");
    code = run_budgets(invocation);
    if (code == 0) {
        printf("\n");
        code = run_alerts(invocation);
    }
    printf("\n");
    show_collector(status);
    json_decref(status);
    return code;
}

static int run_history(const struct invocation *invocation)
{
    static const char *const titles[] = {"TIME", "MIN", "AVERAGE", "MAX", NULL};
    struct invocation extended = *invocation;
    struct table table;
    int code;
    size_t i;
    json_t *point;

    extended.query[extended.query_count++] = "of";
    extended.query[extended.query_count++] = invocation->arguments[0];
    extended.query[extended.query_count++] = "metric";
    extended.query[extended.query_count++] = invocation->arguments[1];
    json_t *answer = fetch(&extended, "/api/v1/history", NULL, &code);
    if (answer == NULL) {
        return code;
    }
    table_init(&table, titles, "lrrr");
    json_array_foreach(json_object_get(answer, "points"), i, point)
    {
        put_time(&table, json_number_value(json_array_get(point, 0)));
        for (size_t k = 1; k < 4; k++) {
            json_t *value = json_array_get(point, k);
            table_bytes(&table, json_is_number(value) ? json_number_value(value) : NAN);
        }
    }
    code = finish(&table, invocation, "Nothing was recorded in that time.");
    json_decref(answer);
    return code;
}

/* What an action brought: "done", and for a recycle what it gave back. */
static void show_done(json_t *action)
{
    double reclaimed = number(action, "result", "reclaimed");
    double predicted = number(action, "result", "predicted");
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
    for (int i = 0; i < invocation->query_count; i += 2) {
        if (strcmp(invocation->query[i], "seconds") == 0) {
            return strtod(invocation->query[i + 1], NULL);
        }
    }
    return 0;
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
        json_t *action = fetch(&plain, "/api/v1/actions/", number_text, &code);
        if (action == NULL) {
            return code;
        }
        const char *state = text(action, NULL, "state");
        bool is_over =
            state != NULL && (strcmp(state, "done") == 0 || strcmp(state, "failed") == 0);
        if (is_over && invocation->is_json) {
            json_dumpf(action, stdout, JSON_COMPACT);
            printf("\n");
        } else if (is_over && strcmp(state, "done") == 0 && invocation->output == NULL) {
            show_done(action);
        }
        if (is_over && strcmp(state, "failed") == 0) {
            log_error("%s", text(action, NULL, "error"));
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

/* Asks for `what` and waits until it is done. */
static int run_action(const struct invocation *invocation, const char *what, double *id)
{
    struct bytes path, body;

    bytes_init(&path, 0);
    bytes_init(&body, 0);
    bytes_append_text(&path, "/api/v1/isolates/");
    client_escape(&path, invocation->arguments[0]);
    bytes_append_text(&path, "/");
    bytes_append_text(&path, what);
    append_query(&path, invocation);
    json_t *answer = ask(invocation, "POST", &path, &body);
    bytes_fini(&body);
    if (answer == NULL) {
        return 1;
    }
    *id = number(answer, NULL, "action");
    json_decref(answer);
    return await_action(invocation, *id);
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

static int run_snapshot(const struct invocation *invocation)
{
    return run_file(invocation, "snapshot");
}

static int run_profile(const struct invocation *invocation)
{
    return run_file(invocation, "profile");
}

static int run_gc(const struct invocation *invocation)
{
    double id;
    return run_action(invocation, "gc", &id);
}

static int run_recycle(const struct invocation *invocation)
{
    double id;
    return run_action(invocation, "recycle", &id);
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
        table_text(&table, text(row, NULL, "name"), TABLE_PLAIN);
        put_count(&table, number(row, NULL, "count"));
        table_bytes(&table, number(row, NULL, "bytes"));
        put_count(&table, number(row, NULL, "count_grown"));
        put_growth(&table, number(row, NULL, "bytes_grown"));
    }
    return finish(&table, invocation, "Nothing was counted.");
}

static int run_census(const struct invocation *invocation)
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
    json_t *answer = fetch(invocation, url, NULL, &code);
    if (answer != NULL) {
        code = show_census(invocation, answer);
        json_decref(answer);
    }
    return code;
}

const struct verb verbs_table[] = {
    {"status", "", "the verdict, budgets, alerts and the collector itself", 0, 0, "", run_status},
    {"frame", "[--isolates=all|top:N|ID,...]", "one tick as JSON", 0, 0, "isolates", run_frame},
    {"processes", "", "the observed processes", 0, 0, "name state", run_processes},
    {"isolates", "[ID] [--name=GLOB] [--state=STATE]", "all isolates, or everything about one", 0,
     1, "name state limit", run_isolates},
    {"budgets", "", "sums against their limits", 0, 0, "", run_budgets},
    {"alerts", "[--state=STATE]", "what needs attention", 0, 0, "state", run_alerts},
    {"events", "[--follow] [--type=TYPE] [--isolate=ID] [--limit=N]", "the last happenings", 0, 0,
     "follow type isolate limit", run_events},
    {"history", "OF METRIC [--from=T] [--to=T] [--step=S]",
     "the past of isolate:ID, process:PID or budget:NAME; times below 0 count from now", 2, 2,
     "from to step", run_history},
    {"flows", "[--window=S] [--isolate=ID]", "who sends how much to whom; the last minute", 0, 0,
     "window isolate limit", run_flows},
    {"recycles", "[--isolate=ID]", "what was recycled, and what it brought", 0, 0, "isolate limit",
     run_recycles},
    {"stores", "", "buffers and who holds them", 0, 0, "limit", run_stores},
    {"gc", "ID", "collect the garbage of an isolate and wait until it is done", 1, 1, "", run_gc},
    {"recycle", "ID", "have an isolate replaced between two jobs and wait until it is done", 1, 1,
     "", run_recycle},
    {"snapshot", "ID -o FILE", "write an isolate's heap as a .heapsnapshot for Chrome DevTools", 1,
     1, "output", run_snapshot},
    {"profile", "ID [--seconds=N] [--interval=BYTES] -o FILE",
     "sample where an isolate allocates, as a .heapprofile; default 5 s, a sample every 512 KiB", 1,
     1, "output seconds interval", run_profile},
    {"census", "ID",
     "count what is in an isolate's heap by constructor, and what grew since the first time", 1, 1,
     "", run_census},
    {"replay", "FILE... [--config=FILE]",
     "run the drift detector over recorded samples; with labels tell its error; - is stdin", 1,
     INT_MAX, "config", replay_run},
    {NULL, NULL, NULL, 0, 0, NULL, NULL},
};
