/*
 * Writes labelled series as lines for `isoctl replay`.
 *   generate SET [FIRST COUNT]
 * SET is one of those below, or the name of one shape; seeds are FIRST, FIRST + 1, ...
 *   tune, evaluate   every shape with SETS_SEEDS seeds: the even ones, the odd ones
 *   holdout          every shape with seeds that were not used before
 *   reference, late-reference, fresh, days
 * The same arguments give the same bytes.
 */
#include "tests/corpus/sets.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void print_number(const char *key, double value)
{
    if (isnan(value)) {
        return;
    }
    if (value == floor(value) && fabs(value) < 1e15) {
        printf(",\"%s\":%.0f", key, value);
    } else {
        printf(",\"%s\":%.6f", key, value);
    }
}

static void print_line(void *user, const struct trace_line *line)
{
    (void)user;
    if (line->kind == TRACE_LABEL) {
        printf("{\"label\":\"%s\",\"isolate\":\"%s\"", line->is_leak ? "leak" : "clean",
               line->isolate);
        print_number("from", line->from);
        print_number("to", line->to);
        print_number("bytes_per_job", line->bytes_per_job);
    } else {
        printf("{\"isolate\":\"%s\"", line->isolate);
        print_number("t", line->t);
    }
    if (line->job != NULL) {
        printf(",\"job\":\"%s\"", line->job);
    }
    if (line->kind == TRACE_RECYCLE) {
        printf(",\"event\":\"recycle\"");
    } else if (line->kind == TRACE_SAMPLE && isnan(line->live)) {
        printf(",\"live\":null");
    } else if (line->kind == TRACE_SAMPLE) {
        print_number("live", line->live);
        print_number("limit", line->limit);
    }
    printf("}\n");
}

int main(int argc, char **argv)
{
    if (argc != 2 && argc != 4) {
        fprintf(stderr, "usage: generate SET [FIRST COUNT]\n");
        return 2;
    }
    int first = argc == 4 ? atoi(argv[2]) : 0, count = argc == 4 ? atoi(argv[3]) : 0;
    if (!sets_make(argv[1], first, count, print_line, NULL)) {
        fprintf(stderr, "generate: there is no set or shape '%s'\n", argv[1]);
        return 2;
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
