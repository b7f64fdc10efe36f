/*
 * Lists of things as tables, and one isolate in full. Called through the table of verbs.c. Owns
 * nothing beyond a call.
 */
#include "ctl/lists.h"

#include "ctl/answer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static int show_budgets(const struct invocation *invocation, json_t *answer)
{
    static const char *const titles[] = {"BUDGET",   "STATE",     "USED",    "LIMIT", "SHARE",
                                         "PROMISED", "PROJECTED", "FULL IN", NULL};
    struct table table;
    size_t i;
    json_t *budget;

    table_init(&table, titles, "llrrrrrr");
    json_array_foreach(json_object_get(answer, "budgets"), i, budget)
    {
        table_text(&table, answer_text(budget, NULL, "name"), TABLE_PLAIN);
        answer_put_state(&table, answer_text(budget, NULL, "state"));
        table_bytes(&table, answer_number(budget, NULL, "used"));
        table_bytes(&table, answer_number(budget, NULL, "limit"));
        table_percent(&table,
                      answer_number(budget, NULL, "used") / answer_number(budget, NULL, "limit"));
        table_bytes(&table, answer_number(budget, NULL, "committed"));
        table_seconds(&table, answer_number(budget, NULL, "projected_seconds"));
        table_seconds(&table, answer_number(budget, NULL, "limit_seconds"));
    }
    return answer_print(&table, invocation, "No budgets: no emitter is connected.");
}

int lists_budgets(const struct invocation *invocation)
{
    int code;
    json_t *answer = answer_fetch(invocation, "/api/v1/budgets", NULL, &code);
    if (answer != NULL) {
        code = show_budgets(invocation, answer);
        json_decref(answer);
    }
    return code;
}

static void show_line(const char *title, const char *text)
{
    if (text != NULL && *text != '\0') {
        printf("  %s ", title);
        answer_put_clean(text);
        printf("\n");
    }
}

static void show_saving(const json_t *advice)
{
    double bytes = answer_number(advice, NULL, "expected_bytes");
    double seconds = answer_number(advice, NULL, "expected_seconds");
    double measured = answer_number(advice, NULL, "measured");
    char expected_text[40] = "", measured_text[40] = "";

    if (!isnan(bytes)) {
        table_format_bytes(expected_text, sizeof expected_text, bytes);
        table_format_bytes(measured_text, sizeof measured_text, measured);
    } else if (!isnan(seconds)) {
        snprintf(expected_text, sizeof expected_text, "%.3g s a minute", seconds);
        snprintf(measured_text, sizeof measured_text, "%.3g s a minute", measured);
    }
    show_line("Expected:", expected_text);
    show_line("Measured:", isnan(measured) ? "" : measured_text);
}

int lists_advice(const struct invocation *invocation)
{
    int code;
    size_t i;
    json_t *advice;
    json_t *answer = answer_fetch(invocation, "/api/v1/advice", NULL, &code);

    if (answer == NULL) {
        return code;
    }
    json_array_foreach(json_object_get(answer, "advice"), i, advice)
    {
        answer_put_clean(answer_text(advice, NULL, "id"));
        printf(" (%s)\n", answer_text(advice, NULL, "state"));
        show_line("Symptom: ", answer_text(advice, NULL, "symptom"));
        show_line("Evidence:", answer_text(advice, NULL, "evidence"));
        show_line("Cause:   ", answer_text(advice, NULL, "cause"));
        show_line("Action:  ", answer_text(advice, NULL, "action"));
        show_saving(advice);
    }
    if (i == 0) {
        printf("No advice: nothing needs any.\n");
    }
    json_decref(answer);
    return 0;
}

static int show_alerts(const struct invocation *invocation, json_t *answer)
{
    static const char *const titles[] = {"ALERT", "STATE", "SEVERITY", "SINCE", "SUMMARY", NULL};
    struct table table;
    size_t i;
    json_t *alert;

    table_init(&table, titles, "lllll");
    json_array_foreach(json_object_get(answer, "alerts"), i, alert)
    {
        table_text(&table, answer_text(alert, NULL, "id"), TABLE_PLAIN);
        answer_put_state(&table, answer_text(alert, NULL, "state"));
        answer_put_state(&table, answer_text(alert, NULL, "severity"));
        answer_put_time(&table, answer_number(alert, NULL, "since"));
        table_text(&table, answer_text(alert, NULL, "summary"), TABLE_PLAIN);
    }
    return answer_print(&table, invocation, "No alerts.");
}

int lists_alerts(const struct invocation *invocation)
{
    int code;
    json_t *answer = answer_fetch(invocation, "/api/v1/alerts", NULL, &code);
    if (answer != NULL) {
        code = show_alerts(invocation, answer);
        json_decref(answer);
    }
    return code;
}

