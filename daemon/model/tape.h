/*
 * The events on disk: a file of fixed size in the state directory, mapped, in which the ring of
 * events is mirrored as it is written. A daemon that is killed loses none of them; a machine that
 * goes down loses what the system had not written yet. The loop's thread only.
 *
 *   page 0   struct tape_head
 *   then     TAPE_EVENTS entries of 256 bytes; event n lies at n modulo TAPE_EVENTS
 */
#ifndef DAEMON_TAPE_H
#define DAEMON_TAPE_H

#include "daemon/model/model.h"

#define TAPE_EVENTS   32768
#define TAPE_NAME_MAX 120 /* bytes of a name that are kept, NUL included */

struct tape;

/* `events` in the directory, made when missing; 8 MB that are allocated at once, so that a full disk
 * shows now and not in a write. A file that is none of ours is put aside as events.bad. 0 or a
 * negative errno: -EWOULDBLOCK when another daemon has it. */
int tape_open(struct tape **tape, const char *directory);
/* Accepts NULL. */
void tape_close(struct tape **tape);

/* seq of the newest event ever written; 0 for none. */
uint64_t tape_last(const struct tape *tape);
/* Event `seq` with its name ("" for none), until the next tape_put(); false when it is not there or
 * damaged. */
bool tape_get(const struct tape *tape, uint64_t seq, struct event *event,
              char name[TAPE_NAME_MAX]);
/* `event->seq` is tape_last() + 1. Accepts a NULL tape. */
void tape_put(struct tape *tape, const struct event *event);

#endif
