/*
 * The part of isoprobe that runs in the kernel: at the beginning and at the end of the calls of
 * event.h, in the thread that makes them. Loaded and attached by loader.c. A call's beginning is
 * kept until its end, keyed by thread and stack, so that calls inside of calls are told apart; one
 * event goes out when it ends. Invariant: an event that finds no room is counted for its target.
 */
#include "probes/kernel.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "probes/event.h"

char LICENSE[] SEC("license") = "GPL";

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

/* ---- reading -------------------------------------------------------------------------------- */

static __always_inline __u64 word_at(__u64 address)
{
    __u64 word;

    return bpf_probe_read_user(&word, sizeof word, (void *)address) == 0 ? word : EVENT_UNKNOWN;
}

static __always_inline __u64 field(__u64 object, __u32 offset)
{
    return offset == EVENT_NO_OFFSET ? EVENT_UNKNOWN : word_at(object + offset);
}

struct sum { /* of the stores in a vector of shared pointers */
    __u64 first, bytes;
    __u32 offset;
};

static long add_store(__u32 index, struct sum *sum)
{
    __u64 store = word_at(sum->first + index * 16ULL);
    __u64 bytes = store == EVENT_UNKNOWN ? EVENT_UNKNOWN : word_at(store + sum->offset);

    if (bytes == EVENT_UNKNOWN) {
        sum->bytes = EVENT_UNKNOWN;
        return 1;
    }
    sum->bytes += bytes;
    return 0;
}

/* Count and bytes of a vector of shared pointers to stores. */
static __always_inline void read_stores(__u64 first, __u64 end, __u32 bytes_offset, __u64 *count,
                                        __u64 *bytes)
{
    if (first == end) {
        *count = *bytes = 0;
        return;
    }
    if (end < first || (end - first) % 16 != 0) {
        return;
    }
    struct sum sum = {first, 0, bytes_offset};
    __u64 number = (end - first) / 16;
    if (number <= EVENT_STORES_MAX) {
        bpf_loop((__u32)number, add_store, &sum, 0);
        *bytes = sum.bytes;
    }
    *count = number;
}

/* A Message, whose size comes third. */
struct message {
    __u64 table, data, bytes, transfers, transfers_end, transfers_room, shares, shares_end;
};

static __always_inline int get_message(struct message *message, __u64 object,
                                       const struct event_layout *layout)
{
    return layout->message_bytes != EVENT_NO_OFFSET &&
           bpf_probe_read_user(message, sizeof *message,
                               (void *)(object + layout->message_bytes - 16)) == 0;
}

static __always_inline void take_message(const struct message *message,
                                         const struct event_layout *layout,
                                         __u64 values[EVENT_VALUES])
{
    values[0] = message->bytes;
    read_stores(message->transfers, message->transfers_end, layout->store_bytes, &values[1],
                &values[2]);
    read_stores(message->shares, message->shares_end, layout->store_bytes, &values[3], &values[4]);
}

static __always_inline void read_message(__u64 object, const struct event_layout *layout,
                                         __u64 values[EVENT_VALUES])
{
    struct message message;

    for (int i = 0; i < EVENT_VALUES; i++) {
        values[i] = EVENT_UNKNOWN;
    }
    if (get_message(&message, object, layout)) {
        take_message(&message, layout, values);
    }
}

struct shares {
    __u64 message, t, first, port;
    __u32 offset, place;
};

static long tell_share(__u32 index, struct shares *shares)
{
    __u64 store = word_at(shares->first + index * 16ULL);
    struct event *event = begin(EVENT_SHARE, shares->place, shares->t);

    if (event) {
        event->object = store;
        event->values[0] = shares->message;
        event->values[1] = field(store, shares->offset);
        event->values[2] = word_at(shares->first + index * 16ULL + 8);
        event->values[3] = field(store, 0);
        event->values[4] = shares->port;
        send(event);
    }
    return 0;
}

/* `port` is EVENT_UNKNOWN where the receiver tells. */
static __always_inline void tell_shares(__u64 message, const struct event_layout *layout,
                                        __u64 count, __u64 t, __u32 place, __u64 port)
{
    if (count == 0 || count == EVENT_UNKNOWN) {
        return;
    }
    struct shares shares = {
        message, t, word_at(message + layout->message_bytes + 32), port, layout->store_bytes,
        place};
    bpf_loop(count < EVENT_SHARES_MAX ? (__u32)count : EVENT_SHARES_MAX, tell_share, &shares, 0);
}

