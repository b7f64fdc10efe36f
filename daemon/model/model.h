/*
 * What the daemon knows at this tick: processes, their isolates and stores, budgets and alerts.
 * ingest, then judgement (budgets, drift, rules, alerts), then history write it, once a tick, in
 * that order, on the loop thread; views only read it, on the same thread. Everything here is owned
 * by the model; pointers into it are good until the next tick.
 *
 * Figures that nobody knows hold MODEL_UNKNOWN (bytes, counts) or NaN (seconds, ratios) and are
 * null in JSON, never 0. Sizes are bytes, durations seconds, times Unix seconds unless a name says
 * so.
 */
#ifndef DAEMON_MODEL_H
#define DAEMON_MODEL_H

#include "daemon/model/flows.h"
#include "daemon/model/histogram.h"
#include "detect/drift.h"
#include "wire/layout.h"
#include "wire/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODEL_UNKNOWN  WIRE_UNKNOWN
#define MODEL_ID_MAX   48 /* "PID.THREAD" or "PID.THREAD~STARTTIME", NUL included */
#define MODEL_TEXT_MAX 256
#define MODEL_MAKERS   64
#define MODEL_FLAG_MAX 96

#define MODEL_SPACES_MAX     16
#define MODEL_SPACE_NAME_MAX 32

#define MODEL_ALERT_PROGRAM_MAX 64
#define MODEL_ALERT_SILENCE_MAX 40
#define MODEL_NOTIFIERS_MAX     16

enum model_state {
    MODEL_STARTING,
    MODEL_RUNNING,
    MODEL_IDLE,
    MODEL_DRAINING,
    MODEL_EXITED,
    MODEL_DIED, /* its process was gone without a word */
    MODEL_OOM,
};
/* "starting" ... "oom", as in JSON. */
extern const char *const model_state_names[];

enum model_kind { MODEL_DUKTAPE, MODEL_V8, MODEL_OTHER };
extern const char *const model_kind_names[];

enum model_source { MODEL_SEGMENT = 1, MODEL_PROBE = 2, MODEL_AGENT = 4 };

struct process;
struct source;  /* where one process is read from; source.h */
struct history; /* series of one thing; history.h */
struct jobs;    /* jobs.h */
struct ends;    /* ends.h */
struct copies;  /* copies.h */

/* Sums that only grow, looked at in whole windows: what a rule that judges rates keeps of a thing. */
#define WINDOW_FIGURES 6
struct window {
    double t;                                       /* when the open one began; 0: never */
    double at[WINDOW_FIGURES];                      /* the sums then */
    double seconds, sums[WINDOW_FIGURES];           /* of the last whole one; seconds 0 for none */
    double past_seconds, past_sums[WINDOW_FIGURES]; /* of the one before */
};

#define FRAGMENTS 3

/* One of the spaces that V8 divides a heap into. */
struct heap_space {
    char name[MODEL_SPACE_NAME_MAX];
    uint64_t used, total;
};

/* What grew over some jobs of an isolate, and which line of its program made it; judge/culprits.h.
 * Texts are "" and figures NaN where that is not known. */
struct growth {
    double at;                 /* when that was found; 0: never looked for */
    double jobs;               /* over which */
    char kind[64];             /* the constructor, or "(string)" and the like, that grew most */
    double kind_bytes;         /* by how much */
    double kind_count;         /* and how many more there are */
    char file[208];            /* of the line that made most of what is new; of a long one the end */
    double line;
    char function[64];         /* it lies in */
    double site_bytes;         /* that it made: an estimate */
    char no_site[128];         /* why no line is known */
    char found_in[MODEL_ID_MAX]; /* the isolate: the alert's, or another of its pool */
};

/* Whether it says who did it: what it is, or who makes it. */
bool model_growth_is_known(const struct growth *growth);

