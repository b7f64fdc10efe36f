/*
 * The life of one watched process, from attaching until its end or ours. Called by prober.c. Owns
 * the links, the segment, the fold and the connection. Invariant: the probes are out before the
 * place is given to another process.
 */
#include "probes/target.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/proc.h"
#include "probes/fold.h"
#include "probes/names.h"

#include <jansson.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct wire_counts counts = {
    .slot_count = 1024,
    .store_count = 4096,
    .pin_count = 16384,
    .string_bytes = 1u << 20,
    .ring_records = 4096,
};

#define SCAN_SHARE 100
/* More than that in the time of a look, and only looks are taken: one, at random, in each turn. */
#define DENSE_COLLECTIONS 5
#define DENSE_MESSAGES    100
#define DENSER_MESSAGES   500 /* enough for a look of less than half that time */
#define TURN_NS           (2 * CLOCK_NS_PER_S)
#define LOOK_NS           (100 * CLOCK_NS_PER_MS)
#define SHORT_LOOK_NS     (40 * CLOCK_NS_PER_MS)

struct target {
    struct target_options options;
    uint64_t start_time;
    struct image image;
    struct loader_links links;
    struct segment *segment;
    struct fold *fold;
    int pidfd;
    struct door door;   /* fd -1 while there is no connection */
    uint64_t second;    /* of the last slow tick */
    uint64_t judged_at; /* when it was last looked at how many collections and messages there are */
    uint64_t collections, messages; /* as of then */
    bool has_many_collections;      /* a second */
    uint64_t many_until;            /* until when messages are taken to come thick and fast */
    uint64_t turn, look_at;         /* the present one; when its look begins */
    uint64_t look_ns;               /* how long messages are watched in it */
    uint64_t scan_at;               /* when its heaps are looked at next */
    char name[WIRE_NAME_MAX + 1];
};

/* ---- the collector ----------------------------------------------------------------------------
 */

int target_connect(const char *collector)
{
    struct door_paths paths;
    int fd = -ENOENT;

    if (collector != NULL) {
        return door_connect(collector);
    }
    door_find_paths(&paths);
    for (int i = 0; i < paths.count && fd < 0; i++) {
        fd = door_connect(paths.path[i]);
    }
    return fd;
}

static void hang_up(struct target *target)
{
    if (target->door.fd >= 0) {
        door_fini(&target->door);
    }
}

static void say_hello(struct target *target)
{
    int fds[2] = {segment_fd(target->segment), segment_doorbell(target->segment)};
    const char *missing = target->image.missing;
    json_t *hello =
        json_pack("{s:s,s:i,s:I,s:s+,s:s,s:s,s:s*}", "type", "hello", "version", 1, "pid",
                  (json_int_t)target->options.pid, "name", target->name, "", "kind", "v8", "role",
                  "probe", "missing", missing[0] != '\0' ? missing : NULL);
    char *line = hello != NULL ? json_dumps(hello, JSON_COMPACT) : NULL;

    json_decref(hello);
    if (line == NULL || door_send(&target->door, line, strlen(line), fds, 2) < 0) {
        hang_up(target);
    }
    free(line);
}

/* What the collector says is of no interest but for errors. */
static void listen(struct target *target)
{
    bool is_too_long = false;
    size_t length;
    char *line;
    int code = door_receive(&target->door);

    while (code > 0) {
        while ((line = door_next_line(&target->door, &length, &is_too_long)) != NULL) {
            if (strstr(line, "\"error\"") != NULL) {
                log_warn("process %" PRIu64 ": the collector says: %s", target->options.pid, line);
            }
        }
        code = is_too_long ? -EMSGSIZE : door_receive(&target->door);
    }
    if (code < 0 || door_flush(&target->door) < 0) {
        hang_up(target);
    }
}

static void keep_connection(struct target *target)
{
    if (target->door.fd >= 0) {
        listen(target);
        return;
    }
    int fd = target_connect(target->options.collector);
    if (fd >= 0) {
        door_init(&target->door, fd);
        say_hello(target);
    }
}

static void say_goodbye(struct target *target)
{
    static const char bye[] = "{\"type\":\"bye\"}";

    if (target->door.fd >= 0) {
        (void)door_send(&target->door, bye, sizeof bye - 1, NULL, 0);
    }
}

/* ---- its life ---------------------------------------------------------------------------------
 */

/* The process itself, not a later one of the same pid. */
static int hold_process(struct target *target, struct error *error)
{
    uint64_t pid = target->options.pid, again;
    int code = proc_start_time(pid, &target->start_time);

    if (code == 0) {
        target->pidfd = (int)syscall(SYS_pidfd_open, (pid_t)pid, 0);
        code = target->pidfd < 0 ? -errno : proc_start_time(pid, &again);
    }
    if (code == 0 && again != target->start_time) {
        code = -ESRCH;
    }
    if (code == -ESRCH || code == -EINVAL) {
        return error_set(error, -ESRCH, "there is no process %" PRIu64, pid);
    }
    if (code < 0) {
        return error_set(error, code, "process %" PRIu64 ": %s", pid, strerror(-code));
    }
    fcntl(target->pidfd, F_SETFD, FD_CLOEXEC);
    return 0;
}

