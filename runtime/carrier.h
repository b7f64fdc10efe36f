/*
 * Which port is carried by which: an end that waits in the queue of another hangs on that one, so the
 * ends that travel make trees. Link-cut trees (Sleator and Tarjan): every call costs O(log n) on
 * average over any sequence, however long the chains are that scripts make.
 *
 * Embedded in struct port, zeroed before use. No locks: port.c holds the one over carriers.
 */
#ifndef RUNTIME_CARRIER_H
#define RUNTIME_CARRIER_H

struct carrier {
    struct carrier *up, *left, *right; /* carrier.c's own */
};

/* `carried`, which hangs on nothing, hangs on `on` from now on; not itself below `carried`. */
void carrier_hang(struct carrier *carried, struct carrier *on);
/* It hangs on nothing any more; nothing happens when it did not. */
void carrier_cut(struct carrier *carried);
/* What hangs on nothing above it; itself when it does not hang. */
struct carrier *carrier_root(struct carrier *carrier);

#endif
