/*
 * Reading a watched process's memory as its layout says: nothing of it is trusted, what cannot be read is 0.
 */
#ifndef PROBES_BPF_READING_BPF_H
#define PROBES_BPF_READING_BPF_H

#include "probes/bpf/state.bpf.h"

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

#endif
