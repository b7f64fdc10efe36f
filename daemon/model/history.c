/*
 * Two circles of points, fine and coarse. Called by the tick to add and by views to read. Owns the
 * points. Invariant: a circle holds the steps (newest - length, newest], step n at place n modulo
 * capacity; steps without a value hold NaN, and capacity only grows, up to its kind's maximum.
 */
#include "daemon/model/history.h"

#include "base/check.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define CAPACITY_FIRST 16
#define EDGE           1e-4 /* of a step: times of today are exact to less than that */

const char *const history_metrics[HISTORY_KINDS][HISTORY_METRICS_MAX + 1] = {
    {"heap.used", "heap.total", "heap.live", "external"},
    {"rss", "heap_used", "heap_total", "external", "shared", "queued_bytes", "unattributed"},
    {"used", "committed", "heap", "external", "shared", "in_flight", "unattributed"},
};

static const struct {
    unsigned metric_count;
    int64_t fine_max, coarse_max; /* points */
} shapes[HISTORY_KINDS] = {{4, 120, 240}, {7, 3600, 5760}, {7, 3600, 5760}};

/* One metric in one step. */
struct cell {
    float min, avg, max;
};

struct circle {
    double step;
    int64_t newest, length, capacity, max; /* in steps */
    uint32_t samples;                      /* taken into the newest step */
    struct cell *cells;                    /* capacity x metrics */
};

struct history {
    enum history_kind kind;
    int metric_count;
    uint32_t number;
    struct circle fine, coarse;
};

int history_find_metric(enum history_kind kind, const char *name)
{
    for (int i = 0; history_metrics[kind][i] != NULL; i++) {
        if (strcmp(history_metrics[kind][i], name) == 0) {
            return i;
        }
    }
    return -1;
}

static void circle_init(struct circle *circle, double step, double keep, int64_t max)
{
    CHECK(step > 0);
    circle->step = step;
    circle->max = keep / step < (double)max ? (int64_t)(keep / step) + 1 : max;
}

struct history *history_new(enum history_kind kind, const struct history_steps *steps)
{
    struct history *history = calloc(1, sizeof *history);

    if (history != NULL) {
        history->kind = kind;
        history->metric_count = (int)shapes[kind].metric_count;
        circle_init(&history->fine, steps->fine_step, steps->fine_keep, shapes[kind].fine_max);
        circle_init(&history->coarse, steps->coarse_step, steps->coarse_keep,
                    shapes[kind].coarse_max);
    }
    return history;
}

void history_free(struct history **history)
{
    if (*history != NULL) {
        free((*history)->fine.cells);
        free((*history)->coarse.cells);
        free(*history);
        *history = NULL;
    }
}

enum history_kind history_kind(const struct history *history)
{
    return history->kind;
}

unsigned history_metric_count(enum history_kind kind)
{
    return shapes[kind].metric_count;
}

uint32_t history_get_number(const struct history *history)
{
    return history->number;
}

void history_set_number(struct history *history, uint32_t number)
{
    history->number = number;
}

static struct cell *cells_at(const struct circle *circle, int64_t step, int metric_count)
{
    return &circle->cells[step % circle->capacity * metric_count];
}

/* Twice the places, the kept steps moved to theirs; without memory it stays as it is. */
static void circle_grow(struct circle *circle, int metric_count)
{
    int64_t capacity = circle->capacity == 0 ? CAPACITY_FIRST : circle->capacity * 2;
    capacity = capacity < circle->max ? capacity : circle->max;
    size_t width = sizeof(struct cell) * (size_t)metric_count;
    struct cell *cells = malloc((size_t)capacity * width);

    if (cells == NULL) {
        return;
    }
    for (int64_t i = 0; i < circle->length; i++) {
        int64_t step = circle->newest - i;
        memcpy(&cells[step % capacity * metric_count], cells_at(circle, step, metric_count), width);
    }
    free(circle->cells);
    circle->cells = cells;
    circle->capacity = capacity;
}

/* Opens `step` as the newest, the steps left out before it as gaps. */
static void circle_advance(struct circle *circle, int64_t step, int metric_count)
{
    int64_t more = circle->length == 0 ? 1 : step - circle->newest;

    while (circle->length + more > circle->capacity && circle->capacity < circle->max) {
        int64_t before = circle->capacity;
        circle_grow(circle, metric_count);
        if (circle->capacity == before) {
            break;
        }
    }
    if (circle->capacity == 0) {
        return;
    }
    int64_t fresh = more < circle->capacity ? more : circle->capacity;
    for (int64_t i = 0; i < fresh; i++) {
        struct cell *cells = cells_at(circle, step - i, metric_count);
        for (int m = 0; m < metric_count; m++) {
            cells[m] = (struct cell){NAN, NAN, NAN};
        }
    }
    circle->newest = step;
    circle->samples = 0;
    circle->length += more;
    circle->length = circle->length < circle->capacity ? circle->length : circle->capacity;
}

static void cell_add(struct cell *cell, float value, uint32_t samples)
{
    if (isnan(value)) {
        return;
    }
    if (isnan(cell->avg)) {
        *cell = (struct cell){value, value, value};
        return;
    }
    cell->min = fminf(cell->min, value);
    cell->max = fmaxf(cell->max, value);
    cell->avg += (value - cell->avg) / (float)samples;
}

