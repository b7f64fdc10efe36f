/*
 * History on disk with a clock of the test's: what was told is found again, over restarts, kills,
 * jumps of the clock, damage and retention. The database is a real one in a directory of its own.
 */
#include "daemon/history/keeper.h"
#include "daemon/history/recall.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define T0 1700000100.0 /* begins a block of both levels */

static const double steps[DISK_LEVELS] = {1, 15};

struct fixture {
    char directory[64];
    struct keeper *keeper;
    struct keeper_limits limits;
    double t;
    uint64_t now_ns;
    bool is_named; /* the next batch brings the names */
};

static void begin(struct fixture *fixture)
{
    fixture->keeper = keeper_new(fixture->directory, steps);
    assert_non_null(fixture->keeper);
    fixture->is_named = true;
}

/* As when the process is killed: nothing more is written. */
static void kill_keeper(struct fixture *fixture)
{
    keeper_free(&fixture->keeper);
}

static void end(struct fixture *fixture)
{
    keeper_save(fixture->keeper, true);
    keeper_free(&fixture->keeper);
}

static void open_fixture(struct fixture *fixture)
{
    memset(fixture, 0, sizeof *fixture);
    snprintf(fixture->directory, sizeof fixture->directory, "/tmp/isoscope-keeper-XXXXXX");
    assert_non_null(mkdtemp(fixture->directory));
    fixture->limits = (struct keeper_limits){{3600, 30 * 86400}, 5, 64u << 20};
    fixture->t = T0;
    fixture->now_ns = 1000 * CLOCK_NS_PER_S;
    begin(fixture);
}

static void path_of(const struct fixture *fixture, const char *name, char path[128])
{
    snprintf(path, 128, "%s/%s", fixture->directory, name);
}

static void close_fixture(struct fixture *fixture)
{
    static const char *const names[] = {"history.db", "history.db-wal", "history.db-shm",
                                        "history.db.corrupt", "history.db.corrupt-wal"};
    char path[128];

    keeper_free(&fixture->keeper);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        path_of(fixture, names[i], path);
        unlink(path);
    }
    assert_int_equal(rmdir(fixture->directory), 0);
}

/* A process of number `number` with `value` as its rss, at the fixture's time. */
static void put(struct keeper_batch *batch, const struct fixture *fixture, uint32_t number,
                double value)
{
    char name[32] = "";
    double values[7] = {value, NAN, NAN, NAN, NAN, NAN, NAN};
    struct keeper_entry entry = {number, HISTORY_PROCESS, 7, 0};

    if (fixture->is_named) {
        snprintf(name, sizeof name, "process:%u", number);
        entry.name_bytes = sizeof name;
    }
    bytes_append(&batch->data, &entry, sizeof entry);
    bytes_append(&batch->data, values, sizeof values);
    bytes_append(&batch->data, name, entry.name_bytes);
    batch->entry_count++;
}

/* One tick of `count` processes. */
static void tick(struct fixture *fixture, uint32_t count, double value)
{
    struct keeper_batch batch = {
        .t = fixture->t, .now_ns = fixture->now_ns, .limits = fixture->limits};

    bytes_init(&batch.data, 0);
    for (uint32_t i = 1; i <= count; i++) {
        put(&batch, fixture, i, value + i);
    }
    keeper_take(fixture->keeper, &batch);
    bytes_fini(&batch.data);
    fixture->is_named = false;
}

static void advance(struct fixture *fixture, double seconds)
{
    fixture->t += seconds;
    fixture->now_ns += (uint64_t)(seconds * 1e9);
}

/* Ticks of one process for some seconds; at time t its rss is t - T0. */
static void live(struct fixture *fixture, int seconds)
{
    for (int i = 0; i < seconds; i++) {
        tick(fixture, 1, fixture->t - T0 - 1);
        advance(fixture, 1);
    }
}

static struct query *ask(struct fixture *fixture, double from, double to, double step)
{
    struct query *query = query_new(1);

    assert_non_null(query);
    query->from = from;
    query->to = to;
    query->step = step;
    query->max = 20000;
    snprintf(query->items[0].name, QUERY_NAME_MAX, "process:1");
    recall_answer(fixture->keeper, query);
    return query;
}

static struct keeper_status status_of(const struct fixture *fixture)
{
    struct keeper_status status;
    keeper_get_status(fixture->keeper, &status);
    return status;
}

