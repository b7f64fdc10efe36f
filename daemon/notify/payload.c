/*
 * Bodies by jansson. Called by notify.c. Owns nothing. Texts that are not UTF-8 are mended, so that a
 * strange name cannot keep an alert from being told.
 */
#include "daemon/notify/payload.h"

#include "daemon/notify/record.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define JOB "isoscope"

static void set_text(json_t *object, const char *key, const char *text)
{
    if (text[0] != '\0') {
        json_object_set_new(object, key, record_text(text));
    }
}

__attribute__((format(printf, 3, 4))) static void set_format(json_t *object, const char *key,
                                                             const char *format, ...)
{
    char text[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    set_text(object, key, text);
}

static void set_time(json_t *object, const char *key, double t)
{
    double whole = floor(t);
    time_t seconds = (time_t)whole;
    struct tm parts;
    char text[48];

    gmtime_r(&seconds, &parts);
    size_t length = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(text + length, sizeof text - length, ".%03dZ", (int)((t - whole) * 1000));
    json_object_set_new(object, key, json_string(text));
}

static json_t *make_labels(const struct payload_sender *sender, const struct alert *alert)
{
    const char *subject = strchr(alert->id, ':');
    json_t *labels = json_object();

    set_text(labels, "alertname", alert->rule);
    set_text(labels, "instance", sender->instance);
    set_text(labels, "job", JOB);
    set_text(labels, "process", alert->program);
    set_text(labels, "severity", alert_severity_names[alert->severity]);
    set_text(labels, "subject", subject != NULL ? subject + 1 : alert->id);
    return labels;
}

/* The summary's two sentences apart: what is the case, what says so. */
static json_t *make_annotations(const struct alert *alert)
{
    const char *end = strstr(alert->summary, ". ");
    json_t *annotations = json_object();

    set_format(annotations, "summary", "%.*s",
               end != NULL ? (int)(end - alert->summary) + 1 : (int)strlen(alert->summary),
               alert->summary);
    set_text(annotations, "description", end != NULL ? end + 2 : "");
    set_text(annotations, "culprit", alert->culprit);
    set_text(annotations, "constructor", alert->growth.kind);
    if (alert->growth.file[0] != '\0') {
        set_format(annotations, "site", "%s:%.0f", alert->growth.file, alert->growth.line);
        set_text(annotations, "function", alert->growth.function);
    }
    set_text(annotations, "cause", alert->cause);
    set_text(annotations, "action", alert->action);
    set_text(annotations, "isolate", alert->isolate);
    if (alert->pid > 0) {
        set_format(annotations, "pid", "%" PRIu64, alert->pid);
    }
    set_format(annotations, "value", "%.15g", alert->value);
    set_format(annotations, "threshold", "%.15g", alert->threshold);
    return annotations;
}

static json_t *make_alert(const struct payload_sender *sender, const struct alert *alert)
{
    json_t *body = json_object();

    json_object_set_new(body, "labels", make_labels(sender, alert));
    json_object_set_new(body, "annotations", make_annotations(alert));
    set_time(body, "startsAt", alert->fired_at);
    set_format(body, "generatorURL", "%s", sender->url);
    return body;
}

json_t *payload_alertmanager(const struct payload_sender *sender, const struct alert *alert,
                             double ends_at)
{
    json_t *body = make_alert(sender, alert);

    set_time(body, "endsAt", alert->state == ALERT_RESOLVED ? alert->resolved_at : ends_at);
    return body;
}

/* As Alertmanager makes it: FNV-1a over names and values in the order of names. */
static uint64_t make_fingerprint(json_t *labels)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    /* in the order of the alphabet */
    static const char *const names[] = {"alertname", "instance", "job",
                                        "process",   "severity", "subject"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *parts[] = {names[i], json_string_value(json_object_get(labels, names[i]))};
        for (int part = 0; parts[1] != NULL && part < 2; part++) {
            for (const char *at = parts[part]; *at != '\0'; at++) {
                hash = (hash ^ (unsigned char)*at) * UINT64_C(1099511628211);
            }
            hash = (hash ^ 0xff) * UINT64_C(1099511628211);
        }
    }
    return hash;
}

json_t *payload_webhook(const struct payload_sender *sender, const struct alert *alert)
{
    bool is_resolved = alert->state == ALERT_RESOLVED;
    json_t *one = make_alert(sender, alert);
    json_t *labels = json_object_get(one, "labels");
    json_t *body = json_object(), *alerts = json_array();
    const char *subject = strchr(alert->id, ':');

    set_text(one, "status", is_resolved ? "resolved" : "firing");
    if (is_resolved) {
        set_time(one, "endsAt", alert->resolved_at);
    } else {
        set_text(one, "endsAt", "0001-01-01T00:00:00Z");
    }
    set_format(one, "fingerprint", "%016" PRIx64, make_fingerprint(labels));
    set_text(body, "version", "4");
    set_format(body, "groupKey", "{}:{alertname=\"%s\", subject=\"%s\"}", alert->rule,
               subject != NULL ? subject + 1 : alert->id);
    json_object_set_new(body, "truncatedAlerts", json_integer(0));
    set_text(body, "status", is_resolved ? "resolved" : "firing");
    set_text(body, "receiver", sender->receiver);
    json_object_set_new(body, "groupLabels", json_pack("{s:O*, s:O*}", "alertname",
                        json_object_get(labels, "alertname"), "subject",
                        json_object_get(labels, "subject")));
    json_object_set(body, "commonLabels", labels);
    json_object_set(body, "commonAnnotations", json_object_get(one, "annotations"));
    set_text(body, "externalURL", sender->url);
    json_array_append_new(alerts, one);
    json_object_set_new(body, "alerts", alerts);
    return body;
}

/* ---- Alertmanager's answers ------------------------------------------------------------------ */

const char *payload_question(void)
{
    return "/api/v2/alerts?active=true&silenced=true&inhibited=true&unprocessed=true&filter=job%3D%"
           "22" JOB "%22";
}

bool payload_read_silences(const struct payload_sender *sender, const char *body, size_t size,
                           payload_silence_fn found, void *context)
{
    json_t *answer = json_loadb(body, size, 0, NULL);
    json_t *one;
    size_t i;

    if (!json_is_array(answer)) {
        json_decref(answer);
        return false;
    }
    json_array_foreach(answer, i, one)
    {
        const json_t *labels = json_object_get(one, "labels");
        const char *rule = json_string_value(json_object_get(labels, "alertname"));
        const char *subject = json_string_value(json_object_get(labels, "subject"));
        const char *instance = json_string_value(json_object_get(labels, "instance"));
        const char *silence = json_string_value(json_array_get(
            json_object_get(json_object_get(one, "status"), "silencedBy"), 0));
        char id[sizeof((struct alert *)0)->id];
        if (rule != NULL && subject != NULL && instance != NULL &&
            strcmp(instance, sender->instance) == 0) {
            snprintf(id, sizeof id, "%s:%s", rule, subject);
            found(context, id, silence != NULL ? silence : "");
        }
    }
    json_decref(answer);
    return true;
}
