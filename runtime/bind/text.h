/*
 * Text across the border of the engine. Outside, text is UTF-8; inside, characters beyond U+FFFF
 * are two surrogates of three bytes each. What is not valid UTF-8 outside becomes U+FFFD inside, so
 * no byte from outside can make one of the engine's internal keys.
 */
#ifndef RUNTIME_BIND_TEXT_H
#define RUNTIME_BIND_TEXT_H

#include "base/bytes.h"

#include "duktape.h"

/* Pushes a string. May throw. */
void text_push(duk_context *ctx, const void *data, size_t size);
void text_push_string(duk_context *ctx, const char *text);

/* Appends the string, `size` bytes as the engine holds them, as UTF-8. A lone surrogate becomes
 * U+FFFD. */
void text_append(struct bytes *bytes, const char *text, size_t size);

#endif
