/*
 * The list of silences. Called by the API's views, by the tick and by remember.c. Owns the list.
 * Invariant: ids rise and are never used twice, also not after a restart.
 */
#include "daemon/silences.h"

#include "daemon/judge/rules.h"

#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct silences {
    struct journal *journal;
    struct silence *list; /* owned */
    size_t count;
    uint64_t last; /* id given out */
};

struct silences *silences_new(struct journal *journal)
{
    struct silences *silences = calloc(1, sizeof *silences);

    if (silences != NULL) {
        silences->journal = journal;
    }
    return silences;
}

void silences_free(struct silences **silences)
{
    if (*silences != NULL) {
        free((*silences)->list);
        free(*silences);
        *silences = NULL;
    }
}

size_t silences_count(const struct silences *silences)
{
    return silences->count;
}

const struct silence *silences_get(const struct silences *silences, size_t index)
{
    return &silences->list[index];
}

static bool append(struct silences *silences, const struct silence *silence)
{
    struct silence *more = realloc(silences->list, (silences->count + 1) * sizeof *more);

    if (more == NULL) {
        return false;
    }
    silences->list = more;
    more[silences->count++] = *silence;
    return true;
}

static void drop(struct silences *silences, size_t index)
{
    silences->count--;
    memmove(&silences->list[index], &silences->list[index + 1],
            (silences->count - index) * sizeof silences->list[0]);
}

static json_t *make_record(const struct silence *silence)
{
    return json_pack("{s:{s:I, s:s%, s:s%, s:f, s:f}}", "silence", "id", (json_int_t)silence->id,
                     "pattern", silence->pattern, strlen(silence->pattern), "comment",
                     silence->comment, strlen(silence->comment), "created_at", silence->created_at,
                     "until", silence->until);
}

static int check_pattern(const char *pattern, struct error *error)
{
    char rule[MODEL_TEXT_MAX];
    size_t length = strcspn(pattern, ":");

    if (strlen(pattern) >= MODEL_TEXT_MAX) {
        return error_set(error, -EINVAL, "rule: longer than %d bytes", MODEL_TEXT_MAX - 1);
    }
    snprintf(rule, sizeof rule, "%.*s", (int)length, pattern);
    if (length == 0 || !rules_has(rule)) {
        return error_set(error, -EINVAL,
                         "rule: '%.60s' matches no rule; write one, such as drift, or the id of an "
                         "alert, such as drift:71.3; * stands for anything",
                         pattern);
    }
    return 0;
}

int silences_add(struct silences *silences, const struct silence *wanted, double seconds, double t,
                 uint64_t *id, struct error *error)
{
    struct silence silence = *wanted;
    int code = check_pattern(silence.pattern, error);

    if (code < 0) {
        return code;
    }
    if (silences->count >= SILENCES_MAX) {
        return error_set(error, -ENOSPC, "there are %d silences already", SILENCES_MAX);
    }
    silence.id = silences->last + 1;
    silence.created_at = t;
    silence.until = t + seconds;
    if (!append(silences, &silence)) {
        return error_set(error, -ENOMEM, "out of memory");
    }
    *id = ++silences->last;
    journal_add(silences->journal, make_record(&silence));
    journal_flush(silences->journal);
    return 0;
}

bool silences_remove(struct silences *silences, uint64_t id)
{
    for (size_t i = 0; i < silences->count; i++) {
        if (silences->list[i].id == id) {
            drop(silences, i);
            journal_add(silences->journal, json_pack("{s:I}", "unsilence", (json_int_t)id));
            journal_flush(silences->journal);
            return true;
        }
    }
    return false;
}

bool silences_is_match(const struct silence *silence, const struct alert *alert)
{
    const char *subject = strchr(silence->pattern, ':') != NULL ? alert->id : alert->rule;
    return fnmatch(silence->pattern, subject, 0) == 0;
}

static const struct silence *find_match(const struct silences *silences, const struct alert *alert)
{
    for (size_t i = 0; i < silences->count; i++) {
        if (silences_is_match(&silences->list[i], alert)) {
            return &silences->list[i];
        }
    }
    return NULL;
}

void silences_tick(struct silences *silences, struct model *model)
{
    for (size_t i = silences->count; i-- > 0;) {
        if (silences->list[i].until <= model->t) {
            drop(silences, i);
        }
    }
    for (size_t i = 0; i < model->alert_count; i++) {
        struct alert *alert = &model->alerts[i];
        const struct silence *silence = find_match(silences, alert);
        alert->silence[0] = '\0';
        if (silence != NULL) {
            snprintf(alert->silence, sizeof alert->silence, "%" PRIu64, silence->id);
        }
    }
}

/* ---- what is remembered ---------------------------------------------------------------------- */

static void copy_text(char text[MODEL_TEXT_MAX], const json_t *from, const char *key)
{
    const char *value = json_string_value(json_object_get(from, key));
    snprintf(text, MODEL_TEXT_MAX, "%s", value != NULL ? value : "");
}

static void take_id(struct silences *silences, uint64_t id)
{
    silences->last = id > silences->last ? id : silences->last;
}

void silences_replay(struct silences *silences, const json_t *record)
{
    const json_t *from = json_object_get(record, "silence");
    uint64_t gone = (uint64_t)json_integer_value(json_object_get(record, "unsilence"));
    struct silence silence = {.id = (uint64_t)json_integer_value(json_object_get(from, "id"))};

    take_id(silences, (uint64_t)json_integer_value(json_object_get(record, "last_silence")));
    take_id(silences, silence.id);
    for (size_t i = 0; gone != 0 && i < silences->count; i++) {
        if (silences->list[i].id == gone) {
            drop(silences, i);
            return;
        }
    }
    if (silence.id == 0 || silences->count >= SILENCES_MAX) {
        return;
    }
    copy_text(silence.pattern, from, "pattern");
    copy_text(silence.comment, from, "comment");
    silence.created_at = json_number_value(json_object_get(from, "created_at"));
    silence.until = json_number_value(json_object_get(from, "until"));
    append(silences, &silence);
}

void silences_write(const struct silences *silences, struct journal *journal)
{
    journal_add(journal, json_pack("{s:I}", "last_silence", (json_int_t)silences->last));
    for (size_t i = 0; i < silences->count; i++) {
        journal_add(journal, make_record(&silences->list[i]));
    }
}
