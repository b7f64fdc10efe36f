/*
 * Stretches of time in requests. Called by the views of the past. Owns nothing.
 */
#include "daemon/views/span.h"

#include "daemon/daemon.h"

#define SPAN_DEFAULT_S 900

bool span_read(const struct request *request, struct span *span, struct reply *reply)
{
    double now = request->daemon->model.t;
    double from = -SPAN_DEFAULT_S, to = 0;

    if (!request_get_double(request, "from", -1e12, 1e12, &from, reply) ||
        !request_get_double(request, "to", -1e12, 1e12, &to, reply)) {
        return false;
    }
    span->from = from > 0 ? from : now + from;
    span->to = to > 0 ? to : now + to + (to == 0 ? request->daemon->config->tick.interval : 0);
    if (span->from >= span->to) {
        reply_error(reply, 400, "bad_value", "times are Unix seconds; 0 and below count from now",
                    "from: it has to lie before to");
        return false;
    }
    return true;
}
