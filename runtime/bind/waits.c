/*
 * Waits without sleeping (waits.h). A wait is in its thread's list from its beginning until
 * wait_async.js has heard of its end; in between a notifier of another thread may take it out of the
 * queue of park.c and send its letter, which was made beforehand so that nothing can fail then.
 */
#include "runtime/bind/waits.h"

#include "runtime/bind/park.h"
#include "runtime/mailbox.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

struct wait {
    struct park_waiter waiter;
    struct wait *next;
    struct mailbox *mailbox;
    struct letter *letter; /* owned until it is sent */
    uint64_t number;
};

/* Of the isolate this thread runs. */
static _Thread_local struct wait *waits;
static _Thread_local uint64_t last_number;

static void send(struct park_waiter *waiter)
{
    struct wait *wait = (struct wait *)(void *)((char *)waiter - offsetof(struct wait, waiter));
    struct letter *letter = wait->letter;

    wait->letter = NULL;
    mailbox_push(wait->mailbox, letter);
}

static void free_wait(struct wait *wait)
{
    mailbox_free_letter(&wait->letter);
    free(wait);
}

int64_t waits_begin(struct mailbox *mailbox, const int32_t *word, int32_t expected)
{
    struct wait *wait = calloc(1, sizeof *wait);

    if (wait == NULL || (wait->letter = calloc(1, sizeof *wait->letter)) == NULL) {
        free(wait);
        return -ENOMEM;
    }
    wait->waiter.told = send;
    wait->mailbox = mailbox;
    wait->number = last_number + 1;
    wait->letter->kind = LETTER_WAKE;
    wait->letter->number = wait->number;
    if (!park_enlist(&wait->waiter, word, expected)) {
        free_wait(wait);
        return 0;
    }
    wait->next = waits;
    waits = wait;
    return (int64_t)++last_number;
}

bool waits_end(uint64_t number)
{
    struct wait **at = &waits;

    while (*at != NULL && (*at)->number != number) {
        at = &(*at)->next;
    }
    struct wait *wait = *at;
    if (wait == NULL) {
        return false;
    }
    *at = wait->next;
    bool was_waiting = park_cancel(&wait->waiter);
    free_wait(wait);
    return was_waiting;
}

void waits_close(void)
{
    while (waits != NULL) {
        waits_end(waits->number);
    }
}

/* end(number): true when it was not notified before */
static duk_ret_t native_end(duk_context *ctx)
{
    duk_push_boolean(ctx, waits_end((uint64_t)duk_require_number(ctx, 0)));
    return 1;
}

duk_ret_t waits_push_natives(duk_context *ctx)
{
    duk_push_object(ctx);
    duk_push_c_function(ctx, native_end, 1);
    duk_put_prop_literal(ctx, -2, "end");
    return 1;
}
