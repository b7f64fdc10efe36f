/*
 * The end of a message: whatever was not taken from it goes with it. Called by queues that are
 * emptied, by senders whose receiver is gone and by receivers after reading, on any thread.
 */
#include "runtime/message.h"

#include <stdlib.h>

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
