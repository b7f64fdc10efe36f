/*
 * Who may ask: the checks of Host and Origin. A browser lets any page send requests to 127.0.0.1;
 * Host tells a name that was bent to point here (DNS rebinding), Origin tells a page that is not
 * ours. Pure functions; any thread.
 */
#ifndef DAEMON_ORIGIN_H
#define DAEMON_ORIGIN_H

#include <stdbool.h>

/*
 * Whether a Host header names this server: a loopback name or address, or `listen_host` itself.
 * When remote clients are allowed, any literal address and this machine's name too: those cannot be
 * bent. The port does not matter, it may be forwarded.
 */
bool origin_is_host_known(const char *host, const char *listen_host, bool is_remote_allowed);

/* Whether an Origin header is that of a page that came from `host` (the Host header), by https or
 * not. */
bool origin_is_same(const char *origin, bool is_secure, const char *host);

/* "HOST:PORT" or "[HOST]:PORT" into its parts. False when it is neither. */
bool origin_split(const char *text, char *host, int host_size, char *port, int port_size);

#endif
