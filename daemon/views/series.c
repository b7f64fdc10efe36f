/*
 * History as documents. Called through the table of routes.c. Owns nothing beyond a call.
 * Invariant: what was not recorded is null, never 0 and never a line drawn across.
 */
#include "daemon/views/series.h"

#include "daemon/daemon.h"
#include "daemon/views/lookup.h"
#include "daemon/views/span.h"
#include "daemon/views/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* The question as it was put; false with a reply made. */
static bool read_question(const struct request *request, struct lookup *lookup, struct span *span,
                          double *step, struct reply *reply)
{
    if (!lookup_find(&request->daemon->model, request_get(request, "of"), lookup)) {
        reply_error(reply, 400, "bad_value", "such as of=budget:machine",
                    "of: write isolate:ID, process:PID or budget:NAME");
        return false;
    }
    return span_read(request, span, reply) &&
           request_get_double(request, "step", 0, 1e9, step, reply);
}

static struct query *make_query(const struct lookup *lookup, int metric, const struct span *span,
                                double step)
{
    struct query *query = query_new(1);

    if (query != NULL) {
        query->from = span->from;
        query->to = span->to;
        query->step = step;
        query->max = LOOKUP_POINTS_MAX;
        query->items[0].metric = metric;
        memcpy(query->items[0].name, lookup->name, sizeof lookup->name);
    }
    return query;
}

static void write_series(const struct request *request, const struct query *query,
                         struct reply *reply)
{
    struct history_point *points = malloc(LOOKUP_POINTS_MAX * sizeof *points);
    struct writer writer;
    double step;

    if (points == NULL) {
        reply_error(reply, 503, "out_of_memory", "try again later", "out of memory");
        return;
    }
    size_t count = lookup_points(request, query, 0, &step, points);
    writer_init(&writer, &reply->body);
    writer_open_object(&writer, NULL);
    writer_text(&writer, "of", request_get(request, "of"));
    writer_text(&writer, "metric", request_get(request, "metric"));
    writer_double(&writer, "step", step);
    write_points(&writer, points, count);
    writer_close_object(&writer);
    free(points);
}

void series_history(const struct request *request, struct reply *reply)
{
    struct lookup lookup;
    struct span span;
    double step = 0;

    if (!read_question(request, &lookup, &span, &step, reply)) {
        return;
    }
    int metric = find_metric(request, lookup.kind, reply);
    if (metric < 0) {
        return;
    }
    const struct query *query =
        lookup_ask(request, make_query(&lookup, metric, &span, step), reply);
    if (query == NULL) {
        return;
    }
    if (!lookup.is_known && !query->items[0].is_known) {
        reply_error(reply, 404, "no_such_series", "GET /api/v1/frame names what there is",
                    "of: '%.80s' is not known", request_get(request, "of"));
        return;
    }
    write_series(request, query, reply);
}
