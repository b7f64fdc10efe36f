/*
 * isoctl replay: the drift detector of the daemon (detect/) over recorded samples, its alarms and,
 * where the truth is labelled, its error. Asks no daemon. One thread.
 */
#ifndef CTL_REPLAY_H
#define CTL_REPLAY_H

#include "base/error.h"
#include "ctl/score.h"
#include "ctl/trace.h"
#include "detect/drift.h"

struct replay_isolate;

struct replay {
    struct drift_options options;
    struct replay_isolate *isolates;  /* owned; a hash by name */
    struct replay_job *jobs;          /* owned; a hash by name */
    struct replay_isolate **in_order; /* owned; by first appearance */
    struct score_subject *subjects;   /* owned; of the same places */
    size_t count, room;
    struct score_alarm *alarms; /* owned; by time, later by isolate */
    size_t alarm_count, alarm_room;
};

void replay_init(struct replay *replay, const struct drift_options *options);
void replay_fini(struct replay *replay);

/* Takes one file in. 0; -EINVAL: malformed, another negative errno: not readable or no memory, each
 * with *error. */
int replay_file(struct replay *replay, const char *path, struct error *error);

/* After the last file: 0 with *summary, or a negative errno with *error. */
int replay_finish(struct replay *replay, struct score_summary *summary, struct error *error);

/* Of an isolate in order of appearance. */
const char *replay_name(const struct replay *replay, size_t isolate);
/* The state it ended in, and the name of the job that is about; NULL: none. */
const char *replay_verdict(const struct replay *replay, size_t isolate,
                           struct drift_verdict *verdict);

/* The verb of isoctl, in replay_print.c; returns the program's exit code. */
struct invocation;
int replay_run(const struct invocation *invocation);

#endif