/* Every second in [from, to) says its own time, but those in [hole, hole_end). */
static void check_seconds(struct fixture *fixture, int from, int to, int hole, int hole_end)
{
    struct query *query = ask(fixture, T0 + from, T0 + to, 1);
    const struct query_item *item = &query->items[0];

    assert_true(item->is_known);
    assert_true(item->step == 1);
    assert_int_equal(item->count, to - from);
    for (int i = 0; i < to - from; i++) {
        bool is_hole = from + i >= hole && from + i < hole_end;
        assert_true(item->points[i].t == T0 + from + i);
        assert_true(is_hole ? isnan(item->points[i].avg) : item->points[i].avg == from + i);
    }
    query_free(&query);
}

static void test_finds_again(void **state)
{
    struct fixture fixture;
    (void)state;

    open_fixture(&fixture);
    live(&fixture, 130);
    check_seconds(&fixture, 0, 130, 0, 0); /* written and unwritten alike */
    end(&fixture);
    begin(&fixture);
    live(&fixture, 30);
    check_seconds(&fixture, 0, 160, 0, 0);
    assert_int_equal(status_of(&fixture).state, KEEPER_OK);
    assert_int_equal(status_of(&fixture).lost, 0);
    close_fixture(&fixture);
}

/* What is oldest is the first step, not the block that it lies in. */
static void test_oldest(void **state)
{
    struct fixture fixture;
    (void)state;

    open_fixture(&fixture);
    advance(&fixture, 137);
    live(&fixture, 50);
    assert_true(status_of(&fixture).oldest == T0 + 135); /* its rollup step */
    end(&fixture);
    begin(&fixture);
    live(&fixture, 1);
    assert_true(status_of(&fixture).oldest == T0 + 135);
    close_fixture(&fixture);
}

static void test_killed(void **state)
{
    struct fixture fixture;
    (void)state;

    open_fixture(&fixture);
    live(&fixture, 98); /* the last write was at 95, of what was complete then: up to 94 */
    kill_keeper(&fixture);
    advance(&fixture, 10);
    begin(&fixture);
    live(&fixture, 42);
    check_seconds(&fixture, 0, 150, 95, 108);
    close_fixture(&fixture);
}

static void test_rolls_up(void **state)
{
    struct fixture fixture;
    (void)state;

    open_fixture(&fixture);
    live(&fixture, 3000);
    struct query *query = ask(&fixture, T0 + 300, T0 + 3000, 60);
    assert_int_equal(query->items[0].count, 45);
    for (int i = 0; i < 45; i++) {
        const struct history_point *point = &query->items[0].points[i];
        assert_true(point->min == 300 + 60 * i && point->max == 300 + 60 * i + 59);
        assert_true(fabs(point->avg - (300 + 60 * i + 29.5)) < 1);
    }
    query_free(&query);
    close_fixture(&fixture);
}

/* Raw steps are forgotten after an hour, the rollups stay; an answer over both has one step. */
static void test_raw_ends_where_rollups_go_on(void **state)
{
    struct fixture fixture;
    (void)state;

    open_fixture(&fixture);
    live(&fixture, 2 * 3600);
    end(&fixture);
    begin(&fixture);
    tick(&fixture, 1, fixture.t - T0 - 1);
    struct query *query = ask(&fixture, T0, T0 + 7200, 0);
    assert_true(query->items[0].step == 15);
    assert_int_equal(query->items[0].count, 480);
    for (int i = 0; i < 480; i++) {
        const struct history_point *point = &query->items[0].points[i];
        assert_true(point->t == T0 + 15 * i);
        assert_true(point->min == 15 * i && point->max == 15 * i + 14);
        assert_true(fabs(point->avg - (15 * i + 7)) <= 0.5);
    }
    query_free(&query);
    query = ask(&fixture, T0 + 6000, T0 + 7200, 0);
    assert_true(query->items[0].step == 1);
    assert_int_equal(query->items[0].count, 1200);
    query_free(&query);
    query = ask(&fixture, T0, T0 + 7200, 0.5); /* never finer than kept, never too many */
    assert_true(query->items[0].step == 15);
    query->max = 100;
    query_free(&query);
    close_fixture(&fixture);
}

