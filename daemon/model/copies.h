/*
 * Which isolates of a process were sent the same large buffer as a copy of their own, by what emitters
 * say of its content. Ingest adds, the rule `buffer_copy` asks. The last COPIES_MAX contents are kept.
 * Owned by its process; the loop's thread only.
 */
#ifndef DAEMON_COPIES_H
#define DAEMON_COPIES_H

#include "wire/record.h"

#include <stddef.h>
#include <stdint.h>

#define COPIES_MAX       64
#define COPIES_READERS   64 /* of one content; further ones are not counted */

struct copies;

struct copies_reader {
    uint32_t thread;
    double t; /* when it was sent to it the last time */
};

/* One content and who has had it. */
struct copied {
    uint64_t print, bytes;
    uint32_t from;
    double t; /* of the last one */
    size_t reader_count;
    struct copies_reader readers[COPIES_READERS];
};

/* Takes a copy record in. *copies is made for the first; without memory it is left out. */
void copies_add(struct copies **copies, const struct record *record, double t);
void copies_free(struct copies **copies);

/* The content at `index`; NULL beyond the last. NULL copies are fine. */
const struct copied *copies_at(const struct copies *copies, size_t index);

#endif
