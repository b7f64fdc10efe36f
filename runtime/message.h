/*
 * A message between isolates: one flat immutable serialization, the stores it carries and the ports
 * it moves. Made by engine_clone_write() on the sender's thread, consumed once by
 * engine_clone_read() on the receiver's, or discarded by message_free() on any. Whoever holds the
 * pointer owns it.
 */
#ifndef RUNTIME_MESSAGE_H
#define RUNTIME_MESSAGE_H

#include "runtime/store.h"

#include <stdbool.h>

struct port;

struct message {
    struct message *next;            /* for the queue that holds it */
    struct message *earlier, *later; /* all that wait for one isolate, by time; mailbox's lock */
    unsigned char *data;             /* the serialization: `inside`, or a block of its own */
    size_t size;
    struct store **stores; /* owned references; index = the number in the serialization */
    size_t store_count;
    struct port **ports; /* owned ends, NULL once taken; index = the number in the serialization */
    size_t port_count;
    void (*port_unref)(struct port **port); /* drops an end nobody took; set when there are ports */

    /* For the books. */
    uint64_t bytes;          /* what was cloned: size plus copied buffers */
    uint64_t nodes;          /* values walked */
    uint64_t transfer_bytes; /* buffers moved */
    uint64_t transfer_count;
    uint64_t share_count; /* shared stores that ride along */
    uint64_t share_bytes;
    uint64_t copy_bytes; /* of the largest buffer copied, when that is large; 0 for none ... */
    uint64_t copy_print; /* ... and what its content is known by */

    /* Set by whoever posts it. */
    uint64_t id;     /* links the clone record with the deliver record */
    uint64_t port;   /* number of the port it was posted on; 0 is parentPort */
    uint64_t posted; /* CLOCK_MONOTONIC ns */
    uint32_t from;   /* threadId */

    /* Of a message between a pool and its worker; bind/pool.h says what each means. */
    struct message_note {
        uint32_t what, task, handler;
        uint64_t live, committed; /* the worker's: found by its last full collection, and now */
    } note;

    bool is_standard;       /* made by message_new() */
    unsigned char inside[]; /* where a small serialization stands */
};

/* What is inside of a message from message_new(). */
#define MESSAGE_INSIDE 192

/* An empty one; NULL when there is no memory. */
struct message *message_new(void);

/*
 * Freed messages wait to be used again: with the thread that freed them, and with the channel they came
 * by, so that they get back to who sends without malloc() and free() of one block on two threads.
 */
struct message_stash {
    struct message *first;
    unsigned count;
};
/* Evens out the thread's own stash and one that others see; the caller has locked that. */
void message_trade(struct message_stash *stash);
void message_stash_fini(struct message_stash *stash);
/* The thread's own. Where a thread ends. */
void message_forget(void);

/* Another of the same content: stores of its own, but for shared ones. The message carries no ports.
 * NULL when there is no memory. */
struct message *message_copy(const struct message *message);
/* How many copies of its content are alive when it was just read: the sender's value, the serialization
 * and the receiver's; buffers move out of the second. */
static inline uint64_t message_copies(const struct message *message)
{
    return message->size * 2 > message->bytes ? 3 : 2;
}
/* Frees it with whatever stores and ports were not taken; nulls the pointer; NULL is fine. */
void message_free(struct message **message);

#endif