static void put_process(struct table *table, const json_t *process)
{
    bool was_killed = answer_number(process, NULL, "killed_at") > 0;

    table_count(table, answer_number(process, NULL, "pid"));
    table_text(table, answer_text(process, NULL, "name"), TABLE_PLAIN);
    answer_put_state(table, was_killed ? "oom" : answer_text(process, NULL, "state"));
}

static int show_processes(const struct invocation *invocation, json_t *answer)
{
    static const char *const titles[] = {"PID",    "NAME",         "STATE",    "ISOLATES",
                                         "RSS",    "HEAP",         "EXTERNAL", "SHARED",
                                         "QUEUED", "UNATTRIBUTED", NULL};
    static const char *const keys[] = {"rss",    "heap_total",   "external",
                                       "shared", "queued_bytes", "unattributed"};
    struct table table;
    size_t i;
    json_t *process;

    table_init(&table, titles, "rllrrrrrrr");
    json_array_foreach(json_object_get(answer, "processes"), i, process)
    {
        put_process(&table, process);
        table_count(&table, answer_number(process, NULL, "isolates"));
        for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
            table_bytes(&table, answer_number(process, NULL, keys[k]));
        }
    }
    return answer_print(&table, invocation, "No processes: no emitter is connected.");
}

/* What the kernel counts of each; of one that nobody probes its resident memory is known alone. */
int lists_memory(const struct invocation *invocation)
{
    static const char *const titles[] = {"PID",     "NAME",   "STATE",  "RESIDENT",     "ANON",
                                         "FILE",    "SHMEM",  "PEAK",   "SWAPPED",
                                         "TABLES",  "MAPPED", "MAJOR FAULTS", NULL};
    static const char *const keys[] = {"anon",    "file",        "shmem", "rss_peak",
                                       "swapped", "page_tables", "mapped"};
    struct table table;
    int code;
    size_t i;
    json_t *process;
    json_t *answer = answer_fetch(invocation, "/api/v1/processes", NULL, &code);

    if (answer == NULL) {
        return code;
    }
    table_init(&table, titles, "rllrrrrrrrrr");
    json_array_foreach(json_object_get(answer, "processes"), i, process)
    {
        double exact = answer_number(process, "memory", "rss");
        put_process(&table, process);
        table_bytes(&table, isnan(exact) ? answer_number(process, NULL, "rss") : exact);
        for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
            table_bytes(&table, answer_number(process, "memory", keys[k]));
        }
        answer_put_count(&table, answer_number(process, "memory", "major_faults"));
    }
    code = answer_print(&table, invocation, "No processes: no emitter is connected.");
    json_decref(answer);
    return code;
}

static int show_isolates(const struct invocation *invocation, json_t *answer)
{
    static const char *const titles[TABLE_COLUMNS_MAX + 1] = {
        "ISOLATE", "NAME",     "STATE",    "USED",   "TOTAL", "LIMIT",  "LIVE",
        "RESIDENT", "EXTERNAL", "SHARED", "JOBS",  "DRIFT", "PER JOB"};
    struct table table;
    size_t i;
    json_t *isolate;

    table_init(&table, titles, "lllrrrrrrrrlr");
    json_array_foreach(json_object_get(answer, "isolates"), i, isolate)
    {
        table_text(&table, answer_text(isolate, NULL, "id"), TABLE_PLAIN);
        table_text(&table, answer_text(isolate, NULL, "name"), TABLE_PLAIN);
        answer_put_state(&table, json_is_true(answer_at(isolate, NULL, "stale"))
                                     ? "stale"
                                     : answer_text(isolate, NULL, "state"));
        table_bytes(&table, answer_number(isolate, "heap", "used"));
        table_bytes(&table, answer_number(isolate, "heap", "total"));
        table_bytes(&table, answer_number(isolate, "heap", "limit"));
        table_bytes(&table, answer_number(isolate, "heap", "live"));
        table_bytes(&table, answer_number(isolate, NULL, "rss_attributed"));
        table_bytes(&table, answer_number(isolate, NULL, "external"));
        table_bytes(&table, answer_number(isolate, NULL, "shared"));
        table_count(&table, answer_number(isolate, NULL, "jobs"));
        answer_put_state(&table, answer_text(isolate, "drift", "state"));
        table_bytes(&table, answer_number(isolate, "drift", "bytes_per_job"));
    }
    return answer_print(&table, invocation, "No isolates: no emitter is connected.");
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
            answer_put_clean(json_string_value(value));
        } else if (json_is_null(value)) {
            printf("-");
        } else {
            char *dump =
                json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(12));
            answer_put_clean(dump);
            free(dump);
        }
        printf("\n");
    }
}

