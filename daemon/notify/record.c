/*
 * Alerts in the journal: one table says which field is which key. Called by notify.c. Owns nothing.
 * What is read was checked by its checksum, yet every field is bounded again.
 */
#include "daemon/notify/record.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *key;
    size_t offset, size;
} texts[] = {
#define TEXT(field) {#field, offsetof(struct alert, field), sizeof((struct alert *)0)->field}
    TEXT(id), TEXT(rule), TEXT(isolate), TEXT(summary), TEXT(culprit),
    TEXT(cause), TEXT(action), TEXT(program),
#undef TEXT
#define TEXT(field)                                                                                \
    {"growth." #field, offsetof(struct alert, growth.field),                                       \
     sizeof((struct alert *)0)->growth.field}
    TEXT(kind), TEXT(file), TEXT(function), TEXT(no_site), TEXT(found_in),
#undef TEXT
};

static const struct {
    const char *key;
    size_t offset;
} figures[] = {
#define FIGURE(field) {#field, offsetof(struct alert, field)}
    FIGURE(since),       FIGURE(pending_at), FIGURE(fired_at),
    FIGURE(resolved_at), FIGURE(value),      FIGURE(threshold),
    FIGURE(cost),        FIGURE(measured),
#undef FIGURE
#define FIGURE(field) {"growth." #field, offsetof(struct alert, growth.field)}
    FIGURE(at),   FIGURE(jobs),       FIGURE(kind_bytes), FIGURE(kind_count),
    FIGURE(line), FIGURE(site_bytes),
#undef FIGURE
};

#define TEXT_COUNT   (sizeof texts / sizeof texts[0])
#define FIGURE_COUNT (sizeof figures / sizeof figures[0])

json_t *record_text(const char *text)
{
    json_t *value = json_string(text);
    char copy[4 * MODEL_TEXT_MAX];

    if (value == NULL) {
        snprintf(copy, sizeof copy, "%s", text);
        for (char *at = copy; *at != '\0'; at++) {
            *at = (unsigned char)*at < 0x80 ? *at : '?';
        }
        value = json_string(copy);
    }
    return value;
}

json_t *record_encode(const struct alert *alert)
{
    json_t *record = json_pack("{s:s, s:s, s:I, s:b}", "state", alert_state_names[alert->state],
                               "severity", alert_severity_names[alert->severity], "pid",
                               (json_int_t)alert->pid, "is_seconds", alert->is_seconds);
    int failed = record == NULL;

    for (size_t i = 0; !failed && i < TEXT_COUNT; i++) {
        const char *text = (const char *)alert + texts[i].offset;
        failed |= json_object_set_new(record, texts[i].key, record_text(text)) < 0;
    }
    for (size_t i = 0; !failed && i < FIGURE_COUNT; i++) {
        double value = *(const double *)((const char *)alert + figures[i].offset);
        failed |= json_object_set_new(record, figures[i].key,
                                      isfinite(value) ? json_real(value) : json_null()) < 0;
    }
    if (failed) {
        json_decref(record);
        return NULL;
    }
    return record;
}

/* Index of the text in `names`; -1 when it is none of the first `count`. */
static int find_name(const json_t *value, const char *const *names, int count)
{
    const char *text = json_string_value(value);

    for (int i = 0; text != NULL && i < count; i++) {
        if (strcmp(text, names[i]) == 0) {
            return i;
        }
    }
    return -1;
}

bool record_decode(const json_t *record, struct alert *alert)
{
    int state =
        find_name(json_object_get(record, "state"), alert_state_names, ALERT_RESOLVED + 1);
    int severity =
        find_name(json_object_get(record, "severity"), alert_severity_names, ALERT_CRITICAL + 1);

    memset(alert, 0, sizeof *alert);
    if (state < 0 || severity < 0) {
        return false;
    }
    alert->state = (enum alert_state)state;
    alert->severity = (enum alert_severity)severity;
    alert->pid = (uint64_t)json_integer_value(json_object_get(record, "pid"));
    alert->is_seconds = json_is_true(json_object_get(record, "is_seconds"));
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        const char *text = json_string_value(json_object_get(record, texts[i].key));
        snprintf((char *)alert + texts[i].offset, texts[i].size, "%s", text != NULL ? text : "");
    }
    for (size_t i = 0; i < FIGURE_COUNT; i++) {
        const json_t *value = json_object_get(record, figures[i].key);
        *(double *)((char *)alert + figures[i].offset) =
            json_is_number(value) ? json_number_value(value) : NAN;
    }
    if (isnan(alert->growth.at)) {
        alert->growth.at = 0; /* of an older version */
    }
    return alert->id[0] != '\0' && alert->rule[0] != '\0';
}
