/*
 * The verb `blackbox`: the file of a process that died (wire/blackbox.h) as a document, and that as
 * people read it. Asks no daemon. One thread.
 */
#ifndef CTL_BLACKBOX_H
#define CTL_BLACKBOX_H

#include "base/error.h"
#include "ctl/verbs.h"

#include <jansson.h>
#include <stddef.h>

#define BLACKBOX_SECONDS_DEFAULT 10.0
#define BLACKBOX_EVENTS_MAX      200000 /* told of one file; older ones are only counted */

int blackbox_run(const struct invocation *invocation);

/*
 * The document of a file's bytes: the process, its isolates and, of the last `seconds` (0: all)
 * that each recorded, the events, oldest first, as /api/v1/events tells them. NULL with *error.
 */
json_t *blackbox_decode(const void *data, size_t size, double seconds, struct error *error);

#endif
