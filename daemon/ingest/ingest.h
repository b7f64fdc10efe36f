/*
 * From emitters into the model: accepts connections at the door, maps segments, reads slots and
 * rings, takes lines in, notices deaths. Emitters are untrusted: whatever they say is validated,
 * clamped and counted, and costs a bounded share of a tick. The loop's thread only.
 */
#ifndef DAEMON_INGEST_H
#define DAEMON_INGEST_H

#include "base/error.h"
#include "daemon/watch.h"

#include <stdbool.h>
#include <stdint.h>

struct daemon;
struct view;
struct ingest;

struct ingest_options {
    struct daemon *daemon; /* borrowed: its config, model, events and actions */
    int epoll;             /* borrowed: where descriptors are waited for */
    const char *socket_path;
    const char *state_dir; /* where seen pids are kept; NULL for nowhere */
};

/* Listens. 0, or a negative errno with *error. */
int ingest_open(struct ingest **ingest, const struct ingest_options *options, struct error *error);
/* Closes everything; processes stay in the model. Accepts NULL. */
void ingest_close(struct ingest **ingest);

/* What a process that died left: its segment, read to its end. */
struct ingest_wreck {
    struct view *view; /* the taker's */
    uint64_t pid;      /* of the process */
    char name[256];    /* likewise */
    const char *state; /* how it ended; constant */
    uint64_t ended_ns; /* CLOCK_MONOTONIC */
    uint64_t ended_wall_ns;
};

#define INGEST_WRECKS_MAX 64 /* not taken yet; more are given up and counted */

/* The next one; false when there is none. */
bool ingest_take_wreck(struct ingest *ingest, struct ingest_wreck *wreck);

/* Something happened at one of its watches. */
void ingest_event(struct ingest *ingest, struct watch *watch, uint32_t events);
/* Reads every source, judges who is stale or gone, updates processes. model->t is set already. */
void ingest_tick(struct ingest *ingest);
/* Sends queued actions to their emitters. */
void ingest_send_actions(struct ingest *ingest);
/* After a round of events: frees what was closed in it. */
void ingest_sweep(struct ingest *ingest);

#endif
