/*
 * Heap files (heap_file.h). Owns nothing: descriptors belong to the caller.
 */
#include "runtime/heap_file.h"

#include "base/headroom.h"
#include "runtime/census.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *directory(void)
{
    const char *given = getenv("TMPDIR");

    return given != NULL && given[0] == '/' ? given : "/tmp";
}

int heap_file_open(struct error *error)
{
    char path[PATH_MAX];
    int fd = open(directory(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    if (fd >= 0) {
        return fd;
    }
    snprintf(path, sizeof path, "%s/isoscope-XXXXXX", directory());
    fd = mkostemp(path, O_CLOEXEC); /* a file system without O_TMPFILE */
    if (fd < 0) {
        return error_set(error, -errno, "no file can be made in %s: %s; set TMPDIR", directory(),
                         strerror(errno));
    }
    unlink(path);
    return fd;
}

int heap_file_explain(int code, struct error *error)
{
    switch (code) {
    case 0:
        return 0;
    case -ENOMEM:
        return error_set(error, code,
                         "not enough memory is left in the process to describe this heap");
    case -ECANCELED:
        return error_set(error, code, "the isolate ended meanwhile");
    case -ENOSPC:
    case -EDQUOT:
    case -EFBIG:
        return error_set(error, code, "no room is left where the file is written (%s): %s",
                         directory(), strerror(-code));
    default:
        return error_set(error, code, "the file cannot be written: %s", strerror(-code));
    }
}

int heap_file_census(const struct census *census, const struct census *baseline, int fd,
                     struct error *error)
{
    struct sink *sink = malloc(sizeof *sink);
    int code = -ENOMEM;

    if (sink != NULL) {
        sink_init(sink, fd);
        code = census_write(census, baseline, sink);
        code = code < 0 ? code : sink_finish(sink);
        free(sink);
    }
    return heap_file_explain(code, error);
}

int heap_file_snapshot(struct engine *engine, int fd, struct engine_snapshot *figures,
                       struct error *error)
{
    uint64_t room = headroom_bytes();

    return heap_file_explain(
        engine_snapshot(engine, fd, room == UINT64_MAX ? room : room / 2, figures), error);
}
