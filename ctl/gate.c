/*
 * Marks as small JSON files below the state directory, and what may have changed since. Called
 * through the table of verbs.c. Owns nothing beyond a call. Invariant: a mark is written whole or
 * not at all; what is not known never passes.
 *
 * The three numbers of a deploy: right after allocating, external memory has grown by the size of
 * the buffer, 5 % more or less; once every worker has received it, by nothing more; after all that
 * held it have ended, it is within 10 % of where it was, live heaps within 1 MiB at least.
 */
#include "ctl/gate.h"

#include "base/log.h"
#include "base/state.h"
#include "ctl/answer.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NAME_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
#define NAME_MAX_LENGTH 64
#define PATH_BYTES      (4096 + 128)
#define ALLOCATED_SHARE 0.05
#define ENDED_SHARE     0.10
#define LIVE_SLACK      0x1p20 /* bytes: what a program loads meanwhile is no leak */
#define WAIT_DEFAULT_S  10.0
#define POLL_MS         250
#define TICK_WAIT_MS    60000 /* the longest tick that can be configured */

enum figure { SHARED, ARRAY_BUFFERS, EXTERNAL, LIVE, FIGURES };
static const char *const figure_names[FIGURES] = {"shared", "array_buffers", "external", "live"};

/* Of one process; NaN where nothing is known. */
struct reading {
    double tick; /* of the collector */
    double pid;
    char name[256];
    double figures[FIGURES];
};

/* ---- reading a process ----------------------------------------------------------------------- */

static bool is_chosen(const json_t *process, const char *wanted)
{
    const char *state = answer_text(process, NULL, "state");
    const char *name = answer_text(process, NULL, "name");
    char *end;

    if (state == NULL || strcmp(state, "exited") == 0 || strcmp(state, "died") == 0 ||
        strcmp(state, "oom") == 0) {
        return false;
    }
    if (wanted == NULL) {
        return true;
    }
    double pid = strtod(wanted, &end);
    return (*end == '\0' && answer_number(process, NULL, "pid") == pid) ||
           (name != NULL && fnmatch(wanted, name, 0) == 0);
}

/* The one process meant (borrowed); NULL after the failure was told. */
static json_t *choose(json_t *frame, const char *wanted)
{
    json_t *process, *found = NULL;
    size_t i, count = 0;

    json_array_foreach(json_object_get(frame, "processes"), i, process)
    {
        if (is_chosen(process, wanted)) {
            found = process;
            count++;
        }
    }
    if (count == 1) {
        return found;
    }
    log_error("%s", count == 0 ? "no such process lives; isoctl processes lists them"
                               : "several processes live; say which with --process");
    return NULL;
}

/* The sum of a figure over the living isolates of a process. A heap that was never collected counts
 * with all it uses. */
static double sum_isolates(const json_t *frame, double pid, enum figure figure)
{
    json_t *isolate;
    size_t i;
    double sum = 0;

    json_array_foreach(json_object_get(frame, "isolates"), i, isolate)
    {
        if (answer_number(isolate, NULL, "process") != pid ||
            json_is_number(answer_at(isolate, NULL, "ended_at"))) {
            continue;
        }
        double live = answer_number(isolate, "heap", "live");
        sum += figure == ARRAY_BUFFERS ? answer_number(isolate, NULL, "array_buffers")
               : isnan(live)           ? answer_number(isolate, "heap", "used")
                                       : live;
    }
    return sum;
}

