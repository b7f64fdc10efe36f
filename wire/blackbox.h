/*
 * The black box: what the segment of a process held when the process ended, as a file. Written by
 * the collector (any one thread), read by isoctl, which believes as little of it as a collector
 * believes of a segment.
 *
 *   +-----------------------+ 0
 *   | struct blackbox_head  | what ended, when, and how; 512 bytes
 *   +-----------------------+
 *   | regions               | each u64 offset in the segment, u64 size, then its bytes: the parts
 * of |   ...                 | the segment (layout.h) that were in use, ascending; sizes are whole
 *   |                       | words. What no region covers was zero
 *   +-----------------------+
 *   | u64 0, u64 0          | the end of the regions
 *   | SHA-256, 32 bytes     | of everything before
 *   +-----------------------+
 *
 * Native byte order, as the segment: it is read on a machine like the one that wrote it.
 */
#ifndef WIRE_BLACKBOX_H
#define WIRE_BLACKBOX_H

#include "base/error.h"
#include "wire/view.h"

#define BLACKBOX_MAGIC     UINT64_C(0x31584f424f5349ff) /* 0xff "ISOBOX1" */
#define BLACKBOX_VERSION   1
#define BLACKBOX_NAME_MAX  256
#define BLACKBOX_CULPRIT_MAX 176
#define BLACKBOX_BYTES_MAX (UINT64_C(256) << 20) /* of a file */

struct blackbox_head {
    uint64_t magic;
    uint32_t version;
    uint32_t head_bytes;
    uint64_t pid, start_time; /* as in the segment */
    uint64_t ended_ns;        /* CLOCK_MONOTONIC */
    uint64_t ended_wall_ns;   /* Unix time of the same moment */
    uint64_t segment_bytes;
    char state[16]; /* how it ended: "died", "oom" */
    char name[BLACKBOX_NAME_MAX];
    char culprit[BLACKBOX_CULPRIT_MAX]; /* of a drift that fired, in words; "": none is known */
    uint64_t reserved[1];
};

_Static_assert(sizeof(struct blackbox_head) == 512, "the head is 64 words");

/* Writes the file at `fd`, empty, in one go. `head` needs ended_ns, ended_wall_ns, state and name;
 * the rest is made here. 0 or a negative errno: -EFBIG beyond BLACKBOX_BYTES_MAX. */
int blackbox_write(const struct view *view, const struct blackbox_head *head, int fd);

/* Reads a file's bytes. 0 with *head (texts ended) and *view, the caller's; or -EINVAL, -EBADMSG
 * (checksum), -ENOMEM with *error in words. */
int blackbox_read(const void *data, size_t size, struct blackbox_head *head, struct view **view,
                  struct error *error);

#endif
