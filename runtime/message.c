/*
 * The end of a message: whatever was not taken from it goes with it. Called by queues that are
 * emptied, by senders whose receiver is gone and by receivers after reading, on any thread.
 */
#include "runtime/message.h"

#include <stdlib.h>
#include <string.h>

/* So many freed messages a thread keeps, and half of them a channel. */
#if defined(__SANITIZE_ADDRESS__)
#define STASH_MAX 0 /* what is used after it was freed shall be seen */
#else
#define STASH_MAX 32
#endif

static _Thread_local struct message_stash own;

struct message *message_new(void)
{
    struct message *message = own.first;

    if (message != NULL) {
        own.first = message->next;
        own.count--;
    } else {
        message = malloc(sizeof *message + MESSAGE_INSIDE);
    }
    if (message != NULL) {
        memset(message, 0, sizeof *message);
        message->data = message->inside;
        message->is_standard = true;
    }
    return message;
}

void message_trade(struct message_stash *stash)
{
    if ((own.count == 0 && stash->count > 0) || (stash->count == 0 && own.count > STASH_MAX / 2)) {
        struct message_stash other = *stash;
        *stash = own;
        own = other;
    }
}

void message_stash_fini(struct message_stash *stash)
{
    while (stash->first != NULL) {
        struct message *message = stash->first;
        stash->first = message->next;
        free(message);
    }
    stash->count = 0;
}

void message_forget(void)
{
    message_stash_fini(&own);
}

struct message *message_copy(const struct message *message)
{
    struct message *copy = malloc(sizeof *copy + message->size);

    if (copy == NULL) {
        return NULL;
    }
    *copy = *message;
    copy->is_standard = false;
    copy->data = copy->inside;
    memcpy(copy->inside, message->data, message->size);
    copy->store_count = 0;
    copy->stores = message->store_count > 0
                       ? calloc(message->store_count, sizeof(struct store *))
                       : NULL;
    while (copy->stores != NULL && copy->store_count < message->store_count) {
        struct store *from = message->stores[copy->store_count];
        struct store *store = store_is_shared(from) ? store_ref(from) : store_copy(from);
        if (store == NULL) {
            break;
        }
        copy->stores[copy->store_count++] = store;
    }
    if (copy->store_count < message->store_count) {
        message_free(&copy);
    }
    return copy;
}

void message_free(struct message **place)
{
    struct message *message = *place;
    if (!message) {
        return;
    }
    *place = NULL;
    for (size_t i = 0; i < message->store_count; i++) {
        store_unref(&message->stores[i]);
    }
    for (size_t i = 0; i < message->port_count; i++) {
        if (message->ports[i]) {
            message->port_unref(&message->ports[i]);
        }
    }
    free(message->stores);
    free(message->ports);
    if (message->data != message->inside) {
        free(message->data);
    }
    if (message->is_standard && own.count + 1 <= STASH_MAX) {
        message->next = own.first;
        own.first = message;
        own.count++;
    } else {
        free(message);
    }
}
