/*
 * What notifiers are sent: bodies for Alertmanager's API v2 and for webhooks (the payload of
 * Alertmanager's own webhooks, version 4), and what Alertmanager says of silences. Pure; any thread.
 *
 * Labels name an alert and stay the same from firing to resolved: alertname (the rule), subject,
 * severity, job (always "isoscope"), instance, process. All that changes meanwhile is annotations.
 */
#ifndef DAEMON_PAYLOAD_H
#define DAEMON_PAYLOAD_H

#include "daemon/model/model.h"

#include <jansson.h>

/* What every body says of the sender. */
struct payload_sender {
    const char *instance; /* this machine */
    const char *url;      /* of the dashboard, with a slash at its end */
    const char *receiver; /* the notifier's name */
};

/* One element of what POST /api/v2/alerts takes. A firing alert ends at `ends_at` unless it is told
 * again before. NULL: no memory. */
json_t *payload_alertmanager(const struct payload_sender *sender, const struct alert *alert,
                             double ends_at);
/* The body of a webhook about one alert. NULL: no memory. */
json_t *payload_webhook(const struct payload_sender *sender, const struct alert *alert);

/* The path of the question which of our alerts Alertmanager knows, and how. Static. */
const char *payload_question(void);
typedef void (*payload_silence_fn)(void *context, const char *id, const char *silence);
/* Reads the answer: `found` hears of every alert of this instance, with the first silence ("" for
 * none). False when it is not such an answer. */
bool payload_read_silences(const struct payload_sender *sender, const char *body, size_t size,
                           payload_silence_fn found, void *context);

#endif
