/*
 * The answer a view makes: status, type, body; no HTTP library in sight. http.c sends it.
 */
#ifndef DAEMON_REPLY_H
#define DAEMON_REPLY_H

#include "base/bytes.h"
#include "daemon/history/query.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reply {
    unsigned status;
    const char *content_type;
    const char *allow; /* of a 405; NULL for none */
    char allowed[40];  /* what it points to */
    struct bytes body; /* owned */
    int file;          /* owned: the body instead; -1 for none */
    uint64_t file_bytes;
    struct query *query; /* owned; NULL for none */
    bool has_to_ask;     /* there is no answer yet: the archive is asked `query`, then run again */
};

/* 200, JSON, empty. */
void reply_init(struct reply *reply);
void reply_fini(struct reply *reply);

/* Replaces the reply by {"error":{"code","message","hint"}}: what is wrong, and what to do. */
__attribute__((format(printf, 5, 6))) void reply_error(struct reply *reply, unsigned status,
                                                       const char *code, const char *hint,
                                                       const char *format, ...);

#endif
