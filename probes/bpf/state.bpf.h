/*
 * What the kernel's part of isoprobe keeps (calls that have begun, by thread; what is known of targets), and
 * how an event goes out. Invariant: an event that finds no room is counted for its target.
 */
#ifndef PROBES_BPF_STATE_BPF_H
#define PROBES_BPF_STATE_BPF_H

#include "probes/kernel.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "probes/event.h"

struct call { /* one that has begun */
    __u64 sp, call;
    __u64 t, object, argument;
    __u64 values[EVENT_VALUES];
};

#define CALLS_DEEP 4 /* inside of each other: a getter that posts while it is serialized */

/* A message that was written and has not entered a queue yet. */
struct written {
    __u64 object, t, duration; /* object 0: there is none */
    __u64 turn;                /* as `turns` said then: of an earlier one others told already */
    __u64 values[EVENT_VALUES];
};

/* What is kept of a thread; it goes with the thread, whatever that dies of. */
struct thread {
    struct call calls[CALLS_DEEP];
    __u64 before, after; /* of the collection it is in */
    __u64 committed;     /* as it was told last */
    __u64 depth, is_collecting;
    __u64 delivered_at, dense; /* the last message it read; how many came close upon another */
    struct written written;
};

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 4 << 20);
} events SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, int);
    __type(value, struct thread);
} threads SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, EVENT_LAYOUTS_MAX);
    __type(key, __u32);
    __type(value, struct event_layout);
} layouts SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, EVENT_TARGETS_MAX);
    __type(key, __u32);
    __type(value, __u64);
} dropped SEC(".maps");

/* Of targets: for the how manieth time messages are being watched now; 0: they are not. */
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, EVENT_TARGETS_MAX);
    __type(key, __u32);
    __type(value, __u64);
} turns SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, EVENT_TARGETS_MAX);
    __type(key, __u32);   /* pid */
    __type(value, __u32); /* place */
} watched SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, EVENT_TARGETS_MAX);
    __type(key, __u32);
    __type(value, struct event_memory);
} memories SEC(".maps");

const volatile __u32 cpu_count = 1;
const volatile __u32 has_sessions = 0;

/* ---- sending -------------------------------------------------------------------------------- */

static __always_inline void count_drop(__u32 place)
{
    __u64 *count = bpf_map_lookup_elem(&dropped, &place);

    if (count) {
        __sync_fetch_and_add(count, 1);
    }
}

static __always_inline void fill(struct event *event, __u32 kind, __u32 place, __u64 t)
{
    __u64 who = bpf_get_current_pid_tgid();

    event->t = t;
    event->pid = who >> 32;
    event->tid = (__u32)who;
    event->kind = kind;
    event->place = place;
    event->object = 0;
    event->duration = bpf_ktime_get_ns() - t;
    for (int i = 0; i < EVENT_VALUES; i++) {
        event->values[i] = EVENT_UNKNOWN;
    }
}

static __always_inline struct event *begin(__u32 kind, __u32 place, __u64 t)
{
    struct event *event = bpf_ringbuf_reserve(&events, sizeof *event, 0);

    if (!event) {
        count_drop(place);
        return 0;
    }
    fill(event, kind, place, t);
    return event;
}

static __always_inline struct event_text *begin_text(__u32 kind, __u32 place, __u64 t)
{
    struct event_text *event = bpf_ringbuf_reserve(&events, sizeof *event, 0);

    if (!event) {
        count_drop(place);
        return 0;
    }
    fill(&event->event, kind, place, t);
    event->text[0] = 0;
    return event;
}

/* The reader looks by itself every few milliseconds: it is woken for a buffer that fills, not for
 * each event. */
static __always_inline void send(void *event)
{
    __u64 waiting = bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA);

    bpf_ringbuf_submit(event, waiting > EVENT_WAKE_BYTES ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP);
}

static __always_inline void send_now(void *event)
{
    bpf_ringbuf_submit(event, BPF_RB_FORCE_WAKEUP);
}

#endif
