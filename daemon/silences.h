/*
 * Silences: for a while nobody is told of alerts that match. They fire and are shown all the same.
 * A pattern without a colon is a rule's name, one with a colon an alert's id; both may be globs.
 * Kept in the journal. The loop's thread only.
 */
#ifndef DAEMON_SILENCES_H
#define DAEMON_SILENCES_H

#include "base/error.h"
#include "daemon/journal.h"
#include "daemon/model/model.h"

#define SILENCES_MAX        1000
#define SILENCE_SECONDS_MAX (30 * 86400.0)

struct silence {
    uint64_t id; /* from 1 */
    char pattern[MODEL_TEXT_MAX];
    char comment[MODEL_TEXT_MAX];
    double created_at, until;
};

struct silences;

/* `journal` is borrowed. NULL: no memory. */
struct silences *silences_new(struct journal *journal);
void silences_free(struct silences **silences);

/* Makes one that begins now and lasts `seconds`. Its id in *id, or -EINVAL (the pattern matches no
 * rule, or is too long), -ENOSPC (SILENCES_MAX are there), -ENOMEM, with *error. */
int silences_add(struct silences *silences, const struct silence *wanted, double seconds, double t,
                 uint64_t *id, struct error *error);
/* False when there is none with that id. */
bool silences_remove(struct silences *silences, uint64_t id);

size_t silences_count(const struct silences *silences);
/* Oldest first; good until the next change. */
const struct silence *silences_get(const struct silences *silences, size_t index);
bool silences_is_match(const struct silence *silence, const struct alert *alert);

/* Drops those that are over and marks the alerts that match one. */
void silences_tick(struct silences *silences, struct model *model);

/* For remember.c: a record of the journal, and all of them. */
void silences_replay(struct silences *silences, const json_t *record);
void silences_write(const struct silences *silences, struct journal *journal);

#endif
