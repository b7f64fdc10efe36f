/*
 * From http.listen to a listening socket. Called by http.c at start. Owns nothing: the descriptor
 * is the caller's. Invariant: a socket that other machines can reach exists only when that is
 * allowed.
 */
#include "daemon/http/http_listen.h"

#include "daemon/http/origin.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static bool is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *four = (const struct sockaddr_in *)(const void *)address;
        return ntohl(four->sin_addr.s_addr) >> 24 == 127;
    }
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)(const void *)address;
    return IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
}

/* A listening socket, or a negative errno with *error. */
static int listen_at(const struct addrinfo *address, const char *text, struct error *error)
{
    int on = 1;
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return error_set(error, -errno, "http.listen: %s: %s", text, strerror(errno));
    }
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, address->ai_addr, address->ai_addrlen) < 0 || listen(fd, SOMAXCONN) < 0) {
        int code = -errno;
        close(fd);
        return error_set(error, code, "http.listen: %s: %s%s", text, strerror(-code),
                         code == -EADDRINUSE ? "; another isoscoped? use --listen 127.0.0.1:PORT"
                         : code == -EACCES   ? "; use a port from 1024 on"
                                             : "");
    }
    return fd;
}

/* What the kernel made of it, the port in particular. */
static void note_address(struct http_listen *made)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    char host[HTTP_HOST_MAX] = "", port[8] = "";
    if (getsockname(made->fd, (struct sockaddr *)&address, &size) == 0) {
        getnameinfo((struct sockaddr *)&address, size, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV);
    }
    bool is_six = strchr(host, ':') != NULL;
    snprintf(made->address, sizeof made->address, "%s%s%s:%s", is_six ? "[" : "", host,
             is_six ? "]" : "", port);
}

/* Clients take descriptors; the usual soft limit is smaller than the usual number of clients. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static int open_spare(void)
{
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

unsigned http_listen_shed(struct http_listen *listen)
{
    unsigned count = 0;
    int fd = listen->spare >= 0 ? fcntl(listen->spare, F_DUPFD_CLOEXEC, 0) : open_spare();

    if (fd >= 0) { /* some are left */
        if (listen->spare >= 0) {
            close(fd);
        } else {
            listen->spare = fd;
        }
        return 0;
    }
    http_listen_close_spare(listen);
    while (count < SOMAXCONN && (fd = accept4(listen->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
        close(fd);
        count++;
    }
    listen->spare = open_spare();
    return count;
}

void http_listen_close_spare(struct http_listen *listen)
{
    if (listen->spare >= 0) {
        close(listen->spare);
    }
    listen->spare = -1;
}

int http_listen_open(struct http_listen *made, const char *text, bool is_remote_allowed,
                     struct error *error)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_PASSIVE | AI_NUMERICSERV | AI_ADDRCONFIG};
    struct addrinfo *found;
    char port[8];

    if (!origin_split(text, made->host, sizeof made->host, port, sizeof port) ||
        atoi(port) > 65535) {
        return error_set(error, -EINVAL, "http.listen: '%s' is not HOST:PORT", text);
    }
    int failure = getaddrinfo(made->host, port, &hints, &found);
    if (failure != 0) {
        hints.ai_flags &= ~AI_ADDRCONFIG; /* it hides ::1 where no other IPv6 address is */
        failure = getaddrinfo(made->host, port, &hints, &found);
    }
    if (failure != 0) {
        return error_set(error, -EINVAL, "http.listen: %s: %s", text, gai_strerror(failure));
    }
    if (is_loopback(found->ai_addr) || is_remote_allowed) {
        raise_descriptor_limit();
        made->fd = listen_at(found, text, error);
    } else {
        made->fd = error_set(error, -EINVAL,
                             "http.listen: %s can be reached by other machines; write "
                             "http.allow_remote: true, or listen on 127.0.0.1",
                             text);
    }
    freeaddrinfo(found);
    if (made->fd >= 0) {
        note_address(made);
        made->spare = open_spare();
    }
    return made->fd < 0 ? made->fd : 0;
}
