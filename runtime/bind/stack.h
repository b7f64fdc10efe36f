/* Stack traces as Node prints them, on top of the engine's. */
#ifndef RUNTIME_BIND_STACK_H
#define RUNTIME_BIND_STACK_H

#include "duktape.h"

/* Replaces Error.prototype.stack and adds Error.captureStackTrace. May throw. */
void stack_install(duk_context *ctx);

#endif
