#include "base/bytes.h"

#include "base/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void bytes_init(struct bytes *bytes, size_t max)
{
    memset(bytes, 0, sizeof *bytes);
    bytes->max = max;
}

void bytes_fini(struct bytes *bytes)
{
    free(bytes->data);
    memset(bytes, 0, sizeof *bytes);
}

void bytes_clear(struct bytes *bytes)
{
    bytes->size = 0;
    bytes->is_failed = false;
}

bool bytes_reserve(struct bytes *bytes, size_t more)
{
    if (bytes->is_failed) {
        return false;
    }
    if (more <= bytes->capacity - bytes->size) {
        return true;
    }
    size_t limit = bytes->max != 0 ? bytes->max : SIZE_MAX / 2;
    if (more > limit || bytes->size > limit - more) {
        bytes->is_failed = true;
        return false;
    }
    size_t capacity = bytes->capacity < 64 ? 64 : bytes->capacity;
    while (capacity < bytes->size + more) {
        capacity = capacity > limit / 2 ? limit : capacity * 2;
    }
    unsigned char *data = realloc(bytes->data, capacity);
    if (data == NULL) {
        bytes->is_failed = true;
        return false;
    }
    bytes->data = data;
    bytes->capacity = capacity;
    return true;
}

void bytes_append(struct bytes *bytes, const void *data, size_t size)
{
    if (size == 0 || !bytes_reserve(bytes, size)) {
        return;
    }
    memcpy(bytes->data + bytes->size, data, size);
    bytes->size += size;
}

void bytes_append_text(struct bytes *bytes, const char *text)
{
    bytes_append(bytes, text, strlen(text));
}

void bytes_append_format(struct bytes *bytes, const char *format, ...)
{
    char text[256];
    va_list arguments;

    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length < 0) {
        bytes->is_failed = true;
        return;
    }
    if ((size_t)length < sizeof text) {
        bytes_append(bytes, text, (size_t)length);
        return;
    }
    if (!bytes_reserve(bytes, (size_t)length + 1)) {
        return;
    }
    va_start(arguments, format);
    vsnprintf((char *)bytes->data + bytes->size, (size_t)length + 1, format, arguments);
    va_end(arguments);
    bytes->size += (size_t)length;
}

void bytes_consume(struct bytes *bytes, size_t size)
{
    CHECK(size <= bytes->size);
    if (size == 0) {
        return; /* there may be no memory at all */
    }
    bytes->size -= size;
    memmove(bytes->data, bytes->data + size, bytes->size);
}

unsigned char *bytes_take(struct bytes *bytes, size_t *size)
{
    unsigned char *data = bytes->data;
    *size = bytes->size;
    bytes->data = NULL;
    bytes->size = bytes->capacity = 0;
    return data;
}
