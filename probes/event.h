/*
 * What the kernel's part of isoprobe (probe.bpf.c) tells the other (isoprobe itself): one event for
 * each finished call, and the offsets it reads with. Included by both, so it names no header of
 * either; the numbers are those of the machine, the clock is CLOCK_MONOTONIC.
 */
#ifndef PROBES_EVENT_H
#define PROBES_EVENT_H

#define EVENT_UNKNOWN (~0ULL)

/* Calls that are watched. A cookie is call | layout << 8 | place << 32: which call of which
 * program, and which target it is, so that what was lost can be counted for it. */
enum event_call {
    CALL_POST, /* a message enters the queue of its receiver's port */
    CALL_SERIALIZE,
    CALL_DESERIALIZE,
    CALL_COLLECT,
    CALL_SIZE,
    CALL_COMMITTED,
    CALL_STATISTICS,
    CALL_WORKER_NEW,
    CALL_WORKER_RUN,
    CALL_NEAR_LIMIT,
    CALL_FATAL,
    CALL_UNCAUGHT,
    CALLS
};

enum event_kind {
    EVENT_CLONE,      /* object Message; bytes, transfers, transfer_bytes, shares, share_bytes, its
                         virtual table, the port whose queue it enters (0: none), Environment of who
                         wrote it; EVENT_UNKNOWN and its duration too when that was not watched */
    EVENT_DELIVER,    /* the same, as they were before it was read; [5] is for how many messages its
                         duration stands: 0 and EVENT_UNKNOWN for one that was not timed; [7] the
                         Environment of who reads it */
    EVENT_SHARE,      /* object BackingStore; message, bytes, block, data; the port where the sender
                         tells, EVENT_UNKNOWN where the receiver does */
    EVENT_CLOSE,      /* object port that is closed; messages that nobody will read */
    EVENT_GC,         /* object Heap; kind of collector, reason, before, after, external, limit */
    EVENT_COMMITTED,  /* bytes */
    EVENT_STATISTICS, /* used, total, limit, malloced, external */
    EVENT_WORKER_NEW, /* object Worker; told by its parent's thread */
    EVENT_WORKER_RUN, /* object Worker, thread; text its name */
    EVENT_WORKER_END, /* likewise, exit code; text the code of its error */
    EVENT_NEAR_LIMIT, /* object Worker; current, initial limit */
    EVENT_FATAL,      /* text where */
    EVENT_UNCAUGHT,   /* text the class of what was thrown; "" where that is not known */
    EVENT_EXEC,       /* a process began to run another program; text its command */
    EVENT_EXIT,       /* a target's main thread ended; its exit code as wait(2) tells it */
    EVENT_OOM_KILL,   /* the kernel chose this process; pages it had then: anon, file, shmem,
                         swapped, mapped, page tables */
    EVENT_KINDS
};

#define EVENT_VALUES   8
#define EVENT_TEXT_MAX 64

struct event {
    unsigned long long t; /* at the call's beginning */
    unsigned int pid, tid;
    unsigned int kind, place; /* place: of the target, as in the cookie */
    unsigned long long object;
    unsigned long long duration; /* ns */
    unsigned long long values[EVENT_VALUES];
};

struct event_text { /* EVENT_WORKER_..., EVENT_FATAL, EVENT_UNCAUGHT, EVENT_EXEC */
    struct event event;
    char text[EVENT_TEXT_MAX];
};

/* What the kernel counts of a process: pages, but for the last three. The counters of resident
 * pages are those that the tracepoint rss_stat tells of, summed over all CPUs and so exact. */
struct event_memory {
    unsigned long long t; /* CLOCK_MONOTONIC ns of the look; 0: none yet */
    unsigned long long pass;
    unsigned long long anon, file, shmem, swapped;
    unsigned long long mapped, mapped_peak, resident_peak;
    unsigned long long page_tables;  /* bytes */
    unsigned long long minor, major; /* page faults since it began */
};

/* Offsets into objects of one version of Node; EVENT_NO_OFFSET where it is not known. */
#define EVENT_NO_OFFSET 0xffffffffU
struct event_layout {
    unsigned int message_bytes; /* its vectors of transferred and shared stores lie right behind */
    /* of a port: its queue (a std::deque: where its first iterator lies), its MessagePort, with the
     * channel right behind; from the MessagePort to its Environment */
    unsigned int port_queue, port_owner, owner_realm, realm_environment;
    unsigned int store_bytes;
    unsigned int heap_external, heap_semispace, heap_old;
    unsigned int worker_thread, worker_name, worker_exit, worker_error;
    /* What the program itself says, for debuggers; all or none are known. */
    unsigned int function_shared, shared_name, map_type;
};

/* Of V8's objects, the same in all versions; a program that says otherwise is not believed. */
#define EVENT_MAP_TYPE        12
#define EVENT_MAP_PROTOTYPE   24
#define EVENT_MAP_CONSTRUCTOR 32
#define EVENT_STRING_LENGTH   12
#define EVENT_STRING_CHARS    16

#define EVENT_LAYOUTS_MAX 16
#define EVENT_TARGETS_MAX 1024
#define EVENT_NO_PLACE    0xffffffffU
#define EVENT_STORES_MAX  64 /* of a message that are looked at */
#define EVENT_SHARES_MAX  8  /* of a message that are told one by one */
/* So many messages in a row, each so soon after the one before, and of the next one in eight is
 * timed. */
#define EVENT_DENSE_NS    500000
#define EVENT_DENSE_MIN   64
#define EVENT_DENSE_SHARE 8
#define EVENT_WAKE_BYTES  (1U << 20)

#endif
