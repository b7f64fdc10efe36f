/*
 * Samples into steps, steps into blocks. Called by keeper.c. Owns the open blocks. Invariant: rows
 * of an open block ascend; when the clock is set back, what lay after it in the same block is
 * forgotten, as in memory.
 */
#include "daemon/history/track.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const int64_t track_spans[DISK_LEVELS] = {[TRACK_RAW] = 60, [TRACK_ROLLUP] = 900};

struct track *track_new(const char *name, enum history_kind kind, const double steps[DISK_LEVELS])
{
    size_t length = strlen(name);
    struct track *track = calloc(1, sizeof *track + length + 1);

    if (track == NULL) {
        return NULL;
    }
    memcpy(track->name, name, length);
    track->metric_count = history_metric_count(kind);
    for (int i = 0; i < DISK_LEVELS; i++) {
        track->levels[i].step = steps[i];
        track->levels[i].block = -1;
        pack_init(&track->levels[i].pack, track->metric_count, steps[i]);
    }
    return track;
}

void track_free(struct track **pointer)
{
    struct track *track = *pointer;

    *pointer = NULL;
    for (int i = 0; track != NULL && i < DISK_LEVELS; i++) {
        pack_fini(&track->levels[i].pack);
    }
    free(track);
}

int64_t track_block_of(unsigned level, int64_t row, double step)
{
    return (int64_t)floor((double)row * step / (double)track_spans[level] + 1e-6);
}

/* ---- writing blocks -------------------------------------------------------------------------- */

/* Series whose last block is older than everything kept are forgotten. */
static int touch(struct track *track, unsigned index, struct track_sink *sink)
{
    return disk_touch_series(sink->disk, track->series,
                             (double)((track->levels[index].block + 1) * track_spans[index]));
}

static int write_block(struct track *track, unsigned index, struct track_sink *sink)
{
    struct track_level *level = &track->levels[index];
    const struct bytes *data = pack_seal(&level->pack);
    int code = 0;

    if (sink->disk == NULL) {
        return -ENODEV;
    }
    if (track->series == 0) {
        code = disk_find_series(sink->disk, track->name, true, &track->series);
        code = code == 0 ? touch(track, index, sink) : code;
        track->series = code == 0 ? track->series : 0;
    }
    if (code == 0 && data != NULL) {
        struct disk_key key = {index, level->block, track->series};
        code = disk_put(sink->disk, key, data->data, data->size);
    }
    if (code == 0) {
        sink->written += level->unsaved;
        level->unsaved = 0;
    }
    return code;
}

/* The open block is over. */
static int close_block(struct track *track, unsigned index, struct track_sink *sink)
{
    struct track_level *level = &track->levels[index];
    uint32_t unsaved = level->unsaved;
    int code = unsaved > 0 ? write_block(track, index, sink) : 0;

    sink->lost += level->unsaved;
    sink->rolled += code == 0 ? unsaved : 0;
    if (code == 0 && index == TRACK_ROLLUP && track->series != 0 && sink->disk != NULL) {
        code = touch(track, index, sink);
    }
    level->unsaved = 0;
    level->block = -1;
    pack_clear(&level->pack);
    return code == -ENODEV ? 0 : code;
}

/* ---- going on with a block ------------------------------------------------------------------- */

static void merge_cells(struct pack_cell *cells, const struct pack_cell *before, unsigned count)
{
    for (unsigned m = 0; m < count; m++) {
        if (isnan(cells[m].avg)) {
            cells[m] = before[m];
        } else if (!isnan(before[m].avg)) {
            cells[m].min = fmin(cells[m].min, before[m].min);
            cells[m].max = fmax(cells[m].max, before[m].max);
            cells[m].avg = (cells[m].avg + before[m].avg) / 2; /* shares of the step are unknown */
        }
    }
}

/* Makes the pack anew of the rows of `data` before `row`; one at `row` is merged into *cells. */
static int take_over(struct track_level *level, unsigned metric_count, const struct bytes *data,
                     int64_t row, struct pack_cell *cells)
{
    struct pack_reader reader;
    struct pack_cell before[PACK_METRICS_MAX];
    struct pack fresh;
    int64_t at;
    int code = pack_open(&reader, data->data, data->size);

    pack_init(&fresh, metric_count, level->step);
    if (code == 0 && reader.step_us != fresh.step_us) {
        return 0; /* of another configuration */
    }
    while (code >= 0 && (code = pack_next(&reader, &at, before)) > 0 && at <= row) {
        if (at == row) {
            merge_cells(cells, before, metric_count);
        } else if (pack_add(&fresh, at, before) == -ENOMEM) {
            code = -ENOMEM;
        }
    }
    pack_fini(&level->pack);
    level->pack = fresh;
    return code < 0 ? code : 0;
}

