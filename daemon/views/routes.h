/*
 * Which view answers which path: one table. Checks the method and the query keys, so a view only
 * sees what its row allows. No HTTP library here.
 */
#ifndef DAEMON_ROUTES_H
#define DAEMON_ROUTES_H

#include "daemon/views/request.h"

enum routes_kind {
    ROUTES_VIEW,   /* run makes the whole reply */
    ROUTES_CACHED, /* the same for everyone within one tick */
    ROUTES_STREAM, /* server-sent events */
    ROUTES_ACTION, /* changes something: POST, needs http.allow_actions */
};

struct route {
    const char *method;
    const char *pattern; /* a * is one segment, captured */
    const char *keys;    /* query keys, separated by spaces */
    enum routes_kind kind;
    void (*run)(const struct request *request, struct reply *reply);
};

/*
 * The route of request->method and request->path, its captures set (owned by the request until
 * routes_release()); NULL with a 400, 404 or 405 in *reply, or 503 without memory.
 */
const struct route *routes_find(struct request *request, struct reply *reply);
void routes_release(struct request *request);

#endif
