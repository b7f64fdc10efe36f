/*
 * The one libuv thread of a process: holds the door to the collector (connects, reconnects every
 * second, hands the segment over, passes commands to mailboxes, sends answers) and repeats kill
 * signals until they are noticed. Isolates never wait for it.
 */
#ifndef RUNTIME_IO_H
#define RUNTIME_IO_H

#include "base/error.h"

#include <stdbool.h>

struct host;
struct io;
struct worker;

/* Prepares it; no thread yet. `host` is borrowed. */
int io_open(struct io **io, struct host *host, struct error *error);
/* Starts the thread when it does not run. Any thread. */
int io_start(struct io *io, struct error *error);
/* Stops the thread and frees everything; NULL is fine. */
void io_close(struct io **io);

/* Sends a line to the collector, with a descriptor (-1 for none), dropped when there is none. Takes
 * both; `line` is of malloc. Any thread. */
void io_send(struct io *io, char *line, int fd);
/* Signals the worker's thread now and every millisecond until worker_signal() says it is over.
 * Takes a reference of its own. Starts the thread when needed. Any thread. */
void io_kill(struct io *io, struct worker *worker);

/* Has `run(argument)` done on a thread that may wait for the file system. Starts the thread when
 * needed. 0, or a negative errno and nothing will be done. Any thread. */
int io_work(struct io *io, void (*run)(void *argument), void *argument);
/* Something of that is not done yet. Any thread. */
bool io_is_working(struct io *io);

/* The signal that interrupts an isolate's thread (a real-time signal). */
int io_kill_signal(void);

#endif
