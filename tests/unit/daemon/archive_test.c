/*
 * The thread before the database: samples go in, answers come back, a full queue drops and says so,
 * nobody waits. With a real thread and a real database.
 */
#include "daemon/history/archive.h"

#include "base/clock.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define T0      1700000100.0
#define WAIT_MS 60000
#define MANY    60000
#define TIMES   400

static const double steps[DISK_LEVELS] = {1, 15};
static const struct history_steps memory_steps = {1, 3600, 15, 86400};
static const struct keeper_limits limits = {{3600, 86400}, 5, 1u << 30};

struct fixture {
    char directory[64];
    struct archive *archive;
};

static void begin(struct fixture *fixture)
{
    struct error error = {""};
    assert_int_equal(archive_open(&fixture->archive, fixture->directory, steps, &error), 0);
}

static void open_fixture(struct fixture *fixture)
{
    snprintf(fixture->directory, sizeof fixture->directory, "/tmp/isoscope-archive-XXXXXX");
    assert_non_null(mkdtemp(fixture->directory));
    begin(fixture);
}

static void close_fixture(struct fixture *fixture)
{
    static const char *const names[] = {"history.db", "history.db-wal", "history.db-shm"};
    char path[128];

    archive_close(&fixture->archive);
    assert_null(fixture->archive);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", fixture->directory, names[i]);
        unlink(path);
    }
    assert_int_equal(rmdir(fixture->directory), 0);
}

/* `count` processes that share what they are. */
static bool tick(struct fixture *fixture, struct history **histories, int count, double t)
{
    const double values[7] = {t - T0, NAN, NAN, NAN, NAN, NAN, NAN};

    if (!archive_begin(fixture->archive, t, &limits)) {
        return false;
    }
    for (int i = 0; i < count; i++) {
        char name[32];
        bool wants_name = archive_wants_name(fixture->archive, histories[i]);
        snprintf(name, sizeof name, "process:%d", i);
        archive_add(fixture->archive, histories[i], wants_name ? name : NULL, values);
    }
    archive_end(fixture->archive);
    return true;
}

static struct query *make_query(int process, double from, double to)
{
    struct query *query = query_new(1);

    assert_non_null(query);
    query->from = from;
    query->to = to;
    query->step = 1;
    query->max = 20000;
    snprintf(query->items[0].name, QUERY_NAME_MAX, "process:%d", process);
    return query;
}

static struct query *wait_for(struct fixture *fixture)
{
    struct pollfd ready = {.fd = archive_fd(fixture->archive), .events = POLLIN};
    struct query *query = archive_take(fixture->archive);

    for (int i = 0; query == NULL && i < 100; i++) {
        assert_int_equal(poll(&ready, 1, WAIT_MS), 1);
        query = archive_take(fixture->archive);
    }
    assert_non_null(query);
    assert_int_equal(query->state, QUERY_DONE);
    return query;
}

/* An answer knows of every batch before the question, and of those a run before wrote. */
static void test_answers(void **state)
{
    struct fixture fixture;
    struct history *history = history_new(HISTORY_PROCESS, &memory_steps);
    (void)state;

    open_fixture(&fixture);
    for (int run = 0; run < 2; run++) {
        history_set_number(history, 0);
        for (int i = 0; i < 50; i++) {
            assert_true(tick(&fixture, &history, 1, T0 + 50 * run + i));
        }
        assert_int_equal(archive_ask(fixture.archive, make_query(0, T0, T0 + 100)), 0);
        struct query *query = wait_for(&fixture);
        assert_int_equal(query->items[0].count, 50 * (run + 1));
        for (int i = 0; i < 50 * (run + 1); i++) {
            assert_true(query->items[0].points[i].avg == i);
        }
        query_free(&query);
        archive_close(&fixture.archive);
        begin(&fixture);
    }
    history_free(&history);
    close_fixture(&fixture);
}

/* Questions that nobody waits for, in every state; and more than may wait. */
static void test_drops_questions(void **state)
{
    struct fixture fixture;
    struct history *history = history_new(HISTORY_PROCESS, &memory_steps);
    struct query *last = make_query(0, T0, T0 + 10);
    (void)state;

    open_fixture(&fixture);
    assert_true(tick(&fixture, &history, 1, T0));
    for (int i = 0; i < 2000; i++) {
        struct query *query = make_query(i % 2, T0, T0 + 10);
        if (archive_ask(fixture.archive, query) == 0) {
            archive_drop(fixture.archive, &query);
        } else {
            query_free(&query);
        }
        assert_null(query);
    }
    while (archive_ask(fixture.archive, last) < 0) {
        usleep(1000);
    }
    struct query *answered = wait_for(&fixture);
    assert_ptr_equal(answered, last);
    archive_drop(fixture.archive, &answered);
    history_free(&history);
    close_fixture(&fixture);
}

/* Far more than the thread can write: ticks are dropped and counted, and afterwards all goes on,
 * also for series whose name was in what was dropped. */
static void test_full_queue(void **state)
{
    static struct history *histories[MANY];
    struct fixture fixture;
    struct archive_status status;
    int dropped = 0;
    (void)state;

    open_fixture(&fixture);
    for (int i = 0; i < MANY; i++) {
        histories[i] = history_new(HISTORY_PROCESS, &memory_steps);
        assert_non_null(histories[i]);
    }
    for (int i = 0; i < TIMES && dropped < 3; i++) {
        dropped += !tick(&fixture, histories, MANY, T0 + i);
    }
    archive_get_status(fixture.archive, &status);
    assert_int_equal(dropped, 3);
    assert_int_equal(status.dropped, 3);
    while (!tick(&fixture, histories, 1, T0 + TIMES)) {
        usleep(1000);
    }
    assert_int_equal(archive_ask(fixture.archive, make_query(0, T0 + TIMES, T0 + TIMES + 1)), 0);
    struct query *query = wait_for(&fixture);
    assert_int_equal(query->items[0].count, 1);
    query_free(&query);
    for (int i = 0; i < MANY; i++) {
        history_free(&histories[i]);
    }
    close_fixture(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_drops_questions),
        cmocka_unit_test(test_full_queue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
