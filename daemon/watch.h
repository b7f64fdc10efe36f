/*
 * What an epoll descriptor points to: whose the descriptor is. The loop dispatches by it. The
 * loop's thread only.
 */
#ifndef DAEMON_WATCH_H
#define DAEMON_WATCH_H

#include <stdint.h>

enum watch_kind {
    WATCH_SIGNAL,
    WATCH_TICK,
    WATCH_HTTP,
    WATCH_ARCHIVE, /* answers of the archive */
    WATCH_NOTIFY,  /* results of the courier */
    WATCH_LISTEN,  /* the door's socket */
    WATCH_DOOR,    /* a connection */
    WATCH_BELL,    /* a doorbell */
    WATCH_PROCESS, /* a pidfd */
};

#define WATCH_MAGIC 0x77617463u

/* Lives inside what it watches, until that is freed after a round of events. */
struct watch {
    uint32_t magic;
    enum watch_kind kind;
    void *owner; /* a struct source for the last three */
};

/* Adds `fd` for `events`, or changes what an added one waits for. 0 or a negative errno. */
int watch_add(int epoll, int fd, uint32_t events, struct watch *watch);
int watch_change(int epoll, int fd, uint32_t events, struct watch *watch);

#endif
