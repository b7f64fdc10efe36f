/*
 * What the verbs share: asking the daemon for JSON, reading fields that may be missing (NaN, NULL),
 * and putting them into tables. One thread.
 */
#ifndef CTL_ANSWER_H
#define CTL_ANSWER_H

#include "ctl/table.h"
#include "ctl/verbs.h"

#include <jansson.h>

/* Asks for *path (taken) and parses; the text is left in *body. NULL after the failure was told. */
json_t *answer_ask(const struct invocation *invocation, const char *method, struct bytes *path,
                   struct bytes *body);
/* GET of a list or an object at `path` and, escaped, `argument` (NULL for none), with the options
 * that are a query. With --json the answer is printed as it came and NULL returned, *code saying
 * how it went. */
json_t *answer_fetch(const struct invocation *invocation, const char *path, const char *argument,
                     int *code);

/* Appends the options that are a query to a path. */
void answer_add_query(struct bytes *path, const struct invocation *invocation);

/* What the option --KEY said; NULL when it was not given. */
const char *answer_option(const struct invocation *invocation, const char *key);

/* The value of `key`, in the object `group` unless that is NULL. */
json_t *answer_at(const json_t *object, const char *group, const char *key);
double answer_number(const json_t *object, const char *group, const char *key);
const char *answer_text(const json_t *object, const char *group, const char *key);

/* Cells. */
enum table_colour answer_colour(const char *state);
void answer_put_state(struct table *table, const char *state);
void answer_put_time(struct table *table, double t);
void answer_put_count(struct table *table, double count);
/* Bytes that may have become fewer. */
void answer_put_growth(struct table *table, double bytes);
/* Straight to stdout, with what a terminal must not see taken out; at least `width` wide. */
void answer_put_clean(const char *what);
void answer_put_padded(const char *what, size_t width);

/* Prints the table, or in words that there is nothing, and frees it; the exit code. */
int answer_print(struct table *table, const struct invocation *invocation, const char *nothing);

#endif
