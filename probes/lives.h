/*
 * Births and deaths: workers with name, parent and exit code, heaps that met their limit, the end
 * of the process. One thread.
 */
#ifndef PROBES_LIVES_H
#define PROBES_LIVES_H

#include "probes/event.h"
#include "probes/isolates.h"

struct lives;

/* `isolates` is borrowed. NULL: no memory. */
struct lives *lives_new(struct isolates *isolates);
void lives_free(struct lives **lives);

/* What concerns workers or the process, not the isolate of the thread it happened in: EVENT_WORKER_
 * NEW, RUN and END, EVENT_EXIT, EVENT_OOM_KILL. False when it is something else. */
bool lives_take(struct lives *lives, const struct event *event, const char *text);

/* EVENT_NEAR_LIMIT, EVENT_FATAL. */
void lives_take_near_limit(struct lives *lives, struct isolate *isolate, const struct event *event);
/* EVENT_UNCAUGHT: whether it ends of that, its end will tell. */
void lives_take_uncaught(struct isolate *isolate, const struct event *event, const char *name);
void lives_take_fatal(struct lives *lives, struct isolate *isolate, const struct event *event,
                      const char *where);

#endif
