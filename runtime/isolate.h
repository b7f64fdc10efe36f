/*
 * One isolate: a thread, a heap, a mailbox, its books. Everything that reaches it comes through its
 * mailbox; nothing of it is touched by another thread but that, and its engine for termination.
 * The main isolate runs on the process's first thread, each worker on its own.
 *
 * All functions are for the isolate's own thread unless they say otherwise.
 */
#ifndef RUNTIME_ISOLATE_H
#define RUNTIME_ISOLATE_H

#include "runtime/account.h"
#include "runtime/engine/engine.h"
#include "runtime/mailbox.h"

#include <stdbool.h>
#include <stdint.h>

struct files;
struct host;
struct isolate;
struct worker;

/* Runs the main isolate to its end and returns the process's exit code. */
struct isolate_program {
    const char *file;    /* the script, or NULL ... */
    const char *code;    /* ... for code given on the command line */
    const char *preload; /* --require, or NULL */
    bool is_check;       /* only compile `file` */
    const char *const *argv;
    const char *const *exec_argv; /* ended by NULL; NULL: none */
    uint64_t heap_limit; /* bytes */
};
int isolate_run_main(struct host *host, const struct isolate_program *program);

/* Runs a worker to its end on the calling thread and sends LETTER_ENDED. Takes the reference. */
void isolate_run_worker(struct worker *worker);

/* The isolate that owns a context; never NULL. */
struct isolate *isolate_of(duk_context *ctx);

struct host *isolate_host(const struct isolate *isolate);
struct engine *isolate_engine(const struct isolate *isolate);
struct account *isolate_account(struct isolate *isolate);
const struct wire_slot *isolate_slot(const struct isolate *isolate);
struct mailbox *isolate_mailbox(struct isolate *isolate);
struct files *isolate_files(struct isolate *isolate);
/* True inside a listener that `port` called. */
bool isolate_is_serving(const struct isolate *isolate, const struct port *port);
/* True inside a listener that another port called. */
bool isolate_is_busy_with_other(const struct isolate *isolate, const struct port *port);
uint32_t isolate_thread(const struct isolate *isolate);
/* The control block of this isolate; NULL in the main one. Borrowed. */
struct worker *isolate_worker(const struct isolate *isolate);

/* process.exit(code): the isolate ends uncatchably with this code. */
void isolate_exit(struct isolate *isolate, int code);

/* What keeps the loop alive besides timers: referenced ports and workers. */
void isolate_hold(struct isolate *isolate);
void isolate_drop(struct isolate *isolate);

/* Children, so that none outlives its parent. */
void isolate_add_child(struct isolate *isolate, struct worker *child);
struct worker *isolate_find_child(const struct isolate *isolate, uint32_t thread);
/* A child has told of its end: waits until its thread is gone, and tells the ring how it ended. Once. */
void isolate_bury_child(struct isolate *isolate, struct worker *child);

/* Ports this isolate owns; closed with it. The list holds one reference each. */
void isolate_add_port(struct isolate *isolate, struct port *port);
void isolate_remove_port(struct isolate *isolate, struct port *port);

/*
 * A job marked by the script: begin when it starts, end when it is over. Without marks every
 * message that parentPort delivers is one. At the end a full collection is made when the collection
 * budget allows it, so that the record can tell the live heap.
 */
uint64_t isolate_job_begin(struct isolate *isolate);
/* Whether a collection was made. `name` may be NULL: message. */
bool isolate_job_end(struct isolate *isolate, const char *name, uint64_t started);

/* Collects (if so asked), then counts what is there; *census is the caller's. As engine_census(). */
int isolate_take_census(struct isolate *isolate, bool is_collecting, struct census **census);
/* What later ones are compared with; NULL when there is none yet. Borrowed. */
const struct census *isolate_baseline(const struct isolate *isolate);
/* Makes it the baseline, and takes it, when there is none yet. */
void isolate_keep_census(struct isolate *isolate, struct census **census);
/* From now on a census is taken with every collection at the end of a job, as part of the same
 * budget; `census` is the baseline, and taken. */
void isolate_watch_census(struct isolate *isolate, struct census **census);
/* The last one taken at the end of a job; NULL when there was none. Borrowed. */
const struct census *isolate_job_census(const struct isolate *isolate);

/* Async-signal-safe: interrupts the engine that runs on the calling thread, if any. */
void isolate_on_signal(int signal);

#endif
