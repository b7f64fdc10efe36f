/*
 * One trap a message: as it enters its receiver's queue, which is all that is trapped where messages come
 * thick and fast (traffic.h says when).
 */
#ifndef PROBES_BPF_QUEUES_BPF_H
#define PROBES_BPF_QUEUES_BPF_H

#include "probes/bpf/calls.bpf.h"

/* Iterators of a std::deque of shared pointers, 32 to a piece. */
struct queue {
    __u64 cursor, first, last, piece;
    __u64 end_cursor, end_first, end_last, end_piece;
};

static __always_inline void tell_close(__u64 port, __u32 place, const struct event_layout *layout)
{
    struct queue queue;
    struct event *event = begin(EVENT_CLOSE, place, bpf_ktime_get_ns());

    if (!event) {
        return;
    }
    event->object = port;
    if (bpf_probe_read_user(&queue, sizeof queue, (void *)(port + layout->port_queue)) == 0) {
        event->values[0] = ((queue.end_piece - queue.piece) / 8 - 1) * 32 +
                           (queue.end_cursor - queue.end_first) / 16 +
                           (queue.last - queue.cursor) / 16;
    }
    send(event);
}

/* Its own words about when it was written, where that was watched. */
static __always_inline void recall_written(struct event *event, __u32 place)
{
    __u64 turn = turn_of(place);
    struct thread *thread =
        turn ? bpf_task_storage_get(&threads, bpf_get_current_task_btf(), 0, 0) : 0;

    if (thread && thread->written.object == event->object && thread->written.turn == turn) {
        thread->written.object = 0;
        event->t = thread->written.t;
        event->duration = thread->written.duration;
        event->values[7] = thread->written.values[7];
    }
}

/* A message enters the queue of a port: all that is needed to count it, in one trap. What is done
 * here is done for each message of each target, so it is as little as can be: isoprobe finds out
 * itself whose port that is. */
SEC("uprobe")
int probe_post(struct pt_regs *at)
{
    __u64 cookie = bpf_get_attach_cookie(at);
    __u32 layout_index = (cookie >> 8) & 0xff, place = cookie >> 32;
    const struct event_layout *layout = bpf_map_lookup_elem(&layouts, &layout_index);
    struct message message;
    struct event event = {.kind = EVENT_CLONE, .place = place};

    event.object = word_at(at->si);
    if (!layout || !get_message(&message, event.object, layout)) {
        return 0;
    }
    /* the last message of a port that closes has no bytes, not even a place for them */
    if (message.data == 0) {
        if (word_at(at->di + layout->port_owner) == 0) {
            tell_close(at->di, place, layout);
        }
        return 0;
    }
    __u64 who = bpf_get_current_pid_tgid();
    event.pid = who >> 32;
    event.tid = (__u32)who;
    event.t = bpf_ktime_get_ns();
    event.duration = EVENT_UNKNOWN;
    event.values[2] = event.values[4] = event.values[7] = EVENT_UNKNOWN;
    event.values[1] = event.values[3] = EVENT_UNKNOWN;
    take_message(&message, layout, event.values);
    event.values[5] = message.table;
    event.values[6] = at->di;
    recall_written(&event, place);
    if (bpf_ringbuf_output(&events, &event, sizeof event, BPF_RB_NO_WAKEUP)) {
        count_drop(place);
        return 0;
    }
    tell_shares(event.object, layout, event.values[3], event.t, place, at->di);
    return 0;
}

#endif
