/*
 * What goes between isolates: messages, the buffers that move with them, the buffers they share,
 * and the jobs that a worker's messages are. One thread.
 */
#ifndef PROBES_TRAFFIC_H
#define PROBES_TRAFFIC_H

#include "probes/event.h"
#include "probes/isolates.h"

struct traffic;

/* `isolates` is borrowed, and from now on lets go of shared buffers here. NULL: no memory. */
struct traffic *traffic_new(struct isolates *isolates);
void traffic_free(struct traffic **traffic);

/* Whether all messages are watched being read, or only now and then. */
void traffic_set_watched(struct traffic *traffic, bool is_watched);
/* True while that must not end: messages went past all queues, which nobody would see. */
bool traffic_needs_watching(const struct traffic *traffic, uint64_t now);

/* EVENT_CLONE, EVENT_DELIVER, EVENT_SHARE, EVENT_CLOSE. */
void traffic_take_clone(struct traffic *traffic, struct isolate *isolate,
                        const struct event *event);
void traffic_take_deliver(struct traffic *traffic, struct isolate *isolate,
                          const struct event *event);
void traffic_take_share(struct traffic *traffic, struct isolate *isolate,
                        const struct event *event);

void traffic_take_close(struct traffic *traffic, const struct event *event);

/* Every few milliseconds: looks what was read unseen, tells messages whose receivers did not show.
 * `now` in CLOCK_MONOTONIC ns.
 */
void traffic_tick(struct traffic *traffic, uint64_t now);
/* About every second: looks which messages and buffers are gone. */
void traffic_sweep(struct traffic *traffic, uint64_t now);

#endif
