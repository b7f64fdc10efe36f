/*
 * Who is told of which alert, when, and until when it is tried. An alert that begins to fire, gets
 * more severe or is resolved becomes an entry of the outbox for every notifier; the journal has it
 * before anybody hears of it, and has its end as soon as the other side said so. So a kill -9 loses
 * nothing; what it may double is the one notification whose receipt came in that very moment, and
 * that one carries the same number both times. Alertmanager hears of what fires again and again, and
 * is asked what it has silenced. The loop's thread only.
 */
#ifndef DAEMON_NOTIFY_H
#define DAEMON_NOTIFY_H

#include "base/error.h"
#include "daemon/config.h"
#include "daemon/journal.h"
#include "daemon/judge/alerts.h"
#include "daemon/model/model.h"
#include "daemon/watch.h"

struct notify;

struct notify_options {
    struct model *model;     /* borrowed: its alerts and status */
    struct alerts *alerts;   /* borrowed */
    struct journal *journal; /* borrowed */
    int epoll;
    int runner; /* of runner_start(), taken over; -1 for none */
};

/* NULL: no memory. */
struct notify *notify_new(const struct notify_options *options);
/* What is under way has a second to end. */
void notify_free(struct notify **notify);

/* Takes over what config->notify says, at the start and at a reload. 0, or a negative errno. */
int notify_configure(struct notify *notify, const struct config *config, struct error *error);

/* After rules and silences. */
void notify_tick(struct notify *notify);
/* The courier has results. */
void notify_event(struct notify *notify);

/* For remember.c: a record of the journal, and all there is. */
void notify_replay(struct notify *notify, const json_t *record);
void notify_write(const struct notify *notify, struct journal *journal);

#endif
