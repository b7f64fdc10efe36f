/*
 * Closes links to processes on threads of its own. At each the kernel waits until no CPU can be
 * inside the probe any more, 40 ms or so; those who wait at the same time wait for the same thing,
 * so 32 links take hardly longer than one, and the loop goes on meanwhile.
 */
#ifndef PROBES_CLOSER_H
#define PROBES_CLOSER_H

struct closer;

/* NULL: no memory. */
struct closer *closer_new(void);
/* Waits until all is closed. */
void closer_free(struct closer **closer);

/* Takes the descriptor. Where no thread can be had it is closed before this returns. */
void closer_push(struct closer *closer, int fd);
/* Returns when everything that was pushed is closed. */
void closer_wait(struct closer *closer);

#endif
