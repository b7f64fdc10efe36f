/*
 * What is there once per process: the segment, the numbers of threads and messages, the list of
 * isolates that commands can reach, and the I/O thread (io.h).
 */
#ifndef RUNTIME_HOST_H
#define RUNTIME_HOST_H

#include "base/error.h"
#include "wire/segment.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct environment;
struct host;
struct isolate;
struct letter;
struct worker;

struct host_options {
    const char *name;      /* what the collector calls this process */
    const char *collector; /* socket path; NULL: look at the usual places; "none": no segment */
    bool can_collect;      /* --expose-gc */
    const char *const *environment; /* "NAME=value", ended by NULL */
    const char *argv0;
};

/* 0, or a negative errno with *error. `options` and what it points to outlive the host. */
int host_open(struct host **host, const struct host_options *options, struct error *error);
/* Every isolate is over. */
void host_close(struct host **host);

const struct host_options *host_options(const struct host *host);
/* NULL when totals stay private. */
struct segment *host_segment(const struct host *host);
struct wire_process *host_process(struct host *host);

/* Any thread. Thread ids start at 1 (0 is the main isolate), message ids too. */
uint32_t host_next_thread(struct host *host);
uint64_t host_next_message(struct host *host);

/* Makes an isolate reachable for commands of the collector while it runs. Its own thread. */
void host_add(struct host *host, struct isolate *isolate);
void host_remove(struct host *host, struct isolate *isolate);

/* `reason` in a word; NULL when none was said. */
struct host_order {
    const char *id, *verb, *reason;
};
/* A command came: puts it into the isolate's mailbox; false when there is no such isolate. I/O. */
bool host_command(struct host *host, uint32_t thread, const struct host_order *order);
/* Takes an errand to an isolate, whether that runs or sleeps; false when there is no such isolate,
 * and the letter is the caller's. I/O. */
bool host_send_errand(struct host *host, uint32_t thread, struct letter *letter);
/* Takes one back that the isolate has not begun; false when it has, or is over. I/O. */
bool host_take_errand(struct host *host, uint32_t thread, const char *id);
/* Answers a command: done, or why not. Any thread. */
void host_answer(struct host *host, const char *id, const char *refusal);
/* Answers a command that was done with what it brought; NAN becomes null. Any thread. */
struct host_figure {
    const char *name;
    double value;
};
void host_answer_figures(struct host *host, const char *id, const struct host_figure *figures,
                         size_t count);
/* What grew. Any thread. */
struct growth_report;
void host_answer_growth(struct host *host, const char *id, const struct growth_report *report);
/* Figures with a file, whose descriptor is taken. Any thread. */
void host_answer_file(struct host *host, const char *id, int fd, const struct host_figure *figures,
                      size_t count);

/* Puts a letter into an isolate's mailbox; false when there is none of this number. Takes the
 * letter. Any thread. */
bool host_send(struct host *host, uint32_t thread, struct letter *letter);

/* The main isolate's environment. */
struct environment *host_environment(const struct host *host);

/* Keeps sending the kill signal until the worker has noticed. Any thread. */
void host_kill(struct host *host, struct worker *worker);

/* Has something done that may wait for the file system (io.h). Any thread. */
int host_work(struct host *host, void (*run)(void *argument), void *argument);

#endif
