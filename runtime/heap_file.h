/*
 * Heap files on disk: where they go before somebody takes them, and the words for what can go
 * wrong. Used by the script's functions and by commands of the collector.
 */
#ifndef RUNTIME_HEAP_FILE_H
#define RUNTIME_HEAP_FILE_H

#include "base/error.h"
#include "runtime/engine/engine.h"

/* A new file without a name, in $TMPDIR or else /tmp; its space comes back when the last descriptor
 * is closed. The descriptor, or a negative errno with *error. Any thread. */
int heap_file_open(struct error *error);

/* Writes a snapshot of the engine's heap to `fd`, if the process has the memory for it: at most
 * half of what the machine and the cgroup leave. 0 with *figures, or a negative errno with *error.
 * As engine_snapshot(). */
int heap_file_snapshot(struct engine *engine, int fd, struct engine_snapshot *figures,
                       struct error *error);

/* Writes a census beside its baseline (NULL for none). */
int heap_file_census(const struct census *census, const struct census *baseline, int fd,
                     struct error *error);

/* "no room left where the file is written" and the like, for a negative errno of a writer. */
int heap_file_explain(int code, struct error *error);

#endif
