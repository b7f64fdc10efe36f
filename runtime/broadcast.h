/*
 * BroadcastChannel: the members of every name in the process. A member is a channel of its own: one
 * end is its owner's port, the other stays here and is what messages for it are posted on. So
 * queues, accounting and wake-ups are those of ports.
 */
#ifndef RUNTIME_BROADCAST_H
#define RUNTIME_BROADCAST_H

#include "runtime/port.h"

/* Makes a member of `name`: *end is its owner's, with one reference. 0 or -ENOMEM. Any thread. */
int broadcast_join(const char *name, struct wire_process *process, struct port **end);
/* Forgets the member with this owner's end; nothing when there is none. The end's owner. */
void broadcast_leave(struct port *end);
/* What to post on to reach all members of the name but `end`'s own: an array of *count ports, each
 * with a reference, the caller's to free. NULL for none, or when there is no memory. The end's owner. */
struct port **broadcast_others(const struct port *end, size_t *count);

#endif