/* 0, or the exit code after the failure was told. */
static int read_process(const struct invocation *invocation, struct reading *reading)
{
    struct invocation plain = {.client = invocation->client};
    int code;
    json_t *frame = answer_fetch(&plain, "/api/v1/frame?isolates=all", NULL, &code);
    json_t *process = frame != NULL ? choose(frame, answer_option(invocation, "process")) : NULL;

    if (process == NULL) {
        json_decref(frame);
        return 1;
    }
    const char *name = answer_text(process, NULL, "name");
    reading->tick = answer_number(frame, NULL, "tick");
    reading->pid = answer_number(process, NULL, "pid");
    snprintf(reading->name, sizeof reading->name, "%s", name != NULL ? name : "");
    reading->figures[SHARED] = answer_number(process, NULL, "shared");
    reading->figures[EXTERNAL] = answer_number(process, NULL, "external");
    reading->figures[ARRAY_BUFFERS] = sum_isolates(frame, reading->pid, ARRAY_BUFFERS);
    reading->figures[LIVE] = sum_isolates(frame, reading->pid, LIVE);
    json_decref(frame);
    return 0;
}

/* The same at a tick that began after this call: what happened before the command is in it. */
static int read_process_now(const struct invocation *invocation, struct reading *reading)
{
    const struct timespec pause = {0, POLL_MS * 1000000 / 5};
    int code = read_process(invocation, reading);
    double first = reading->tick;

    for (int i = 0; code == 0 && reading->tick == first; i++) {
        if (i * POLL_MS / 5 > TICK_WAIT_MS) {
            log_error("the collector took no figures for %d s", TICK_WAIT_MS / 1000);
            return 1;
        }
        nanosleep(&pause, NULL);
        code = read_process(invocation, reading);
    }
    return code;
}

/* ---- marks ----------------------------------------------------------------------------------- */

/* The file of a mark, with `end` behind its name; false after the failure was told. */
static bool find_file(const struct invocation *invocation, const char *end, char *path, size_t size)
{
    char state[4096], directory[4096 + 8];
    const char *name = invocation->arguments[0], *marks = answer_option(invocation, "marks");
    size_t length = strlen(name);

    if (length == 0 || length > NAME_MAX_LENGTH || name[0] == '.' ||
        strspn(name, NAME_CHARACTERS) != length) {
        log_error("a mark's name has up to %d letters, digits and ._- and begins with no dot",
                  NAME_MAX_LENGTH);
        return false;
    }
    if (marks == NULL && state_directory(state, sizeof state) != NULL) {
        snprintf(directory, sizeof directory, "%s/marks", state);
        marks = directory;
    }
    if (marks == NULL || (size_t)snprintf(path, size, "%s/%s.json%s", marks, name, end) >= size) {
        log_error("there is no place for marks; say where with --marks");
        return false;
    }
    return true;
}

/* Every directory above the file. */
static int make_directories(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        int code = mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;
        *slash = '/';
        if (code < 0) {
            return code;
        }
    }
    return 0;
}

static json_t *to_json(const struct reading *reading)
{
    json_t *mark = json_pack("{s:f, s:s, s:f}", "t", (double)time(NULL), "process", reading->name,
                             "pid", reading->pid);
    for (int i = 0; mark != NULL && i < FIGURES; i++) {
        json_t *value = isnan(reading->figures[i]) ? json_null() : json_real(reading->figures[i]);
        json_object_set_new(mark, figure_names[i], value);
    }
    return mark;
}

static int write_mark(const struct invocation *invocation, json_t *mark)
{
    char path[PATH_BYTES], part[PATH_BYTES];

    if (!find_file(invocation, "", path, sizeof path) ||
        !find_file(invocation, ".part", part, sizeof part)) {
        return 2;
    }
    int code = make_directories(part);
    if (code == 0 && json_dump_file(mark, part, JSON_INDENT(1)) < 0) {
        code = errno != 0 ? -errno : -EIO;
    }
    if (code == 0 && rename(part, path) < 0) {
        code = -errno;
    }
    if (code < 0) {
        unlink(part);
        log_error("%s: %s", path, strerror(-code));
        return 1;
    }
    return 0;
}

