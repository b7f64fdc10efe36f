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

/* EVENT_CLONE, EVENT_DELIVER, EVENT_SHARE. */
void traffic_take_clone(struct traffic *traffic, struct isolate *isolate,
                        const struct event *event);
void traffic_take_deliver(struct traffic *traffic, struct isolate *isolate,
                          const struct event *event);
void traffic_take_share(struct traffic *traffic, struct isolate *isolate,
                        const struct event *event);

/* Every few milliseconds: tells messages whose receivers did not show. `now` in CLOCK_MONOTONIC ns.
 */
void traffic_tick(struct traffic *traffic, uint64_t now);
/* About every second: looks which messages and buffers are gone. */
void traffic_sweep(struct traffic *traffic, uint64_t now);

#endif
