/*
 * A worker's control block: what its parent asked for, what both sides need while it runs, and what
 * is left to tell when it ended. Counted: the parent holds one reference, the running isolate one,
 * letters one each.
 */
#ifndef RUNTIME_WORKER_H
#define RUNTIME_WORKER_H

#include "runtime/account.h"
#include "runtime/engine/engine.h"
#include "runtime/message.h"
#include "runtime/port.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct host;
struct isolate;
struct letter;

#define WORKER_LIMITS 4 /* old generation, young generation, code range, stack */

struct worker {
    _Atomic uint32_t refs;
    struct host *host;

    /* set before it starts, constant afterwards */
    struct account_birth birth; /* birth.name is owned */
    char *source;               /* owned: a path, or code when is_code */
    bool is_code;
    char **argv, **environment;   /* owned, ended by NULL */
    uint64_t heap_limit;          /* bytes */
    double limits[WORKER_LIMITS]; /* resourceLimits in MB, for the script to read */
    struct port *port;            /* the worker's own end; taken by it */
    struct message *data;         /* workerData; taken by it */
    struct mailbox *parent;       /* outlives the worker: a parent waits for its children */

    /* while it runs */
    pthread_mutex_t lock;
    struct engine *engine;   /* under the lock; NULL before it has one and after its end */
    struct mailbox *mailbox; /* likewise */
    pthread_t thread;
    _Atomic bool is_terminating;

    /* the parent's own */
    struct port *parent_port; /* the parent's end; counted */
    bool is_held;
    bool is_started;
    struct worker *next;

    struct letter
        *last; /* owned: LETTER_ENDED, made in advance so that its end is always heard of */

    /* written by the worker before LETTER_ENDED */
    enum engine_end end;
    int exit_code;
    struct message *error; /* the uncaught error, cloned; NULL for none */
    char *error_text;      /* when it could not be cloned */
    uint64_t committed;    /* heap_total at an OUT_OF_MEMORY death */
    uint64_t teardown_ns;  /* from its last instruction to its memory being back */
};

/* Zeroed with one reference; NULL when there is no memory. */
struct worker *worker_new(struct host *host);
struct worker *worker_ref(struct worker *worker);
void worker_unref(struct worker **worker);

/* Starts its thread. 0, or a negative errno: nothing runs. Parent only. */
int worker_start(struct worker *worker);
/* Asks it to end now, whatever it does. Any thread, idempotent. */
void worker_terminate(struct worker *worker);
/* Waits for its thread, which has sent LETTER_ENDED. Parent only. */
void worker_join(struct worker *worker);

/* The worker's own: makes it reachable for termination, and unreachable again. */
void worker_enter(struct worker *worker, struct engine *engine, struct mailbox *mailbox);
void worker_leave(struct worker *worker);
/* Sends the kill signal to its thread if it still runs an engine that has not noticed. Any thread;
 * false when there is nothing left to kill. */
bool worker_signal(struct worker *worker, int signal);

#endif
