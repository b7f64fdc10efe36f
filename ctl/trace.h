/*
 * Recorded samples of live heap, one JSON object a line:
 *
 *   {"t":12.5,"isolate":"w1","job":"resize","live":7340032,"limit":268435456}   a job ended; live
 *          null: not measured; job and limit may be missing or null
 *   {"t":99.0,"isolate":"w1","event":"recycle"}                                 a fresh heap
 *   {"label":"leak","isolate":"w1","from":3.0,"to":90.0,"job":"resize","bytes_per_job":4096}
 *   {"label":"clean","isolate":"w2"}                                            the truth
 *
 * Unknown fields are ignored; everything else that is not as above is refused with file and line.
 * Called by replay.c. One thread.
 */
#ifndef CTL_TRACE_H
#define CTL_TRACE_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

#define TRACE_LINE_MAX 65536 /* bytes, the newline included */

enum trace_kind { TRACE_SAMPLE, TRACE_RECYCLE, TRACE_LABEL };

/* Texts are borrowed until the next trace_next(). What is not there is NULL or NAN. */
struct trace_line {
    enum trace_kind kind;
    double t; /* finite in samples and recycles */
    const char *isolate;
    const char *job;
    double live, limit;
    bool is_leak; /* of a label */
    double from, to, bytes_per_job;
};

struct trace;

/* 0 or a negative errno with *error. "-" is standard input. `path` is borrowed. */
int trace_open(struct trace **trace, const char *path, struct error *error);
void trace_close(struct trace **trace);

/* 1 with *line; 0 at the end; -EINVAL for a malformed line, another negative errno when reading
 * fails, both with *error ("file:line: what is wrong"). */
int trace_next(struct trace *trace, struct trace_line *line, struct error *error);

/* Number of the last line that was read, from 1. */
uint64_t trace_line_number(const struct trace *trace);

#endif