/* The text of a std::string. */
static __always_inline void read_string(__u64 object, __u32 offset, char *text)
{
    if (offset == EVENT_NO_OFFSET) {
        return;
    }
    __u64 data = word_at(object + offset);
    if (data != EVENT_UNKNOWN) {
        bpf_probe_read_user_str(text, EVENT_TEXT_MAX, (void *)data);
    }
}

#define TYPE_UNKNOWN    0xffff
#define TYPE_STRINGS    0x80 /* below these are strings, */
#define TYPE_ONE_BYTE   8    /* with characters of one byte, */
#define TYPE_PLACE_MASK 7    /* 0: in one piece */
#define MAPS_BACK_MAX   16
#define CLASSES_MAX     8
#define CLASS_NAME_MAX  31

/* A field of an object that a tagged pointer leads to. */
static __always_inline __u64 tagged_field(__u64 object, __u32 offset)
{
    return word_at(object - 1 + offset);
}

static __always_inline __u32 type_of(__u64 object)
{
    __u64 map = tagged_field(object, 0);
    __u16 type;

    return bpf_probe_read_user(&type, sizeof type, (void *)(map - 1 + EVENT_MAP_TYPE)) == 0 ? type
                                                                                           : TYPE_UNKNOWN;
}

/* What made an object: the function that its map, or the one that came from, names. */
static __always_inline __u64 maker_of(__u64 object, const struct event_layout *layout)
{
    __u64 maker = tagged_field(tagged_field(object, 0), EVENT_MAP_CONSTRUCTOR);

    for (int i = 0; i < MAPS_BACK_MAX && type_of(maker) == layout->map_type; i++) {
        maker = tagged_field(maker, EVENT_MAP_CONSTRUCTOR);
    }
    return maker;
}

/* The name of an object's class. Those of a program's own classes are kept where they are not easily read:
 * then the name of what they extend. */
static __always_inline void read_class(__u64 object, const struct event_layout *layout, char *text)
{
    __u64 function = maker_of(object, layout);

    for (int i = 0; i < CLASSES_MAX; i++) {
        __u64 name = tagged_field(tagged_field(function, layout->function_shared), layout->shared_name);
        __u32 type = type_of(name), length = 0;
        if (type < TYPE_STRINGS) {
            bpf_probe_read_user(&length, sizeof length, (void *)(name - 1 + EVENT_STRING_LENGTH));
            if ((type & TYPE_PLACE_MASK) == 0 && (type & TYPE_ONE_BYTE) != 0 && length <= CLASS_NAME_MAX) {
                bpf_probe_read_user(text, length & CLASS_NAME_MAX,
                                    (void *)(name - 1 + EVENT_STRING_CHARS));
                text[length & CLASS_NAME_MAX] = 0;
            }
            return;
        }
        function = tagged_field(tagged_field(function, 0), EVENT_MAP_PROTOTYPE);
    }
}

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

/* ---- queues ---------------------------------------------------------------------------------- */

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

/* ---- memory ---------------------------------------------------------------------------------- */

/* Something of ours that each CPU has: where it lies tells how far the variables of a CPU lie from
 * where they are declared. The kernel's own table of that has no name in kernels without
 * KALLSYMS_ALL. */
struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, __u64);
} anchor SEC(".maps");

/* A pointer the verifier lets nobody calculate with. */
static __always_inline __u64 address_of(void *pointer)
{
    void *volatile kept = pointer;
    __u64 number = 0;

    bpf_probe_read_kernel(&number, sizeof number, (void *)&kept);
    return number;
}

struct counter {
    __s64 sum;
    __u64 counters, declared;
};

static long add_cpu(__u32 cpu, struct counter *counter)
{
    __u32 first = 0;
    void *there = bpf_map_lookup_percpu_elem(&anchor, &first, cpu);
    __s32 part;

    if (there) {
        __u64 offset = address_of(there) - counter->declared;
        if (bpf_probe_read_kernel(&part, sizeof part, (void *)(counter->counters + offset)) == 0) {
            counter->sum += part;
        }
    }
    return 0;
}

