/*
 * The end of a message: whatever was not taken from it goes with it. Called by queues that are
 * emptied, by senders whose receiver is gone and by receivers after reading, on any thread.
 */
#include "runtime/message.h"

#include <stdlib.h>
#include <string.h>

struct message *message_copy(const struct message *message)
{
    struct message *copy = malloc(sizeof *copy + message->size);

    if (copy == NULL) {
        return NULL;
    }
    *copy = *message;
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
    free(message);
}
