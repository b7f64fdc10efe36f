/*
 * History as documents. Called through the table of routes.c. Owns nothing beyond a call.
 * Invariant: what was not recorded is null, never 0 and never a line drawn across.
 */
#include "daemon/views/series.h"

#include "daemon/daemon.h"
#include "daemon/model/history.h"
#include "daemon/views/span.h"
#include "daemon/views/writer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POINTS_MAX     20000
#define PIXELS_DEFAULT 600
#define PIXELS_MAX     4000
#define TOP_DEFAULT    12
#define TOP_MAX        100

/* ---- one metric ------------------------------------------------------------------------------ */

struct subject {
    enum history_kind kind;
    const struct history *history;
    bool is_known;
};

/* "isolate:ID", "process:PID" or "budget:NAME". False with a reply made. */
static bool find_subject(const struct request *request, struct subject *subject,
                         struct reply *reply)
{
    const struct model *model = &request->daemon->model;
    const char *of = request_get(request, "of");

    if (of != NULL && strncmp(of, "isolate:", 8) == 0) {
        const struct isolate *isolate = model_find_isolate(model, of + 8);
        *subject = (struct subject){HISTORY_ISOLATE, isolate != NULL ? isolate->history : NULL,
                                    isolate != NULL};
    } else if (of != NULL && strncmp(of, "process:", 8) == 0) {
        char *end;
        uint64_t pid = strtoull(of + 8, &end, 10);
        const struct process *process =
            end != of + 8 && *end == '\0' ? model_find_process(model, pid) : NULL;
        *subject = (struct subject){HISTORY_PROCESS, process != NULL ? process->history : NULL,
                                    process != NULL};
    } else if (of != NULL && strncmp(of, "budget:", 7) == 0) {
        const struct budget *budget = model_find_budget(model, of + 7);
        *subject = (struct subject){HISTORY_BUDGET, budget != NULL ? budget->history : NULL,
                                    budget != NULL};
    } else {
        reply_error(reply, 400, "bad_value", "such as of=budget:machine",
                    "of: write isolate:ID, process:PID or budget:NAME");
        return false;
    }
    return true;
}

/* Index of the metric asked for; -1 with a reply made. */
static int find_metric(const struct request *request, enum history_kind kind, struct reply *reply)
{
    char known[256] = "";
    const char *name = request_get(request, "metric");
    int metric = name != NULL ? history_find_metric(kind, name) : -1;

    if (metric < 0) {
        for (int i = 0; history_metrics[kind][i] != NULL; i++) {
            size_t used = strlen(known);
            snprintf(known + used, sizeof known - used, "%s%s", i > 0 ? ", " : "",
                     history_metrics[kind][i]);
        }
        reply_error(reply, 400, "bad_value", "choose one of them", "metric: '%.40s' is none of %s",
                    name != NULL ? name : "", known);
    }
    return metric;
}

static void write_points(struct writer *writer, const struct history_point *points, size_t count)
{
    writer_open_array(writer, "points");
    for (size_t i = 0; i < count; i++) {
        writer_open_array(writer, NULL);
        writer_double(writer, NULL, points[i].t);
        writer_double(writer, NULL, points[i].min);
        writer_double(writer, NULL, points[i].avg);
        writer_double(writer, NULL, points[i].max);
        writer_close_array(writer);
    }
    writer_close_array(writer);
}

void series_history(const struct request *request, struct reply *reply)
{
    struct subject subject;
    struct span span;
    double step = 0;
    struct writer writer;

    if (!find_subject(request, &subject, reply) || !span_read(request, &span, reply) ||
        !request_get_double(request, "step", 0, 1e9, &step, reply)) {
        return;
    }
    int metric = find_metric(request, subject.kind, reply);
    if (metric < 0) {
        return;
    }
    if (!subject.is_known) {
        reply_error(reply, 404, "no_such_series", "GET /api/v1/frame names what there is",
                    "of: '%.80s' is not known", request_get(request, "of"));
        return;
    }
    struct history_point *points = malloc(POINTS_MAX * sizeof *points);
    if (points == NULL) {
        reply_error(reply, 503, "out_of_memory", "try again later", "out of memory");
        return;
    }
    size_t count =
        history_read(subject.history, metric, span.from, span.to, &step, points, POINTS_MAX);
    writer_init(&writer, &reply->body);
    writer_open_object(&writer, NULL);
    writer_text(&writer, "of", request_get(request, "of"));
    writer_text(&writer, "metric", request_get(request, "metric"));
    writer_double(&writer, "step", step);
    write_points(&writer, points, count);
    writer_close_object(&writer);
    free(points);
}

/* ---- the stack of a budget ------------------------------------------------------------------- */

struct stack {
    struct span span;
    double step;
    size_t columns;
    struct history_point *points; /* scratch, POINTS_MAX */
    double *others;               /* heap that the shown isolates do not explain */
    struct writer writer;
};

/* The largest value of `metric` in each column; NaN where nothing was known. A point longer than a
 * column fills all it covers, so a coarse series leaves no holes in a fine picture. */
static void read_columns(struct stack *stack, const struct history *history, int metric,
                         double *columns)
{
    double step = stack->step;
    size_t count = history_read(history, metric, stack->span.from, stack->span.to, &step,
                                stack->points, POINTS_MAX);
    for (size_t i = 0; i < stack->columns; i++) {
        columns[i] = NAN;
    }
    for (size_t i = 0; i < count; i++) {
        double first = floor((stack->points[i].t - stack->span.from) / stack->step + 1e-6);
        double last = ceil((stack->points[i].t + step - stack->span.from) / stack->step - 1e-6);
        for (double at = fmax(first, 0); at < last && at < (double)stack->columns; at++) {
            size_t column = (size_t)at;
            columns[column] = fmax(columns[column], stack->points[i].max);
        }
    }
}

