/* The natives of buffer.js: bytes and text, searching, numbers at offsets. */
#ifndef RUNTIME_BIND_BUFFER_H
#define RUNTIME_BIND_BUFFER_H

#include "duktape.h"

#include <stddef.h>

/* Pushes a Buffer over `bytes` new zeroed bytes; its data. buffer.js is loaded. May throw. */
unsigned char *buffer_push(duk_context *ctx, size_t bytes);

/* [ array buffer ] -> [ Buffer over all of it ]. buffer.js is loaded. May throw. */
void buffer_wrap(duk_context *ctx);

duk_ret_t buffer_push_natives(duk_context *ctx);

#endif
