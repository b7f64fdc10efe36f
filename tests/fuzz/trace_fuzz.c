/*
 * A recording from the fuzzer, as isoctl replay reads one. Whatever comes, each line is one that the
 * header describes, or the reading ends with words.
 */
#include "ctl/trace.h"
#include "tests/fuzz/fuzz.h"

#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void check(const struct trace_line *line)
{
    FUZZ_CHECK(line->isolate != NULL);
    if (line->kind == TRACE_LABEL) {
        FUZZ_CHECK(!line->is_leak || line->from <= line->to || isnan(line->from) || isnan(line->to));
    } else {
        FUZZ_CHECK(isfinite(line->t));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[32];
    struct trace *trace = NULL;
    struct trace_line line;
    struct error error = {""};
    int fd = memfd_create("trace", MFD_CLOEXEC), result = 0;

    FUZZ_CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    FUZZ_CHECK(trace_open(&trace, path, &error) == 0);
    uint64_t before = 0;
    while ((result = trace_next(trace, &line, &error)) == 1) {
        check(&line);
        FUZZ_CHECK(trace_line_number(trace) > before);
        before = trace_line_number(trace);
    }
    FUZZ_CHECK(result == 0 || error.text[0] != '\0');
    trace_close(&trace);
    close(fd);
    return 0;
}