struct isolate {
    char id[MODEL_ID_MAX];
    struct process *process;
    uint32_t thread;
    uint64_t tid;
    char name[MODEL_TEXT_MAX];
    char pool[MODEL_TEXT_MAX];
    bool has_pool; /* a pool owns it, by what the emitter says */
    enum model_state state;
    unsigned sources; /* bits of enum model_source */
    bool is_stale;
    bool has_ended;
    bool tells_totals; /* its heap lines say how many jobs and collections there were */
    bool is_counted; /* part of the sums of its process: it was there at the last tick */
    double started_at, updated_at, ended_at;
    bool is_exit_told, is_spawn_told; /* a record said how it ended, that it began */
    bool is_life_told;                /* and how long it lived */
    int64_t exit_code; /* meaningful once has_ended */
    char error[32];    /* the name of the uncaught error it ended with; "" for none */

    struct {
        uint64_t used, total, limit, peak, live;
        uint64_t floor; /* total right after the last full collection */
        uint64_t asked; /* the limit it was given, where its emitter tells that apart from `limit` */
    } heap; /* baseline, drift: from `drift` */
    uint64_t external, array_buffers, shared, malloced, rss_attributed;
    struct {
        uint64_t count;
        double seconds, last_pause;
    } gc;
    uint64_t jobs;
    struct {
        uint64_t sent, received, queued, queued_bytes;
        double oldest_queued_seconds;
    } messages;
    struct {
        uint64_t count, bytes;
        double seconds;
    } clone;
    struct {
        uint64_t count, bytes;
    } transfer, detach;
    double turn_seconds;  /* that the present turn of its loop lasts; 0 while it is asleep */
    double job_seconds;   /* of its jobs that records told of ... */
    uint64_t jobs_timed;  /* ... and how many those are */
    struct window chatty; /* of the rule of that name */
    struct {
        uint64_t at_ns, used_ns; /* ran and waited until then; 0: was not looked at */
    } cpu;
    struct { /* the rule fragmentation's own: of the last collections, that were looked at */
        uint64_t collections;
        double least[FRAGMENTS]; /* bytes of pages that little of is used */
        unsigned count;
    } fragments;
    struct { /* the rule clone_tax's own: the last whole window */
        double t, seconds, share;
        bool was_low;
    } tax;
    double event_loop_utilization; /* over the last second or so, 0 to 1 */
    double event_loop_delay;       /* the longest in that time */
    struct heap_space *spaces;     /* owned array: the parts of its heap, where the emitter tells them */
    size_t space_count;

    struct drift *drift; /* owned: the detector and its worst verdict */
    char drift_job[MODEL_TEXT_MAX];
    struct growth *growth;   /* owned; NULL: nobody looked */
    double seconds_to_limit; /* of the drift, at the present pace of jobs; NaN when not known */
    struct jobs *paces;      /* owned: how often its jobs run; jobs.h */
    uint64_t changed_tick;   /* the last tick in which a figure of it changed */
    struct history *history; /* owned */

    /* ingest's own: where it is read from */
    uint32_t slot;
    uint64_t generation;
    struct isolate *chain; /* model.c's own: the next one of the same hash */
};

#define GROWTH_LOWS 31

struct store {
    uint64_t id;
    uint64_t bytes;
    bool is_shared;
    double created_at;
    uint64_t refs;
    struct isolate **pins; /* borrowed, from the process's `pins` */
    size_t pin_count;
    size_t most_pins;      /* that were seen */
    char maker[MODEL_ID_MAX]; /* the isolate that made it; "" when that was not heard */
    uint64_t pinner_tick;  /* of its only pinner, in which a figure of that changed the last time */
    bool is_left;          /* several had it, one is left, and that one does nothing */
};

struct process {
    uint64_t pid, start_time;
    bool has_long_ids; /* its pid had another owner before: ids carry ~STARTTIME */
    char name[MODEL_TEXT_MAX];
    enum model_kind kind;
    enum model_state state;
    bool is_stale;
    bool is_counted; /* it was there at the last tick; before its first one views leave it out */
    double started_at, updated_at, ended_at;
    double killed_at; /* by the kernel's OOM killer, as a probe told; 0: it was not */
    uint64_t heap_killed; /* used by its heaps then */

    uint64_t rss; /* MODEL_UNKNOWN when it cannot be read */
    uint64_t heap_used, heap_total, external, shared, queued_bytes;
    int64_t unattributed;   /* INT64_MIN when unknown */
    uint32_t isolate_count; /* living */

