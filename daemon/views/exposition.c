/*
 * Labels and numbers of an exposition (exposition.h). Called by metrics.c and metrics_node.c. Owns nothing.
 */
#include "daemon/views/exposition.h"

#include "daemon/views/writer.h"

#include <math.h>

void exposition_label(struct bytes *out, const char *name, const char *value)
{
    bytes_append_format(out, "%s=\"", name);
    for (const char *at = value; *at != '\0';) {
        size_t length = writer_sequence(at);
        if (*at == '\\' || *at == '"') {
            bytes_append_format(out, "\\%c", *at);
        } else if (*at == '\n') {
            bytes_append_text(out, "\\n");
        } else if (length == 0) {
            bytes_append_text(out, "\xef\xbf\xbd");
        } else {
            bytes_append(out, at, length);
        }
        at += length > 0 ? length : 1;
    }
    bytes_append_text(out, "\"");
}

void exposition_number(struct bytes *out, double value)
{
    if (value == floor(value) && fabs(value) < 0x1p53) {
        bytes_append_format(out, "%.0f", value);
    } else {
        bytes_append_format(out, "%.12g", value);
    }
}
