/*
 * The table of verbs, and those that show the collector as a whole. Called by main.c. Owns nothing
 * beyond a call.
 */
#include "ctl/verbs.h"

#include "base/log.h"
#include "ctl/answer.h"
#include "ctl/completion.h"
#include "ctl/blackbox.h"
#include "ctl/events.h"
#include "ctl/gate.h"
#include "ctl/lists.h"
#include "ctl/orders.h"
#include "ctl/replay.h"
#include "ctl/silence.h"
#include "ctl/top.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int run_frame(const struct invocation *invocation)
{
    struct invocation as_json = *invocation;
    int code;
    as_json.is_json = true; /* a frame is a document, not a table */
    json_decref(answer_fetch(&as_json, "/api/v1/frame", NULL, &code));
    return code;
}

static void show_collector(json_t *status)
{
    char rss[32], up[32], cpu[32];
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    table_format_bytes(rss, sizeof rss, answer_number(status, NULL, "rss"));
    table_format_seconds(cpu, sizeof cpu, answer_number(status, NULL, "cpu_seconds"));
    table_format_seconds(up, sizeof up,
                         (double)now.tv_sec - answer_number(status, NULL, "started_at"));
    printf("isoscoped ");
    answer_put_clean(answer_text(status, NULL, "version"));
    printf(", up %s, %s resident, %s of processor time; %zu emitters, %.0f events, %.0f lost\n", up,
           rss, cpu, json_array_size(json_object_get(status, "emitters")),
           answer_number(status, NULL, "events"), answer_number(status, NULL, "events_lost"));
}

/* What is remembered on disk, and why it is not when it is not. */
static void show_history(const json_t *history)
{
    const json_t *disk = json_object_get(history, "disk");
    const char *state = answer_text(disk, NULL, "state");
    char bytes[32], reach[32];
    struct timespec now;

    if (state == NULL || strcmp(state, "off") == 0) {
        return;
    }
    clock_gettime(CLOCK_REALTIME, &now);
    table_format_bytes(bytes, sizeof bytes, answer_number(disk, NULL, "bytes"));
    table_format_seconds(reach, sizeof reach,
                         (double)now.tv_sec - answer_number(disk, NULL, "oldest"));
    printf("history: %s back, %s on disk", reach, bytes);
    if (strcmp(state, "stopped") == 0) {
        printf("; not written: ");
        answer_put_clean(answer_text(disk, NULL, "error"));
    }
    printf("\n");
}

static int run_status(const struct invocation *invocation)
{
    int code;
    json_t *status = answer_fetch(invocation, "/api/v1/status", NULL, &code);
    if (status == NULL) {
        return code;
    }
    const char *state = answer_text(status, "verdict", "state");
    printf("%s", table_colour_code(answer_colour(state), invocation->has_colours));
    answer_put_clean(answer_text(status, "verdict", "text"));
    printf("%s\n", table_colour_code(TABLE_PLAIN, invocation->has_colours));
    answer_put_clean(answer_text(status, "verdict", "evidence"));
    printf("\n\n");
    code = lists_budgets(invocation);
    if (code == 0) {
        printf("\n");
        code = lists_alerts(invocation);
    }
    printf("\n");
    show_collector(status);
    show_history(json_object_get(status, "history"));
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
    json_t *answer = answer_fetch(&extended, "/api/v1/history", NULL, &code);
    if (answer == NULL) {
        return code;
    }
    table_init(&table, titles, "lrrr");
    json_array_foreach(json_object_get(answer, "points"), i, point)
    {
        answer_put_time(&table, json_number_value(json_array_get(point, 0)));
        for (size_t k = 1; k < 4; k++) {
            json_t *value = json_array_get(point, k);
            table_bytes(&table, json_is_number(value) ? json_number_value(value) : NAN);
        }
    }
    code = answer_print(&table, invocation, "Nothing was recorded in that time.");
    json_decref(answer);
    return code;
}

