/*
 * Series of one isolate, process or budget in memory that is bounded from the start: fine points
 * that reach back a little, coarse ones that reach back further, each with minimum, average and
 * maximum of every metric. Memory grows with the age of the thing up to its fixed size:
 *
 *   isolate   120 fine, 240 coarse points of  4 metrics:  17 KB at most
 *   process  3600 fine, 5760 coarse points of 7 metrics: 786 KB at most
 *   budget   as a process
 *
 * With the default steps (1 s, 15 s) that is 2 minutes and 1 hour, 1 hour and 24 hours. Values are
 * single floats: exact to 7 digits, as a chart needs them. The loop's thread only.
 */
#ifndef DAEMON_HISTORY_H
#define DAEMON_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HISTORY_METRICS_MAX 8

enum history_kind { HISTORY_ISOLATE, HISTORY_PROCESS, HISTORY_BUDGET, HISTORY_KINDS };

enum { HISTORY_HEAP_USED, HISTORY_HEAP_TOTAL, HISTORY_HEAP_LIVE, HISTORY_EXTERNAL };
enum {
    HISTORY_PROCESS_RSS,
    HISTORY_PROCESS_HEAP_USED,
    HISTORY_PROCESS_HEAP_TOTAL,
    HISTORY_PROCESS_EXTERNAL,
    HISTORY_PROCESS_SHARED,
    HISTORY_PROCESS_QUEUED_BYTES,
    HISTORY_PROCESS_UNATTRIBUTED,
};
enum {
    HISTORY_BUDGET_USED,
    HISTORY_BUDGET_COMMITTED,
    HISTORY_BUDGET_HEAP,
    HISTORY_BUDGET_EXTERNAL,
    HISTORY_BUDGET_SHARED,
    HISTORY_BUDGET_IN_FLIGHT,
    HISTORY_BUDGET_UNATTRIBUTED,
};

/* Names of the metrics of a kind ("heap.used", "rss", ...), as indexed above; NULL ends them. */
extern const char *const history_metrics[HISTORY_KINDS][HISTORY_METRICS_MAX + 1];
/* Index of a metric by name; -1 when the kind has no such metric. */
int history_find_metric(enum history_kind kind, const char *name);

struct history;

struct history_steps {
    double fine_step, fine_keep, coarse_step, coarse_keep; /* seconds; steps above 0 */
};

/* What the steps ask for, within the sizes above. NULL: no memory. */
struct history *history_new(enum history_kind kind, const struct history_steps *steps);
void history_free(struct history **history);

enum history_kind history_kind(const struct history *history);
/* How many metrics a kind has. */
unsigned history_metric_count(enum history_kind kind);

/* What the archive calls it; 0 until it was set. */
uint32_t history_get_number(const struct history *history);
void history_set_number(struct history *history, uint32_t number);

/* One value for each metric of its kind at `t` (Unix seconds; when the clock was set back, what
 * lies after it is forgotten); NaN where nothing is known. When memory is short the series stay as
 * long as they are.
 */
void history_add(struct history *history, double t, const double *values);

struct history_point {
    double t;             /* start of its step */
    double min, avg, max; /* NaN where nothing was known */
};

/*
 * Points of `metric` with from <= t < to, one for each step, at most `max` (the newest ones).
 * *step is the wanted step and becomes the one delivered: never finer than what is kept at `from`
 * (0: the finest there). Gaps are points of NaN; nothing is delivered for before the first and
 * after the last value. `history` may be NULL.
 */
size_t history_read(const struct history *history, int metric, double from, double to, double *step,
                    struct history_point *points, size_t max);

/* Whether history_read() from `from` on gives everything there is at that step, so that nobody else
 * need be asked. */
bool history_covers(const struct history *history, double from, double step);
/* What is known of the step that begins at `t`; false, and *point untouched, when nothing is. */
bool history_read_step(const struct history *history, int metric, double t, double step,
                       struct history_point *point);

/* When the oldest point kept begins; NaN when there is none. */
double history_oldest(const struct history *history);
/* Memory it holds. */
size_t history_bytes(const struct history *history);

#endif
