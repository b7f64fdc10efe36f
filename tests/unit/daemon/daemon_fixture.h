/*
 * A daemon without HTTP and without a clock of its own, and an emitter at its door, for the tests
 * of ingest. Included by one file of a test program. Everything is real: the socket, the segment,
 * the model.
 */
#ifndef TESTS_DAEMON_FIXTURE_H
#define TESTS_DAEMON_FIXTURE_H

#include "base/clock.h"
#include "daemon/daemon.h"
#include "daemon/ingest/ingest.h"
#include "wire/door.h"
#include "wire/segment.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <cmocka.h>

#define WAIT_MS 60000 /* longest wait for something that has to come */

struct fixture {
    struct config config;
    struct daemon daemon;
    int epoll;
    char socket[108];
};

static inline void fixture_open(struct fixture *fixture)
{
    struct error error = {""};
    static int number;

    memset(fixture, 0, sizeof *fixture);
    snprintf(fixture->socket, sizeof fixture->socket, "/tmp/isoscope-test-%d-%d.sock", getpid(),
             number++);
    assert_int_equal(config_load(&fixture->config, NULL, &error), 0);
    fixture->epoll = epoll_create1(EPOLL_CLOEXEC);
    fixture->daemon.config = &fixture->config;
    fixture->daemon.events = events_new();
    fixture->daemon.actions = actions_new();
    assert_non_null(fixture->daemon.events);
    assert_non_null(fixture->daemon.actions);
    assert_int_equal(model_init(&fixture->daemon.model), 0);
    struct ingest_options options = {
        .daemon = &fixture->daemon, .epoll = fixture->epoll, .socket_path = fixture->socket};
    if (ingest_open(&fixture->daemon.ingest, &options, &error) < 0) {
        fail_msg("%s", error.text);
    }
    fixture->daemon.model.t = (double)clock_wall_ns() / (double)CLOCK_NS_PER_S;
}

static inline void fixture_close(struct fixture *fixture)
{
    ingest_close(&fixture->daemon.ingest);
    model_fini(&fixture->daemon.model);
    events_free(&fixture->daemon.events);
    actions_free(&fixture->daemon.actions);
    config_fini(&fixture->config);
    close(fixture->epoll);
    unlink(fixture->socket);
}

/* Handles what is there now, waiting at most `ms` for the first of it. */
static inline void fixture_pump(struct fixture *fixture, int ms)
{
    struct epoll_event events[16];
    int count;

    while ((count = epoll_wait(fixture->epoll, events, 16, ms)) > 0) {
        for (int i = 0; i < count; i++) {
            ingest_event(fixture->daemon.ingest, events[i].data.ptr, events[i].events);
        }
        ingest_sweep(fixture->daemon.ingest);
        ms = 0;
    }
}

static inline void fixture_tick(struct fixture *fixture)
{
    fixture_pump(fixture, 0);
    fixture->daemon.model.t = (double)clock_wall_ns() / (double)CLOCK_NS_PER_S;
    fixture->daemon.model.tick++;
    ingest_tick(fixture->daemon.ingest);
    ingest_sweep(fixture->daemon.ingest);
}

/* ---- an emitter ----------------------------------------------------------------------------- */

struct emitter {
    struct segment *segment;
    struct door door;
};

static const struct wire_counts emitter_counts = {
    .slot_count = 8, .store_count = 8, .pin_count = 8, .string_bytes = 8192, .ring_records = 64};

static inline void emitter_connect(struct emitter *emitter, const struct fixture *fixture)
{
    int fd = door_connect(fixture->socket);
    assert_true(fd >= 0);
    door_init(&emitter->door, fd);
}

static inline void emitter_send(struct emitter *emitter, const char *line)
{
    assert_int_equal(door_send(&emitter->door, line, strlen(line), NULL, 0), 0);
}

/* The hello of this process, with its segment when it has one. */
static inline void emitter_hello(struct emitter *emitter, const char *kind)
{
    char line[160];
    int length = snprintf(line, sizeof line,
                          "{\"type\":\"hello\",\"version\":1,\"pid\":%d,\"name\":\"test\","
                          "\"kind\":\"%s\"}",
                          getpid(), kind);
    int fds[2];
    int count = 0;
    if (emitter->segment != NULL) {
        fds[count++] = segment_fd(emitter->segment);
        fds[count++] = segment_doorbell(emitter->segment);
    }
    assert_int_equal(door_send(&emitter->door, line, (size_t)length, fds, count), 0);
}

/* The next line the daemon sends; fails the test when none comes. */
static inline const char *emitter_receive(struct emitter *emitter, struct fixture *fixture)
{
    size_t length;
    bool is_too_long;
    uint64_t until = clock_now_ns() + WAIT_MS * CLOCK_NS_PER_MS;

    for (;;) {
        const char *line = door_next_line(&emitter->door, &length, &is_too_long);
        if (line != NULL) {
            return line;
        }
        assert_true(clock_now_ns() < until);
        fixture_pump(fixture, 10);
        if (door_receive(&emitter->door) < 0) {
            line = door_next_line(&emitter->door, &length, &is_too_long);
            assert_non_null(line);
            return line;
        }
    }
}

/* True when the daemon has ended the connection. */
static inline bool emitter_is_cut(struct emitter *emitter, struct fixture *fixture)
{
    uint64_t until = clock_now_ns() + WAIT_MS * CLOCK_NS_PER_MS;

    while (clock_now_ns() < until) {
        size_t length;
        bool is_too_long;
        while (door_next_line(&emitter->door, &length, &is_too_long) != NULL) {
        }
        if (door_receive(&emitter->door) < 0) {
            return true;
        }
        fixture_pump(fixture, 10);
    }
    return false;
}

/* A connected emitter with a segment, welcomed. */
static inline void emitter_open(struct emitter *emitter, struct fixture *fixture)
{
    struct error error = {""};

    if (segment_create(&emitter->segment, &emitter_counts, 0, &error) < 0) {
        fail_msg("%s", error.text);
    }
    emitter_connect(emitter, fixture);
    emitter_hello(emitter, "duktape");
    assert_non_null(strstr(emitter_receive(emitter, fixture), "welcome"));
}

static inline void emitter_close(struct emitter *emitter)
{
    door_fini(&emitter->door);
    segment_free(&emitter->segment);
}

static inline void set(_Atomic uint64_t *word, uint64_t value)
{
    atomic_store_explicit(word, value, memory_order_relaxed);
}

static inline void push(struct ring_writer *writer, enum record_kind kind, uint32_t thread,
                        uint64_t first)
{
    struct record record = {.t = clock_now_ns(), .kind = (uint16_t)kind, .thread = thread};

    record.fields[0] = first;
    ring_push(writer, &record);
}

/* All events kept, oldest first. */
static inline size_t all_events(const struct fixture *fixture, const struct event **found,
                                size_t max)
{
    struct events_query query = {.kind = -1};
    uint64_t next, lost;
    return events_find(fixture->daemon.events, &query, found, max, &next, &lost);
}

static inline struct isolate *isolate_of(const struct fixture *fixture, uint32_t thread)
{
    char id[MODEL_ID_MAX];
    snprintf(id, sizeof id, "%d.%u", getpid(), thread);
    return model_find_isolate(&fixture->daemon.model, id);
}

#endif
