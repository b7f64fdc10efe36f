/*
 * Memory that runs out while the configuration is read, a request answered or a stream fed: every
 * allocation fails once, in turn. The one who asked is refused, everything is given back, and a
 * stream that missed something starts again with a frame.
 */
#include "tests/unit/failing_memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#ifdef FAILING_MEMORY_SKIPPED
int main(void)
{
    puts("SKIPPED: the sanitizer owns the allocator");
    return 0;
}
#else

#include "daemon/daemon.h"
#include "daemon/views/frame.h"
#include "daemon/views/metrics.h"
#include "daemon/views/routes.h"
#include "daemon/views/stream.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct config config;
static struct daemon collector;
static char path[] = "/tmp/isoscope-memory-XXXXXX";

static void check_balance(bool is_balanced)
{
    assert_true(is_balanced);
}

static bool load_configuration(void)
{
    struct config loaded;
    struct error error;
    if (config_load(&loaded, path, &error) < 0) {
        return false;
    }
    config_fini(&loaded);
    return true;
}

static bool answer_requests(void)
{
    static const char *const paths[] = {"/api/v1/frame",
                                        "/api/v1/status",
                                        "/api/v1/isolates",
                                        "/api/v1/isolates/7.0",
                                        "/api/v1/processes",
                                        "/api/v1/budgets",
                                        "/api/v1/alerts",
                                        "/api/v1/stores",
                                        "/api/v1/flows",
                                        "/api/v1/recycles",
                                        "/api/v1/isolates/distribution",
                                        "/api/v1/budgets/b/history",
                                        "/metrics",
                                        "/api/v1/events",
                                        "/healthz"};
    bool is_whole = true;

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct request request = {.daemon = &collector, .method = "GET", .path = paths[i]};
        struct reply reply;
        reply_init(&reply);
        const struct route *route = routes_find(&request, &reply);
        if (route != NULL) {
            route->run(&request, &reply);
        }
        is_whole = is_whole && route != NULL && reply.status == 200 && !reply.body.is_failed;
        routes_release(&request);
        reply_fini(&reply);
    }
    return is_whole;
}

/* Reads all that waits; returns how much it was. */
static size_t drain(struct stream *stream)
{
    char block[4096];
    size_t total = 0, size;
    while ((size = stream_read(stream, block, sizeof block)) > 0) {
        total += size;
    }
    return total;
}

static void step(struct streams *streams)
{
    struct model *model = &collector.model;
    model->tick++;
    model->t += 1;
    for (size_t i = 0; i < model->isolate_count; i++) {
        model->isolates[i]->heap.used++;
    }
    streams_tick(streams);
}

static bool feed_streams(void)
{
    struct stream_options options = {.isolates = "all", .every = 1};
    struct stream *first = NULL, *second = NULL;
    struct streams *streams = streams_new(&collector, 10);
    struct error error;
    bool is_whole = streams != NULL;

    if (streams != NULL) {
        is_whole = stream_open(&first, streams, &options, &error) == 0;
        step(streams);
        is_whole = stream_open(&second, streams, &options, &error) == 0 && is_whole;
        step(streams);
        step(streams);
    }
    long armed = fail_after;
    fail_after = -1;
    if (first != NULL) { /* with memory again it goes on, whatever was missed */
        drain(first);
        step(streams);
        step(streams);
        assert_true(drain(first) > 0);
    }
    stream_close(&first);
    stream_close(&second);
    streams_free(&streams);
    fail_after = armed;
    return is_whole;
}

static void every_allocation_of(bool (*use)(void), const char *what)
{
    long visited = fail_each_allocation(use, check_balance);
    assert_true(visited > 5);
    print_message("%s: %ld allocations failed in turn\n", what, visited);
}

static void test_all(void **state)
{
    (void)state;
    every_allocation_of(load_configuration, "configuration");
    every_allocation_of(answer_requests, "requests");
    every_allocation_of(feed_streams, "streams");
}

static int set_up(void **state)
{
    static struct budget budget = {.name = "b", .limit = 1 << 30, .projected_seconds = NAN};
    static struct alert alert = {.id = "drift:7.0", .rule = "drift", .state = ALERT_FIRING};
    (void)state;
    int fd = mkstemp(path);
    if (fd < 0 ||
        write(fd, "budgets:\n- name: a\n  match: x\nrules: [{kind: drift}]\n", 52) != 52) {
        return -1;
    }
    close(fd);
    assert_int_equal(config_load(&config, NULL, NULL), 0);
    assert_int_equal(model_init(&collector.model), 0);
    collector.config = &config;
    collector.events = events_new();
    collector.model.t = 1.7e9;
    collector.model.tick = 1;
    struct process *process = model_add_process(&collector.model, 7, 5);
    process->updated_at = 1;
    for (uint32_t i = 0; i < 100; i++) {
        assert_non_null(model_add_isolate(&collector.model, process, i));
    }
    collector.model.budgets = &budget;
    collector.model.alerts = &alert;
    collector.model.budget_count = collector.model.alert_count = 1;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    collector.model.budgets = NULL;
    collector.model.alerts = NULL;
    collector.model.budget_count = collector.model.alert_count = 0;
    model_fini(&collector.model);
    events_free(&collector.events);
    config_fini(&config);
    return unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_all)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
#endif
