/*
 * Events, jobs and actions as documents. Called through the table of routes.c. Owns nothing beyond
 * a call. The only view that changes anything is happenings_act(), which queues.
 */
#include "daemon/views/happenings.h"

#include "daemon/daemon.h"
#include "daemon/views/objects.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EVENTS_DEFAULT   100
#define EVENTS_LIMIT_MAX 10000

#define PROFILE_SECONDS     5
#define PROFILE_SECONDS_MAX 600
#define GROWTH_SECONDS      30.0
#define GROWTH_JOBS_MAX     100000

/* The events that match; NULL with a reply made. The array is the caller's. */
static const struct event **find_events(const struct request *request,
                                        const struct events_query *query, uint64_t limit,
                                        size_t *count, uint64_t *next, uint64_t *lost,
                                        struct reply *reply)
{
    const struct event **found = calloc((size_t)limit, sizeof(const struct event *));
    if (found == NULL) {
        reply_error(reply, 503, "out_of_memory", "ask for fewer", "out of memory");
        return NULL;
    }
    *count = events_find(request->daemon->events, query, found, (size_t)limit, next, lost);
    return found;
}

/* Those of a kind (-1: of all) under `name`, as far as the query's isolate, since and limit go. */
static void list_events(const struct request *request, struct reply *reply, int kind,
                        const char *name)
{
    struct events_query query = {
        .kind = kind, .isolate = request_get(request, "isolate"), .since = EVENTS_NEWEST};
    uint64_t limit = EVENTS_DEFAULT, next, lost;
    size_t count;
    struct writer writer;

    if (!request_get_uint(request, "since", 0, UINT64_MAX - 1, &query.since, reply) ||
        !request_get_uint(request, "limit", 1, EVENTS_LIMIT_MAX, &limit, reply)) {
        return;
    }
    const struct event **found = find_events(request, &query, limit, &count, &next, &lost, reply);
    if (found == NULL) {
        return;
    }
    writer_init(&writer, &reply->body);
    writer_open_object(&writer, NULL);
    writer_open_array(&writer, name);
    for (size_t i = 0; i < count; i++) {
        objects_write_event(&writer, found[i]);
    }
    writer_close_array(&writer);
    writer_uint(&writer, "next", next);
    writer_uint(&writer, "lost", lost);
    writer_close_object(&writer);
    free(found);
}

void happenings_events(const struct request *request, struct reply *reply)
{
    const char *type = request_get(request, "type");
    int kind = type != NULL ? events_find_kind(type) : -1;

    if (type != NULL && kind < 0) {
        reply_error(reply, 400, "bad_value", "types are those of GET /api/v1/events",
                    "type: no event is called '%.40s'", type);
        return;
    }
    list_events(request, reply, kind, "events");
}

void happenings_recycles(const struct request *request, struct reply *reply)
{
    list_events(request, reply, RECORD_recycle, "recycles");
}

static void write_job(struct writer *writer, const struct event *event)
{
    const struct record *record = &event->record;
    writer_open_object(writer, NULL);
    writer_uint(writer, "number", record->job.number);
    writer_text(writer, "name", event->name);
    writer_double(writer, "t", event->t);
    writer_double(writer, "seconds",
                  record->job.duration != MODEL_UNKNOWN ? (double)record->job.duration / 1e9 : NAN);
    writer_uint(writer, "live_after", record->job.live_after);
    writer_close_object(writer);
}

/* Jobs are told from the events that are still kept. */
void happenings_jobs(const struct request *request, struct reply *reply)
{
    struct events_query query = {
        .kind = RECORD_job, .isolate = request->captures[0], .since = EVENTS_NEWEST};
    uint64_t limit = 1000, next, lost;
    double from = 0, to = 1e12;
    size_t count;
    struct writer writer;

    if (model_find_isolate(&request->daemon->model, query.isolate) == NULL) {
        reply_error(reply, 404, "no_such_isolate", "GET /api/v1/isolates lists them",
                    "no isolate '%.60s' is known", query.isolate);
        return;
    }
    if (!request_get_uint(request, "limit", 1, EVENTS_LIMIT_MAX, &limit, reply) ||
        !request_get_double(request, "from", 0, 1e12, &from, reply) ||
        !request_get_double(request, "to", 0, 1e12, &to, reply)) {
        return;
    }
    const struct event **found = find_events(request, &query, limit, &count, &next, &lost, reply);
    if (found == NULL) {
        return;
    }
    writer_init(&writer, &reply->body);
    writer_open_object(&writer, NULL);
    writer_open_array(&writer, "jobs");
    for (size_t i = 0; i < count; i++) {
        if (found[i]->t >= from && found[i]->t < to) {
            write_job(&writer, found[i]);
        }
    }
    writer_close_array(&writer);
    writer_close_object(&writer);
    free(found);
}

static void refuse_action(struct reply *reply, int code, const struct error *error)
{
    switch (code) {
    case -ENOENT:
        reply_error(reply, 404, "no_such_isolate", "GET /api/v1/isolates lists them", "%s",
                    error->text);
        break;
    case -EINVAL:
        reply_error(reply, 404, "no_such_action",
                    "gc, recycle, snapshot, profile, census and growth can be asked for", "%s",
                    error->text);
        break;
    case -ESRCH:
        reply_error(reply, 409, "not_possible_now", "only connected, living isolates can act", "%s",
                    error->text);
        break;
    case -EOPNOTSUPP:
        reply_error(reply, 501, "not_supported", "isorun can do it", "%s", error->text);
        break;
    case -EAGAIN:
        reply_error(reply, 429, "too_many_actions", "wait until some are done", "%s", error->text);
        break;
    default:
        reply_error(reply, 500, "failed", "try again", "%s", error->text);
        break;
    }
}

