/*
 * One notifier: what it was configured to be, and how it is doing. Used by notify.c and by what it
 * is split into. The loop's thread only.
 */
#ifndef DAEMON_PLACE_H
#define DAEMON_PLACE_H

#include "base/bytes.h"
#include "daemon/config.h"
#include "daemon/model/model.h"
#include "daemon/notify/access.h"
#include "daemon/notify/outbox.h"

#define PLACE_BATCH_MAX 64 /* alerts in one request to Alertmanager */

enum place_kind { PLACE_ALERTMANAGER, PLACE_WEBHOOK, PLACE_EXEC };

struct place {
    bool is_used;
    unsigned index;
    enum place_kind kind;
    char name[40];
    char *url;      /* owned */
    char **command; /* owned, ends with NULL */
    struct access access;
    double timeout, retry, resend;
    bool sends_resolved;

    uint64_t sending[PLACE_BATCH_MAX]; /* numbers of the entries under way */
    size_t sending_count;              /* 0 while a repetition is under way */
    size_t batch;                      /* at most so many next time */
    unsigned failures;                 /* one after another */
    double next_at;                    /* not tried before; monotonic seconds */
    double resent_at, ask_at;          /* likewise */
    struct notifier_status *status;    /* borrowed from the model */
};

/* Takes over one item of the configuration. 0, or -ENOMEM or -EINVAL (a file of it cannot be used) with
 * *error: the place is as it was. */
int place_configure(struct place *place, const struct config_notifier *config,
                    struct error *error);
void place_clear(struct place *place);

/* Its bit in masks. */
uint32_t place_bit(const struct place *place);

struct place_request {
    const char *instance, *url; /* of the sender, see payload.h */
    double ends_at;             /* of what fires */
    uint32_t program;           /* id for the runner */
    uint64_t number;
};

/* The body for these alerts; webhooks and programs take one. False: no memory, or too large. */
bool place_make_body(const struct place *place, const struct place_request *request,
                     const struct alert *const *alerts, size_t count, struct bytes *body);

/* Waits longer after every failure, with jitter, at least `retry_after`. */
void place_back_off(struct place *place, double now, double retry_after);

#endif