    struct {
        uint64_t limit, used;
        uint64_t high;               /* above that the kernel slows it down; MODEL_UNKNOWN for none */
        char source[MODEL_TEXT_MAX]; /* the cgroup directory, or "meminfo" */
        uint32_t place;              /* containers.c's own */
    } container;

    struct wire_process_copy totals; /* monotone, dead isolates included */
    uint64_t lost;                   /* records that were overwritten unread */
    struct histograms histograms;    /* of its records */
    double growth_asked_at;          /* when judge/culprits.c last asked one of its isolates */
    double job_seconds;              /* of its workers' jobs that records told of ... */
    uint64_t jobs_timed;             /* ... and how many those are */
    double block_seconds[WIRE_OPS];  /* that its main isolate stood still */
    double cpus;                     /* it may run on; 0 until it matters */
    double runnable;                 /* isolates that ran or were ready to, on average of a second */
    uint32_t busy;                   /* isolates that could be such */
    struct window break_even, main_blocked; /* of the rules of these names */
    struct flows *flows;             /* owned: who sends to whom; NULL while nobody does */
    double gap_low;                  /* the rule rss_gap's own: the least unattributed; NaN before */
    struct copies *copies;           /* owned: large buffers sent as copies; NULL before the first */
    struct { /* the rule external_growth's own: lows between ends of workers, newest last */
        double t, low, lows[GROWTH_LOWS];
        uint64_t exits;
        unsigned count;
    } growth;
    struct ends *ends;               /* owned: its last workers' lives; NULL before the first */
    struct {
        uint64_t store; /* 0: none */
        uint32_t thread;
    } makers[MODEL_MAKERS];          /* of shared stores, the last ones that were told of */
    size_t maker_count;              /* ever */
    struct store *stores;            /* owned array, by id */
    size_t store_count;
    struct isolate **pins;   /* owned: the pins of all stores, one after another */
    struct source *source;   /* ingest's: where it is read from; NULL once it is gone */
    char limit_flag[MODEL_FLAG_MAX]; /* that sets heap limits, and from where; "" for none */
    char missing[2 * MODEL_TEXT_MAX]; /* what its probe cannot know, and why; "" for nothing */
    struct source *probe;    /* likewise, by who looks at it from outside; NULL for nobody */
    bool has_segment;        /* read from shared memory; otherwise it sends lines */
    size_t place;            /* its index in model->processes, as of this tick's sums */
    struct history *history; /* owned */
};

enum budget_state { BUDGET_OK, BUDGET_WARNING, BUDGET_OVER };
extern const char *const budget_state_names[];

enum part_kind {
    PART_HEAP,
    PART_EXTERNAL,
    PART_SHARED,
    PART_IN_FLIGHT,
    PART_UNATTRIBUTED,
    PART_OTHERS,
};
extern const char *const part_kind_names[];

struct budget_part {
    enum part_kind kind;
    const struct isolate *isolate; /* NULL when it belongs to none */
    int64_t bytes;
};

struct budget {
    char name[MODEL_TEXT_MAX];
    char scope[MODEL_TEXT_MAX + 16]; /* "container:PATH" or "process:GLOB" */
    uint64_t limit, headroom, used;
    uint64_t committed;       /* MODEL_UNKNOWN if any limit is unknown */
    double projected_seconds; /* to limit - headroom; NaN when used is not growing */
    double limit_seconds;     /* to the limit itself, by the same trend; NaN likewise */
    double limit_soonest, limit_latest; /* by the trend's error; NaN when not known */
    double confidence; /* that the pace is within a quarter of the trend's; NaN without one */
    double need_at;    /* when it was last so near its limit that something had to go; 0: never */
    double near_at;    /* when it was last over its line or near; the rule budget's own */
    enum budget_state state;
    bool is_partial;
    bool has_matched; /* somebody, since the configuration was read; always so of containers */
    int64_t unattributed;
    struct budget_part *parts; /* owned array; the bytes add up to `used` */
    size_t part_count;
    struct history *history; /* owned */
};

enum alert_state { ALERT_PENDING, ALERT_FIRING, ALERT_RESOLVED };
extern const char *const alert_state_names[];
enum alert_severity { ALERT_INFO, ALERT_WARNING, ALERT_CRITICAL };
extern const char *const alert_severity_names[];

