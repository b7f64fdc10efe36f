/*
 * The table of paths, and the views too small for a file of their own. Called by http.c for every
 * request that is not a file. Owns the captures until routes_release().
 */
#include "daemon/views/routes.h"

#include "base/embed.h"

#include "daemon/daemon.h"
#include "daemon/views/fleet.h"
#include "daemon/views/frame.h"
#include "daemon/views/happenings.h"
#include "daemon/views/lists.h"
#include "daemon/views/metrics.h"
#include "daemon/views/notices.h"
#include "daemon/views/selection.h"
#include "daemon/views/series.h"
#include "daemon/views/stack.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void show_health(const struct request *request, struct reply *reply)
{
    (void)request;
    bytes_append_text(&reply->body, "{\"status\":\"ok\"}");
}

/* Ready once there is a tick to show. */
static void show_readiness(const struct request *request, struct reply *reply)
{
    if (request->daemon->model.tick == 0) {
        reply->status = 503;
        bytes_append_text(&reply->body, "{\"status\":\"starting\"}");
        return;
    }
    show_health(request, reply);
}

static void show_frame(const struct request *request, struct reply *reply)
{
    struct selection *selection;
    struct error error;
    int code = selection_new(&selection, request_get(request, "isolates"), &error);

    if (code < 0) {
        reply_error(reply, code == -EINVAL ? 400 : 503,
                    code == -EINVAL ? "bad_value" : "out_of_memory", "such as isolates=top:20",
                    "%s", error.text);
        return;
    }
    frame_write(request->daemon, selection, &reply->body);
    selection_free(&selection);
}

static void show_status(const struct request *request, struct reply *reply)
{
    frame_write_status(request->daemon, &reply->body);
}

static void show_metrics(const struct request *request, struct reply *reply)
{
    reply->content_type = metrics_content_type(request->wants_openmetrics);
    metrics_write(request->daemon, request->wants_openmetrics, &reply->body);
}

extern const struct embed_file routes_files[]; /* openapi.json alone */

static void show_openapi(const struct request *request, struct reply *reply)
{
    (void)request;
    bytes_append(&reply->body, routes_files[0].data, routes_files[0].size);
}

static const struct route table[] = {
    {"GET", "/healthz", "", ROUTES_VIEW, show_health},
    {"GET", "/readyz", "", ROUTES_VIEW, show_readiness},
    {"GET", "/metrics", "", ROUTES_CACHED, show_metrics},
    {"GET", "/api/v1/openapi.json", "", ROUTES_VIEW, show_openapi},
    {"GET", "/api/v1/frame", "isolates", ROUTES_CACHED, show_frame},
    {"GET", "/api/v1/stream", "isolates every", ROUTES_STREAM, NULL},
    {"GET", "/api/v1/status", "", ROUTES_VIEW, show_status},
    {"GET", "/api/v1/processes", "limit cursor process state name", ROUTES_VIEW, lists_processes},
    {"GET", "/api/v1/processes/*", "", ROUTES_VIEW, lists_process},
    {"POST", "/api/v1/processes/*/attach", "", ROUTES_ACTION, happenings_probe},
    {"POST", "/api/v1/processes/*/detach", "", ROUTES_ACTION, happenings_probe},
    {"GET", "/api/v1/isolates", "limit cursor process state name", ROUTES_VIEW, lists_isolates},
    {"GET", "/api/v1/isolates/distribution", "metric bins from to px", ROUTES_VIEW,
     fleet_distribution},
    {"GET", "/api/v1/isolates/*", "", ROUTES_VIEW, lists_isolate},
    {"GET", "/api/v1/isolates/*/jobs", "from to limit", ROUTES_VIEW, happenings_jobs},
    {"POST", "/api/v1/isolates/*/gc", "", ROUTES_ACTION, happenings_act},
    {"POST", "/api/v1/isolates/*/recycle", "", ROUTES_ACTION, happenings_act},
    {"POST", "/api/v1/isolates/*/snapshot", "", ROUTES_ACTION, happenings_act},
    {"POST", "/api/v1/isolates/*/profile", "seconds interval", ROUTES_ACTION, happenings_act},
    {"POST", "/api/v1/isolates/*/census", "", ROUTES_ACTION, happenings_act},
    {"POST", "/api/v1/isolates/*/growth", "seconds interval jobs", ROUTES_ACTION, happenings_act},
    {"GET", "/api/v1/actions/*", "", ROUTES_VIEW, happenings_action},
    {"GET", "/api/v1/actions/*/file", "", ROUTES_VIEW, happenings_file},
    {"GET", "/api/v1/budgets", "limit cursor name", ROUTES_VIEW, lists_budgets},
    {"GET", "/api/v1/budgets/*/history", "from to px top", ROUTES_VIEW, stack_budget},
    {"GET", "/api/v1/alerts", "limit cursor state", ROUTES_VIEW, lists_alerts},
    {"GET", "/api/v1/advice", "limit cursor", ROUTES_VIEW, lists_advice},
    {"GET", "/api/v1/silences", "", ROUTES_VIEW, notices_silences},
    {"POST", "/api/v1/silences", "rule seconds comment", ROUTES_ACTION, notices_silence},
    {"DELETE", "/api/v1/silences", "id", ROUTES_ACTION, notices_unsilence},
    {"DELETE", "/api/v1/silences/*", "", ROUTES_ACTION, notices_unsilence},
    {"GET", "/api/v1/stores", "limit cursor process", ROUTES_VIEW, lists_stores},
    {"GET", "/api/v1/flows", "limit cursor process isolate window", ROUTES_VIEW, lists_flows},
    {"GET", "/api/v1/events", "type isolate since limit", ROUTES_VIEW, happenings_events},
    {"GET", "/api/v1/recycles", "isolate since limit", ROUTES_VIEW, happenings_recycles},
    {"GET", "/api/v1/history", "of metric from to step", ROUTES_VIEW, series_history},
};

