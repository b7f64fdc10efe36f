/*
 * The stack of a budget as columns. Called through the table of routes.c. Owns nothing beyond a
 * call. Invariant: the items of its question are the sums in the order of the table below, then the
 * isolates that stand alone, the largest first.
 */
#include "daemon/views/stack.h"

#include "daemon/daemon.h"
#include "daemon/history/feed.h"
#include "daemon/views/lookup.h"
#include "daemon/views/span.h"
#include "daemon/views/writer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PIXELS_DEFAULT 600
#define PIXELS_MAX     4000
#define TOP_DEFAULT    12
#define TOP_MAX        100

enum { ITEM_USED, ITEM_HEAP, ITEM_SUMS };

static const struct {
    enum part_kind kind;
    int metric;
} sums[] = {
    {PART_EXTERNAL, HISTORY_BUDGET_EXTERNAL},
    {PART_SHARED, HISTORY_BUDGET_SHARED},
    {PART_IN_FLIGHT, HISTORY_BUDGET_IN_FLIGHT},
    {PART_UNATTRIBUTED, HISTORY_BUDGET_UNATTRIBUTED},
};

#define SUM_COUNT  (sizeof sums / sizeof sums[0])
#define ITEM_HEAPS (ITEM_SUMS + SUM_COUNT)

struct stack {
    const struct request *request;
    const struct query *query;
    double from, step;
    size_t columns;
    struct history_point *points; /* scratch, LOOKUP_POINTS_MAX */
    double *others;               /* heap that the shown isolates do not explain */
    struct writer writer;
};

/* ---- columns --------------------------------------------------------------------------------- */

/* The largest value of an item in each column; NaN where nothing was known. A point longer than a
 * column fills all it covers, so a coarse series leaves no holes in a fine picture. */
static void read_columns(struct stack *stack, size_t item, double *columns)
{
    double step;
    size_t count = lookup_points(stack->request, stack->query, item, &step, stack->points);

    for (size_t i = 0; i < stack->columns; i++) {
        columns[i] = NAN;
    }
    for (size_t i = 0; i < count; i++) {
        double first = floor((stack->points[i].t - stack->from) / stack->step + 1e-6);
        double last = ceil((stack->points[i].t + step - stack->from) / stack->step - 1e-6);
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

/* ---- the question ---------------------------------------------------------------------------- */

static int compare_parts(const void *a, const void *b)
{
    const struct budget_part *x = *(const struct budget_part *const *)a;
    const struct budget_part *y = *(const struct budget_part *const *)b;
    return (x->bytes < y->bytes) - (x->bytes > y->bytes);
}

/* The largest heaps of now. Their number; an item of each is filled in. */
static size_t choose_heaps(const struct budget *budget, size_t top, struct query_item *items)
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
        feed_name(items[i].name, HISTORY_ISOLATE, parts[i]->isolate);
        items[i].metric = HISTORY_HEAP_TOTAL;
    }
    free(parts);
    return count < top ? count : top;
}

static struct query *make_query(const struct budget *budget, const struct span *span,
                                uint64_t pixels, uint64_t top)
{
    static const int metrics[] = {
        [ITEM_USED] = HISTORY_BUDGET_USED, [ITEM_HEAP] = HISTORY_BUDGET_HEAP};
    struct query *query = query_new(ITEM_HEAPS + (size_t)top);

    if (query == NULL) {
        return NULL;
    }
    query->from = span->from;
    query->to = span->to;
    query->step = (span->to - span->from) / (double)pixels;
    query->max = LOOKUP_POINTS_MAX;
    for (size_t i = 0; i < ITEM_HEAPS; i++) {
        feed_name(query->items[i].name, HISTORY_BUDGET, budget);
        query->items[i].metric = i < ITEM_SUMS ? metrics[i] : sums[i - ITEM_SUMS].metric;
    }
    query->item_count = ITEM_HEAPS + choose_heaps(budget, (size_t)top, query->items + ITEM_HEAPS);
    return query;
}

/* ---- the document ---------------------------------------------------------------------------- */

/* The isolates that stand alone, one by one, taken off `others`. */
static void write_heaps(struct stack *stack, double *columns)
{
    const struct model *model = &stack->request->daemon->model;

    for (size_t item = ITEM_HEAPS; item < stack->query->item_count; item++) {
        const char *id = stack->query->items[item].name + strlen("isolate:");
        const struct isolate *isolate = model_find_isolate(model, id);
        if (isolate == NULL) {
            continue; /* forgotten while the archive was asked: its heap is among the others */
        }
        read_columns(stack, item, columns);
        write_stack_part(stack, PART_HEAP, isolate, columns);
        for (size_t k = 0; k < stack->columns; k++) {
            double rest = stack->others[k] - (isnan(columns[k]) ? 0 : columns[k]);
            stack->others[k] = rest < 0 ? 0 : rest; /* NaN stays */
        }
    }
}

static void write_stack(struct stack *stack, const struct budget *budget, double *columns)
{
    struct writer *writer = &stack->writer;

    writer_open_object(writer, NULL);
    writer_text(writer, "budget", budget->name);
    writer_double(writer, "from", stack->query->from);
    writer_double(writer, "to", stack->query->to);
    writer_double(writer, "step", stack->step);
    writer_uint(writer, "limit", budget->limit);
    writer_uint(writer, "headroom", budget->headroom);
    read_columns(stack, ITEM_USED, columns);
    write_column(stack, "used", columns);
    read_columns(stack, ITEM_HEAP, stack->others);
    writer_open_array(writer, "parts");
    write_heaps(stack, columns);
    write_stack_part(stack, PART_OTHERS, NULL, stack->others);
    for (size_t i = 0; i < SUM_COUNT; i++) {
        read_columns(stack, ITEM_SUMS + i, columns);
        write_stack_part(stack, sums[i].kind, NULL, columns);
    }
    writer_close_array(writer);
    writer_close_object(writer);
}

static void show(struct stack *stack, const struct budget *budget, struct reply *reply)
{
    stack->from = stack->query->from;
    stack->step = (stack->query->to - stack->query->from) / (double)stack->columns;
    stack->points = malloc(LOOKUP_POINTS_MAX * sizeof *stack->points);
    stack->others = malloc(2 * stack->columns * sizeof(double));
    if (stack->points == NULL || stack->others == NULL) {
        reply_error(reply, 503, "out_of_memory", "try again later", "out of memory");
    } else {
        writer_init(&stack->writer, &reply->body);
        write_stack(stack, budget, stack->others + stack->columns);
    }
    free(stack->points);
    free(stack->others);
}

void stack_budget(const struct request *request, struct reply *reply)
{
    const struct budget *budget = model_find_budget(&request->daemon->model, request->captures[0]);
    uint64_t pixels = PIXELS_DEFAULT, top = TOP_DEFAULT;
    struct span span;

    if (budget == NULL) {
        reply_error(reply, 404, "no_such_budget", "GET /api/v1/budgets lists them",
                    "no budget '%.80s' is known", request->captures[0]);
        return;
    }
    if (!span_read(request, &span, reply) ||
        !request_get_uint(request, "px", 1, PIXELS_MAX, &pixels, reply) ||
        !request_get_uint(request, "top", 0, TOP_MAX, &top, reply)) {
        return;
    }
    struct stack stack = {.request = request, .columns = (size_t)pixels};
    stack.query = lookup_ask(request, make_query(budget, &span, pixels, top), reply);
    if (stack.query != NULL) {
        show(&stack, budget, reply);
    }
}
