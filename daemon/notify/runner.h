/*
 * Programs, run by a small child that is forked before the daemon has threads, descriptors or data.
 * The two talk through a socket that keeps messages apart: a request names the program, its
 * arguments, its environment and what it reads on stdin; the reply is how it ended. No shell
 * anywhere. A program that takes longer than it may is killed with everything it has started, and
 * all are killed when the daemon is gone.
 */
#ifndef DAEMON_RUNNER_H
#define DAEMON_RUNNER_H

#include "base/bytes.h"
#include "base/error.h"

#include <stdint.h>
#include <sys/types.h>

#define RUNNER_JOBS_MAX    16          /* programs at the same time */
#define RUNNER_REQUEST_MAX (64u << 10) /* bytes of one request */

struct runner_reply {
    uint32_t id;
    int32_t status;  /* exit code; -1 it could not be run, -2 it was killed or took too long */
    char words[120]; /* what says why, from its stderr: one line, may be empty */
};

/* Forks the child. 0 with its end of the socket in *fd, or a negative errno. Called once, first. */
int runner_start(int *fd, struct error *error);

struct runner_request {
    uint32_t id, timeout_ms;
    char *const *command; /* ends with NULL; the first is the program's path */
    const char *const *environment;
    const void *input;
    size_t input_size;
};

/* Appends the message; too large or no memory: bytes->is_failed. Any thread. */
void runner_encode(struct bytes *out, const struct runner_request *request);
/* Sends an encoded message without waiting. 0 or a negative errno. */
int runner_send(int fd, const void *message, size_t size);
/* Takes a reply without waiting: 1, 0 when there is none, or a negative errno: it is gone. */
int runner_receive(int fd, struct runner_reply *reply);

#endif