/* POST /api/v1/isolates/{id}/gc|recycle|snapshot|profile|census|growth; that acting is allowed at all was
 * checked before. */
void happenings_act(const struct request *request, struct reply *reply)
{
    struct action_order order = {.isolate = request->captures[0],
                                 .what = strrchr(request->path, '/') + 1};
    struct error error = {""};
    struct writer writer;
    uint64_t id;

    bool is_growth = strcmp(order.what, "growth") == 0;
    if (is_growth || strcmp(order.what, "profile") == 0) {
        order.seconds = is_growth ? GROWTH_SECONDS : PROFILE_SECONDS;
        if (!request_get_double(request, "seconds", 0.1, PROFILE_SECONDS_MAX, &order.seconds,
                                reply) ||
            !request_get_uint(request, "interval", 1, UINT64_C(1) << 40, &order.interval, reply) ||
            !request_get_uint(request, "jobs", 1, GROWTH_JOBS_MAX, &order.jobs, reply)) {
            return;
        }
    }
    int code =
        actions_queue(request->daemon->actions, &request->daemon->model, &order, &id, &error);
    if (code < 0) {
        refuse_action(reply, code, &error);
        return;
    }
    reply->status = 202;
    writer_init(&writer, &reply->body);
    writer_open_object(&writer, NULL);
    writer_uint(&writer, "action", id);
    writer_close_object(&writer);
}

/* POST /api/v1/processes/{pid}/attach|detach */
void happenings_probe(const struct request *request, struct reply *reply)
{
    char *end;
    uint64_t id, pid = strtoull(request->captures[0], &end, 10);
    struct error error = {""};
    struct writer writer;

    if (*end != '\0' || pid == 0 || pid > INT32_MAX) {
        reply_error(reply, 404, "no_such_process", "GET /api/v1/processes lists those observed",
                    "a process is named by its number, not '%.40s'", request->captures[0]);
        return;
    }
    int code = actions_queue_probe(request->daemon->actions, &request->daemon->model, pid,
                                   strrchr(request->path, '/') + 1, &id, &error);
    if (code == -ESRCH) {
        reply_error(reply, 409, "not_possible_now", "only running processes can be probed", "%s",
                    error.text);
    } else if (code == -EOPNOTSUPP) {
        reply_error(reply, 501, "not_supported", "isoprobe(1) tells what it needs", "%s",
                    error.text);
    } else if (code < 0) {
        refuse_action(reply, code, &error);
    }
    if (code < 0) {
        return;
    }
    reply->status = 202;
    writer_init(&writer, &reply->body);
    writer_open_object(&writer, NULL);
    writer_uint(&writer, "action", id);
    writer_close_object(&writer);
}

/* NULL with a 404 in *reply. */
static const struct action *require_action(const struct request *request, struct reply *reply)
{
    char *end;
    const char *text = request->captures[0];
    uint64_t id = strtoull(text, &end, 10);
    const struct action *action =
        end != text && *end == '\0' ? actions_find(request->daemon->actions, id) : NULL;

    if (action == NULL) {
        reply_error(reply, 404, "no_such_action", "the POST answered with its id",
                    "no action '%.40s' is known; only the last %d are kept", text, ACTIONS_MAX);
    }
    return action;
}

void happenings_file(const struct request *request, struct reply *reply)
{
    const struct action *action = require_action(request, reply);

    if (action == NULL) {
        return;
    }
    if (action->fd < 0 || action->state != ACTION_DONE) { /* what came so far is no file */
        reply_error(reply, 404, "no_file",
                    "snapshot, profile and census bring one when they are done",
                    "action %s has no file%s", request->captures[0],
                    action->state == ACTION_DONE     ? " any more"
                    : action->state == ACTION_FAILED ? ""
                                                     : " yet");
        return;
    }
    reply->file = dup(action->fd);
    reply->file_bytes = action->file_bytes;
    if (reply->file < 0) {
        reply_error(reply, 503, "no_descriptor", "try again later", "out of descriptors");
        return;
    }
    reply->content_type = "application/octet-stream";
}

void happenings_action(const struct request *request, struct reply *reply)
{
    const struct action *action = require_action(request, reply);
    struct writer writer;

    if (action == NULL) {
        return;
    }
    writer_init(&writer, &reply->body);
    writer_open_object(&writer, NULL);
    writer_uint(&writer, "id", action->id);
    writer_text(&writer, "do", action->what);
    writer_text(&writer, "isolate", action->isolate);
    writer_text(&writer, "state", actions_state_names[action->state]);
    writer_double(&writer, "queued_at", action->queued_at);
    writer_double(&writer, "finished_at", action->finished_at > 0 ? action->finished_at : NAN);
    writer_text(&writer, "error", action->error[0] != '\0' ? action->error : NULL);
    writer_uint(&writer, "file_bytes", action->fd >= 0 ? action->file_bytes : MODEL_UNKNOWN);
    writer_raw(&writer, "result", action->result[0] != '\0' ? action->result : "null");
    writer_close_object(&writer);
}