/* What a run before, or this one before the clock was set back, left of the block. */
static int load_block(struct track *track, unsigned index, int64_t row, struct pack_cell *cells,
                      struct track_sink *sink)
{
    struct track_level *level = &track->levels[index];
    struct bytes data;
    int code = 0;

    if (sink->disk != NULL && track->series == 0) {
        code = disk_find_series(sink->disk, track->name, false, &track->series);
        track->series = code == 0 ? track->series : 0;
    }
    if (track->series == 0 || sink->disk == NULL) {
        return code == -ENOENT ? 0 : code;
    }
    bytes_init(&data, 0);
    code = disk_get(sink->disk, (struct disk_key){index, level->block, track->series}, &data);
    if (code == 0) {
        code = take_over(level, track->metric_count, &data, row, cells);
        sink->damaged += code == -EBADMSG;
        code = code == -EBADMSG ? 0 : code; /* the block is, not the file */
    }
    bytes_fini(&data);
    return code == -ENOENT ? 0 : code;
}

/* The clock was set back within the open block. */
static int turn_back(struct track *track, struct track_level *level, int64_t row,
                     struct pack_cell *cells)
{
    const struct bytes *sealed = pack_seal(&level->pack);
    struct bytes data;

    bytes_init(&data, 0);
    bytes_append(&data, sealed->data, sealed->size);
    int code = data.is_failed ? -ENOMEM : take_over(level, track->metric_count, &data, row, cells);
    bytes_fini(&data);
    return code;
}

/* ---- steps ----------------------------------------------------------------------------------- */

bool track_get_open(const struct track_level *level, unsigned metric_count, struct pack_cell *cells)
{
    bool is_known = false;

    for (unsigned m = 0; m < metric_count; m++) {
        bool has_value = level->sample_count > 0 && level->sums[m].count > 0;
        cells[m] = has_value ? (struct pack_cell){level->sums[m].min,
                                                  level->sums[m].sum / level->sums[m].count,
                                                  level->sums[m].max}
                             : (struct pack_cell){NAN, NAN, NAN};
        is_known |= has_value;
    }
    return is_known;
}

/* The open step is over: a row of its block. */
static int end_step(struct track *track, unsigned index, struct track_sink *sink)
{
    struct track_level *level = &track->levels[index];
    struct pack_cell cells[PACK_METRICS_MAX];
    int64_t row = level->row, block = track_block_of(index, row, level->step);
    bool is_known = track_get_open(level, track->metric_count, cells);
    int code = 0;

    level->sample_count = 0;
    memset(level->sums, 0, sizeof level->sums);
    if (!is_known) {
        return 0;
    }
    if (block != level->block) {
        code = level->block >= 0 ? close_block(track, index, sink) : 0;
        level->block = block;
        int loaded = load_block(track, index, row, cells, sink);
        code = code < 0 ? code : loaded;
    } else if (level->pack.row_count > 0 && row <= level->pack.last) {
        code = turn_back(track, level, row, cells);
    }
    if (pack_add(&level->pack, row, cells) < 0) {
        sink->lost++;
    } else {
        level->unsaved++;
    }
    return code;
}

static void add_samples(struct track_level *level, unsigned metric_count, const double *values)
{
    level->sample_count++;
    for (unsigned m = 0; m < metric_count; m++) {
        if (isnan(values[m])) {
            continue;
        }
        bool is_first = level->sums[m].count++ == 0;
        level->sums[m].sum += values[m];
        level->sums[m].min = is_first ? values[m] : fmin(level->sums[m].min, values[m]);
        level->sums[m].max = is_first ? values[m] : fmax(level->sums[m].max, values[m]);
    }
}

int track_add(struct track *track, double t, const double *values, struct track_sink *sink)
{
    int code = 0;

    for (unsigned i = 0; i < DISK_LEVELS; i++) {
        struct track_level *level = &track->levels[i];
        int64_t row = (int64_t)floor(t / level->step);
        if (level->sample_count > 0 && row != level->row) {
            int ended = end_step(track, i, sink);
            code = code < 0 ? code : ended;
        }
        level->row = row;
        add_samples(level, track->metric_count, values);
    }
    return code;
}

int track_save(struct track *track, bool is_last, struct track_sink *sink)
{
    int code = 0;

    for (unsigned i = 0; i < DISK_LEVELS && code == 0; i++) {
        struct track_level *level = &track->levels[i];
        if (is_last && level->sample_count > 0) {
            code = end_step(track, i, sink);
        }
        if (code == 0 && level->unsaved > 0) {
            code = write_block(track, i, sink);
        }
        if (code == 0 && is_last && track->series != 0 && level->block >= 0 && sink->disk != NULL) {
            code = touch(track, i, sink);
        }
    }
    return code;
}

void track_unsave(struct track *track)
{
    track->series = 0;
    for (int i = 0; i < DISK_LEVELS; i++) {
        track->levels[i].unsaved = track->levels[i].pack.row_count;
    }
}
