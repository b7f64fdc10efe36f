/*
 * Inside of ingest: one source for each process that is read, and the functions its files offer
 * each other. Included by ingest.c (connections, ticks, deaths), hello.c (who is it), lines.c and
 * heap_line.c (what lines say), slots.c (tables into the model), drain.c (records into events) and their tests; by
 * nobody else. What they share is in source.c.
 */
#ifndef DAEMON_SOURCE_H
#define DAEMON_SOURCE_H

#include "daemon/daemon.h"
#include "daemon/ingest/ingest.h"
#include "daemon/ingest/line.h"
#include "wire/door.h"
#include "wire/view.h"

#include <jansson.h>

#include <sys/types.h>

#define SOURCE_BYTES_MAX  (UINT64_C(1) << 48) /* no figure in bytes exceeds the address space */
#define SOURCE_COUNT_MAX  LINE_COUNT_MAX      /* counts stay exact as JSON numbers */
#define SOURCE_BAD_LINES  10                  /* in a row end the connection */
#define SOURCE_READ_MAX   256                 /* records copied from a ring at once */
#define SOURCE_WORK_SHARE 0.2                 /* of a tick that one source may take */

struct pids;

/* What is known of slot i: whose it is and how far its ring was read. */
struct seat {
    uint64_t generation;     /* last seen */
    struct isolate *isolate; /* borrowed; NULL when none, or when it has ended */
    uint64_t name_id, pool_id;
    uint64_t idle_ns, idle_at_ns; /* idle time at the start of the window of utilization */
    struct ring_reader reader;
    struct wire_slot_copy before; /* of a probe's slot: only what changed is news */
};

struct source {
    struct source *next;
    struct watch door_watch, bell_watch, process_watch;
    struct door door; /* fd -1 once the connection is gone */
    int bell, pidfd;  /* owned; -1 for none */
    pid_t peer_pid;
    uid_t peer_uid;
    bool is_probe;   /* it looks at the process from outside; the process may speak too */
    bool is_paused;  /* it used up its share of this tick: not listened to until the next */
    bool is_prober;  /* an isoprobe that takes orders: of no process of its own */
    bool is_configured; /* it wants to be told whom the configuration has watched */
    bool is_silent;  /* it sends lines, and sent none for a while */
    bool is_closed;  /* freed at the next sweep */
    bool is_waiting; /* no hello yet */
    uint32_t bad_lines;
    uint64_t ends_at; /* CLOCK_MONOTONIC ns: of a probe whose process has ended; 0 otherwise */
    double heard_at; /* Unix seconds of the last line, or of the connection */
    uint64_t work_ns;

    struct process *process; /* borrowed; NULL before hello */
    struct view *view;       /* owned; NULL for those who send lines */
    dev_t segment_device;
    ino_t segment_inode; /* which memory it is, for the handover after a reconnect */
    struct seat *seats;  /* owned; for slots [0, seat_count) */
    uint32_t seat_count;
    uint32_t next_slot;            /* where draining goes on */
    struct wire_process_copy base; /* totals of earlier segments of this process */
};

struct ingest {
    struct daemon *daemon;
    int epoll;
    char socket_path[DOOR_PATH_MAX + 1];
    dev_t socket_device; /* of the file at the path, to notice that it is gone */
    ino_t socket_inode;
    int listener;
    bool is_deaf; /* out of descriptors: not accepting until the next tick */
    struct watch listen_watch;
    struct source *sources;
    struct source *prober; /* the isoprobe that takes orders; NULL for none */
    uint32_t waiting_count, emitter_count;
    struct pids *pids;
    double wall_offset;   /* Unix seconds at CLOCK_MONOTONIC 0 */
    uint64_t now_ns;      /* CLOCK_MONOTONIC at the start of this tick or event */
    uint64_t slow_second; /* of the last tick that did what is done once a second */
    uint64_t log_second;  /* of the last refusal logged */
    uint64_t log_skipped;
    struct ingest_wreck wrecks[INGEST_WRECKS_MAX]; /* owned: their views */
    size_t wreck_count;
    struct record records[SOURCE_READ_MAX];
};

