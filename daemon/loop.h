/*
 * The loop: one epoll set, one thread. Everything that happens is a call into ingest or http, and
 * everything periodic is the tick.
 */
#ifndef DAEMON_LOOP_H
#define DAEMON_LOOP_H

#include "base/error.h"

struct config;

struct loop_options {
    const char *config_path; /* read again at SIGHUP; NULL for none */
    struct config *config;   /* in force; replaced in place at SIGHUP */
    /* Puts what the command line says over a configuration just read. 0 or a negative errno. */
    int (*override)(struct config *config, struct error *error);
    const char *socket_path;
    const char *state_dir; /* NULL: remembers nothing across restarts */
};

/* Runs until SIGTERM or SIGINT. 0, or a negative errno with *error when it cannot start: -EINVAL
 * means the configuration. SIGTERM, SIGINT and SIGHUP are blocked by the caller. */
int loop_run(const struct loop_options *options, struct error *error);

#endif
