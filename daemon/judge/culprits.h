/*
 * Who did it: an isolate whose drift alert is pending or fires is asked what grows in it (a census
 * behind one job and another some jobs later) and which line of its program makes that (a sampled
 * profile between them). What it says is kept with the isolate, for the rule to put into the alert.
 *
 * It costs the isolate two full collections and passes over its heap, so it is bounded: one isolate
 * of a process at a time and culprit.spacing apart, each again only after culprit.every, none whose
 * collections take long; what was found in one isolate holds for others of its pool with the same
 * job. The loop's thread only.
 */
#ifndef DAEMON_CULPRITS_H
#define DAEMON_CULPRITS_H

#include "daemon/actions.h"
#include "daemon/config.h"
#include "daemon/model/model.h"

struct culprits;

/* NULL: no memory. */
struct culprits *culprits_new(void);
void culprits_free(struct culprits **culprits);

/* Takes in what was answered, then asks. After the rules, each tick. */
void culprits_tick(struct culprits *culprits, struct model *model, struct actions *actions,
                   const struct config *config);

/* Who did it in a process, in a few words: of the drift that fires and keeps most. "" when nobody
 * knows. */
void culprits_say(const struct model *model, uint64_t pid, char *text, size_t size);

#endif
