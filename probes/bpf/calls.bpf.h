/*
 * What happens at the beginning and at the end of the calls of event.h. A call's beginning is kept until its
 * end, keyed by thread and stack, so that calls inside of calls are told apart; one event goes out when it ends.
 */
#ifndef PROBES_BPF_CALLS_BPF_H
#define PROBES_BPF_CALLS_BPF_H

#include "probes/bpf/reading.bpf.h"

/* ---- beginnings ----------------------------------------------------------------------------- */

static __always_inline void tell_worker(__u32 kind, __u32 place, __u64 t, __u64 worker,
                                        const struct event_layout *layout)
{
    struct event_text *event = begin_text(kind, place, t);

    if (!event) {
        return;
    }
    event->event.object = worker;
    event->event.values[0] = field(worker, layout->worker_thread);
    event->event.values[1] = field(worker, layout->worker_exit);
    read_string(worker, kind == EVENT_WORKER_RUN ? layout->worker_name : layout->worker_error,
                event->text);
    send_now(event);
}

static __always_inline void tell_object(__u32 kind, __u32 place, __u64 t, const struct pt_regs *at)
{
    struct event *event = begin(kind, place, t);

    if (event) {
        event->object = at->di;
        event->values[0] = at->si;
        event->values[1] = at->dx;
        send_now(event);
    }
}

static __always_inline void tell_fatal(__u32 place, __u64 t, const struct pt_regs *at)
{
    struct event_text *event = begin_text(EVENT_FATAL, place, t);

    if (event) {
        bpf_probe_read_user_str(event->text, EVENT_TEXT_MAX, (void *)at->si);
        send_now(event);
    }
}

static __always_inline void tell_uncaught(__u32 place, __u64 t, const struct pt_regs *at,
                                          const struct event_layout *layout)
{
    struct event_text *event = begin_text(EVENT_UNCAUGHT, place, t);

    if (event) {
        __u64 thrown = word_at(at->si);
        if (layout->shared_name != EVENT_NO_OFFSET && (thrown & 1) != 0) {
            read_class(thrown, layout, event->text);
        }
        send_now(event);
    }
}

/* What is over at once; true when that was all. */
static __always_inline int tell_beginning(__u32 call, __u32 place, __u64 t, struct pt_regs *at,
                                          const struct event_layout *layout)
{
    if (call == CALL_WORKER_NEW) {
        tell_object(EVENT_WORKER_NEW, place, t, at);
    } else if (call == CALL_NEAR_LIMIT) {
        tell_object(EVENT_NEAR_LIMIT, place, t, at);
    } else if (call == CALL_FATAL) {
        tell_fatal(place, t, at);
    } else if (call == CALL_UNCAUGHT) {
        tell_uncaught(place, t, at, layout);
    } else {
        if (call == CALL_WORKER_RUN) {
            tell_worker(EVENT_WORKER_RUN, place, t, at->di, layout);
        }
        return 0;
    }
    return 1;
}

/* In assembler, because the compiler sees that the mask is superfluous and the verifier does not.
 */
static __always_inline struct call *call_at(struct thread *thread, __u64 depth)
{
    asm volatile("%0 &= 3" : "+r"(depth));
    return &thread->calls[depth];
}

/* Room for a call at this height of the stack; those below it never returned. */
static __always_inline struct call *push(struct thread *thread, __u64 sp)
{
    for (int i = 0; i < CALLS_DEEP && thread->depth > 0; i++) {
        if (call_at(thread, thread->depth - 1)->sp > sp) {
            break;
        }
        thread->depth--;
    }
    if (thread->depth >= CALLS_DEEP) {
        return 0;
    }
    return call_at(thread, thread->depth++);
}

static __always_inline struct thread *this_thread(void)
{
    return bpf_task_storage_get(&threads, bpf_get_current_task_btf(), 0,
                                BPF_LOCAL_STORAGE_GET_F_CREATE);
}

/* For how many messages the time of this one stands; 0: for none, its end is not watched. Each is
 * timed, but of those that come thick and fast one in eight, picked at random. */
static __always_inline __u64 weigh(struct thread *thread, __u64 t)
{
    __u64 gap = t - thread->delivered_at;

    thread->delivered_at = t;
    thread->dense = gap < EVENT_DENSE_NS ? thread->dense + 1 : 0;
    if (!has_sessions || thread->dense < EVENT_DENSE_MIN) {
        return 1;
    }
    return bpf_get_prandom_u32() % EVENT_DENSE_SHARE == 0 ? EVENT_DENSE_SHARE : 0;
}

