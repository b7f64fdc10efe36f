/*
 * The density of a metric over isolates and time. Called through the table of routes.c. Owns
 * nothing beyond a call. Invariant: an isolate counts once in each column in which something was
 * known of it, so the sum of a column is how many isolates it speaks of.
 */
#include "daemon/views/fleet.h"

#include "daemon/daemon.h"
#include "daemon/model/history.h"
#include "daemon/views/span.h"
#include "daemon/views/writer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BINS_DEFAULT   40
#define BINS_MAX       200
#define PIXELS_DEFAULT 60
#define PIXELS_MAX     240 /* of ten thousand isolates: 2.4 million points, some 100 ms */

#define RATIO "heap.ratio" /* heap.total / heap.limit */

struct fleet {
    const struct model *model;
    struct span span;
    double step;
    size_t columns, bins;
    int metric;
    bool is_ratio;
    float *values;    /* [isolate * columns + column], NaN where nothing was known */
    uint64_t *counts; /* [column * bins + bin] */
    struct history_point *points;
    double high; /* upper end of the last bin */
};

static bool read_metric(const struct request *request, struct fleet *fleet, struct reply *reply)
{
    const char *name = request_get(request, "metric");

    fleet->is_ratio = name == NULL || strcmp(name, RATIO) == 0;
    fleet->metric =
        fleet->is_ratio ? HISTORY_HEAP_TOTAL : history_find_metric(HISTORY_ISOLATE, name);
    if (fleet->metric < 0) {
        reply_error(reply, 400, "bad_value", "choose one of them",
                    "metric: '%.40s' is none of " RATIO ", heap.used, heap.total, heap.live, "
                    "external",
                    name);
        return false;
    }
    return true;
}

/* The largest value in each column. */
static void read_isolate(struct fleet *fleet, const struct isolate *isolate, float *values)
{
    double step = fleet->step;
    double unit = 1;

    for (size_t i = 0; i < fleet->columns; i++) {
        values[i] = NAN;
    }
    if (fleet->is_ratio) {
        unit = (double)isolate->heap.limit;
        if (isolate->heap.limit == MODEL_UNKNOWN || isolate->heap.limit == 0) {
            return;
        }
    }
    size_t count = history_read(isolate->history, fleet->metric, fleet->span.from, fleet->span.to,
                                &step, fleet->points, PIXELS_MAX);
    for (size_t i = 0; i < count; i++) {
        double at = floor((fleet->points[i].t - fleet->span.from) / fleet->step + 1e-6);
        if (at >= 0 && at < (double)fleet->columns && !isnan(fleet->points[i].max)) {
            values[(size_t)at] = fmaxf(values[(size_t)at], (float)(fleet->points[i].max / unit));
        }
    }
}

static void find_high(struct fleet *fleet)
{
    size_t count = fleet->model->isolate_count * fleet->columns;

    fleet->high = fleet->is_ratio ? 1 : 0;
    for (size_t i = 0; i < count; i++) {
        fleet->high = fmax(fleet->high, (double)fleet->values[i]); /* NaN leaves it */
    }
}

static void count_bins(struct fleet *fleet)
{
    size_t count = fleet->model->isolate_count * fleet->columns;

    for (size_t i = 0; i < count; i++) {
        if (!isnan(fleet->values[i])) {
            double at = fleet->high > 0 ? fmax(fleet->values[i], 0) / fleet->high : 0;
            size_t bin = (size_t)(at * (double)fleet->bins);
            bin = bin < fleet->bins ? bin : fleet->bins - 1;
            fleet->counts[i % fleet->columns * fleet->bins + bin]++;
        }
    }
}

static void write_fleet(const struct fleet *fleet, struct writer *writer)
{
    writer_open_object(writer, NULL);
    writer_text(writer, "metric",
                fleet->is_ratio ? RATIO : history_metrics[HISTORY_ISOLATE][fleet->metric]);
    writer_double(writer, "from", fleet->span.from);
    writer_double(writer, "to", fleet->span.to);
    writer_double(writer, "step", fleet->step);
    writer_uint(writer, "bins", fleet->bins);
    writer_double(writer, "high", fleet->high);
    writer_open_array(writer, "counts");
    for (size_t i = 0; i < fleet->columns; i++) {
        writer_open_array(writer, NULL);
        for (size_t k = 0; k < fleet->bins; k++) {
            writer_uint(writer, NULL, fleet->counts[i * fleet->bins + k]);
        }
        writer_close_array(writer);
    }
    writer_close_array(writer);
    writer_close_object(writer);
}

static void make(struct fleet *fleet, struct reply *reply)
{
    struct writer writer;

    for (size_t i = 0; i < fleet->model->isolate_count; i++) {
        read_isolate(fleet, fleet->model->isolates[i], &fleet->values[i * fleet->columns]);
    }
    find_high(fleet);
    count_bins(fleet);
    writer_init(&writer, &reply->body);
    write_fleet(fleet, &writer);
}

void fleet_distribution(const struct request *request, struct reply *reply)
{
    struct fleet fleet = {.model = &request->daemon->model};
    uint64_t bins = BINS_DEFAULT, pixels = PIXELS_DEFAULT;

    if (!read_metric(request, &fleet, reply) || !span_read(request, &fleet.span, reply) ||
        !request_get_uint(request, "bins", 1, BINS_MAX, &bins, reply) ||
        !request_get_uint(request, "px", 1, PIXELS_MAX, &pixels, reply)) {
        return;
    }
    fleet.bins = (size_t)bins;
    fleet.columns = (size_t)pixels;
    fleet.step = (fleet.span.to - fleet.span.from) / (double)pixels;
    fleet.values = calloc(fleet.model->isolate_count * fleet.columns + 1, sizeof *fleet.values);
    fleet.counts = calloc(fleet.columns * fleet.bins, sizeof *fleet.counts);
    fleet.points = malloc(PIXELS_MAX * sizeof *fleet.points);
    if (fleet.values == NULL || fleet.counts == NULL || fleet.points == NULL) {
        reply_error(reply, 503, "out_of_memory", "ask for fewer columns", "out of memory");
    } else {
        make(&fleet, reply);
    }
    free(fleet.values);
    free(fleet.counts);
    free(fleet.points);
}