static __always_inline __u64 pages(struct mm_struct *mm, int kind)
{
    /* not as an index: the kernel's counters are larger than what is declared here */
    __u64 address = (__u64)mm + bpf_core_field_offset(struct mm_struct, rss_stat) +
                    kind * bpf_core_type_size(struct percpu_counter);
    struct percpu_counter *here = (struct percpu_counter *)address;
    struct counter counter = {
        BPF_CORE_READ(here, count), (__u64)BPF_CORE_READ(here, counters),
        (__u64)BPF_CORE_READ((struct bpf_array *)address_of(&anchor), pptrs[0])};

    bpf_loop(cpu_count, add_cpu, &counter, 0);
    return mm && counter.sum > 0 ? counter.sum : 0;
}

/* All tasks come by, in any order; those of one process are one. */
SEC("iter/task")
int probe_tasks(struct bpf_iter__task *context)
{
    struct task_struct *task = context->task;

    if (!task) {
        return 0;
    }
    __u32 pid = task->tgid;
    __u32 *place = bpf_map_lookup_elem(&watched, &pid);
    struct event_memory *memory = place ? bpf_map_lookup_elem(&memories, place) : 0;
    if (!memory) {
        return 0;
    }
    if (memory->pass != context->meta->session_id) {
        memory->pass = context->meta->session_id;
        memory->minor = BPF_CORE_READ(task, signal, min_flt);
        memory->major = BPF_CORE_READ(task, signal, maj_flt);
        struct mm_struct *mm = BPF_CORE_READ(task, mm);
        memory->t = mm ? bpf_ktime_get_ns() : 0;
        memory->anon = pages(mm, MM_ANONPAGES);
        memory->file = pages(mm, MM_FILEPAGES);
        memory->shmem = pages(mm, MM_SHMEMPAGES);
        memory->swapped = pages(mm, MM_SWAPENTS);
        memory->mapped = BPF_CORE_READ(mm, total_vm);
        memory->mapped_peak = BPF_CORE_READ(mm, hiwater_vm);
        memory->resident_peak = BPF_CORE_READ(mm, hiwater_rss);
        memory->page_tables = BPF_CORE_READ(mm, pgtables_bytes.counter);
    }
    memory->minor += task->min_flt;
    memory->major += task->maj_flt;
    return 0;
}

/* ---- processes ------------------------------------------------------------------------------ */

SEC("tp_btf/sched_process_exec")
int probe_exec(__u64 *arguments)
{
    struct event_text *event = begin_text(EVENT_EXEC, EVENT_NO_PLACE, bpf_ktime_get_ns());

    if (event) {
        bpf_get_current_comm(event->text, 16);
        send_now(event);
    }
    return 0;
}

/* Of processes whose pid is in `watched`: how they ended, before anybody else is told. */
SEC("tp_btf/sched_process_exit")
int probe_exit(__u64 *arguments)
{
    struct task_struct *task = (struct task_struct *)arguments[0];
    __u32 pid = BPF_CORE_READ(task, tgid);
    __u32 *place = bpf_map_lookup_elem(&watched, &pid);

    if (!place || BPF_CORE_READ(task, pid) != pid) {
        return 0;
    }
    struct event *event = begin(EVENT_EXIT, *place, bpf_ktime_get_ns());
    if (event) {
        event->values[0] = BPF_CORE_READ(task, exit_code);
        send_now(event);
    }
    return 0;
}

SEC("tp_btf/mark_victim")
int probe_victim(__u64 *arguments)
{
    struct task_struct *victim = (struct task_struct *)arguments[0];
    struct event *event = begin(EVENT_OOM_KILL, EVENT_NO_PLACE, bpf_ktime_get_ns());

    if (event) {
        struct mm_struct *mm = BPF_CORE_READ(victim, mm);
        event->pid = BPF_CORE_READ(victim, tgid);
        event->values[0] = pages(mm, MM_ANONPAGES);
        event->values[1] = pages(mm, MM_FILEPAGES);
        event->values[2] = pages(mm, MM_SHMEMPAGES);
        event->values[3] = pages(mm, MM_SWAPENTS);
        event->values[4] = BPF_CORE_READ(mm, total_vm);
        event->values[5] = BPF_CORE_READ(mm, pgtables_bytes.counter);
        send_now(event);
    }
    return 0;
}
