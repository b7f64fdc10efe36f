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

struct environment;
struct host;
struct isolate;
struct letter;

/* What `source` is. */
enum worker_kind { WORKER_FILE /* or a data: URL */, WORKER_CODE };

/* resourceLimits, in the order of worker.js. */
enum worker_limit {
    WORKER_LIMIT_YOUNG,
    WORKER_LIMIT_OLD,
    WORKER_LIMIT_CODE,
    WORKER_LIMIT_STACK,
    WORKER_LIMIT_EXTERNAL, /* 0: none */
    WORKER_LIMITS
};

/* Where a worker's standard output, or error output, goes. */
enum worker_output {
    WORKER_DIRECT,   /* to the process's */
    WORKER_COPIED,   /* and to the parent's stream, who looks at it */
    WORKER_CAPTURED, /* only to the parent's stream */
};

#define WORKER_ERROR_NAME_MAX 32 /* longer ones are cut */

struct worker {
    _Atomic uint32_t refs;
    struct host *host;
    uint64_t created_ns; /* CLOCK_MONOTONIC, when its thread was asked for */

    /* set before it starts, constant afterwards */
    struct account_birth birth; /* birth.name is owned */
    char *source;               /* owned */
    enum worker_kind kind;
    char **argv, **exec_argv;        /* owned, ended by NULL */
    struct environment *environment; /* counted */
    uint64_t heap_limit;             /* bytes */
    uint64_t stack_bytes;            /* of script calls; what natives need is the same stack */
    uint64_t external_limit;         /* bytes */
    double limits[WORKER_LIMITS];    /* resourceLimits in MB, for the script to read */
    bool has_more;                   /* data is [workerData, what else the script is to know] */
    bool has_input;                  /* process.stdin is the parent's to fill */
    bool keeps_files;                /* descriptors stay open behind it (trackUnmanagedFds: false) */
    struct port *port;            /* the worker's own end; taken by it */
    struct message *data;         /* workerData; taken by it */
    struct mailbox *parent;       /* outlives the worker: a parent waits for its children */

    /* while it runs */
    pthread_mutex_t lock;
    struct engine *engine;   /* under the lock; NULL before it has one and after its end */
    struct mailbox *mailbox; /* likewise */
    bool has_left;           /* likewise: it will not have one again */
    struct letter *early, *early_last; /* owned, likewise: came before there was a mailbox */
    pthread_t thread;
    _Atomic bool is_terminating;
    _Atomic int outputs[2]; /* enum worker_output of stdout, stderr; the parent may change it */
    const struct wire_slot *slot; /* under the lock; NULL after its end */

    /* the parent's own */
    struct port *parent_port; /* the parent's end; counted */
    bool is_held;
    bool is_started;
    bool is_buried; /* its thread is gone, and its end in the books */
    struct worker *next;

    struct letter
        *last; /* owned: LETTER_ENDED, made in advance so that its end is always heard of */

    /* written by the worker before LETTER_ENDED, but for teardown_ns: before its thread is gone */
    enum engine_end end;
    int exit_code;
    struct message *error; /* the uncaught error, cloned; NULL for none */
    char *error_text;      /* when it could not be cloned */
    uint64_t committed;    /* heap_total at an OUT_OF_MEMORY death */
    uint64_t teardown_ns;  /* from its last instruction to its memory being back */
    uint64_t start_ns;     /* from its creation to its script; WIRE_UNKNOWN: never came to it */
    uint64_t life_ns;      /* from its creation to its last instruction */
    char error_name[WORKER_ERROR_NAME_MAX]; /* of the uncaught error; "" for none */
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
void worker_enter(struct worker *worker, struct engine *engine, struct mailbox *mailbox,
                  const struct wire_slot *slot);
void worker_leave(struct worker *worker);
/* Copies the worker's figures as they are; false when it has none yet or no longer. Any thread. */
bool worker_read_slot(struct worker *worker, struct wire_slot *slot);
/* Puts a letter into its mailbox, if need be as soon as it has one. Takes the letter. False: it has
 * ended. Any thread. */
bool worker_send(struct worker *worker, struct letter *letter);
/* The same for an errand, which it comes to between two instructions of its script. */
bool worker_send_errand(struct worker *worker, struct letter *letter);
/* Sends the kill signal to its thread if it still runs an engine that has not noticed. Any thread;
 * false when there is nothing left to kill. */
bool worker_signal(struct worker *worker, int signal);

#endif