/* ---- source.c ---- */
/* For a connection just accepted, in the list and the epoll set. NULL: no memory or no peer; `fd`
 * stays the caller's then. */
struct source *source_new(struct ingest *ingest, int fd);
/* Frees one that is in no list any more. */
void source_free(struct source **source);
/* Counts a refusal and logs it, at most once a second. */
__attribute__((format(printf, 2, 3))) void source_log(struct ingest *ingest, const char *format,
                                                      ...);
/* Sends {"error":text} (with "line" when not 0); what cannot be sent is dropped. */
void source_answer_error(struct source *source, const char *text, uint64_t line);
/* Ends the connection; a process without a connection becomes stale. */
void source_hang_up(struct ingest *ingest, struct source *source);
/* Where the process keeps this source: its own, or its probe. */
struct source **source_place(struct process *process, const struct source *source);
/* A probe looks at something else now; the process may go on. */
void source_leave(struct ingest *ingest, struct source *source);
/* A process is stale while nobody is connected for it. */
void source_judge_stale(struct process *process);
/* Ends an isolate, if it has not ended. */
void source_end_isolate(struct isolate *isolate, enum model_state state, double t);
/* The isolate, made when missing; NULL at the cap or without memory (counted). */
struct isolate *source_need_isolate(struct ingest *ingest, struct source *source, uint32_t thread);

/* Names it, and its pool after it: the name without its trailing number. */
void source_set_name(struct isolate *isolate, const char *name);
/* A figure as the model keeps it: WIRE_UNKNOWN above `max`, which counts as refused. */
uint64_t source_figure(struct ingest *ingest, uint64_t value, uint64_t max);

/* ---- hello.c ---- */
/* The first line. 0, or a negative errno with *error: refuse. On success *kept is the source that
 * goes on, which is an older one when the process was known already. */
int hello_take(struct ingest *ingest, struct source *source, const char *line, size_t length,
               struct source **kept, struct error *error);

/* ---- lines.c ---- */
/* A later line. 0, or a negative errno with *error. */
int lines_take(struct ingest *ingest, struct source *source, const char *line, size_t length,
               struct error *error);

/* A line of the isoprobe that takes orders. 0, or a negative errno with *error. */
int lines_take_prober(struct ingest *ingest, struct source *source, const char *line, size_t length,
                      struct error *error);

/* ---- heap_line.c ---- */
/* {"type":"heap",...}. 0, or a negative errno with *error: nothing was changed. */
int heap_line_take(struct ingest *ingest, struct source *source, const json_t *line,
                   struct error *error);

/* ---- chunk.c ---- */
/* {"type":"chunk",...}. 0, or a negative errno with *error. */
int chunk_take(struct ingest *ingest, struct source *source, const json_t *line,
               struct error *error);

/* ---- slots.c ---- */
/* Slots into isolates, header into totals. */
void slots_read(struct ingest *ingest, struct source *source);
/* Stores and pins. */
void slots_read_stores(struct ingest *ingest, struct source *source);
/* The last look after the process is gone: whatever still lives has died. */
void slots_end(struct ingest *ingest, struct source *source, double t);

/* ---- drain.c ---- */
/* Rings into events, at most `until_ns`. True when nothing is left. */
bool drain_rings(struct ingest *ingest, struct source *source, uint64_t until_ns);
/* One record, from a ring or a line, into events and model. `name` is its NAME field's text. */
void drain_take(struct ingest *ingest, struct source *source, struct record *record,
                const char *name);
/* `count` happenings of an isolate were lost before they came here. */
void drain_lost(struct ingest *ingest, struct source *source, uint32_t thread, uint64_t count);

#endif