static __always_inline void tell_untimed(struct pt_regs *at, __u32 place, __u64 t,
                                         const struct event_layout *layout)
{
    __u64 values[EVENT_VALUES];

    read_message(at->di, layout, values);
    tell_shares(at->di, layout, values[3], t, place, EVENT_UNKNOWN);
    struct event *event = begin(EVENT_DELIVER, place, t);
    if (event) {
        for (int i = 0; i < EVENT_VALUES; i++) {
            event->values[i] = values[i];
        }
        event->values[5] = 0;
        event->values[7] = at->si;
        event->object = at->di;
        event->duration = EVENT_UNKNOWN;
        send(event);
    }
}

static __always_inline __u64 turn_of(__u32 place)
{
    __u64 *turn = bpf_map_lookup_elem(&turns, &place);

    return turn ? *turn : 0;
}

/* One that was written and entered no queue: its port was closed, or it is read right here. */
static __always_inline void tell_written(struct thread *thread, __u32 place)
{
    struct written *written = &thread->written;
    struct event *event = written->turn != 0 && written->turn == turn_of(place)
                              ? begin(EVENT_CLONE, place, written->t)
                              : 0;

    if (event) {
        event->object = written->object;
        event->duration = written->duration;
        for (int i = 0; i < EVENT_VALUES; i++) {
            event->values[i] = written->values[i];
        }
        event->values[6] = 0;
        send(event);
    }
    written->object = 0;
}

/* True when the call's end matters. */
static __always_inline int take_beginning(struct pt_regs *at)
{
    __u64 cookie = bpf_get_attach_cookie(at), t = bpf_ktime_get_ns();
    __u32 call = cookie & 0xff, layout_index = (cookie >> 8) & 0xff, place = cookie >> 32;
    const struct event_layout *layout = bpf_map_lookup_elem(&layouts, &layout_index);

    if (!layout || tell_beginning(call, place, t, at, layout)) {
        return 0;
    }
    struct thread *thread = this_thread();
    if (call == CALL_SIZE) {
        return thread && thread->is_collecting; /* else somebody asks for statistics */
    }
    if (call == CALL_COMMITTED) {
        return 1;
    }
    if (thread && thread->written.object &&
        (call == CALL_SERIALIZE ||
         (call == CALL_DESERIALIZE && thread->written.object == at->di))) {
        tell_written(thread, place);
    }
    __u64 weight = thread && call == CALL_DESERIALIZE ? weigh(thread, t) : 1;
    if (weight == 0) {
        tell_untimed(at, place, t, layout);
        return 0;
    }
    struct call *begun = thread ? push(thread, at->sp) : 0;
    if (!begun) {
        count_drop(place);
        return 0;
    }
    begun->sp = at->sp;
    begun->call = call;
    begun->t = t;
    begun->object = at->di;
    begun->argument = at->si;
    if (call == CALL_DESERIALIZE) {
        read_message(at->di, layout, begun->values);
        tell_shares(at->di, layout, begun->values[3], t, place, EVENT_UNKNOWN);
        begun->values[5] = weight;
        begun->values[7] = at->si;
    } else if (call == CALL_COLLECT) {
        begun->values[0] = at->dx & 0xffffffff;
        thread->before = thread->after = EVENT_UNKNOWN;
        thread->is_collecting = 1;
    }
    return 1;
}

/* ---- ends ----------------------------------------------------------------------------------- */

static __always_inline void note_size(struct thread *thread, __u64 bytes)
{
    if (!thread->is_collecting) {
        return; /* somebody asks for statistics */
    }
    if (thread->before == EVENT_UNKNOWN) {
        thread->before = bytes;
    } else {
        thread->after = bytes;
    }
}

static __always_inline void tell_committed(struct thread *thread, __u32 place, __u64 bytes)
{
    if (thread->committed == bytes) {
        return;
    }
    thread->committed = bytes;
    struct event *event = begin(EVENT_COMMITTED, place, bpf_ktime_get_ns());
    if (event) {
        event->values[0] = bytes;
        send(event);
    }
}

/* The queue that it enters tells of it (probe_post), where that can be watched. */
static __always_inline void take_written(struct thread *thread, __u32 place,
                                         const struct call *begun,
                                         const struct event_layout *layout, __u64 returned)
{
    struct written *written = &thread->written;

    if ((returned & 0xff) == 0) {
        return; /* it threw: no message came of it */
    }
    written->object = begun->object;
    written->t = begun->t;
    written->duration = bpf_ktime_get_ns() - begun->t;
    read_message(begun->object, layout, written->values);
    written->values[5] = word_at(begun->object);
    written->values[7] = begun->argument;
    written->turn = turn_of(place);
    if (layout->port_owner == EVENT_NO_OFFSET) {
        tell_written(thread, place);
    }
}

