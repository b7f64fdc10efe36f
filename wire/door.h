/*
 * The door: one Unix stream socket, JSON objects a line each (UTF-8, at most DOOR_LINE_MAX bytes),
 * descriptors attached by SCM_RIGHTS. This is the framing and nothing more; what lines say is
 * decided by who reads them. One thread per door.
 */
#ifndef WIRE_DOOR_H
#define WIRE_DOOR_H

#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define DOOR_LINE_MAX    65536      /* bytes, newline included */
#define DOOR_FDS_MAX     4          /* descriptors waiting to be taken */
#define DOOR_BACKLOG_MAX (1u << 20) /* bytes waiting to be written before the peer counts as dead  \
                                     */
#define DOOR_PATH_MAX 107

/* Where a collector listens by default, and where emitters look, in order. */
#define DOOR_PATHS_MAX 4
struct door_paths {
    int count;
    char path[DOOR_PATHS_MAX][DOOR_PATH_MAX + 1];
};

/* Emitters: ISOSCOPE_SOCKET alone when set, else the three defaults in their order. */
void door_find_paths(struct door_paths *paths);
/* Collector: the default for this user. 0 or -ENAMETOOLONG. */
int door_default_path(char path[DOOR_PATH_MAX + 1], struct error *error);

/* A listening, non-blocking socket at `path`, its directory made (0700) when missing; a stale
 * socket file is replaced, a live one is -EADDRINUSE. The descriptor, or a negative errno with
 * *error. */
int door_listen(const char *path, mode_t mode, struct error *error);
/* A connected, non-blocking socket, or a negative errno. */
int door_connect(const char *path);

struct door {
    int fd; /* owned; -1 when closed */
    struct bytes in, out;
    int fds[DOOR_FDS_MAX]; /* received, not yet taken, oldest first; owned */
    int fd_count;
    uint64_t line;        /* number of the last line handed out, from 1 */
    size_t taken;         /* bytes at the start of `in` that were handed out */
    uint64_t fds_refused; /* received beyond DOOR_FDS_MAX and closed */
};

void door_init(struct door *door, int fd);
void door_fini(struct door *door);

/* Reads what is there, after every line was taken. 1: something came, 0: nothing now, negative
 * errno: gone (-EPIPE at its end). */
int door_receive(struct door *door);

/* The next complete line without its newline, NUL-terminated, valid until the next call; NULL when
 * there is none. A line longer than DOOR_LINE_MAX sets *is_too_long: the door cannot go on. */
char *door_next_line(struct door *door, size_t *length, bool *is_too_long);

/* The oldest descriptor that came, now the caller's; -1 when none. */
int door_take_fd(struct door *door);

/* Sends `line` (newline added) with descriptors (borrowed); what does not fit now waits in `out`
 * for door_flush(). 0, or a negative errno: gone. Descriptors go only with an empty backlog. */
int door_send(struct door *door, const char *line, size_t length, const int *fds, int fd_count);
/* 1: all written, 0: more waits, negative errno: gone. */
int door_flush(struct door *door);

/* Who is at the other end, as the kernel says (SO_PEERCRED). */
int door_peer(int fd, pid_t *pid, uid_t *uid);

#endif
