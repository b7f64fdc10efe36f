/*
 * Two calls of epoll_ctl(2). Called by the loop and by ingest. Owns nothing.
 */
#include "daemon/watch.h"

#include <errno.h>
#include <sys/epoll.h>

int watch_add(int epoll, int fd, uint32_t events, struct watch *watch)
{
    struct epoll_event event = {.events = events, .data.ptr = watch};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

int watch_change(int epoll, int fd, uint32_t events, struct watch *watch)
{
    struct epoll_event event = {.events = events, .data.ptr = watch};
    return epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event) < 0 ? -errno : 0;
}