/* Steps that binary fractions do not meet. */
static void test_tenths(void **state)
{
    const double tenths[DISK_LEVELS] = {0.1, 1};
    struct fixture fixture;
    (void)state;

    open_fixture(&fixture);
    keeper_free(&fixture.keeper);
    fixture.keeper = keeper_new(fixture.directory, tenths);
    for (int i = 0; i < 2000; i++) {
        fixture.t = T0 + i * 0.1 + 0.05;
        fixture.is_named = i == 0;
        tick(&fixture, 1, i - 1);
        fixture.now_ns += CLOCK_NS_PER_S / 10;
    }
    for (double from = T0; from < T0 + 10; from += 0.7) {
        struct query *query = ask(&fixture, from, T0 + 200, 0.1);
        for (size_t i = 0; i < query->items[0].count; i++) {
            const struct history_point *point = &query->items[0].points[i];
            assert_true(point->min == round((point->t - T0) * 10) && point->max == point->min);
        }
        query_free(&query);
    }
    close_fixture(&fixture);
}

static void test_many_points_become_longer(void **state)
{
    struct fixture fixture;
    (void)state;

    open_fixture(&fixture);
    live(&fixture, 600);
    struct query *query = query_new(1);
    *query = (struct query){
        .from = T0, .to = T0 + 600, .max = 101, .item_count = 1, .items = query->items};
    snprintf(query->items[0].name, QUERY_NAME_MAX, "process:1");
    recall_answer(fixture.keeper, query);
    assert_true(query->items[0].step == 6);
    assert_int_equal(query->items[0].count, 100);
    assert_true(query->items[0].points[99].max == 599);
    query_free(&query);
    close_fixture(&fixture);
}

static void test_unknown_series(void **state)
{
    struct fixture fixture;
    (void)state;

    open_fixture(&fixture);
    live(&fixture, 20);
    struct query *query = query_new(1);
    query->from = T0;
    query->to = T0 + 10;
    query->max = 10;
    snprintf(query->items[0].name, QUERY_NAME_MAX, "process:999");
    recall_answer(fixture.keeper, query);
    assert_false(query->items[0].is_known);
    query_free(&query);
    close_fixture(&fixture);
}

/* What lay after the time it is now is forgotten as the clock comes by again. */
static void test_clock_set_back(void **state)
{
    struct fixture fixture;
    (void)state;

    open_fixture(&fixture);
    live(&fixture, 100);
    fixture.t -= 50;
    for (int i = 0; i < 30; i++) { /* until 80 */
        tick(&fixture, 1, 1000);
        advance(&fixture, 1);
    }
    keeper_save(fixture.keeper, false);
    struct query *query = ask(&fixture, T0, T0 + 80, 1);
    assert_int_equal(query->items[0].count, 80);
    assert_true(query->items[0].points[49].avg == 49);
    assert_true(query->items[0].points[51].avg == 1001);
    assert_true(query->items[0].points[79].avg == 1001);
    query_free(&query);
    close_fixture(&fixture);
}

/* A clock that goes to next year and back costs nothing: age counts only when it is believed. */
static void test_clock_jumps(void **state)
{
    struct fixture fixture;
    (void)state;

    open_fixture(&fixture);
    live(&fixture, 130);
    fixture.t += 365 * 86400;
    for (int i = 0; i < 130; i++) {
        tick(&fixture, 1, 5);
        advance(&fixture, 1);
    }
    fixture.t -= 365 * 86400;
    live(&fixture, 70);
    check_seconds(&fixture, 0, 330, 130, 260);
    close_fixture(&fixture);
}

static void test_size_is_bounded(void **state)
{
    struct fixture fixture;
    (void)state;

    open_fixture(&fixture);
    fixture.limits.max_bytes = 1u << 20;
    for (int i = 0; i < 4000; i++) {
        tick(&fixture, 60, (i * 7919) % 100000 * 1e6);
        advance(&fixture, 1);
        assert_true(status_of(&fixture).bytes < (1u << 20) + (9u << 20));
    }
    char path[128];
    struct stat status;
    path_of(&fixture, "history.db", path);
    assert_int_equal(stat(path, &status), 0);
    assert_true(status.st_size <= 1 << 20);
    assert_int_equal(status_of(&fixture).state, KEEPER_OK);
    struct query *query = ask(&fixture, fixture.t - 60, fixture.t, 1);
    assert_int_equal(query->items[0].count, 60);
    query_free(&query);
    close_fixture(&fixture);
}

static void overwrite(const struct fixture *fixture, const char *name, long offset,
                      const char *text)
{
    char path[128];
    path_of(fixture, name, path);
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(pwrite(fd, text, strlen(text), offset + i * (long)strlen(text)),
                         (ssize_t)strlen(text));
    }
    close(fd);
}