/* A table of all, or everything about the one that is named. */
static int list_or_show(const struct invocation *invocation, const char *list, const char *single,
                        int (*show)(const struct invocation *invocation, json_t *answer))
{
    int code;
    bool is_single = invocation->argument_count > 0;
    json_t *answer = is_single ? answer_fetch(invocation, single, invocation->arguments[0], &code)
                               : answer_fetch(invocation, list, NULL, &code);

    if (answer != NULL && is_single) {
        show_object(answer, "");
    } else if (answer != NULL) {
        code = show(invocation, answer);
    }
    json_decref(answer);
    return code;
}

int lists_isolates(const struct invocation *invocation)
{
    return list_or_show(invocation, "/api/v1/isolates", "/api/v1/isolates/", show_isolates);
}

int lists_processes(const struct invocation *invocation)
{
    return list_or_show(invocation, "/api/v1/processes", "/api/v1/processes/", show_processes);
}

static void put_flow(struct table *table, const json_t *flow)
{
    static const char *const columns[] = {"clone_bytes", "transfer_bytes", "share_bytes"};
    static const char *const times[] = {"serialize_seconds", "deserialize_seconds"};

    table_text(table, answer_text(flow, NULL, "from"), TABLE_PLAIN);
    const char *to = answer_text(flow, NULL, "to");
    table_text(table, to != NULL ? to : "nobody yet", TABLE_PLAIN);
    answer_put_count(table, answer_number(flow, NULL, "messages"));
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        table_bytes(table, answer_number(flow, NULL, columns[i]));
    }
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        table_seconds(table, answer_number(flow, NULL, times[i]));
    }
    table_bytes(table, answer_number(flow, NULL, "p50_bytes"));
    table_bytes(table, answer_number(flow, NULL, "p99_bytes"));
}

int lists_flows(const struct invocation *invocation)
{
    static const char *const titles[] = {"FROM",     "TO",       "MESSAGES",    "CLONED",
                                         "MOVED",    "SHARED",   "SERIALIZING", "DESERIALIZING",
                                         "P50 SIZE", "P99 SIZE", NULL};
    struct table table;
    int code;
    size_t i;
    json_t *flow;
    json_t *answer = answer_fetch(invocation, "/api/v1/flows", NULL, &code);

    if (answer == NULL) {
        return code;
    }
    table_init(&table, titles, "llrrrrrrrr");
    json_array_foreach(json_object_get(answer, "flows"), i, flow)
    {
        put_flow(&table, flow);
    }
    code = answer_print(&table, invocation, "No messages of late.");
    json_decref(answer);
    return code;
}

int lists_recycles(const struct invocation *invocation)
{
    static const char *const titles[] = {"TIME",      "ISOLATE", "REASON", "PREDICTED",
                                         "RECLAIMED", "TOOK",    NULL};
    struct table table;
    int code;
    size_t i;
    json_t *recycle;
    json_t *answer = answer_fetch(invocation, "/api/v1/recycles", NULL, &code);

    if (answer == NULL) {
        return code;
    }
    table_init(&table, titles, "lllrrr");
    json_array_foreach(json_object_get(answer, "recycles"), i, recycle)
    {
        answer_put_time(&table, answer_number(recycle, NULL, "t"));
        table_text(&table, answer_text(recycle, NULL, "isolate"), TABLE_PLAIN);
        table_text(&table, answer_text(recycle, NULL, "reason"), TABLE_PLAIN);
        table_bytes(&table, answer_number(recycle, NULL, "predicted"));
        table_bytes(&table, answer_number(recycle, NULL, "reclaimed"));
        table_seconds(&table, answer_number(recycle, NULL, "seconds"));
    }
    code = answer_print(&table, invocation, "Nothing was recycled.");
    json_decref(answer);
    return code;
}

int lists_stores(const struct invocation *invocation)
{
    static const char *const titles[] = {"PROCESS", "STORE",     "BYTES", "SHARED",
                                         "REFS",    "PINNED BY", NULL};
    struct table table;
    int code;
    size_t i, k;
    json_t *store, *pin;
    json_t *answer = answer_fetch(invocation, "/api/v1/stores", NULL, &code);

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
        table_count(&table, answer_number(store, NULL, "process"));
        table_count(&table, answer_number(store, NULL, "id"));
        table_bytes(&table, answer_number(store, NULL, "bytes"));
        table_text(&table, json_is_true(answer_at(store, NULL, "shared")) ? "yes" : "no",
                   TABLE_PLAIN);
        table_count(&table, answer_number(store, NULL, "refs"));
        table_text(&table, pins.is_failed ? NULL : (const char *)pins.data, TABLE_PLAIN);
        bytes_fini(&pins);
    }
    code = answer_print(&table, invocation, "No stores.");
    json_decref(answer);
    return code;
}
