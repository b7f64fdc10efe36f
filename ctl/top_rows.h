/*
 * The rows of isoctl top: isolates of the last frame, filtered and in order, with the recent past
 * of each. One thread.
 */
#ifndef CTL_TOP_ROWS_H
#define CTL_TOP_ROWS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define TOP_PAST_MAX 60 /* samples kept of each isolate */

enum top_column {
    TOP_ID,
    TOP_NAME,
    TOP_STATE,
    TOP_USED,
    TOP_TOTAL,
    TOP_LIMIT,
    TOP_SHARE, /* total of limit */
    TOP_LIVE,
    TOP_DRIFT,
    TOP_EXTERNAL,
    TOP_SHARED,
    TOP_JOBS,
    TOP_QUEUED,
    TOP_BUSY,
    TOP_COLUMNS
};

struct top_row {
    const json_t *isolate; /* borrowed from the frame */
    double sort_figure;    /* NaN for columns of text */
    const char *sort_text; /* NULL for columns of figures */
};

struct top_past; /* of all isolates */

struct top_rows {
    json_t *frame; /* owned; NULL before the first */
    struct top_row *rows;
    size_t count, room;
    struct top_past *past;
    enum top_column sort;
    bool is_reversed;
    char filter[64]; /* a part of id, name, pool or state; "" for all */
    bool is_failed;  /* out of memory: the picture is not whole */
};

void top_rows_init(struct top_rows *rows);
void top_rows_fini(struct top_rows *rows);

/* Takes the frame; a sample of each isolate goes into its past. */
void top_rows_take(struct top_rows *rows, json_t *frame);
/* Filters and orders again, after `sort`, `is_reversed` or `filter` was changed. */
void top_rows_arrange(struct top_rows *rows);

/* The last samples of bytes used, oldest first, at most `max`; how many. */
size_t top_rows_past(const struct top_rows *rows, const char *id, double *samples, size_t max);

/* Whether a column holds text. */
bool top_rows_is_text(enum top_column column);
/* The figure, or NaN; the text, or NULL. */
double top_rows_figure(const json_t *isolate, enum top_column column);
const char *top_rows_text(const json_t *isolate, enum top_column column);

#endif
