/*
 * The program a process runs, as far as probes need it: where the watched functions lie in its
 * file, which V8 it is, and the offsets to read its objects with. Read from the file itself, which
 * may be deleted, stripped or in another mount namespace; a file that is no Node.js is refused with
 * a reason. One thread.
 */
#ifndef PROBES_IMAGE_H
#define PROBES_IMAGE_H

#include "base/error.h"
#include "probes/event.h"
#include "probes/offsets.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#define IMAGE_CHECK_BYTES 512 /* of a function's code that the self-check looks at */

struct image {
    char path[320];        /* where it can be opened: /proc/PID/exe or below /proc/PID/root */
    struct stat status;    /* of the file: the same file needs to be read once only */
    uint64_t calls[CALLS]; /* offset in the file; 0: not there */
    uint64_t base;         /* address of the first loaded segment, as the file says */
    uint64_t worker_table; /* address of Worker's virtual table, as the file says; 0: unknown */
    unsigned v8_major, v8_minor;  /* 0.0: unknown */
    struct offsets_page page;     /* likewise; what is read with them is checked then */
    struct event_layout layout;   /* only what passed the check */
    char missing[ERROR_TEXT_MAX]; /* what cannot be known, and why; "" for nothing */
};

/* Reads the image of process `pid`. 0, or a negative errno with *error: -ENOEXEC when it is no
 * Node.js. */
int image_read(struct image *image, uint64_t pid, struct error *error);

/* True when process `pid` runs a program whose file is called like a Node.js or links libnode.
 * Cheap: it only looks at names. */
bool image_is_likely(uint64_t pid);

#endif