static int attach(struct target *target, struct error *error)
{
    const struct target_options *options = &target->options;
    int code = hold_process(target, error);

    if (code == 0) {
        code = image_read(&target->image, options->pid, error);
    }
    if (code == 0) {
        code = segment_create(&target->segment, &counts, options->pid, error);
    }
    if (code < 0) {
        return code;
    }
    code = loader_attach(options->loader, options->pid, &target->image, options->place,
                         &target->links, error);
    if (code < 0) {
        return code;
    }
    target->fold = fold_new(target->segment, options->pid, &target->image);
    return target->fold != NULL ? 0 : error_set(error, -ENOMEM, "no memory");
}

int target_open(struct target **result, const struct target_options *options, struct error *error)
{
    struct target *target = calloc(1, sizeof *target);

    *result = NULL;
    if (target == NULL) {
        return error_set(error, -ENOMEM, "no memory");
    }
    target->options = *options;
    target->pidfd = target->door.fd = -1;
    memset(&target->links, 0xff, sizeof target->links);
    int code = attach(target, error);
    if (code < 0) {
        target_close(&target, true);
        return code;
    }
    names_find(options->pid, target->name, sizeof target->name);
    keep_connection(target);
    *result = target;
    return 0;
}

void target_close(struct target **pointer, bool is_over)
{
    struct target *target = *pointer;

    *pointer = NULL;
    if (target == NULL) {
        return;
    }
    loader_detach(target->options.loader, target->options.pid, &target->links);
    if (target->fold != NULL) {
        fold_tick(target->fold, UINT64_MAX);
    }
    if (!is_over) {
        say_goodbye(target);
    }
    hang_up(target);
    fold_free(&target->fold);
    segment_free(&target->segment);
    if (target->pidfd >= 0) {
        close(target->pidfd);
    }
    free(target);
}

uint64_t target_pid(const struct target *target)
{
    return target->options.pid;
}

uint64_t target_start_time(const struct target *target)
{
    return target->start_time;
}

uint32_t target_place(const struct target *target)
{
    return target->options.place;
}

int target_pidfd(const struct target *target)
{
    return target->pidfd;
}

const char *target_missing(const struct target *target)
{
    return target->image.missing;
}

void target_set_interval(struct target *target, uint64_t interval)
{
    target->options.interval = interval;
    target->scan_at = 0;
}

void target_take(struct target *target, const struct event *event, const char *text)
{
    fold_take(target->fold, event, text);
}

static void judge(struct target *target, uint64_t now)
{
    uint64_t collections = fold_collections(target->fold), messages = fold_messages(target->fold);

    if (now - target->judged_at < LOOK_NS) {
        return;
    }
    target->has_many_collections = collections - target->collections > DENSE_COLLECTIONS;
    if (messages - target->messages > DENSE_MESSAGES) {
        target->many_until = now + TURN_NS; /* else each burst would be watched as it begins */
    }
    target->look_ns = messages - target->messages > DENSER_MESSAGES ? SHORT_LOOK_NS : LOOK_NS;
    target->collections = collections;
    target->messages = messages;
    target->judged_at = now;
}

/* At random, so that what the program does in turns of its own is met like all else. */
static bool is_looking(struct target *target, uint64_t now)
{
    if (now / TURN_NS != target->turn) {
        target->turn = now / TURN_NS;
        target->look_at = target->turn * TURN_NS + (uint64_t)random() % (TURN_NS - LOOK_NS);
    }
    return now >= target->look_at && now < target->look_at + LOOK_NS;
}

static void watch(struct target *target, enum loader_part part, bool is_on)
{
    loader_watch(target->options.loader, target->options.pid, &target->image, target->options.place,
                 part, is_on, &target->links);
}

/* How large a heap is in all changes slower than it is collected. Messages are counted without
 * being watched, where they can be seen entering a queue. */
static void pace(struct target *target, uint64_t now)
{
    judge(target, now);
    bool is_look = is_looking(target, now);
    bool is_watched = now >= target->many_until ||
                      (is_look && now < target->look_at + target->look_ns) ||
                      target->image.layout.port_owner == EVENT_NO_OFFSET ||
                      fold_needs_watching(target->fold, now);

    watch(target, LOADER_TOTALS, !target->has_many_collections || is_look);
    watch(target, LOADER_MESSAGES, is_watched);
    fold_set_watched(target->fold, is_watched);
}

/* Looking takes a hundredth of our time at most, however large the process is. */
static void scan(struct target *target, uint64_t now)
{
    uint64_t took = fold_scan(target->fold);
    uint64_t pause = SCAN_SHARE * took;

    log_debug("process %" PRIu64 ": looking at resident pages took %.1f ms", target->options.pid,
              (double)took / (double)CLOCK_NS_PER_MS);

    target->scan_at = now + (pause > target->options.interval ? pause : target->options.interval);
}

void target_tick(struct target *target, uint64_t now)
{
    fold_tick(target->fold, now);
    pace(target, now);
    if (now / CLOCK_NS_PER_S != target->second) {
        target->second = now / CLOCK_NS_PER_S;
        fold_set_dropped(target->fold,
                         loader_dropped(target->options.loader, target->options.place));
        struct event_memory memory;
        if (loader_memory(target->options.loader, target->options.place, &memory)) {
            fold_set_memory(target->fold, &memory);
        }
        if (target->options.interval != 0 && now >= target->scan_at) {
            scan(target, now);
        }
        keep_connection(target);
    }
}