static __always_inline void tell_delivery(__u32 place, const struct call *begun)
{
    struct event *event = begin(EVENT_DELIVER, place, begun->t);

    if (event) {
        event->object = begun->object;
        for (int i = 0; i < EVENT_VALUES; i++) {
            event->values[i] = begun->values[i];
        }
        send(event);
    }
}

static __always_inline void tell_collection(struct thread *thread, __u32 place,
                                            const struct call *begun,
                                            const struct event_layout *layout)
{
    struct event *event = begin(EVENT_GC, place, begun->t);

    thread->is_collecting = 0;
    if (!event) {
        return;
    }
    __u64 semispace = field(begun->object, layout->heap_semispace);
    __u64 old = field(begun->object, layout->heap_old);
    event->object = begun->object;
    event->values[0] = begun->argument & 0xffffffff;
    event->values[1] = begun->values[0];
    event->values[2] = thread->before;
    event->values[3] = thread->after;
    event->values[4] = field(begun->object, layout->heap_external);
    event->values[5] =
        semispace == EVENT_UNKNOWN || old == EVENT_UNKNOWN ? EVENT_UNKNOWN : 3 * semispace + old;
    send(event);
}

static __always_inline void tell_statistics(__u32 place, const struct call *begun)
{
    struct event *event = begin(EVENT_STATISTICS, place, begun->t);

    if (event) {
        event->values[0] = word_at(begun->argument + 0x20);
        event->values[1] = word_at(begun->argument);
        event->values[2] = word_at(begun->argument + 0x28);
        event->values[3] = word_at(begun->argument + 0x40);
        event->values[4] = word_at(begun->argument + 0x38);
        send(event);
    }
}

/* The call that ends here; 0 when it began before we came. */
static __always_inline struct call *pop(struct thread *thread, __u64 sp, __u32 call)
{
    for (int i = 0; i < CALLS_DEEP && thread->depth > 0; i++) {
        struct call *begun = call_at(thread, --thread->depth);
        if (begun->sp == sp) {
            return begun->call == call ? begun : 0;
        }
        if (begun->sp > sp) {
            thread->depth++; /* further out: it goes on */
            return 0;
        }
    }
    return 0;
}

static __always_inline int take_end(struct pt_regs *at)
{
    __u64 cookie = bpf_get_attach_cookie(at);
    __u32 call = cookie & 0xff, layout_index = (cookie >> 8) & 0xff, place = cookie >> 32;
    struct thread *thread = this_thread();
    const struct event_layout *layout = bpf_map_lookup_elem(&layouts, &layout_index);

    if (!thread || !layout) {
        return 0;
    }
    if (call == CALL_SIZE) {
        note_size(thread, at->ax);
        return 0;
    }
    if (call == CALL_COMMITTED) {
        tell_committed(thread, place, at->ax);
        return 0;
    }
    /* its return address was popped: the stack was one word lower when it began */
    const struct call *begun = pop(thread, at->sp - 8, call);
    if (!begun) {
        return 0;
    }
    if (call == CALL_SERIALIZE) {
        take_written(thread, place, begun, layout, at->ax);
    } else if (call == CALL_DESERIALIZE) {
        tell_delivery(place, begun);
    } else if (call == CALL_COLLECT) {
        tell_collection(thread, place, begun, layout);
    } else if (call == CALL_STATISTICS) {
        tell_statistics(place, begun);
    } else if (call == CALL_WORKER_RUN) {
        tell_worker(EVENT_WORKER_END, place, begun->t, begun->object, layout);
    }
    return 0;
}

/* ---- both ------------------------------------------------------------------------------------ */

SEC("uprobe")
int probe_begin(struct pt_regs *at)
{
    take_beginning(at);
    return 0;
}

SEC("uprobe")
int probe_end(struct pt_regs *at)
{
    return take_end(at);
}

/* Linux 6.13 or later: one link for both, and an end that does not matter is not trapped. */
extern _Bool bpf_session_is_return(void) __ksym __weak;

SEC("uprobe")
int probe_session(struct pt_regs *at)
{
    if (bpf_session_is_return()) {
        take_end(at);
        return 0;
    }
    return !take_beginning(at);
}

#endif
