/*
 * What every line says in the same way. Called by lines.c and by what reads one kind of line. Owns
 * nothing; knows no model.
 */
#include "daemon/ingest/line.h"

#include "wire/layout.h"

#include <errno.h>

bool line_read_figure(const json_t *value, double scale, uint64_t *figure)
{
    *figure = WIRE_UNKNOWN;
    if (value == NULL || json_is_null(value)) {
        return true;
    }
    double number = json_number_value(value) * scale;
    if (!json_is_number(value) || !(number >= 0 && number <= (double)LINE_COUNT_MAX)) {
        return false;
    }
    *figure = (uint64_t)number;
    return true;
}

int line_read_thread(const json_t *line, uint32_t *thread, struct error *error)
{
    const json_t *value = json_object_get(line, "thread");
    json_int_t number = json_integer_value(value);

    if (!json_is_integer(value) || number < 0 || number >= UINT32_MAX) {
        return error_set(error, -EINVAL, "thread has to be the threadId, 0 for the main one");
    }
    *thread = (uint32_t)number;
    return 0;
}