/* False after the failure was told; *code is the exit code then. */
static bool read_mark(const struct invocation *invocation, struct reading *reading, int *code)
{
    char path[PATH_BYTES];
    json_error_t wrong;

    *code = 2;
    if (!find_file(invocation, "", path, sizeof path)) {
        return false;
    }
    json_t *mark = json_load_file(path, 0, &wrong);
    if (mark == NULL) {
        *code = 1;
        log_error("%s: %s; isoctl mark %s makes it", path, wrong.text, invocation->arguments[0]);
        return false;
    }
    for (int i = 0; i < FIGURES; i++) {
        reading->figures[i] = answer_number(mark, NULL, figure_names[i]);
    }
    json_decref(mark);
    return true;
}

static void show_reading(const struct reading *reading)
{
    printf("%.0f ", reading->pid);
    answer_put_clean(reading->name);
    for (int i = 0; i < FIGURES; i++) {
        char text[32];
        table_format_bytes(text, sizeof text, reading->figures[i]);
        printf("  %s %s", figure_names[i], text);
    }
    printf("\n");
}

int gate_mark(const struct invocation *invocation)
{
    struct reading reading;
    int code = read_process_now(invocation, &reading);

    if (code != 0) {
        return code;
    }
    json_t *mark = to_json(&reading);
    code = mark != NULL ? write_mark(invocation, mark) : 1;
    if (code == 0 && invocation->is_json) {
        json_dumpf(mark, stdout, JSON_COMPACT);
        printf("\n");
    } else if (code == 0) {
        show_reading(&reading);
    }
    json_decref(mark);
    return code;
}

/* ---- the gate -------------------------------------------------------------------------------- */

/* Which of the three numbers is meant, and by how much it may differ. */
struct expectation {
    const char *phase;
    double allocated; /* NaN unless that is the phase */
    bool is_received;
    double wait;
};

struct check {
    const char *what;
    double mark, now, low, high; /* now has to lie within */
};

/* 64MiB, 1.5GB, 4096; NaN when it is none. */
static double parse_size(const char *text)
{
    static const struct {
        const char *unit;
        double factor;
    } units[] = {{"", 1},         {"B", 1},    {"KiB", 0x1p10}, {"MiB", 0x1p20},
                 {"GiB", 0x1p30}, {"kB", 1e3}, {"MB", 1e6},     {"GB", 1e9}};
    char *end;
    double value = strtod(text, &end);

    for (size_t i = 0; end != text && i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(end, units[i].unit) == 0 && value >= 0) {
            return value * units[i].factor;
        }
    }
    return NAN;
}

static bool read_number(const struct invocation *invocation, const char *key, double *value)
{
    const char *text = answer_option(invocation, key);

    if (text != NULL) {
        *value = parse_size(text);
        if (!isfinite(*value)) {
            log_error("--%s: '%.40s' is not a number%s", key, text,
                      strcmp(key, "allocated") == 0 ? ", such as 64MiB" : "");
            return false;
        }
    }
    return true;
}

static bool read_expectation(const struct invocation *invocation, struct expectation *expectation)
{
    *expectation = (struct expectation){.phase = "ended", .allocated = NAN, .wait = WAIT_DEFAULT_S};
    if (!read_number(invocation, "allocated", &expectation->allocated) ||
        !read_number(invocation, "wait", &expectation->wait)) {
        return false;
    }
    expectation->is_received = answer_option(invocation, "received") != NULL;
    if (!isnan(expectation->allocated) && expectation->is_received) {
        log_error("--allocated and --received are two moments; ask for one");
        return false;
    }
    expectation->phase = !isnan(expectation->allocated) ? "allocated"
                         : expectation->is_received     ? "received"
                                                        : "ended";
    return true;
}

/* What has to hold; how many checks there are. */
static int make_checks(const struct expectation *expectation, const struct reading *mark,
                       const struct reading *now, struct check checks[FIGURES])
{
    double before = mark->figures[SHARED] + mark->figures[EXTERNAL];
    double after = now->figures[SHARED] + now->figures[EXTERNAL];

    if (!isnan(expectation->allocated)) {
        double slack = expectation->allocated * ALLOCATED_SHARE;
        checks[0] = (struct check){"shared + external", before, after,
                                   before + expectation->allocated - slack,
                                   before + expectation->allocated + slack};
        return 1;
    }
    for (int i = 0; i < FIGURES; i++) {
        double value = mark->figures[i];
        double high = expectation->is_received ? value : value * (1 + ENDED_SHARE);
        high = i == LIVE ? fmax(high, value + LIVE_SLACK) : high;
        checks[i] = (struct check){figure_names[i], value, now->figures[i], 0, high};
    }
    return expectation->is_received ? LIVE
                                    : FIGURES; /* receiving workers have heaps of their own */
}