static void check_set_aside(struct fixture *fixture)
{
    char path[128];

    live(fixture, 20);
    assert_int_equal(status_of(fixture).state, KEEPER_OK);
    assert_int_equal(status_of(fixture).set_aside, 1);
    path_of(fixture, "history.db.corrupt", path);
    assert_int_equal(access(path, F_OK), 0);
    struct query *query = ask(fixture, fixture->t - 20, fixture->t, 1);
    assert_int_equal(query->items[0].count, 20);
    query_free(&query);
}

static void test_no_database(void **state)
{
    struct fixture fixture;
    (void)state;

    open_fixture(&fixture);
    overwrite(&fixture, "history.db", 0, "this is no database ");
    check_set_aside(&fixture);
    close_fixture(&fixture);
}

static void test_damaged_database(void **state)
{
    struct fixture fixture;
    (void)state;

    open_fixture(&fixture);
    for (int i = 0; i < 200; i++) {
        tick(&fixture, 50, i);
        advance(&fixture, 1);
    }
    end(&fixture);
    for (long page = 1; page < 12; page++) {
        overwrite(&fixture, "history.db", page * 4096, "\xff\xfe\xfd\xfc");
    }
    begin(&fixture);
    check_set_aside(&fixture);
    close_fixture(&fixture);
}

static void test_unnamed_are_counted(void **state)
{
    struct fixture fixture;
    (void)state;

    open_fixture(&fixture);
    fixture.is_named = false;
    tick(&fixture, 3, 0);
    assert_int_equal(status_of(&fixture).strangers, 3);
    close_fixture(&fixture);
}

/* While nothing can be written the open blocks wait, and what falls out of them is counted. */
static void test_directory_that_is_none(void **state)
{
    struct fixture fixture;
    char path[128];
    (void)state;

    open_fixture(&fixture);
    keeper_free(&fixture.keeper);
    path_of(&fixture, "file", path);
    int fd = open(path, O_CREAT | O_WRONLY, 0600);
    assert_true(fd >= 0);
    close(fd);
    fixture.keeper = keeper_new(path, steps);
    fixture.is_named = true;
    live(&fixture, 200);
    assert_int_equal(status_of(&fixture).state, KEEPER_STOPPED);
    assert_true(status_of(&fixture).error[0] != '\0');
    assert_int_equal(status_of(&fixture).lost, 180); /* three minutes of raw steps */
    struct query *query = ask(&fixture, T0, T0 + 200, 1);
    assert_true(query->items[0].step == 15); /* the open quarter of an hour reaches further back */
    assert_int_equal(query->items[0].count, 14);
    query_free(&query);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0); /* it can be made now */
    live(&fixture, 10);
    assert_int_equal(status_of(&fixture).state, KEEPER_OK);
    assert_int_equal(status_of(&fixture).lost, 180);
    check_seconds(&fixture, 180, 210, 0, 0);
    keeper_free(&fixture.keeper);
    char inside[160];
    snprintf(inside, sizeof inside, "%s/history.db", path);
    unlink(inside);
    snprintf(inside, sizeof inside, "%s/history.db-wal", path);
    unlink(inside);
    assert_int_equal(rmdir(path), 0);
    close_fixture(&fixture);
}

static void test_second_daemon(void **state)
{
    struct fixture fixture, other;
    (void)state;

    open_fixture(&fixture);
    live(&fixture, 10);
    other = fixture;
    begin(&other);
    live(&other, 10);
    assert_int_equal(status_of(&other).state, KEEPER_STOPPED);
    assert_non_null(strstr(status_of(&other).error, "another process"));
    keeper_free(&other.keeper);
    live(&fixture, 10);
    assert_int_equal(status_of(&fixture).state, KEEPER_OK);
    close_fixture(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_again),
        cmocka_unit_test(test_oldest),
        cmocka_unit_test(test_killed),
        cmocka_unit_test(test_rolls_up),
        cmocka_unit_test(test_raw_ends_where_rollups_go_on),
        cmocka_unit_test(test_tenths),
        cmocka_unit_test(test_many_points_become_longer),
        cmocka_unit_test(test_unknown_series),
        cmocka_unit_test(test_clock_set_back),
        cmocka_unit_test(test_clock_jumps),
        cmocka_unit_test(test_size_is_bounded),
        cmocka_unit_test(test_no_database),
        cmocka_unit_test(test_damaged_database),
        cmocka_unit_test(test_unnamed_are_counted),
        cmocka_unit_test(test_directory_that_is_none),
        cmocka_unit_test(test_second_daemon),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