struct alert {
    char id[MODEL_TEXT_MAX + 48]; /* rule:subject */
    char rule[32];
    enum alert_severity severity;
    enum alert_state state;
    double since;               /* when it entered this state */
    double pending_at;          /* when its condition was first met */
    double fired_at;            /* when it last began to fire; 0: never */
    double resolved_at;         /* 0 while it is not */
    char isolate[MODEL_ID_MAX]; /* "" for none */
    uint64_t pid;               /* 0 for none */
    char summary[2 * MODEL_TEXT_MAX];
    double value, threshold;
    char culprit[MODEL_TEXT_MAX];
    char cause[MODEL_TEXT_MAX], action[MODEL_TEXT_MAX]; /* advice; "" when there is none */
    bool is_seconds;   /* `cost` is seconds a minute, not bytes */
    double cost;       /* what the cure is expected to save; NaN when nobody knows */
    double cost_s;     /* seconds that cost was met for; it is their mean when it is seconds a minute */
    double costed_at;  /* until then */
    double measured;   /* what it did save, once resolved; NaN when nobody knows */
    char program[MODEL_ALERT_PROGRAM_MAX]; /* its process's name when it began to fire */
    char silence[MODEL_ALERT_SILENCE_MAX]; /* why nobody is told: a silence's id; "" for none */
    char silence_there[MODEL_ALERT_SILENCE_MAX]; /* Alertmanager's, as it says */
    uint32_t told;                               /* bits of status.notifiers that heard it fires */
    enum alert_severity told_severity;           /* what they heard */
    struct growth growth; /* of a drift: who did it; .at is 0 when that is not known */
    bool is_awaiting;     /* the culprit, which will be known in a moment */
    bool has_news;        /* the culprit, which those that were told do not know yet */
    bool is_restored;     /* as it was before a restart; not seen again yet */
    bool is_changed;      /* in a way worth remembering */
};

enum verdict_state { VERDICT_SAFE, VERDICT_ADVICE, VERDICT_STALE, VERDICT_RISING, VERDICT_OVER };
extern const char *const verdict_state_names[];

struct verdict {
    enum verdict_state state;
    char text[2 * MODEL_TEXT_MAX];     /* who, what happens, when */
    char evidence[2 * MODEL_TEXT_MAX]; /* what says so, and what is safe */
};

/* One happening as /api/v1/events tells it; kept in a fixed ring, events.h. */
struct event {
    uint64_t seq; /* from 1, without gaps */
    double t;
    uint64_t pid;
    char isolate[MODEL_ID_MAX];
    struct record record;
    const char *name; /* of a NAME field; owned by events.c, good as long as the event is kept */
};

/* How the writing of history goes. */
enum model_archive { MODEL_ARCHIVE_OFF, MODEL_ARCHIVE_STARTING, MODEL_ARCHIVE_OK, MODEL_ARCHIVE_STOPPED };
extern const char *const model_archive_names[];

/* One of notify's, as it is doing. */
struct notifier_status {
    char name[40]; /* "" for an empty place */
    const char *kind;
    uint64_t queued;                                   /* waiting or on their way */
    uint64_t delivered, rejected, expired, overflowed; /* what became of others, total */
    uint64_t failures;                                 /* attempts that will be repeated, total */
    double delivered_at;                               /* 0: never */
    double failing_since;                              /* 0: it works */
    char error[160];                                   /* of the last failure */
};

#define MODEL_REASONS_MAX 8 /* further ones count as "other" */
#define MODEL_OFF_MAX     16
#define MODEL_CANDIDATES_MAX     64 /* more are left out */
#define MODEL_CANDIDATE_NAME_MAX 64

/* A pool in which recycling by itself stopped, because it did not help. */
struct pool_off {
    uint64_t pid;
    char name[MODEL_TEXT_MAX];
    double since;
    double predicted, reclaimed; /* bytes, of the last one; NaN where nothing was told */
};

