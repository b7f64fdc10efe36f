/*
 * The collector that targets knock at: the real ingest, model and events behind a real socket in a
 * directory of its own, made at the first use and kept for the whole run, as in life.
 */
#include "tests/fuzz/collector.h"

#include "base/clock.h"
#include "base/log.h"
#include "daemon/daemon.h"
#include "daemon/ingest/ingest.h"
#include "tests/fuzz/fuzz.h"
#include "wire/door.h"

#include <math.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define ROUND_EVENTS  16
#define ROUNDS_MAX    64
#define ISOLATES_KEEP 100

static struct daemon collector;
static struct config config;
static int epoll_fd = -1;
static char directory[] = "/tmp/isoscope-fuzz-XXXXXX", path[64];

static void open_collector(void)
{
    struct error error;
    FUZZ_CHECK(mkdtemp(directory) != NULL);
    snprintf(path, sizeof path, "%s/s", directory);
    log_init("fuzz", LOG_ERROR);
    FUZZ_CHECK(config_load(&config, NULL, &error) == 0);
    config.socket.max_isolates = ISOLATES_KEEP;
    collector.config = &config;
    collector.events = events_new();
    collector.actions = actions_new();
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    FUZZ_CHECK(model_init(&collector.model) == 0 && collector.events && collector.actions);
    struct ingest_options options = {&collector, epoll_fd, path, NULL};
    if (ingest_open(&collector.ingest, &options, &error) < 0) {
        fprintf(stderr, "%s\n", error.text);
        abort();
    }
}

static void close_collector(void)
{
    unlink(path);
    rmdir(directory);
}

void collector_serve(void)
{
    struct epoll_event events[ROUND_EVENTS];
    for (int round = 0; round < ROUNDS_MAX; round++) {
        int count = epoll_wait(epoll_fd, events, ROUND_EVENTS, 0);
        for (int i = 0; i < count; i++) {
            ingest_event(collector.ingest, events[i].data.ptr, events[i].events);
        }
        ingest_sweep(collector.ingest);
        if (count <= 0) {
            return;
        }
    }
}

void collector_tick(void)
{
    struct model *model = &collector.model;
    model->t = (double)clock_wall_ns() / (double)CLOCK_NS_PER_S;
    model->tick++;
    ingest_tick(collector.ingest);
    ingest_sweep(collector.ingest);
}

static void check_figure(uint64_t value)
{
    FUZZ_CHECK(value == MODEL_UNKNOWN || value <= UINT64_C(1) << 53);
}

void collector_check(void)
{
    const struct model *model = &collector.model;
    FUZZ_CHECK(model->isolate_count <= ISOLATES_KEEP);
    for (size_t i = 0; i < model->isolate_count; i++) {
        const struct isolate *isolate = model->isolates[i];
        check_figure(isolate->heap.used);
        check_figure(isolate->heap.total);
        check_figure(isolate->heap.limit);
        check_figure(isolate->heap.live);
        check_figure(isolate->external);
        check_figure(isolate->messages.queued_bytes);
        FUZZ_CHECK(isolate->process != NULL && strlen(isolate->name) < MODEL_TEXT_MAX);
        FUZZ_CHECK(!isinf(isolate->seconds_to_limit));
    }
}

int collector_connect(void)
{
    if (epoll_fd < 0) {
        open_collector();
        atexit(close_collector);
    }
    int fd = door_connect(path);
    FUZZ_CHECK(fd >= 0);
    return fd;
}
