/*
 * Memory and archive in one. Called by series.c and stack.c. Owns nothing. Invariant: a point that
 * the archive knows is the archive's; memory fills what it does not know, be it too new, dropped or
 * from while the disk was full.
 */
#include "daemon/views/lookup.h"

#include "daemon/daemon.h"
#include "daemon/history/archive.h"
#include "daemon/history/feed.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- names ----------------------------------------------------------------------------------- */

/* The process of "PID" or "PID~STARTTIME"; false when it is neither. */
static bool find_process(const struct model *model, const char *text, const struct process **found)
{
    char *end;
    uint64_t pid = strtoull(text, &end, 10), start_time = 0;
    bool has_start = end != text && *end == '~';

    if (has_start) {
        const char *start = end + 1;
        start_time = strtoull(start, &end, 10);
        has_start = end != start;
    }
    if (text[0] < '0' || text[0] > '9' || *end != '\0') {
        return false;
    }
    *found = model_find_process(model, pid);
    if (*found != NULL && has_start && (*found)->start_time != start_time) {
        *found = NULL;
    }
    return true;
}

static void set(struct lookup *lookup, enum history_kind kind, const void *subject,
                const struct history *history)
{
    lookup->kind = kind;
    lookup->is_known = subject != NULL;
    lookup->history = history;
    if (subject != NULL) {
        feed_name(lookup->name, kind, subject);
    }
}

bool lookup_find(const struct model *model, const char *of, struct lookup *lookup)
{
    const struct process *process = NULL;

    if (of == NULL || strlen(of) >= sizeof lookup->name) {
        return false;
    }
    snprintf(lookup->name, sizeof lookup->name, "%s", of);
    if (strncmp(of, "isolate:", 8) == 0) {
        const struct isolate *isolate = model_find_isolate(model, of + 8);
        set(lookup, HISTORY_ISOLATE, isolate, isolate != NULL ? isolate->history : NULL);
    } else if (strncmp(of, "budget:", 7) == 0) {
        const struct budget *budget = model_find_budget(model, of + 7);
        set(lookup, HISTORY_BUDGET, budget, budget != NULL ? budget->history : NULL);
    } else if (strncmp(of, "process:", 8) == 0 && find_process(model, of + 8, &process)) {
        set(lookup, HISTORY_PROCESS, process, process != NULL ? process->history : NULL);
    } else {
        return false;
    }
    return true;
}

/* ---- asking ---------------------------------------------------------------------------------- */

static bool is_covered(const struct model *model, const struct query *query)
{
    struct lookup lookup;

    for (size_t i = 0; i < query->item_count; i++) {
        if (!lookup_find(model, query->items[i].name, &lookup) ||
            !history_covers(lookup.history, query->from, query->step)) {
            return false;
        }
    }
    return true;
}

const struct query *lookup_ask(const struct request *request, struct query *query,
                               struct reply *reply)
{
    const struct daemon *daemon = request->daemon;

    if (request->has_waited) {
        query_free(&query);
        if (request->answer == NULL) {
            reply_error(reply, 503, "history_is_busy", "try again later",
                        "the history on disk does not answer");
        }
        return request->answer;
    }
    if (query == NULL) {
        reply_error(reply, 503, "out_of_memory", "try again later", "out of memory");
        return NULL;
    }
    reply->query = query;
    reply->has_to_ask = daemon->archive != NULL && !is_covered(&daemon->model, query);
    return reply->has_to_ask ? NULL : query;
}

/* ---- points ---------------------------------------------------------------------------------- */

/* Drops the gaps at both ends. */
static size_t trim(struct history_point *points, size_t count)
{
    size_t first = 0;

    while (count > 0 && isnan(points[count - 1].avg)) {
        count--;
    }
    while (first < count && isnan(points[first].avg)) {
        first++;
    }
    memmove(points, points + first, (count - first) * sizeof *points);
    return count - first;
}

/* What the archive answered, completed from memory. */
static size_t merge(const struct query *query, const struct query_item *item,
                    const struct history *history, struct history_point *points)
{
    double begin = floor(query->from / item->step) * item->step;
    size_t count = 0, at = 0;

    for (; count < LOOKUP_POINTS_MAX; count++) {
        struct history_point *point = &points[count];
        double t = begin + (double)count * item->step;
        if (t >= query->to) {
            break;
        }
        while (at < item->count && item->points[at].t < t - item->step / 2) {
            at++;
        }
        bool is_there = at < item->count && item->points[at].t < t + item->step / 2;
        *point = is_there ? item->points[at] : (struct history_point){t, NAN, NAN, NAN};
        if (isnan(point->avg)) {
            history_read_step(history, item->metric, t, item->step, point);
        }
    }
    return trim(points, count);
}

size_t lookup_points(const struct request *request, const struct query *query, size_t item,
                     double *step, struct history_point *points)
{
    const struct query_item *asked = &query->items[item];
    struct lookup lookup = {.history = NULL};

    lookup_find(&request->daemon->model, asked->name, &lookup);
    if (asked->is_known && asked->count > 0) {
        *step = asked->step;
        return merge(query, asked, lookup.history, points);
    }
    *step = query->step;
    return history_read(lookup.history, asked->metric, query->from, query->to, step, points,
                        LOOKUP_POINTS_MAX);
}
