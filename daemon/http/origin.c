/*
 * Host and Origin as texts. Called by http.c before anything else looks at a request. Owns nothing.
 * Everything that cannot be understood counts as foreign.
 */
#include "daemon/http/origin.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define HOST_MAX 256

bool origin_split(const char *text, char *host, int host_size, char *port, int port_size)
{
    const char *colon = strrchr(text, ':');
    const char *start = text, *end = colon;

    if (colon == NULL) {
        return false;
    }
    if (*text == '[') {
        if (colon == text || colon[-1] != ']') {
            return false;
        }
        start = text + 1;
        end = colon - 1;
    } else if (memchr(text, ':', (size_t)(colon - text)) != NULL) {
        return false; /* an IPv6 address without brackets */
    }
    int host_length = (int)(end - start);
    size_t port_length = strlen(colon + 1);
    if (host_length < 1 || host_length >= host_size || port_length < 1 || port_length > 5 ||
        (int)port_length >= port_size || strspn(colon + 1, "0123456789") != port_length) {
        return false;
    }
    snprintf(host, (size_t)host_size, "%.*s", host_length, start);
    snprintf(port, (size_t)port_size, "%s", colon + 1);
    return true;
}

/* The host of a Host header: brackets, port and a dot at the end cut off. */
static bool read_host(const char *header, char name[HOST_MAX])
{
    char port[8];
    size_t length = strlen(header);

    if (length == 0 || length >= HOST_MAX) {
        return false;
    }
    if (header[length - 1] != ']' && strchr(header, ':') != NULL) {
        if (!origin_split(header, name, HOST_MAX, port, sizeof port)) {
            return false;
        }
    } else if (*header == '[') {
        snprintf(name, HOST_MAX, "%.*s", (int)length - 2, header + 1);
    } else {
        snprintf(name, HOST_MAX, "%s", header);
    }
    length = strlen(name);
    if (length > 1 && name[length - 1] == '.') {
        name[length - 1] = '\0';
    }
    return name[0] != '\0';
}

static bool is_address(const char *name)
{
    unsigned char room[16];
    return inet_pton(AF_INET, name, room) == 1 || inet_pton(AF_INET6, name, room) == 1;
}

static bool is_loopback(const char *name)
{
    struct in_addr four;
    if (inet_pton(AF_INET, name, &four) == 1) {
        return ntohl(four.s_addr) >> 24 == 127;
    }
    return strcasecmp(name, "localhost") == 0 || strcmp(name, "::1") == 0;
}

bool origin_is_host_known(const char *host, const char *listen_host, bool is_remote_allowed)
{
    char name[HOST_MAX], own[HOST_MAX] = "";

    if (!read_host(host, name)) {
        return false;
    }
    if (is_loopback(name) || strcasecmp(name, listen_host) == 0) {
        return true;
    }
    return is_remote_allowed && (is_address(name) || (gethostname(own, sizeof own - 1) == 0 &&
                                                      strcasecmp(name, own) == 0));
}

bool origin_is_same(const char *origin, bool is_secure, const char *host)
{
    const char *scheme = is_secure ? "https://" : "http://";
    size_t length = strlen(scheme);

    return strncasecmp(origin, scheme, length) == 0 && strcasecmp(origin + length, host) == 0;
}
