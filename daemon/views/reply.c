/*
 * Answers of views. Called by every view. The body is the reply's until http.c hands it to
 * libmicrohttpd.
 */
#include "daemon/views/reply.h"

#include "daemon/views/writer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define REPLY_BYTES_MAX (256u << 20) /* far beyond a frame of the largest fleet */

void reply_init(struct reply *reply)
{
    memset(reply, 0, sizeof *reply);
    reply->status = 200;
    reply->file = -1;
    reply->content_type = "application/json; charset=utf-8";
    bytes_init(&reply->body, REPLY_BYTES_MAX);
}

void reply_fini(struct reply *reply)
{
    bytes_fini(&reply->body);
    query_free(&reply->query);
    if (reply->file >= 0) {
        close(reply->file);
    }
}

void reply_error(struct reply *reply, unsigned status, const char *code, const char *hint,
                 const char *format, ...)
{
    char message[512];
    struct writer writer;
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    bytes_clear(&reply->body);
    reply->status = status;
    reply->content_type = "application/json; charset=utf-8";
    writer_init(&writer, &reply->body);
    writer_open_object(&writer, NULL);
    writer_open_object(&writer, "error");
    writer_text(&writer, "code", code);
    writer_text(&writer, "message", message);
    writer_text(&writer, "hint", hint);
    writer_close_object(&writer);
    writer_close_object(&writer);
}
