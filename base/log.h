/*
 * Diagnostics on stderr, one line a message, written with one write(2) so that lines of several
 * threads do not mix; control characters become '?'. The level is set once at start, before other
 * threads exist.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* `program` is borrowed for the life of the process. */
void log_init(const char *program, enum log_level level);

/* True and *level set when `text` is one of error, warn, info, debug. */
bool log_parse_level(const char *text, enum log_level *level);

/* Any thread. Messages above the level cost one compare. */
__attribute__((format(printf, 2, 3))) void log_write(enum log_level level, const char *format, ...);

#define log_error(...) log_write(LOG_ERROR, __VA_ARGS__)
#define log_warn(...)  log_write(LOG_WARN, __VA_ARGS__)
#define log_info(...)  log_write(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_write(LOG_DEBUG, __VA_ARGS__)

#endif
