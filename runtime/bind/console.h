/* What console, process.stdout and process.stderr write with. */
#ifndef RUNTIME_BIND_CONSOLE_H
#define RUNTIME_BIND_CONSOLE_H

#include "duktape.h"

#include <stddef.h>

struct engine;

/* Writes all of it to descriptor 1 or 2, in one write(2) when the system lets it, so that lines of
 * several threads do not mix. Waits for a full pipe, unless a signal finds `engine` (the caller's,
 * or NULL) told to stop; a reader that is gone is no error. Any thread. */
void console_write(struct engine *engine, int descriptor, const void *data, size_t size);

/* The natives of console.js: write(descriptor, text). */
duk_ret_t console_push_natives(duk_context *ctx);

#endif
