/*
 * Queues of ports: which messages have entered one and were not read yet. While nobody watches them
 * being read, the length of the queue in the process's memory tells how many were. One thread.
 */
#ifndef PROBES_PORTS_H
#define PROBES_PORTS_H

#include "probes/image.h"
#include "probes/messages.h"

#include <stdbool.h>

struct ports;

/* A message was read, or (`is_lost`) never will be, by whoever has that Environment. False: it is
 * not known yet who that is; asked again. */
typedef bool ports_gone_fn(void *context, const struct message *message, uint64_t environment,
                           bool is_lost);

#define PORTS_WAITING_MAX 65536 /* of all ports; beyond, a queue's oldest is forgotten */

/* `image` is borrowed. NULL: no memory. */
struct ports *ports_new(uint64_t pid, const struct image *image, ports_gone_fn *gone,
                        void *context);
void ports_free(struct ports **ports);

/* A message enters the queue of that port. */
void ports_add(struct ports *ports, uint64_t port, const struct message *message);
/* The Environment of the isolate that has that port, as of the last look. 0: none, or unknown. */
uint64_t ports_environment(struct ports *ports, uint64_t port);
/* Whether both belong to one channel. */
bool ports_are_siblings(const struct ports *ports, uint64_t one, uint64_t other);
/* It was seen being read in that isolate. False: it was told as gone already. */
bool ports_take(struct ports *ports, uint64_t environment, const struct message *message);
/* A port is closed, with so many messages that nobody will read. */
void ports_close(struct ports *ports, uint64_t port, uint64_t unread);
/* Looks at the queues, and tells of what is gone since the last look but one: what was seen being
 * read has been told by then. */
void ports_tick(struct ports *ports);

#endif
