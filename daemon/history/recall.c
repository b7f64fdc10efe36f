/*
 * Blocks into points. Called by archive.c. Owns nothing beyond a call. Invariant: a point is folded
 * either of raw steps or of rolled up ones, never of both, so nothing counts twice where the one
 * ends and the other begins.
 */
#include "daemon/history/recall.h"

#include "daemon/history/keeper.h"
#include "daemon/history/track.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EDGE                                                                                       \
    1e-4 /* of a step: a tenth of a second of today is exact to a few millionths of itself */

struct recall {
    struct keeper *keeper;
    struct query *query;
    struct query_item *item;
    struct track *track; /* NULL when it is not in the making */
    uint32_t series;     /* 0: nothing is in the database */
    double raw_from;     /* raw steps are kept from here on */
    uint32_t *counts;    /* steps folded into each point; owned */
    double from;         /* where the first point begins */
    bool has_older;      /* something lies before that */
    int code;
};

typedef void visit_fn(struct recall *recall, unsigned level, double t,
                      const struct pack_cell *cell);

/* ---- walking --------------------------------------------------------------------------------- */

static void visit_pack(struct recall *recall, unsigned level, const struct bytes *data,
                       visit_fn *visit)
{
    struct pack_reader reader;
    struct pack_cell cells[PACK_METRICS_MAX];
    int64_t row;
    int code = pack_open(&reader, data->data, data->size);

    while (code >= 0 && (code = pack_next(&reader, &row, cells)) > 0) {
        double t = (double)row * ((double)reader.step_us / 1e6);
        if (t >= recall->from - keeper_step(recall->keeper, level) && t < recall->query->to) {
            visit(recall, level, t, &cells[recall->item->metric]);
        }
    }
    if (code < 0) {
        keeper_count_damaged(recall->keeper);
    }
}

/* Blocks [first, last] in the database, but the one in the making. */
static void visit_stored(struct recall *recall, unsigned level, int64_t first, int64_t last,
                         visit_fn *visit)
{
    const struct track_level *open = recall->track != NULL ? &recall->track->levels[level] : NULL;
    struct bytes data;

    bytes_init(&data, 0);
    for (int64_t block = first; block <= last; block++) {
        struct disk_key key = {level, block, recall->series};
        bytes_clear(&data);
        if (open != NULL && open->block == block) {
            continue;
        }
        int code = disk_get(keeper_disk(recall->keeper), key, &data);
        if (code == 0) {
            visit_pack(recall, level, &data, visit);
        } else if (code != -ENOENT) {
            recall->query->is_failed = true;
            recall->code = code == -EBADMSG ? code : recall->code;
            break;
        }
    }
    bytes_fini(&data);
}

static void visit_open(struct recall *recall, unsigned level, visit_fn *visit)
{
    struct track_level *open = &recall->track->levels[level];
    struct pack_cell cells[PACK_METRICS_MAX];
    double t = (double)open->row * open->step;

    if (open->block >= 0 && open->pack.row_count > 0) {
        visit_pack(recall, level, pack_seal(&open->pack), visit);
    }
    if (track_get_open(open, recall->track->metric_count, cells) &&
        t >= recall->from - open->step && t < recall->query->to) {
        visit(recall, level, t, &cells[recall->item->metric]);
    }
}

/* Every step of a level in [from, to), and the one that `from` lies in. */
static void visit_level(struct recall *recall, unsigned level, double from, double to,
                        visit_fn *visit)
{
    double step = keeper_step(recall->keeper, level), span = (double)track_spans[level];
    int64_t oldest, newest;

    if (!(from < to)) {
        return;
    }
    if (recall->series != 0 && keeper_disk(recall->keeper) != NULL &&
        disk_get_range(keeper_disk(recall->keeper), level, &oldest, &newest)) {
        double first = fmax(floor((from - step) / span), (double)oldest);
        double last = fmin(floor(to / span), (double)newest);
        if (first <= last) {
            visit_stored(recall, level, (int64_t)first, (int64_t)last, visit);
        }
    }
    if (recall->track != NULL) {
        visit_open(recall, level, visit);
    }
}

/* ---- which step ------------------------------------------------------------------------------ */

static void notice(struct recall *recall, unsigned level, double t, const struct pack_cell *cell)
{
    (void)level;
    if (!isnan(cell->avg) && t < recall->raw_from) {
        recall->has_older = true;
    }
}

static double find_raw_from(struct recall *recall)
{
    struct disk *disk = keeper_disk(recall->keeper);
    double from = INFINITY;
    int64_t oldest, newest;

    if (disk != NULL && disk_get_range(disk, TRACK_RAW, &oldest, &newest)) {
        from = (double)(oldest * track_spans[TRACK_RAW]);
    }
    const struct track_level *open =
        recall->track != NULL ? &recall->track->levels[TRACK_RAW] : NULL;
    if (open != NULL && open->block >= 0) {
        from = fmin(from, (double)(open->block * track_spans[TRACK_RAW]));
    } else if (open != NULL && open->sample_count > 0) {
        from = fmin(from, (double)open->row * open->step);
    }
    return from;
}