static void write_column(struct stack *stack, const char *key, const double *columns)
{
    writer_open_array(&stack->writer, key);
    for (size_t i = 0; i < stack->columns; i++) {
        writer_double(&stack->writer, NULL, isnan(columns[i]) ? NAN : round(columns[i]));
    }
    writer_close_array(&stack->writer);
}

static void write_stack_part(struct stack *stack, enum part_kind kind,
                             const struct isolate *isolate, const double *columns)
{
    writer_open_object(&stack->writer, NULL);
    writer_text(&stack->writer, "kind", part_kind_names[kind]);
    writer_text(&stack->writer, "isolate", isolate != NULL ? isolate->id : NULL);
    writer_text(&stack->writer, "name", isolate != NULL ? isolate->name : NULL);
    write_column(stack, "bytes", columns);
    writer_close_object(&stack->writer);
}

static int compare_parts(const void *a, const void *b)
{
    const struct budget_part *x = *(const struct budget_part *const *)a;
    const struct budget_part *y = *(const struct budget_part *const *)b;
    return (x->bytes < y->bytes) - (x->bytes > y->bytes);
}

/* The largest heaps of now, one by one, taken off `others`. */
static void write_heaps(struct stack *stack, const struct budget *budget, size_t top,
                        double *columns)
{
    const struct budget_part **parts = calloc(budget->part_count + 1, sizeof *parts);
    size_t count = 0;
    for (size_t i = 0; parts != NULL && i < budget->part_count; i++) {
        if (budget->parts[i].kind == PART_HEAP && budget->parts[i].isolate != NULL) {
            parts[count++] = &budget->parts[i];
        }
    }
    if (count > 0) {
        qsort(parts, count, sizeof *parts, compare_parts);
    }
    for (size_t i = 0; i < count && i < top; i++) {
        read_columns(stack, parts[i]->isolate->history, HISTORY_HEAP_TOTAL, columns);
        write_stack_part(stack, PART_HEAP, parts[i]->isolate, columns);
        for (size_t k = 0; k < stack->columns; k++) {
            double rest = stack->others[k] - (isnan(columns[k]) ? 0 : columns[k]);
            stack->others[k] = rest < 0 ? 0 : rest; /* NaN stays */
        }
    }
    free(parts);
}

static void write_stack(struct stack *stack, const struct budget *budget, size_t top,
                        double *columns)
{
    static const struct {
        enum part_kind kind;
        int metric;
    } sums[] = {
        {PART_EXTERNAL, HISTORY_BUDGET_EXTERNAL},
        {PART_SHARED, HISTORY_BUDGET_SHARED},
        {PART_IN_FLIGHT, HISTORY_BUDGET_IN_FLIGHT},
        {PART_UNATTRIBUTED, HISTORY_BUDGET_UNATTRIBUTED},
    };
    struct writer *writer = &stack->writer;

    writer_open_object(writer, NULL);
    writer_text(writer, "budget", budget->name);
    writer_double(writer, "from", stack->span.from);
    writer_double(writer, "to", stack->span.to);
    writer_double(writer, "step", stack->step);
    writer_uint(writer, "limit", budget->limit);
    writer_uint(writer, "headroom", budget->headroom);
    read_columns(stack, budget->history, HISTORY_BUDGET_USED, columns);
    write_column(stack, "used", columns);
    read_columns(stack, budget->history, HISTORY_BUDGET_HEAP, stack->others);
    writer_open_array(writer, "parts");
    write_heaps(stack, budget, top, columns);
    write_stack_part(stack, PART_OTHERS, NULL, stack->others);
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++) {
        read_columns(stack, budget->history, sums[i].metric, columns);
        write_stack_part(stack, sums[i].kind, NULL, columns);
    }
    writer_close_array(writer);
    writer_close_object(writer);
}

void series_budget(const struct request *request, struct reply *reply)
{
    const struct budget *budget = model_find_budget(&request->daemon->model, request->captures[0]);
    uint64_t pixels = PIXELS_DEFAULT, top = TOP_DEFAULT;
    struct stack stack;

    if (budget == NULL) {
        reply_error(reply, 404, "no_such_budget", "GET /api/v1/budgets lists them",
                    "no budget '%.80s' is known", request->captures[0]);
        return;
    }
    if (!span_read(request, &stack.span, reply) ||
        !request_get_uint(request, "px", 1, PIXELS_MAX, &pixels, reply) ||
        !request_get_uint(request, "top", 0, TOP_MAX, &top, reply)) {
        return;
    }
    stack.columns = (size_t)pixels;
    stack.step = (stack.span.to - stack.span.from) / (double)pixels;
    stack.points = malloc(POINTS_MAX * sizeof *stack.points);
    stack.others = malloc(2 * stack.columns * sizeof(double));
    if (stack.points == NULL || stack.others == NULL) {
        reply_error(reply, 503, "out_of_memory", "try again later", "out of memory");
    } else {
        writer_init(&stack.writer, &reply->body);
        write_stack(&stack, budget, (size_t)top, stack.others + stack.columns);
    }
    free(stack.points);
    free(stack.others);
}
