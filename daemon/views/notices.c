/*
 * Silences: the list, a new one, the end of one; and how notifiers are doing. Called through the
 * table of routes.c and by frame.c. Owns nothing.
 */
#include "daemon/views/notices.h"

#include "daemon/daemon.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECONDS_DEFAULT 3600.0

static void write_silence(struct writer *writer, const struct model *model,
                          const struct silence *silence)
{
    writer_open_object(writer, NULL);
    writer_uint(writer, "id", silence->id);
    writer_text(writer, "rule", silence->pattern);
    writer_text(writer, "comment", silence->comment[0] != '\0' ? silence->comment : NULL);
    writer_double(writer, "created_at", silence->created_at);
    writer_double(writer, "until", silence->until);
    writer_open_array(writer, "alerts");
    for (size_t i = 0; i < model->alert_count; i++) {
        const struct alert *alert = &model->alerts[i];
        if (alert->state != ALERT_RESOLVED && silences_is_match(silence, alert)) {
            writer_text(writer, NULL, alert->id);
        }
    }
    writer_close_array(writer);
    writer_close_object(writer);
}

void notices_silences(const struct request *request, struct reply *reply)
{
    const struct daemon *daemon = request->daemon;
    struct writer writer;

    writer_init(&writer, &reply->body);
    writer_open_object(&writer, NULL);
    writer_open_array(&writer, "silences");
    for (size_t i = 0; i < silences_count(daemon->silences); i++) {
        const struct silence *silence = silences_get(daemon->silences, i);
        if (silence->until > daemon->model.t) {
            write_silence(&writer, &daemon->model, silence);
        }
    }
    writer_close_array(&writer);
    writer_close_object(&writer);
}

static void refuse_silence(struct reply *reply, int code, const struct error *error)
{
    switch (code) {
    case -EINVAL:
        reply_error(reply, 400, "bad_value", "such as rule=drift or rule=drift:71.*", "%s",
                    error->text);
        break;
    case -ENOSPC:
        reply_error(reply, 429, "too_many_silences", "end some, or use a glob", "%s", error->text);
        break;
    default:
        reply_error(reply, 503, "out_of_memory", "try again later", "%s", error->text);
        break;
    }
}

void notices_silence(const struct request *request, struct reply *reply)
{
    struct daemon *daemon = request->daemon;
    const char *rule = request_get(request, "rule"), *comment = request_get(request, "comment");
    double seconds = SECONDS_DEFAULT;
    struct silence silence = {0};
    struct error error = {""};
    struct writer writer;
    uint64_t id;

    if (!request_get_double(request, "seconds", 1, SILENCE_SECONDS_MAX, &seconds, reply)) {
        return;
    }
    if (rule == NULL || strlen(rule) >= sizeof silence.pattern) {
        reply_error(reply, 400, "bad_value", "such as rule=drift or rule=drift:71.*",
                    rule == NULL ? "rule is missing" : "rule is too long");
        return;
    }
    snprintf(silence.pattern, sizeof silence.pattern, "%s", rule);
    snprintf(silence.comment, sizeof silence.comment, "%s", comment != NULL ? comment : "");
    int code = silences_add(daemon->silences, &silence, seconds, daemon->model.t, &id, &error);
    if (code < 0) {
        refuse_silence(reply, code, &error);
        return;
    }
    reply->status = 201;
    writer_init(&writer, &reply->body);
    write_silence(&writer, &daemon->model,
                  silences_get(daemon->silences, silences_count(daemon->silences) - 1));
}

/* DELETE /api/v1/silences/{id}, or with ?id= */
void notices_unsilence(const struct request *request, struct reply *reply)
{
    const char *text =
        request->captures[0] != NULL ? request->captures[0] : request_get(request, "id");
    char *end = NULL;
    uint64_t id = text != NULL ? strtoull(text, &end, 10) : 0;
    struct writer writer;

    if (text == NULL) {
        reply_error(reply, 400, "bad_value", "GET /api/v1/silences lists them", "id is missing");
        return;
    }
    if (end == text || *end != '\0' || !silences_remove(request->daemon->silences, id)) {
        reply_error(reply, 404, "no_such_silence", "GET /api/v1/silences lists them",
                    "no silence '%.40s' is in force", text);
        return;
    }
    writer_init(&writer, &reply->body);
    writer_open_object(&writer, NULL);
    writer_uint(&writer, "id", id);
    writer_close_object(&writer);
}

/* ---- the status ------------------------------------------------------------------------------ */

static double time_or_unknown(double t)
{
    return t > 0 ? t : NAN;
}

static void write_notifier(struct writer *writer, const struct notifier_status *notifier)
{
    writer_open_object(writer, NULL);
    writer_text(writer, "name", notifier->name);
    writer_text(writer, "kind", notifier->kind);
    writer_uint(writer, "queued", notifier->queued);
    writer_uint(writer, "delivered", notifier->delivered);
    writer_uint(writer, "failures", notifier->failures);
    writer_uint(writer, "rejected", notifier->rejected);
    writer_uint(writer, "expired", notifier->expired);
    writer_uint(writer, "overflowed", notifier->overflowed);
    writer_double(writer, "delivered_at", time_or_unknown(notifier->delivered_at));
    writer_double(writer, "failing_since", time_or_unknown(notifier->failing_since));
    writer_text(writer, "error", notifier->error[0] != '\0' ? notifier->error : NULL);
    writer_close_object(writer);
}

void notices_write_status(struct fields *fields, const struct model *model)
{
    const struct status *status = &model->status;
    struct writer *writer = fields_open_array(fields, "notifiers");

    for (int i = 0; i < MODEL_NOTIFIERS_MAX; i++) {
        if (status->notifiers[i].name[0] != '\0') {
            write_notifier(writer, &status->notifiers[i]);
        }
    }
    fields_close_array(fields);
    fields_open(fields, "journal");
    fields_uint(fields, "bytes", status->journal_bytes);
    fields_uint(fields, "failures", status->journal_failures);
    fields_uint(fields, "skipped", status->journal_skipped);
    fields_close(fields);
    fields_uint(fields, "alerts_dropped", status->alerts_dropped);
}
