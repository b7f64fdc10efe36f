/*
 * The isoprobe that takes orders, and what the configuration wants of it. The loop's thread.
 */
#ifndef DAEMON_PROBER_H
#define DAEMON_PROBER_H

struct ingest;

/* Tells it whom to watch by itself (probes.attach); nothing when there is none. */
void prober_tell(struct ingest *ingest);

#endif
