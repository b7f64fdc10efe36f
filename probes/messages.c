/*
 * The table of messages in flight. Called by traffic.c. Owns its entries; uthash keeps them in
 * order of their addition, so the oldest is the first. An address that is used again means that its
 * message was read, or thrown away unread. Invariant: every message is told exactly once.
 */
#include "probes/messages.h"

#include <stdlib.h>
#include <sys/uio.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#define REFS_MAX  65536
#define SWEEP_MAX 1024 /* looked at in one go */

struct entry {
    UT_hash_handle hh;
    struct message message;
    struct entry *next_untold;
    bool is_told, is_read,
        is_dropped; /* dropped: out of the table, freed when it leaves the list */
};

struct messages {
    messages_tell_fn *tell;
    void *context;
    struct wire_process *totals;
    struct entry *entries;              /* owned, by object */
    struct entry *untold, **untold_end; /* in order; told ones are skipped */
    uint64_t last_id;
};

struct messages *messages_new(messages_tell_fn *tell, void *context, struct wire_process *totals)
{
    struct messages *messages = calloc(1, sizeof *messages);

    if (messages != NULL) {
        messages->tell = tell;
        messages->context = context;
        messages->totals = totals;
        messages->untold_end = &messages->untold;
    }
    return messages;
}

static void count_flight(struct messages *messages, const struct message *message, int64_t sign)
{
    _Atomic uint64_t *count = &messages->totals->queued, *bytes = &messages->totals->queued_bytes;

    atomic_fetch_add_explicit(count, (uint64_t)sign, memory_order_relaxed);
    if (message->bytes != WIRE_UNKNOWN) {
        atomic_fetch_add_explicit(bytes, (uint64_t)sign * message->bytes, memory_order_relaxed);
    }
}

static void tell(struct messages *messages, struct entry *entry, uint64_t to)
{
    if (!entry->is_told) {
        entry->is_told = true;
        messages->tell(messages->context, &entry->message, to);
    }
}

/* Out of the table; freed now, or when the list of untold ones comes by. */
static void drop(struct messages *messages, struct entry *entry, bool is_listed)
{
    if (!entry->is_read) {
        count_flight(messages, &entry->message, -1);
    }
    tell(messages, entry, entry->message.to);
    HASH_DEL(messages->entries, entry);
    entry->is_dropped = true;
    if (!is_listed) {
        free(entry);
    }
}

static bool is_listed(const struct messages *messages, const struct entry *entry)
{
    return entry->next_untold != NULL || messages->untold_end == &entry->next_untold;
}

void messages_free(struct messages **pointer)
{
    struct messages *messages = *pointer;
    struct entry *entry, *next;

    *pointer = NULL;
    if (messages == NULL) {
        return;
    }
    HASH_ITER(hh, messages->entries, entry, next)
    {
        HASH_DEL(messages->entries, entry);
        entry->is_dropped = true;
        if (!is_listed(messages, entry)) {
            free(entry);
        }
    }
    for (entry = messages->untold; entry != NULL; entry = next) {
        next = entry->next_untold;
        free(entry);
    }
    free(messages);
}

static struct entry *find(const struct messages *messages, uint64_t object)
{
    struct entry *entry = NULL;

    HASH_FIND(hh, messages->entries, &object, sizeof object, entry);
    return entry;
}

static void make_room(struct messages *messages, uint64_t object)
{
    struct entry *same = find(messages, object);

    if (same != NULL) {
        drop(messages, same, is_listed(messages, same));
    }
    if (HASH_COUNT(messages->entries) >= MESSAGES_MAX) {
        drop(messages, messages->entries, is_listed(messages, messages->entries));
    }
}

void messages_add(struct messages *messages, struct message *message)
{
    make_room(messages, message->object);
    message->id = ++messages->last_id;
    struct entry *entry = calloc(1, sizeof *entry);
    if (entry == NULL) {
        messages->tell(messages->context, message, WIRE_UNKNOWN);
        return;
    }
    entry->message = *message;
    HASH_ADD(hh, messages->entries, message.object, sizeof entry->message.object, entry);
    if (entry->hh.tbl == NULL) {
        messages->tell(messages->context, &entry->message, WIRE_UNKNOWN);
        free(entry);
        return;
    }
    count_flight(messages, message, 1);
    *messages->untold_end = entry;
    messages->untold_end = &entry->next_untold;
}

const struct message *messages_take(struct messages *messages, uint64_t object, uint64_t t,
                                    uint32_t to)
{
    struct entry *entry = find(messages, object);

    if (entry == NULL || t < entry->message.t) {
        return NULL;
    }
    tell(messages, entry, to);
    if (!entry->is_read) {
        count_flight(messages, &entry->message, -1);
        entry->is_read = true;
    }
    return &entry->message;
}

const struct message *messages_find(const struct messages *messages, uint64_t object)
{
    const struct entry *entry = find(messages, object);

    return entry != NULL ? &entry->message : NULL;
}

void messages_pass(struct messages *messages, const struct message *message, uint64_t to)
{
    struct entry *entry = find(messages, message->object);

    if (entry == NULL || entry->message.id != message->id) {
        return; /* its place is another's now: it was told then */
    }
    tell(messages, entry, to);
    if (!entry->is_read) {
        count_flight(messages, &entry->message, -1);
        entry->is_read = true;
    }
}

/* A Message lies behind the counts of its shared pointers, two numbers that are small while it
 * lives, and begins with the address of its virtual table. */
static bool is_alive(uint64_t pid, const struct message *message)
{
    uint32_t counts[2];
    uint64_t table;
    struct iovec into[] = {{counts, sizeof counts}, {&table, sizeof table}};
    struct iovec from = {(void *)(uintptr_t)(message->object - sizeof counts),
                         sizeof counts + sizeof table};

    if (process_vm_readv((pid_t)pid, into, 2, &from, 1, 0) != (ssize_t)from.iov_len) {
        return true; /* nobody can say */
    }
    return table == message->table && counts[0] > 0 && counts[0] < REFS_MAX && counts[1] > 0 &&
           counts[1] < REFS_MAX;
}

void messages_sweep(struct messages *messages, uint64_t pid, uint64_t now)
{
    size_t looked = 0;

    for (struct entry *entry = messages->entries; entry != NULL && looked < SWEEP_MAX;
         entry = entry->hh.next) {
        if (entry->is_read) {
            continue;
        }
        if (now < entry->message.t + MESSAGES_OLD_NS) {
            return; /* they stand in order */
        }
        looked++;
        if (!is_alive(pid, &entry->message)) {
            count_flight(messages, &entry->message, -1);
            entry->is_read = true;
        }
    }
}

void messages_tick(struct messages *messages, uint64_t now)
{
    while (messages->untold != NULL) {
        struct entry *entry = messages->untold;
        if (!entry->is_told && now < entry->message.t + MESSAGES_WAIT_NS) {
            return;
        }
        tell(messages, entry, WIRE_UNKNOWN);
        messages->untold = entry->next_untold;
        if (messages->untold == NULL) {
            messages->untold_end = &messages->untold;
        }
        entry->next_untold = NULL;
        if (entry->is_dropped) {
            free(entry);
        }
    }
}