struct status {
    double started_at;
    struct notifier_status notifiers[MODEL_NOTIFIERS_MAX];
    uint64_t journal_bytes, journal_failures, journal_skipped;
    uint64_t alerts_dropped; /* conditions for which there was no room */
    uint64_t events_lost; /* over all processes, ended ones included */
    uint64_t events_by_type[RECORD_KINDS];
    uint64_t lines_refused; /* door lines that were not understood */
    uint64_t emitters_refused;
    uint64_t prober_pid; /* of the isoprobe that takes orders; 0 for none */
    struct candidate {
        uint64_t pid;
        char name[MODEL_CANDIDATE_NAME_MAX]; /* "" where it has none */
    } candidates[MODEL_CANDIDATES_MAX];      /* running Node.js processes it does not watch */
    size_t candidate_count;
    uint64_t records_refused;
    struct {
        uint64_t requests;    /* answered, total */
        uint64_t connections; /* now */
        uint64_t streams;     /* now */
        uint64_t refused;     /* total of clients for whom no descriptor was left */
        uint64_t resynced;    /* total of times a stream lagged and had to start again */
    } http;                   /* as of the tick before */
    struct {
        enum model_archive state;
        char error[2 * MODEL_TEXT_MAX]; /* why it is stopped, or was the last time; "" for never */
        double since;                   /* of the state */
        double oldest;                  /* NaN for none */
        double saved_at;                /* NaN for never */
        uint64_t bytes;                 /* of the files */
        uint64_t rows;                  /* written, total */
        uint64_t dropped;               /* ticks that found the queue full, total */
        uint64_t lost;                  /* rows given up because nothing could be written, total */
        uint64_t damaged;               /* blocks that could not be read, total */
        uint64_t set_aside;             /* damaged files that were renamed, total */
    } archive;
    struct {
        uint64_t written, lost; /* files, total; lost: could not be written */
        uint64_t refused;       /* that found no place to wait, total */
        char last[4096];        /* path of the newest; "" for none */
    } blackbox;
    struct {
        uint64_t ordered, done, failed;
        uint64_t helpless;  /* ended without bringing what was predicted */
        struct pool_off off[MODEL_OFF_MAX]; /* pools switched off for it */
        size_t off_count;
    } recycler;
    struct {
        uint64_t asked, found, failed;
        uint64_t skipped;     /* would have cost too much, or nobody can tell */
        double pause_seconds; /* that isolates stood still for it */
    } culprits;
    struct {
        char reason[24];
        uint64_t count;
    } recycles[MODEL_REASONS_MAX + 1]; /* of all pools, by reason; "" ends them */
    double cpu_seconds;       /* own */
    uint64_t rss;             /* own */
};

struct model {
    double t;      /* wall time of the tick */
    uint64_t tick; /* from 1 */
    struct process **processes;
    size_t process_count;
    struct isolate **isolates; /* living ones and those retained after their end, oldest first */
    size_t isolate_count;
    struct budget *budgets;
    size_t budget_count;
    struct alert *alerts; /* pending, firing and lately resolved */
    size_t alert_count;
    struct verdict verdict;
    struct status status;
    struct isolate **buckets; /* model.c's own: isolates by process and thread */
};

/* 0 or -ENOMEM. */
int model_init(struct model *model);
void model_fini(struct model *model);

/* NULL when not there. */
struct isolate *model_find_isolate(const struct model *model, const char *id);
struct process *model_find_process(const struct model *model, uint64_t pid);
/* Whether a probe told what the kernel counts of it: rss_anon to faults_major of its totals. */
bool model_has_kernel_words(const struct process *process);
struct budget *model_find_budget(const struct model *model, const char *name);
struct isolate *model_find_thread(const struct model *model, const struct process *process,
                                  uint32_t thread);

/* The id an isolate of that thread has, whether it is known or not. */
void model_format_id(const struct process *process, uint32_t thread, char id[MODEL_ID_MAX]);

/* For ingest. New ones with every figure unknown; NULL when there is no memory. */
struct process *model_add_process(struct model *model, uint64_t pid, uint64_t start_time);
struct isolate *model_add_isolate(struct model *model, struct process *process, uint32_t thread);
/* Removes flows nobody heard of for long, isolates that ended before `before`, and of the others that ended all but the newest
 * `keep`; then processes that ended before and hold none. Nothing else may point to them. */
void model_expire(struct model *model, double before, size_t keep);

#endif