static bool has_passed(const struct check *check)
{
    return check->now >= check->low && check->now <= check->high; /* false for NaN */
}

static int show_checks(const struct invocation *invocation, const struct expectation *expectation,
                       const struct check *checks, int count, bool is_passed)
{
    static const char *const titles[] = {"WHAT", "MARK", "NOW", "GREW", "ALLOWED UP TO", "", NULL};
    struct table table;

    table_init(&table, titles, "lrrrrl");
    for (int i = 0; i < count; i++) {
        const struct check *check = &checks[i];
        table_text(&table, check->what, TABLE_PLAIN);
        table_bytes(&table, check->mark);
        table_bytes(&table, check->now);
        answer_put_growth(&table, check->now - check->mark);
        table_bytes(&table, check->high);
        table_text(&table, has_passed(check) ? "ok" : "failed",
                   has_passed(check) ? TABLE_GREEN : TABLE_RED);
    }
    int code = answer_print(&table, invocation, "");
    if (!is_passed) {
        for (int i = 0; i < count; i++) {
            if (!has_passed(&checks[i])) {
                log_error("gate %s (%s): %s is not where it should be", invocation->arguments[0],
                          expectation->phase, checks[i].what);
                break;
            }
        }
    }
    return code != 0 ? code : !is_passed;
}

static json_t *figure_or_null(double value)
{
    return isnan(value) ? json_null() : json_real(value);
}

static int print_checks(const struct invocation *invocation, const struct expectation *expectation,
                        const struct check *checks, int count, bool is_passed)
{
    json_t *rows = json_array();

    for (int i = 0; i < count; i++) {
        json_array_append_new(
            rows, json_pack("{s:s, s:o, s:o, s:o, s:o, s:b}", "what", checks[i].what, "mark",
                            figure_or_null(checks[i].mark), "now", figure_or_null(checks[i].now),
                            "low", figure_or_null(checks[i].low), "high",
                            figure_or_null(checks[i].high), "passed", has_passed(&checks[i])));
    }
    json_t *result = json_pack("{s:s, s:s, s:b, s:o}", "name", invocation->arguments[0], "phase",
                               expectation->phase, "passed", is_passed, "checks", rows);
    if (result == NULL) {
        log_error("out of memory");
        return 1;
    }
    json_dumpf(result, stdout, JSON_COMPACT);
    printf("\n");
    json_decref(result);
    return !is_passed;
}

int gate_check(const struct invocation *invocation)
{
    const struct timespec pause = {0, POLL_MS * 1000000};
    struct expectation expectation;
    struct reading mark, now;
    struct check checks[FIGURES];
    int code, count;
    bool is_passed;

    if (!read_expectation(invocation, &expectation)) {
        return 2;
    }
    if (!read_mark(invocation, &mark, &code)) {
        return code;
    }
    for (double waited = 0;; waited += POLL_MS / 1e3) {
        code = (waited == 0 ? read_process_now : read_process)(invocation, &now);
        if (code != 0) {
            return code;
        }
        count = make_checks(&expectation, &mark, &now, checks);
        is_passed = true;
        for (int i = 0; i < count; i++) {
            is_passed = is_passed && has_passed(&checks[i]);
        }
        if (is_passed || waited >= expectation.wait) {
            break;
        }
        nanosleep(&pause, NULL); /* collections and ends take their time */
    }
    return invocation->is_json ? print_checks(invocation, &expectation, checks, count, is_passed)
                               : show_checks(invocation, &expectation, checks, count, is_passed);
}
