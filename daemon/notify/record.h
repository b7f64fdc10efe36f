/*
 * An alert as JSON in the journal, and back. Pure; any thread.
 */
#ifndef DAEMON_RECORD_H
#define DAEMON_RECORD_H

#include "daemon/model/model.h"

#include <jansson.h>

/* Everything of the alert but who was told; NULL: no memory. */
json_t *record_encode(const struct alert *alert);
/* False when it is not one. */
bool record_decode(const json_t *record, struct alert *alert);

/* A text; when it is not UTF-8, as names of programs may be, with every byte beyond ASCII as '?'. */
json_t *record_text(const char *text);

#endif
