/*
 * A growing byte buffer. Failure is sticky: after an allocation failed every append is ignored and
 * `is_failed` stays true, so a writer checks once at the end. One thread at a time.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
    unsigned char *data; /* owned; NULL while capacity is 0 */
    size_t size;
    size_t capacity;
    size_t max; /* appends beyond this fail; 0 means no cap but memory */
    bool is_failed;
};

void bytes_init(struct bytes *bytes, size_t max);
void bytes_fini(struct bytes *bytes);

/* Forgets the content and a failure, keeps the memory. */
void bytes_clear(struct bytes *bytes);

/* Room for `more` further bytes; false (and failed) when there is none. Pointers into `data` die.
 */
bool bytes_reserve(struct bytes *bytes, size_t more);

void bytes_append(struct bytes *bytes, const void *data, size_t size);
void bytes_append_text(struct bytes *bytes, const char *text);
__attribute__((format(printf, 2, 3))) void bytes_append_format(struct bytes *bytes,
                                                               const char *format, ...);

/* Removes the first `size` bytes; `size` is at most bytes->size. */
void bytes_consume(struct bytes *bytes, size_t size);

/* Hands the memory over (free() it) and leaves the buffer empty; NULL when nothing was written. */
unsigned char *bytes_take(struct bytes *bytes, size_t *size);

#endif
