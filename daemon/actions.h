/*
 * What somebody asked an emitter to do, from the request until its result. A view queues an action
 * and answers with its id; ingest sends it through the door as a command, takes the result in and
 * ends what got none in time. The last ACTIONS_MAX are kept, finished ones leave first. The loop's
 * thread only.
 */
#ifndef DAEMON_ACTIONS_H
#define DAEMON_ACTIONS_H

#include "base/error.h"
#include "daemon/model/model.h"

#define ACTIONS_MAX       256
#define ACTION_TIMEOUT_S  60
#define ACTION_RESULT_MAX 8192
#define ACTION_FILES_MAX  8   /* files kept; they take room on disk */
#define ACTION_FILE_BYTES_MAX (UINT64_C(8) << 30) /* of one that comes in pieces */
#define ACTION_FILE_S     600 /* that one is kept */

enum action_state { ACTION_QUEUED, ACTION_SENT, ACTION_DONE, ACTION_FAILED };
/* "queued", "sent", "done", "failed" */
extern const char *const actions_state_names[];

struct action {
    uint64_t id;   /* from 1, growing */
    char what[16]; /* "gc", "snapshot", ... */
    bool is_probe; /* isoprobe does it: attach, detach */
    char isolate[MODEL_ID_MAX];
    uint64_t pid;
    uint32_t thread;
    enum action_state state;
    double queued_at, finished_at;  /* Unix seconds; 0 while not finished */
    char error[ERROR_TEXT_MAX];     /* why it failed */
    char result[ACTION_RESULT_MAX]; /* the emitter's answer as one JSON object; "" for none */
    double seconds;                 /* it takes longer by this: a profile, growth; 0 for none */
    uint64_t interval;              /* bytes between two samples of it; 0: as the emitter likes */
    char reason[24];                /* why, of a recycle; "" for none */
    uint64_t jobs;                  /* that growth is looked for over; 0 likewise */
    int fd;                         /* owned: the file that came with the result; -1 for none */
    uint64_t file_bytes;
};

/* What is asked for. */
struct action_order {
    const char *isolate, *what;
    double seconds;    /* of a profile or growth, 0 otherwise */
    uint64_t interval; /* likewise, bytes */
    const char *reason; /* of a recycle, one word; NULL: somebody asked */
    uint64_t jobs;     /* of growth; 0: as the emitter likes */
};

struct actions;

/* NULL: no memory. */
struct actions *actions_new(void);
void actions_free(struct actions **actions);

/*
 * Queues what is ordered. 0 and *id, or with *error saying why and what to do:
 *   -ENOENT      no such isolate                                        (404)
 *   -ESRCH       it has ended, or its process is not connected          (409)
 *   -EOPNOTSUPP  no emitter can do that yet, or this one has no commands (501)
 *   -EINVAL      no such action                                         (404)
 *   -EAGAIN      too many are waiting                                   (429)
 */
int actions_queue(struct actions *actions, const struct model *model,
                  const struct action_order *order, uint64_t *id, struct error *error);

/* The same for what isoprobe does, attach and detach: -ESRCH when there is no such process, or nothing
 * to detach from; -EOPNOTSUPP when no isoprobe is connected. */
int actions_queue_probe(struct actions *actions, const struct model *model, uint64_t pid,
                        const char *what, uint64_t *id, struct error *error);

/* NULL when there is none or it has left; good until the next actions_queue(). */
const struct action *actions_find(const struct actions *actions, uint64_t id);

/* For ingest: the oldest one still queued, to be sent or failed; NULL when none is. */
struct action *actions_next(struct actions *actions);
/* For ingest: one of `pid` that waits for its result; NULL when there is no such. */
struct action *actions_find_sent(struct actions *actions, uint64_t pid, uint64_t id);
/* For ingest: one of isoprobe's that waits for its result; NULL when there is no such. */
struct action *actions_find_probe(struct actions *actions, uint64_t id);
/* The file of a result: takes the descriptor, if it is a regular file. 0 or a negative errno; -EMFILE when
 * ACTION_FILES_MAX are coming in. */
int actions_take_file(struct actions *actions, struct action *action, int fd);
/* The next piece of a file that comes in pieces; one without bytes says that it is still to come. 0, or a
 * negative errno: there is no room for it. */
int actions_add_chunk(struct actions *actions, struct action *action, double t, const void *data,
                      size_t size);
/* Ends it. `error` is NULL when it was done. */
void actions_finish(struct action *action, double t, const char *error);
/* Fails those sent more than ACTION_TIMEOUT_S ago, and says what their isolate does instead; forgets files
 * after ACTION_FILE_S. */
void actions_expire(struct actions *actions, const struct model *model, double t);
/* Fails those that were sent to a process whose connection is over. */
void actions_break(struct actions *actions, uint64_t pid, double t);
/* Fails those whose process is gone. */
void actions_drop(struct actions *actions, uint64_t pid, double t);

#endif
