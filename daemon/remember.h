/*
 * What outlives the daemon, in one journal: alerts, who was told of them, what still has to be told,
 * silences. The loop's thread only.
 */
#ifndef DAEMON_REMEMBER_H
#define DAEMON_REMEMBER_H

struct daemon;

/* Puts back what the journal holds. Once, before the first tick. */
void remember_replay(struct daemon *daemon);
/* At the end of a tick: writes the journal anew when it is due. */
void remember_tick(struct daemon *daemon);

#endif
