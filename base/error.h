/*
 * The text of an expected failure that a person will read: configuration, handshakes, module
 * loading. Lower layers fill it and return a negative errno; the layer that decides prints it,
 * once.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#define ERROR_TEXT_MAX 512

struct error {
    char text[ERROR_TEXT_MAX]; /* one line, no newline at the end; cut when longer */
};

/* Fills `error` (which may be NULL) and returns `code`, so a caller can `return error_set(...)`. */
__attribute__((format(printf, 3, 4))) int error_set(struct error *error, int code,
                                                    const char *format, ...);

#endif
