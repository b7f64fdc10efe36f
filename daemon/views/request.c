/*
 * What was asked, and numbers out of it. Called by views. Owns nothing.
 */
#include "daemon/views/request.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *request_get(const struct request *request, const char *key)
{
    for (size_t i = 0; i < request->query_count; i++) {
        if (strcmp(request->query[i].key, key) == 0) {
            return request->query[i].value;
        }
    }
    return NULL;
}

bool request_get_uint(const struct request *request, const char *key, uint64_t low, uint64_t high,
                      uint64_t *value, struct reply *reply)
{
    const char *text = request_get(request, key);
    if (text == NULL) {
        return true;
    }
    size_t length = strlen(text);
    errno = 0;
    uint64_t parsed = strtoull(text, NULL, 10);
    if (length == 0 || length > 20 || strspn(text, "0123456789") != length || errno != 0 ||
        parsed < low || parsed > high) {
        reply_error(reply, 400, "bad_value", "write digits only",
                    "%s: '%.40s' is not a whole number from %" PRIu64 " to %" PRIu64, key, text,
                    low, high);
        return false;
    }
    *value = parsed;
    return true;
}

bool request_get_double(const struct request *request, const char *key, double low, double high,
                        double *value, struct reply *reply)
{
    const char *text = request_get(request, key);
    if (text == NULL) {
        return true;
    }
    char *end;
    double parsed = strtod(text, &end);
    if (end == text || *end != '\0' || !isfinite(parsed) || parsed < low || parsed > high) {
        reply_error(reply, 400, "bad_value", "write a decimal number",
                    "%s: '%.40s' is not a number from %g to %g", key, text, low, high);
        return false;
    }
    *value = parsed;
    return true;
}
