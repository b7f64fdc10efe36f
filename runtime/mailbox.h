/*
 * What an isolate sleeps on. Any thread may put something in: a port that has messages, a letter (a
 * child's news, a command, a completion), or nothing but a wake-up. The owner takes things out and
 * sleeps, with a deadline, on one futex word; there is no descriptor.
 *
 * Locks: a mailbox's lock is the innermost but the segment's. A channel's lock may be held when it
 * is taken, never the other way round.
 */
#ifndef RUNTIME_MAILBOX_H
#define RUNTIME_MAILBOX_H

#include "runtime/patience.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct account;
struct file_request;
struct port;
struct worker;
struct message;

enum letter_kind {
    LETTER_ONLINE,  /* worker: its script is about to run */
    LETTER_OUTPUT,  /* worker: it wrote `bytes` to its stdout (number 1) or stderr (2) */
    LETTER_ENDED,   /* worker: its isolate is gone or, full, about to be; code, error and figures are in the worker */
    LETTER_INPUT,   /* `bytes` for this worker's stdin; none: that was all */
    LETTER_MESSAGE, /* postMessageToThread() of `thread`: message; `number` is to be answered */
    LETTER_ANSWER,  /* what became of `number`: code */
    LETTER_WAKE,    /* Atomics.waitAsync() number `number` was notified */
    LETTER_HEAP,    /* snapshot `number` of worker's heap: a file at `fd`, or why not in `bytes` */
    LETTER_COMMAND, /* the collector asks the script for something */
    LETTER_ERRAND,  /* the collector asks for something of the heap (errand.h) */
    LETTER_FILE     /* file: an operation on files is done */
};

struct letter {
    struct letter *next;
    enum letter_kind kind;
    struct worker *worker; /* a counted reference; ONLINE, OUTPUT, ENDED, HEAP, and an
                              ERRAND whose answer goes to its parent */
    struct file_request *file; /* FILE; owned */
    char id[64];               /* COMMAND, ERRAND: echoed in the result */
    char verb[16];             /* COMMAND: recycle; ERRAND: gc, snapshot, ... */
    char reason[24];           /* COMMAND: why, in a word; "command" when nobody said */
    uint64_t interval;         /* ERRAND: of a profile, bytes between two samples */
    uint64_t due;              /* ERRAND: when nobody waits for it any more, CLOCK_MONOTONIC ns */
    uint64_t number;           /* ERRAND: of growth, jobs */
    uint32_t thread;
    int code;
    int fd;                  /* HEAP: owned when code is 0 and it is not negative */
    struct message *message; /* owned */
    unsigned char *bytes;    /* owned; NULL for none */
    size_t size;
};

struct mailbox {
    pthread_mutex_t lock;
    struct account *account;         /* borrowed; counts what letters carry, under the lock */
    struct letter *first, *last;     /* owned */
    struct port *ready, *ready_end;  /* ports with messages, each at most once; references held */
    struct message *oldest, *newest; /* what waits in its ports, by time posted; borrowed */
    _Atomic uint32_t bell;           /* futex: changes with every delivery */
    _Atomic bool is_asleep;          /* the owner may be in futex_wait */
    bool is_closed;                  /* nothing is taken in any more */
    struct patience patience;        /* of its owner, who alone uses it */
};

/* `account` is the owner's and outlives the mailbox. */
void mailbox_init(struct mailbox *mailbox, struct account *account);
/* The owner is over: refuses everything from now on and drops what is inside. */
void mailbox_close(struct mailbox *mailbox);
void mailbox_fini(struct mailbox *mailbox);

/* Takes the letter; frees it (and its reference) when the mailbox is closed. Any thread. */
void mailbox_push(struct mailbox *mailbox, struct letter *letter);
/* Queues the port once (a reference is taken). Under the port's channel lock. Any thread. */
void mailbox_push_port(struct mailbox *mailbox, struct port *port);
/* A message waits in that port of the owner from now on: counts it and queues the port. Who delivers
 * several wakes the owner for the last one, the others are not rung for. As above. */
void mailbox_deliver(struct mailbox *mailbox, struct port *port, struct message *message, bool is_rung);
/* A message waits that came with its port; or one waits no longer. As above. */
void mailbox_queue(struct mailbox *mailbox, struct message *message);
void mailbox_unqueue(struct mailbox *mailbox, struct message *message);

/* Takes the port out again; true when it was in: its reference is the caller's. Owner only. */
bool mailbox_remove_port(struct mailbox *mailbox, struct port *port);
/* Ends a sleep. Any thread. */
void mailbox_wake(struct mailbox *mailbox);

/* The oldest letter or NULL; the caller's. Owner only. */
struct letter *mailbox_pop(struct mailbox *mailbox);
/* Takes the oldest errand out, before all other letters; with `id` that one. NULL when there is
 * none; the caller's. Any thread. */
struct letter *mailbox_take_errand(struct mailbox *mailbox, const char *id);
/* The oldest ready port with its reference, or NULL. Owner only. */
struct port *mailbox_pop_port(struct mailbox *mailbox);
/* Puts the ready ports in the order in which they were made; the last one, not taken, or NULL. Owner
 * only. */
struct port *mailbox_sort_ports(struct mailbox *mailbox);
void mailbox_free_letter(struct letter **letter);

/* The bell as it is now; sleeping on it returns at once when something was put in since. Owner. */
uint32_t mailbox_listen(const struct mailbox *mailbox);
/* Sleeps until the bell changes from `heard`, a signal comes, or `deadline` (CLOCK_MONOTONIC ns,
 * UINT64_MAX: none) has passed. Where the last sleeps were short the bell is watched for 50 us first,
 * unless the process has but one core. Owner only. */
void mailbox_sleep(struct mailbox *mailbox, uint32_t heard, uint64_t deadline);

#endif
