/*
 * A request as views see it: no HTTP library in sight. http.c fills it, routes.c finds the view.
 * Its texts are borrowed for the length of the call.
 */
#ifndef DAEMON_REQUEST_H
#define DAEMON_REQUEST_H

#include "daemon/views/reply.h"

struct daemon;

#define REQUEST_QUERY_MAX   16
#define REQUEST_CAPTURE_MAX 2

struct request {
    struct daemon *daemon;
    const char *method; /* GET for HEAD too */
    const char *path;   /* decoded */
    struct {
        const char *key, *value; /* decoded */
    } query[REQUEST_QUERY_MAX];
    size_t query_count;
    char *captures[REQUEST_CAPTURE_MAX]; /* what stood for each * of the route */
    bool wants_openmetrics;
    const struct query *answer; /* of what the view asked when it was run before; NULL: not yet */
    bool has_waited;            /* it was run before; without an answer there will be none */
};

/* The value of a query key; NULL when it was not given. */
const char *request_get(const struct request *request, const char *key);

/* The number behind a query key, `*value` untouched when it was not given. False when it is not
 * one in [low, high]; *reply is a 400 then. */
bool request_get_uint(const struct request *request, const char *key, uint64_t low, uint64_t high,
                      uint64_t *value, struct reply *reply);
bool request_get_double(const struct request *request, const char *key, double low, double high,
                        double *value, struct reply *reply);

#endif
