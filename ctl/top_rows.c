/*
 * From a frame to rows. Called by top.c. Owns the frame and the past of each isolate. Invariant:
 * rows point into the frame that is held, and the past knows only isolates of that frame.
 */
#include "ctl/top_rows.h"

#include "ctl/answer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1 /* hh.tbl is NULL when memory ran out */
#include <uthash.h>

struct top_past {
    UT_hash_handle hh;
    bool is_seen;
    size_t count; /* samples taken in all */
    double samples[TOP_PAST_MAX];
    char id[];
};

void top_rows_init(struct top_rows *rows)
{
    memset(rows, 0, sizeof *rows);
    rows->sort = TOP_USED;
}

static void forget_past(struct top_rows *rows, bool is_all)
{
    struct top_past *past, *next;

    HASH_ITER(hh, rows->past, past, next)
    {
        if (is_all || !past->is_seen) {
            HASH_DEL(rows->past, past);
            free(past);
        }
    }
}

void top_rows_fini(struct top_rows *rows)
{
    forget_past(rows, true);
    json_decref(rows->frame);
    free(rows->rows);
}

bool top_rows_is_text(enum top_column column)
{
    return column == TOP_ID || column == TOP_NAME || column == TOP_STATE;
}

const char *top_rows_text(const json_t *isolate, enum top_column column)
{
    return answer_text(isolate, NULL,
                       column == TOP_ID     ? "id"
                       : column == TOP_NAME ? "name"
                                            : "state");
}

double top_rows_figure(const json_t *isolate, enum top_column column)
{
    switch (column) {
    case TOP_USED:
        return answer_number(isolate, "heap", "used");
    case TOP_TOTAL:
        return answer_number(isolate, "heap", "total");
    case TOP_LIMIT:
        return answer_number(isolate, "heap", "limit");
    case TOP_SHARE:
        return answer_number(isolate, "heap", "total") / answer_number(isolate, "heap", "limit");
    case TOP_LIVE:
        return answer_number(isolate, "heap", "live");
    case TOP_DRIFT:
        return answer_number(isolate, "drift", "bytes_per_job");
    case TOP_EXTERNAL:
        return answer_number(isolate, NULL, "external");
    case TOP_SHARED:
        return answer_number(isolate, NULL, "shared");
    case TOP_JOBS:
        return answer_number(isolate, NULL, "jobs");
    case TOP_QUEUED:
        return answer_number(isolate, "messages", "queued_bytes");
    case TOP_BUSY:
        return answer_number(isolate, NULL, "event_loop_utilization");
    default:
        return NAN;
    }
}

static struct top_past *need_past(struct top_rows *rows, const char *id)
{
    struct top_past *past;
    size_t length = strlen(id);

    HASH_FIND(hh, rows->past, id, length, past);
    if (past != NULL) {
        return past;
    }
    past = calloc(1, sizeof *past + length + 1);
    if (past == NULL) {
        return NULL;
    }
    memcpy(past->id, id, length + 1);
    HASH_ADD_KEYPTR(hh, rows->past, past->id, length, past);
    if (past->hh.tbl == NULL) {
        free(past);
        return NULL;
    }
    return past;
}

static void remember(struct top_rows *rows)
{
    struct top_past *past;
    json_t *isolate;
    size_t i;

    for (past = rows->past; past != NULL; past = past->hh.next) {
        past->is_seen = false;
    }
    json_array_foreach(json_object_get(rows->frame, "isolates"), i, isolate)
    {
        const char *id = answer_text(isolate, NULL, "id");
        past = id != NULL ? need_past(rows, id) : NULL;
        if (past != NULL) {
            past->is_seen = true;
            past->samples[past->count++ % TOP_PAST_MAX] = top_rows_figure(isolate, TOP_USED);
        }
    }
    forget_past(rows, false);
}

size_t top_rows_past(const struct top_rows *rows, const char *id, double *samples, size_t max)
{
    struct top_past *past;
    size_t count;

    HASH_FIND(hh, rows->past, id, strlen(id), past);
    if (past == NULL) {
        return 0;
    }
    count = past->count < TOP_PAST_MAX ? past->count : TOP_PAST_MAX;
    count = count < max ? count : max;
    for (size_t i = 0; i < count; i++) {
        samples[i] = past->samples[(past->count - count + i) % TOP_PAST_MAX];
    }
    return count;
}

static bool is_wanted(const struct top_rows *rows, const json_t *isolate)
{
    static const char *const keys[] = {"id", "name", "pool", "state"};

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const char *text = answer_text(isolate, NULL, keys[i]);
        if (text != NULL && strcasestr(text, rows->filter) != NULL) {
            return true;
        }
    }
    return rows->filter[0] == '\0';
}

/* The largest first, texts from A on; what is not known last. */
static int compare(const void *a, const void *b)
{
    const struct top_row *x = a, *y = b;

    if (x->sort_text != NULL || y->sort_text != NULL) {
        return strcmp(x->sort_text != NULL ? x->sort_text : "",
                      y->sort_text != NULL ? y->sort_text : "");
    }
    if (isnan(x->sort_figure) || isnan(y->sort_figure)) {
        return isnan(x->sort_figure) - isnan(y->sort_figure);
    }
    return (x->sort_figure < y->sort_figure) - (x->sort_figure > y->sort_figure);
}

static void reverse(struct top_rows *rows)
{
    for (size_t i = 0; i < rows->count / 2; i++) {
        struct top_row row = rows->rows[i];
        rows->rows[i] = rows->rows[rows->count - 1 - i];
        rows->rows[rows->count - 1 - i] = row;
    }
}

static bool add_row(struct top_rows *rows, const json_t *isolate)
{
    if (rows->count == rows->room) {
        size_t room = rows->room == 0 ? 64 : rows->room * 2;
        struct top_row *grown = realloc(rows->rows, room * sizeof *grown);
        if (grown == NULL) {
            return false;
        }
        rows->rows = grown;
        rows->room = room;
    }
    bool is_text = top_rows_is_text(rows->sort);
    rows->rows[rows->count++] = (struct top_row){
        .isolate = isolate,
        .sort_figure = is_text ? NAN : top_rows_figure(isolate, rows->sort),
        .sort_text = is_text ? top_rows_text(isolate, rows->sort) : NULL,
    };
    return true;
}

void top_rows_arrange(struct top_rows *rows)
{
    json_t *isolate;
    size_t i;

    rows->count = 0;
    rows->is_failed = false;
    json_array_foreach(json_object_get(rows->frame, "isolates"), i, isolate)
    {
        if (is_wanted(rows, isolate) && !add_row(rows, isolate)) {
            rows->is_failed = true;
        }
    }
    if (rows->count > 0) {
        qsort(rows->rows, rows->count, sizeof rows->rows[0], compare);
    }
    if (rows->is_reversed) {
        reverse(rows);
    }
}

void top_rows_take(struct top_rows *rows, json_t *frame)
{
    json_decref(rows->frame);
    rows->frame = frame;
    remember(rows);
    top_rows_arrange(rows);
}
