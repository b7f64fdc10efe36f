/*
 * The thread that talks to others: HTTP through libcurl, all at the same time, and the runner's
 * socket. The loop hands over orders and takes results; neither waits for the other. At most two
 * orders a notifier are under way: one to deliver, one question. Nothing that answers can cost more
 * than its time and COURIER_ANSWER_MAX bytes. Called from the loop's thread.
 */
#ifndef DAEMON_COURIER_H
#define DAEMON_COURIER_H

#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

#define COURIER_PLACES     16
#define COURIER_ANSWER_MAX (1u << 20)  /* bytes kept of the answer to a question */
#define COURIER_IGNORE_MAX (64u << 10) /* bytes read of any other answer, and of headers */

struct access; /* access.h */

enum courier_kind { COURIER_DELIVERY, COURIER_QUESTION, COURIER_KINDS };

struct courier_order {
    unsigned place; /* the notifier's, below COURIER_PLACES */
    enum courier_kind kind;
    bool is_program;    /* `body` is a request to the runner... */
    uint32_t program;   /* ...with this id: courier_program_id() of `number` */
    uint64_t number;    /* told to the receiver, the same when it is tried again */
    const char *url;    /* copied; a question is a GET */
    const struct access *access; /* copied; NULL: nobody is asked who we are */
    struct bytes *body; /* taken */
    double timeout;
};

enum courier_outcome {
    COURIER_DONE,
    COURIER_FAILED,  /* may work another time */
    COURIER_REFUSED, /* will not */
};

struct courier_result {
    unsigned place;
    enum courier_kind kind;
    enum courier_outcome outcome;
    double retry_after; /* seconds the other side asked for; 0 for none */
    char error[160];    /* one line; "" when done */
    struct bytes body;  /* the answer to a question; the taker's to bytes_fini() */
};

struct courier;

/* Starts the thread. `runner` is the socket of runner_start(), taken over; -1 for none. *fd becomes
 * readable when there are results. 0, or a negative errno with *error. */
int courier_open(struct courier **courier, int runner, int *fd, struct error *error);
/* What is under way may end within `grace` seconds; then the thread is ended. Results can still be
 * taken until courier_free(). */
void courier_stop(struct courier *courier, double grace);
void courier_free(struct courier **courier);

/* True while an order of that kind is under way, or its result not yet taken. */
bool courier_is_busy(const struct courier *courier, unsigned place, enum courier_kind kind);
/* The id for the request of an order to the runner. */
uint32_t courier_program_id(unsigned place, uint64_t number);
/* Hands over an order; courier_is_busy() was false. 0 or -ENOMEM. */
int courier_send(struct courier *courier, const struct courier_order *order);
/* False when there is none. */
bool courier_take(struct courier *courier, struct courier_result *result);

#endif
