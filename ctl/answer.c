/*
 * Asking the daemon, reading what it answers, and its figures as cells of a table. Called by all
 * verbs; jansson is known here, in them and in client.c. Owns nothing beyond a call.
 */
#include "ctl/answer.h"

#include "base/log.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* The path with the options that are a query. */
void answer_add_query(struct bytes *path, const struct invocation *invocation)
{
    for (int i = 0; i < invocation->query_count; i += 2) {
        bytes_append_format(
            path, "%s%s=", i == 0 && memchr(path->data, '?', path->size) == NULL ? "?" : "&",
            invocation->query[i]);
        client_escape(path, invocation->query[i + 1]);
    }
}

/* Asks and parses; NULL after the failure was told. */
json_t *answer_ask(const struct invocation *invocation, const char *method, struct bytes *path,
                   struct bytes *body)
{
    struct error error;
    json_error_t wrong;

    bytes_append(path, "", 1);
    int code = path->is_failed
                   ? error_set(&error, -1, "out of memory")
                   : client_ask(invocation->client, method, (const char *)path->data, body, &error);
    bytes_fini(path);
    if (code < 0) {
        log_error("%s", error.text);
        return NULL;
    }
    json_t *answer = json_loadb((const char *)body->data, body->size, 0, &wrong);
    if (answer == NULL) {
        log_error("the answer is not JSON (%s); is it isoscoped?", wrong.text);
    }
    return answer;
}

/* GET of a list or an object; with --json the answer is printed as it came and NULL returned, *code
 * saying how it went. */
json_t *answer_fetch(const struct invocation *invocation, const char *format, const char *argument,
                     int *code)
{
    struct bytes path, body;

    bytes_init(&path, 0);
    bytes_init(&body, 0);
    bytes_append_text(&path, format);
    if (argument != NULL) {
        client_escape(&path, argument);
    }
    answer_add_query(&path, invocation);
    json_t *answer = answer_ask(invocation, "GET", &path, &body);
    *code = answer != NULL ? 0 : 1;
    if (answer != NULL && invocation->is_json) {
        fwrite(body.data, 1, body.size, stdout);
        printf("\n");
        json_decref(answer);
        answer = NULL;
    }
    bytes_fini(&body);
    return answer;
}

const char *answer_option(const struct invocation *invocation, const char *key)
{
    for (int i = 0; i < invocation->query_count; i += 2) {
        if (strcmp(invocation->query[i], key) == 0) {
            return invocation->query[i + 1];
        }
    }
    return NULL;
}

json_t *answer_at(const json_t *object, const char *group, const char *key)
{
    return json_object_get(group != NULL ? json_object_get(object, group) : object, key);
}

double answer_number(const json_t *object, const char *group, const char *key)
{
    json_t *value = answer_at(object, group, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

const char *answer_text(const json_t *object, const char *group, const char *key)
{
    return json_string_value(answer_at(object, group, key));
}

enum table_colour answer_colour(const char *state)
{
    static const struct {
        const char *state;
        enum table_colour colour;
    } colours[] = {
        {"over", TABLE_RED},      {"critical", TABLE_RED},
        {"oom", TABLE_RED},       {"died", TABLE_RED},
        {"rising", TABLE_YELLOW}, {"warning", TABLE_YELLOW},
        {"firing", TABLE_YELLOW}, {"advice", TABLE_YELLOW},
        {"stale", TABLE_YELLOW},  {"outside_band", TABLE_YELLOW},
        {"safe", TABLE_GREEN},    {"ok", TABLE_GREEN},
    };
    for (size_t i = 0; state != NULL && i < sizeof colours / sizeof colours[0]; i++) {
        if (strcmp(colours[i].state, state) == 0) {
            return colours[i].colour;
        }
    }
    return TABLE_PLAIN;
}

void answer_put_state(struct table *table, const char *state)
{
    table_text(table, state, answer_colour(state));
}

void answer_put_time(struct table *table, double t)
{
    char out[32] = "-";
    time_t seconds = (time_t)t;
    struct tm parts;
    if (isfinite(t) && localtime_r(&seconds, &parts) != NULL) {
        strftime(out, sizeof out, "%F %T", &parts);
    }
    table_text(table, out, TABLE_PLAIN);
}

void answer_put_clean(const char *what)
{
    struct bytes out;
    bytes_init(&out, 0);
    table_clean(&out, what != NULL ? what : "-");
    fwrite(out.data, 1, out.size, stdout);
    bytes_fini(&out);
}

void answer_put_padded(const char *what, size_t width)
{
    struct bytes out;
    bytes_init(&out, 0);
    table_clean(&out, what != NULL ? what : "-");
    fwrite(out.data, 1, out.size, stdout);
    printf("%*s", out.size < width ? (int)(width - out.size) : 0, "");
    bytes_fini(&out);
}

void answer_put_count(struct table *table, double count)
{
    char out[32] = "-";
    if (isfinite(count)) {
        snprintf(out, sizeof out, "%.0f", count);
    }
    table_text(table, out, TABLE_PLAIN);
}

/* Bytes that may have become fewer. */
void answer_put_growth(struct table *table, double bytes)
{
    char out[34] = "-";
    if (isfinite(bytes)) {
        out[0] = bytes < 0 ? '-' : '+';
        table_format_bytes(out + 1, sizeof out - 1, fabs(bytes));
    }
    table_text(table, out, TABLE_PLAIN);
}

/* Prints the table, or in words that there is nothing. */
int answer_print(struct table *table, const struct invocation *invocation, const char *nothing)
{
    bool is_failed = table->is_failed;
    if (is_failed) {
        log_error("out of memory");
    } else if (table->cell_count == 0) {
        printf("%s\n", nothing);
    } else {
        table_print(table, invocation->has_colours);
    }
    table_fini(table);
    return is_failed ? 1 : 0;
}