void routes_release(struct request *request)
{
    for (int i = 0; i < REQUEST_CAPTURE_MAX; i++) {
        free(request->captures[i]);
        request->captures[i] = NULL;
    }
}

/* 1: the path matches, captures taken; 0: it does not; -ENOMEM. */
static int match(const char *pattern, const char *path, struct request *request)
{
    int captured = 0;

    while (*pattern != '\0') {
        if (*pattern != '*') {
            if (*pattern++ != *path++) {
                return 0;
            }
            continue;
        }
        size_t length = strcspn(path, "/");
        if (length == 0) {
            return 0;
        }
        free(request->captures[captured]);
        request->captures[captured] = strndup(path, length);
        if (request->captures[captured++] == NULL) {
            return -ENOMEM;
        }
        path += length;
        pattern++;
    }
    return *path == '\0';
}

static bool is_key_of(const struct route *route, const char *key)
{
    size_t length = strlen(key);
    for (const char *at = route->keys; *at != '\0' && length > 0;) {
        size_t this_length = strcspn(at, " ");
        if (this_length == length && memcmp(at, key, length) == 0) {
            return true;
        }
        at += this_length;
        at += *at == ' ';
    }
    return false;
}

static bool check_keys(const struct request *request, const struct route *route,
                       struct reply *reply)
{
    for (size_t i = 0; i < request->query_count; i++) {
        const char *key = request->query[i].key;
        if (!is_key_of(route, key)) {
            reply_error(reply, 400, "unknown_key", "leave it out",
                        "unknown query key '%.40s'; known: %s", key,
                        route->keys[0] != '\0' ? route->keys : "none");
            return false;
        }
        for (size_t k = 0; k < i; k++) {
            if (strcmp(request->query[k].key, key) == 0) {
                reply_error(reply, 400, "repeated_key", "keep one",
                            "query key '%.40s' is given twice", key);
                return false;
            }
        }
    }
    return true;
}

const struct route *routes_find(struct request *request, struct reply *reply)
{
    char *allow = reply->allowed;

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        int code = match(table[i].pattern, request->path, request);
        if (code < 0) {
            reply_error(reply, 503, "out_of_memory", "try again later", "out of memory");
            return NULL;
        }
        if (code == 1 && strcmp(table[i].method, request->method) == 0) {
            return check_keys(request, &table[i], reply) ? &table[i] : NULL;
        }
        if (code == 1) {
            size_t used = strlen(allow);
            snprintf(allow + used, sizeof reply->allowed - used, "%s%s", used > 0 ? ", " : "",
                     strcmp(table[i].method, "GET") == 0 ? "GET, HEAD" : table[i].method);
        }
    }
    if (allow[0] != '\0') {
        reply_error(reply, 405, "method_not_allowed", "the Allow header says what is",
                    "%.20s is not possible here; use %s", request->method, allow);
        reply->allow = allow;
    } else {
        reply_error(reply, 404, "not_found", "the API is below /api/v1, the dashboard at /",
                    "nothing is at %.100s", request->path);
    }
    return NULL;
}