/* The step delivered: as wanted, not finer than what is kept at `from`, and not too many. */
static double choose_step(struct recall *recall)
{
    const struct query *query = recall->query;
    double raw = keeper_step(recall->keeper, TRACK_RAW);
    double rollup = keeper_step(recall->keeper, TRACK_ROLLUP);
    double least = raw;

    if (query->from < recall->raw_from && fmax(query->step, raw) < rollup) {
        visit_level(recall, TRACK_ROLLUP, query->from, fmin(query->to, recall->raw_from), notice);
        least = recall->has_older ? rollup : raw;
    }
    double step = fmax(query->step, least);
    double most = (query->to - query->from) / (double)(query->max - 1);
    return step < most ? least * ceil(most / least) : step;
}

/* ---- points ---------------------------------------------------------------------------------- */

static void fold(struct recall *recall, unsigned level, double t, const struct pack_cell *cell)
{
    struct query_item *item = recall->item;
    double place = floor((t - item->points[0].t) / item->step + EDGE);

    if (isnan(cell->avg) || place < 0 || place >= (double)item->count) {
        return;
    }
    size_t i = (size_t)place;
    struct history_point *point = &item->points[i];
    bool is_raw = !(point->t < recall->raw_from - EDGE * item->step);
    if (is_raw != (level == TRACK_RAW)) {
        return;
    }
    uint32_t count = ++recall->counts[i];
    point->min = count == 1 ? cell->min : fmin(point->min, cell->min);
    point->max = count == 1 ? cell->max : fmax(point->max, cell->max);
    point->avg = count == 1 ? cell->avg : point->avg + (cell->avg - point->avg) / count;
}

static bool make_points(struct recall *recall)
{
    struct query_item *item = recall->item;
    const struct query *query = recall->query;
    double begin = floor(query->from / item->step) * item->step;
    double count = ceil((query->to - begin) / item->step - EDGE);

    item->count = count < (double)query->max ? (size_t)count : query->max;
    item->points = calloc(item->count + 1, sizeof *item->points);
    recall->counts = calloc(item->count + 1, sizeof *recall->counts);
    if (item->points == NULL || recall->counts == NULL) {
        item->count = 0;
        return false;
    }
    for (size_t i = 0; i < item->count; i++) {
        item->points[i] = (struct history_point){begin + (double)i * item->step, NAN, NAN, NAN};
    }
    return true;
}

/* Before the first and after the last that is known there is nothing. */
static void trim(struct query_item *item)
{
    size_t first = 0;

    while (item->count > 0 && isnan(item->points[item->count - 1].avg)) {
        item->count--;
    }
    while (first < item->count && isnan(item->points[first].avg)) {
        first++;
    }
    item->count -= first;
    memmove(item->points, item->points + first, item->count * sizeof *item->points);
}

static void answer_item(struct recall *recall)
{
    struct query_item *item = recall->item;

    item->step = choose_step(recall);
    if (!make_points(recall)) {
        recall->query->is_failed = true;
    } else if (item->count > 0) {
        double from = recall->from = item->points[0].t, to = recall->query->to;
        visit_level(recall, TRACK_ROLLUP, from, fmin(to, recall->raw_from + item->step), fold);
        visit_level(recall, TRACK_RAW, fmax(from, recall->raw_from), to, fold);
        trim(item);
    }
    free(recall->counts);
}

void recall_answer(struct keeper *keeper, struct query *query)
{
    bool is_damaged = false;

    for (size_t i = 0; i < query->item_count; i++) {
        struct recall recall = {.keeper = keeper, .query = query, .item = &query->items[i]};
        recall.track = keeper_find_track(keeper, recall.item->name);
        recall.series = recall.track != NULL ? recall.track->series : 0;
        if (recall.series == 0 && keeper_disk(keeper) != NULL) {
            int found =
                disk_find_series(keeper_disk(keeper), recall.item->name, false, &recall.series);
            query->is_failed |= found < 0 && found != -ENOENT;
            is_damaged |= found == -EBADMSG;
            recall.series = found == 0 ? recall.series : 0;
        }
        recall.item->is_known = recall.track != NULL || recall.series != 0;
        if (recall.item->is_known && query->from < query->to) {
            recall.from = query->from;
            recall.raw_from = find_raw_from(&recall);
            answer_item(&recall);
            is_damaged |= recall.code == -EBADMSG;
        }
    }
    if (is_damaged) {
        keeper_distrust(keeper);
    }
}
