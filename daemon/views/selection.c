/*
 * What ?isolates= means. Called by frame.c and stream.c. Owns the text and the arrays it hands out.
 * Invariant: `chosen` points into the model of the tick at which it was applied, and is not looked
 * at after that tick.
 */
#include "daemon/views/selection.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TOP_MAX 1000000

enum kind { KIND_ALL, KIND_TOP, KIND_LIST };

struct selection {
    enum kind kind;
    char *text;  /* owned */
    size_t top;  /* KIND_TOP */
    char *ids;   /* owned copy of the text, cut at the commas */
    char **list; /* owned, into `ids`, sorted */
    size_t list_count;
    const struct isolate **chosen; /* owned */
    size_t chosen_count, chosen_room;
    const struct isolate **sorted; /* owned: the chosen by address, for selection_has() */
};

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static const char *skip_digits(const char *text)
{
    while (isdigit((unsigned char)*text)) {
        text++;
    }
    return text;
}

/* PID.THREAD or PID.THREAD~STARTTIME */
static bool is_id(const char *text)
{
    const char *dot = skip_digits(text);
    if (dot == text || *dot != '.' || strlen(text) >= MODEL_ID_MAX) {
        return false;
    }
    const char *end = skip_digits(dot + 1);
    if (end == dot + 1) {
        return false;
    }
    return *end == '\0' || (*end == '~' && end[1] != '\0' && *skip_digits(end + 1) == '\0');
}

static int parse_list(struct selection *selection, struct error *error)
{
    size_t count = 1;
    for (const char *at = selection->text; *at != '\0'; at++) {
        count += *at == ',';
    }
    selection->ids = strdup(selection->text);
    selection->list = calloc(count, sizeof *selection->list);
    if (selection->ids == NULL || selection->list == NULL) {
        return error_set(error, -ENOMEM, "out of memory");
    }
    char *rest = selection->ids;
    for (char *id = strsep(&rest, ","); id != NULL; id = strsep(&rest, ",")) {
        if (!is_id(id)) {
            return error_set(error, -EINVAL,
                             "isolates: '%.40s' is not all, top:N or a list of ids such as 4711.0",
                             id);
        }
        selection->list[selection->list_count++] = id;
    }
    qsort(selection->list, selection->list_count, sizeof *selection->list, compare_texts);
    return 0;
}

static int parse(struct selection *selection, struct error *error)
{
    const char *text = selection->text;
    if (strcmp(text, "all") == 0) {
        selection->kind = KIND_ALL;
        return 0;
    }
    if (strncmp(text, "top:", 4) != 0) {
        selection->kind = KIND_LIST;
        return parse_list(selection, error);
    }
    selection->kind = KIND_TOP;
    const char *end = skip_digits(text + 4);
    selection->top = strlen(text) < 12 ? strtoul(text + 4, NULL, 10) : 0;
    if (*end != '\0' || selection->top < 1 || selection->top > TOP_MAX) {
        return error_set(error, -EINVAL, "isolates: the N of top:N is 1 to %d", TOP_MAX);
    }
    return 0;
}

int selection_new(struct selection **selection, const char *text, struct error *error)
{
    text = text != NULL ? text : SELECTION_DEFAULT;
    *selection = NULL;
    if (strlen(text) >= SELECTION_TEXT_MAX) {
        return error_set(error, -EINVAL, "isolates: longer than %d bytes; use all or top:N",
                         SELECTION_TEXT_MAX);
    }
    struct selection *made = calloc(1, sizeof *made);
    if (made == NULL || (made->text = strdup(text)) == NULL) {
        free(made);
        return error_set(error, -ENOMEM, "out of memory");
    }
    int code = parse(made, error);
    if (code < 0) {
        selection_free(&made);
        return code;
    }
    *selection = made;
    return 0;
}

void selection_free(struct selection **selection)
{
    struct selection *dead = *selection;
    if (dead != NULL) {
        free(dead->text);
        free(dead->ids);
        free(dead->list);
        free(dead->chosen);
        free(dead->sorted);
        free(dead);
        *selection = NULL;
    }
}

const char *selection_text(const struct selection *selection)
{
    return selection->text;
}

static uint64_t used_of(const struct isolate *isolate)
{
    return isolate->heap.used != MODEL_UNKNOWN ? isolate->heap.used : 0;
}

/* Largest first; then living before ended; then by id, so that the order is the same each time. */
static int compare_used(const void *a, const void *b)
{
    const struct isolate *x = *(const struct isolate *const *)a;
    const struct isolate *y = *(const struct isolate *const *)b;
    if (used_of(x) != used_of(y)) {
        return used_of(x) < used_of(y) ? 1 : -1;
    }
    if (x->has_ended != y->has_ended) {
        return x->has_ended ? 1 : -1;
    }
    return strcmp(x->id, y->id);
}

static int compare_addresses(const void *a, const void *b)
{
    uintptr_t x = (uintptr_t) * (const struct isolate *const *)a;
    uintptr_t y = (uintptr_t) * (const struct isolate *const *)b;
    return x < y ? -1 : x > y;
}

static bool reserve(struct selection *selection, size_t count)
{
    if (count <= selection->chosen_room) {
        return true;
    }
    const struct isolate **chosen = realloc(selection->chosen, count * sizeof *chosen);
    if (chosen == NULL) {
        return false;
    }
    selection->chosen = chosen;
    const struct isolate **sorted = realloc(selection->sorted, count * sizeof *sorted);
    if (sorted == NULL) {
        return false;
    }
    selection->sorted = sorted;
    selection->chosen_room = count;
    return true;
}

bool selection_apply(struct selection *selection, const struct model *model,
                     const struct isolate *const **isolates, size_t *count)
{
    selection->chosen_count = 0;
    if (!reserve(selection, model->isolate_count)) {
        return false;
    }
    for (size_t i = 0; i < model->isolate_count; i++) {
        if (model->isolates[i]->is_counted &&
            selection_has_id(selection, model->isolates[i]->id)) {
            selection->chosen[selection->chosen_count++] = model->isolates[i];
        }
    }
    if (selection->chosen_count > 0 && selection->kind == KIND_TOP) {
        qsort(selection->chosen, selection->chosen_count, sizeof selection->chosen[0],
              compare_used);
        if (selection->chosen_count > selection->top) {
            selection->chosen_count = selection->top;
        }
    }
    if (selection->chosen_count > 0 && selection->kind != KIND_ALL) {
        memcpy(selection->sorted, selection->chosen,
               selection->chosen_count * sizeof selection->chosen[0]);
        qsort(selection->sorted, selection->chosen_count, sizeof selection->sorted[0],
              compare_addresses);
    }
    *isolates = selection->chosen;
    *count = selection->chosen_count;
    return true;
}

bool selection_has(const void *argument, const struct isolate *isolate)
{
    const struct selection *selection = argument;
    return selection->kind == KIND_ALL ||
           (selection->chosen_count > 0 &&
            bsearch(&isolate, selection->sorted, selection->chosen_count,
                    sizeof selection->sorted[0], compare_addresses) != NULL);
}

bool selection_has_id(const struct selection *selection, const char *id)
{
    return selection->kind != KIND_LIST ||
           bsearch(&id, selection->list, selection->list_count, sizeof selection->list[0],
                   compare_texts) != NULL;
}
