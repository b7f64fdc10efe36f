/* Natives of broadcast_channel.js. */
#ifndef RUNTIME_BIND_CHANNELS_H
#define RUNTIME_BIND_CHANNELS_H

#include "duktape.h"

duk_ret_t channels_push_natives(duk_context *ctx);

#endif
