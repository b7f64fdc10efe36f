/*
 * What the files of an isolate share (isolate.h): its life, its loop, its jobs. Included by isolate*.c
 * only; everything is the isolate's own thread's.
 */
#ifndef RUNTIME_ISOLATE_IMPL_H
#define RUNTIME_ISOLATE_IMPL_H

#include "runtime/isolate.h"

#include "runtime/bind/script.h"
#include "runtime/files.h"
#include "runtime/mailbox.h"

struct isolate {
    struct host *host;
    struct worker *worker; /* counted; NULL in the main isolate */
    struct engine *engine; /* owned */
    struct account account;
    struct mailbox mailbox;
    struct files files;
    struct script_options script;
    struct worker *children; /* counted */
    struct port *ports;      /* counted */
    uint32_t holds;
    bool is_exiting;
    int exit_code;

    uint64_t born;         /* CLOCK_MONOTONIC ns */
    uint64_t trim_next;    /* when heap and stack are trimmed again at the earliest; likewise */
    uint64_t collect_time; /* ns spent in collections at job boundaries */
    uint64_t collect_last; /* what the last of them took */
    uint64_t collect_next; /* when the next may come at the earliest; CLOCK_MONOTONIC ns */
    struct census *baseline;   /* owned; NULL for none */
    struct census *job_census; /* owned; likewise: the last one at the end of a job */
    bool is_watching_census;
    bool is_job_marked;    /* the script marked a job while this message was handled */
    uint64_t job_ended;    /* when the last message was done with, if nothing came between; else 0 */

    /* in hand while the script is told; dropped at teardown when the engine died meanwhile */
    struct port *serving;
    struct letter *reading;
};

/* isolate.c: drops the worker from the children. */
void isolate_remove_child(struct isolate *isolate, struct worker *child);

/* isolate_loop.c: turns until nothing keeps the isolate alive any more, it exits or dies. */
enum script_result isolate_loop(struct isolate *isolate);
/* A message may hold a port, whose other end waits for it: none is kept longer than needed. */
void isolate_discard_waiting(struct isolate *isolate, struct port *port);

#endif