const struct verb verbs_table[] = {
    {"status", "", "the verdict, budgets, alerts and the collector itself", 0, 0, "", run_status},
    {"frame", "[--isolates=all|top:N|ID,...]", "one tick as JSON", 0, 0, "isolates", run_frame},
    {"processes", "[PID] [--name=GLOB] [--state=STATE]",
     "the observed processes, or everything about one", 0, 1, "name state", lists_processes},
    {"memory", "[--name=GLOB] [--state=STATE]",
     "memory of the observed processes by kind, as the kernel counts it; of those isoprobe watches", 0,
     0, "name state", lists_memory},
    {"isolates", "[ID] [--name=GLOB] [--state=STATE]", "all isolates, or everything about one", 0,
     1, "name state limit", lists_isolates},
    {"top", "[--every=S]", "the isolates, kept up, on a terminal: sort, filter, collect", 0, 0,
     "every", top_run},
    {"budgets", "", "sums against their limits", 0, 0, "", lists_budgets},
    {"alerts", "[--state=STATE]", "what needs attention", 0, 0, "state", lists_alerts},
    {"advice", "", "what to do about alerts, what it should save and what it did", 0, 0, "",
     lists_advice},
    {"events", "[--follow] [--type=TYPE] [--isolate=ID] [--limit=N]", "the last happenings", 0, 0,
     "follow type isolate limit", events_run},
    {"history", "OF METRIC [--from=T] [--to=T] [--step=S]",
     "the past of isolate:ID, process:PID or budget:NAME; times below 0 count from now", 2, 2,
     "from to step", run_history},
    {"flows", "[--window=S] [--isolate=ID]", "who sends how much to whom; the last minute", 0, 0,
     "window isolate limit", lists_flows},
    {"recycles", "[--isolate=ID]", "what was recycled, and what it brought", 0, 0, "isolate limit",
     lists_recycles},
    {"stores", "", "buffers and who holds them", 0, 0, "limit", lists_stores},
    {"gc", "ID", "collect the garbage of an isolate and wait until it is done", 1, 1, "",
     orders_gc},
    {"recycle", "ID", "have an isolate replaced between two jobs and wait until it is done", 1, 1,
     "", orders_recycle},
    {"attach", "PID", "have isoprobe watch a running Node.js process", 1, 1, "", orders_attach},
    {"detach", "PID", "have isoprobe leave a process alone", 1, 1, "", orders_detach},
    {"snapshot", "ID -o FILE", "write an isolate's heap as a .heapsnapshot for Chrome DevTools", 1,
     1, "output", orders_snapshot},
    {"profile", "ID [--seconds=N] [--interval=BYTES] -o FILE",
     "sample where an isolate allocates, as a .heapprofile; default 5 s, a sample every 512 KiB", 1,
     1, "output seconds interval", orders_profile},
    {"census", "ID",
     "count what is in an isolate's heap by constructor, and what grew since the first time", 1, 1,
     "", orders_census},
    {"growth", "ID [--jobs=N] [--seconds=N] [--interval=BYTES]",
     "what grows in an isolate over some jobs, and which lines of the program make it; default 8 "
     "jobs, 30 s at most",
     1, 1, "jobs seconds interval", orders_growth},
    {"mark", "NAME [--process=PID|GLOB] [--marks=DIR]",
     "remember the memory of a process at this moment, to be held against a later one", 1, 1,
     "process marks", gate_mark},
    {"gate", "NAME [--process=PID|GLOB] [--allocated=SIZE | --received] [--wait=S] [--marks=DIR]",
     "compare with the mark, exit 1 when it grew: back within 10 %; after an allocation of SIZE "
     "grown "
     "by it, 5 % more or less; once workers have received a shared buffer not at all",
     1, 1, "process allocated received wait marks", gate_check},
    {"silence", "RULE... [--for=TIME] [--comment=TEXT]",
     "tell nobody of alerts of a rule, such as drift, or of one alert, such as drift:71.3; both may "
     "be globs; default 1h",
     1, INT_MAX, "for comment", silence_add},
    {"silences", "", "what nobody is told of", 0, 0, "", silence_list},
    {"unsilence", "ID...", "end silences", 1, INT_MAX, "", silence_end},
    {"blackbox", "FILE [--seconds=N]",
     "what a process that died had in its segment: its isolates and their last seconds (10; 0: all)",
     1, 1, "seconds", blackbox_run},
    {"replay", "FILE... [--config=FILE]",
     "run the drift detector over recorded samples; with labels tell its error; - is stdin", 1,
     INT_MAX, "config", replay_run},
    {"completion", "bash|zsh|fish", "print what makes a shell complete verbs, options and ids", 1,
     1, "", completion_run},
    {NULL, NULL, NULL, 0, 0, NULL, NULL},
};