/* The clock was set back: what is written after `step` is forgotten, the rest stays. */
static void circle_turn_back(struct circle *circle, int64_t step)
{
    int64_t back = circle->newest - step;

    circle->length = back < circle->length ? circle->length - back : 0;
    circle->newest = step;
    circle->samples = 0;
}

static void circle_add(struct circle *circle, double t, const double *values, int metric_count)
{
    int64_t step = (int64_t)floor(t / circle->step);

    if (circle->length > 0 && step < circle->newest) {
        circle_turn_back(circle, step);
    }
    if (circle->length == 0 || step > circle->newest) {
        circle_advance(circle, step, metric_count);
    }
    if (circle->capacity == 0) {
        return;
    }
    struct cell *cells = cells_at(circle, step, metric_count);
    circle->samples++;
    for (int m = 0; m < metric_count; m++) {
        cell_add(&cells[m], (float)values[m], circle->samples);
    }
}

void history_add(struct history *history, double t, const double *values)
{
    if (!(t >= 0 && t < 1e11)) {
        return;
    }
    circle_add(&history->fine, t, values, history->metric_count);
    circle_add(&history->coarse, t, values, history->metric_count);
}

static double circle_oldest(const struct circle *circle)
{
    return circle->length == 0 ? NAN : (double)(circle->newest - circle->length + 1) * circle->step;
}

double history_oldest(const struct history *history)
{
    const struct circle *fine = &history->fine;

    if (fine->length < fine->capacity) {
        return circle_oldest(fine); /* it has dropped nothing yet, and is more exact */
    }
    return fmin(circle_oldest(fine), circle_oldest(&history->coarse));
}

/* Folds the steps of the circle that begin in [from, to) into one point. */
static void fold(const struct history *history, const struct circle *circle, int metric,
                 double from, double to, struct history_point *point)
{
    int64_t step = (int64_t)ceil(from / circle->step - EDGE);
    int64_t oldest = circle->newest - circle->length + 1;
    int64_t count = 0;

    for (step = step < oldest ? oldest : step;
         step <= circle->newest && (double)step * circle->step < to - EDGE * circle->step; step++) {
        const struct cell *cell = &cells_at(circle, step, history->metric_count)[metric];
        if (isnan(cell->avg)) {
            continue;
        }
        count++;
        point->min = count == 1 ? cell->min : fmin(point->min, cell->min);
        point->max = count == 1 ? cell->max : fmax(point->max, cell->max);
        point->avg = count == 1 ? cell->avg : point->avg + (cell->avg - point->avg) / (double)count;
    }
}

size_t history_read(const struct history *history, int metric, double from, double to, double *step,
                    struct history_point *points, size_t max)
{
    if (history == NULL || history->fine.length == 0 || !(from < to) || max == 0) {
        return 0;
    }
    CHECK(metric >= 0 && metric < history->metric_count);
    double fine_from = circle_oldest(&history->fine);
    double first = fmax(from, history_oldest(history));
    double last = fmin(to, (double)(history->fine.newest + 1) * history->fine.step);
    bool needs_coarse = first < fine_from - history->coarse.step && history->coarse.length > 0;
    if (!needs_coarse) { /* the coarse step around the first value began before there was one */
        first = fmax(from, fine_from);
    }
    *step = fmax(*step, needs_coarse ? history->coarse.step : history->fine.step);
    double begin = floor(first / *step) * *step;
    if (last - begin > *step * (double)max) {
        begin = ceil((last - *step * (double)max) / *step) * *step;
    }
    size_t count = 0;
    for (; begin < last && count < max; begin += *step, count++) {
        points[count] = (struct history_point){begin, NAN, NAN, NAN};
        bool is_fine = begin >= fine_from || history->coarse.length == 0;
        fold(history, is_fine ? &history->fine : &history->coarse, metric, begin, begin + *step,
             &points[count]);
    }
    return count;
}

bool history_covers(const struct history *history, double from, double step)
{
    if (history == NULL || history->fine.length == 0) {
        return false;
    }
    return from >= circle_oldest(&history->fine) ||
           (step >= history->coarse.step && history->coarse.length > 0 &&
            from >= circle_oldest(&history->coarse));
}

bool history_read_step(const struct history *history, int metric, double t, double step,
                       struct history_point *point)
{
    struct history_point found = {t, NAN, NAN, NAN};

    if (history == NULL || history->fine.length == 0) {
        return false;
    }
    CHECK(metric >= 0 && metric < history->metric_count);
    if (t >= circle_oldest(&history->fine)) {
        fold(history, &history->fine, metric, t, t + step, &found);
    } else if (step >= history->coarse.step && history->coarse.length > 0) {
        fold(history, &history->coarse, metric, t, t + step, &found);
    }
    if (isnan(found.avg)) {
        return false;
    }
    *point = found;
    return true;
}

size_t history_bytes(const struct history *history)
{
    size_t cells = (size_t)(history->fine.capacity + history->coarse.capacity);

    return sizeof *history + cells * (size_t)history->metric_count * sizeof(struct cell);
}
