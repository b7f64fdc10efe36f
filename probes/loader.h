/*
 * The kernel's side of isoprobe as one thing: loads the programs, attaches them to processes, hands
 * out events. The only file that knows libbpf. One thread.
 */
#ifndef PROBES_LOADER_H
#define PROBES_LOADER_H

#include "base/error.h"
#include "probes/event.h"
#include "probes/image.h"

#include <stdbool.h>
#include <stdint.h>

struct loader;

/* What can be watched and left alone on its own. Attached in this order. */
enum loader_part {
    LOADER_POSTS,    /* messages that enter a queue: all of them, one trap each */
    LOADER_MESSAGES, /* messages as they are written and read: five traps each */
    LOADER_LIVES,    /* isolates and their collections */
    LOADER_TOTALS,   /* the total heap, which V8 counts five times in a collection */
    LOADER_PARTS
};

struct loader_links {        /* of one target; closing them detaches */
    int fd[LOADER_PARTS][2]; /* owned; -1 for none */
};

/* `text` is empty for kinds that have none; both are good until the function returns. */
typedef void loader_event_fn(void *context, const struct event *event, const char *text);

/* Loads everything; attaches what concerns all processes. 0, or a negative errno with *error saying
 * what to grant or to install. */
int loader_open(struct loader **loader, loader_event_fn *take, void *context, struct error *error);
void loader_close(struct loader **loader);

/* To be waited for; then, and every few milliseconds besides, loader_read(). */
int loader_fd(const struct loader *loader);
/* Hands out what is there. */
void loader_read(struct loader *loader);

/* Attaches to process `pid` whose program is `image`; `place` is told with each of its events. 0,
 * or a negative errno with *error and nothing attached. */
int loader_attach(struct loader *loader, uint64_t pid, const struct image *image, uint32_t place,
                  struct loader_links *links, struct error *error);
/* Watches that part or leaves it alone; everything is watched after loader_attach(). One that
 * cannot be watched again now is tried the next time. */
void loader_watch(struct loader *loader, uint64_t pid, const struct image *image, uint32_t place,
                  enum loader_part part, bool is_on, struct loader_links *links);
/* Goes on by itself: events may still come until loader_settle() returns. */
void loader_detach(struct loader *loader, uint64_t pid, struct loader_links *links);
void loader_settle(struct loader *loader);

/* Events of a place that found no room since it was attached. */
uint64_t loader_dropped(const struct loader *loader, uint32_t place);

/* Looks at the memory of all processes that are watched; then loader_memory() tells what was seen
 * of one. False where this kernel does not let it be seen, or nothing was yet. */
void loader_look(struct loader *loader);
bool loader_memory(const struct loader *loader, uint32_t place, struct event_memory *memory);

/* False where the kernel's list of victims of its OOM killer cannot be heard. */
bool loader_hears_kills(const struct loader *loader);

#endif
