/*
 * Series: what is folded together, gaps that stay gaps, bounded memory, coarse points behind fine
 * ones.
 */
#include "daemon/model/history.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define T0 1000000.0 /* a multiple of both steps is not needed, but makes the numbers readable */

static const struct history_steps steps = {1, 3600, 15, 86400};

static void add(struct history *history, double t, double used)
{
    const double values[4] = {used, NAN, NAN, NAN};
    history_add(history, t, values);
}

static void test_folds(void **state)
{
    (void)state;
    struct history *history = history_new(HISTORY_ISOLATE, &steps);
    struct history_point points[10];
    double step = 0;
    add(history, T0, 10);
    add(history, T0 + 0.25, 30);
    add(history, T0 + 0.5, 20);
    add(history, T0 + 1, 30);
    add(history, T0 + 1.5, 50);
    assert_int_equal(history_read(history, HISTORY_HEAP_USED, T0, T0 + 10, &step, points, 10), 2);
    assert_true(step == 1);
    assert_true(points[0].t == T0);
    assert_true(points[0].min == 10 && points[0].max == 30 && points[0].avg == 20);
    assert_true(points[1].avg == 40);
    assert_int_equal(history_read(history, HISTORY_HEAP_LIVE, T0, T0 + 10, &step, points, 10), 2);
    assert_true(isnan(points[0].avg));
    step = 5;
    assert_int_equal(history_read(history, HISTORY_HEAP_USED, T0, T0 + 10, &step, points, 10), 1);
    assert_true(points[0].min == 10 && points[0].max == 50 && points[0].avg == 30);
    history_free(&history);
}

static void test_gaps(void **state)
{
    (void)state;
    struct history *history = history_new(HISTORY_ISOLATE, &steps);
    struct history_point points[40];
    double step = 1;
    add(history, T0, 1);
    add(history, T0 + 30, 2);
    assert_int_equal(
        history_read(history, HISTORY_HEAP_USED, T0 - 100, T0 + 100, &step, points, 40), 31);
    assert_true(points[0].avg == 1);
    for (int i = 1; i < 30; i++) {
        assert_true(isnan(points[i].avg));
    }
    assert_true(points[30].avg == 2);
    add(history, T0 + 1e6, 3); /* a gap wider than everything kept */
    assert_int_equal(
        history_read(history, HISTORY_HEAP_USED, T0 + 1e6 - 2, T0 + 1e6 + 5, &step, points, 40), 3);
    assert_true(isnan(points[1].avg));
    assert_true(points[2].avg == 3);
    history_free(&history);
}

/* Steps that binary fractions do not meet, at the times of today: each value in its own step. */
static void test_tenths(void **state)
{
    (void)state;
    const struct history_steps tenths = {0.1, 60, 1, 3600};
    struct history *history = history_new(HISTORY_ISOLATE, &tenths);
    struct history_point points[100];
    double step = 0.1, t0 = 1795280840;
    for (int i = 0; i < 100; i++) {
        add(history, t0 + i * 0.1 + 0.05, i);
    }
    assert_int_equal(history_read(history, HISTORY_HEAP_USED, t0, t0 + 10, &step, points, 100),
                     100);
    for (int i = 0; i < 100; i++) {
        struct history_point point;
        assert_true(points[i].min == i && points[i].max == i);
        assert_true(history_read_step(history, HISTORY_HEAP_USED, points[i].t, 0.1, &point));
        assert_true(point.min == i && point.max == i);
    }
    assert_false(history_read_step(history, HISTORY_HEAP_USED, t0 - 5, 0.1, points));
    assert_true(history_covers(history, t0, 0.1));
    assert_false(history_covers(history, t0 - 1, 0.1));
    assert_false(history_covers(NULL, t0, 0.1));
    history_free(&history);
}

static void test_bounded(void **state)
{
    (void)state;
    struct history *history = history_new(HISTORY_ISOLATE, &steps);
    for (int i = 0; i < 20000; i++) {
        add(history, T0 + i, i);
    }
    size_t bytes = history_bytes(history);
    assert_true(bytes < 18000);
    for (int i = 20000; i < 40000; i++) {
        add(history, T0 + i, i);
    }
    assert_int_equal(history_bytes(history), bytes);
    history_free(&history);
}

/* Beyond the fine points the coarse ones answer, and the step says so. */
static void test_coarse(void **state)
{
    (void)state;
    struct history *history = history_new(HISTORY_ISOLATE, &steps);
    static struct history_point points[1000];
    double step = 1;
    double start = 15.0 * 70000;
    for (int i = 0; i < 1000; i++) {
        add(history, start + i, i);
    }
    size_t count =
        history_read(history, HISTORY_HEAP_USED, start, start + 1000, &step, points, 1000);
    assert_true(step == 15);
    assert_int_equal(count, 67);
    for (size_t i = 0; i + 1 < count; i++) {
        assert_true(points[i].min == 15 * (double)i);
        assert_true(points[i].max == 15 * (double)i + 14);
    }
    step = 1;
    count =
        history_read(history, HISTORY_HEAP_USED, start + 900, start + 1000, &step, points, 1000);
    assert_true(step == 1);
    assert_int_equal(count, 100);
    assert_true(points[0].avg == 900);
    count = history_read(history, HISTORY_HEAP_USED, start, start + 1000, &step, points, 10);
    assert_int_equal(count, 10);
    assert_true(points[9].max == 999);
    assert_true(history_oldest(history) == start);
    history_free(&history);
}

static void test_strange_times(void **state)
{
    (void)state;
    struct history *history = history_new(HISTORY_BUDGET, &steps);
    struct history_point points[4];
    double step = 1;
    const double values[7] = {1, 2, 3, 4, 5, 6, -7};
    history_add(history, NAN, values);
    history_add(history, -5, values);
    history_add(history, INFINITY, values);
    assert_int_equal(history_read(history, 0, 0, 1e9, &step, points, 4), 0);
    history_add(history, T0, values);
    history_add(history, T0 - 50, values);
    assert_int_equal(history_read(history, HISTORY_BUDGET_UNATTRIBUTED, 0, 1e9, &step, points, 4),
                     1);
    assert_true(points[0].avg == -7);
    assert_int_equal(history_read(NULL, 0, 0, 1e9, &step, points, 4), 0);
    assert_int_equal(history_find_metric(HISTORY_ISOLATE, "heap.live"), HISTORY_HEAP_LIVE);
    assert_int_equal(history_find_metric(HISTORY_ISOLATE, "rss"), -1);
    history_free(&history);
}

#define POINTS 5000
#define BORN   1007.0 /* not on a coarse step */

static const struct history_steps short_steps = {
    .fine_step = 1, .fine_keep = 60, .coarse_step = 15, .coarse_keep = 3600};
static struct history_point points_read[POINTS];

static struct history *filled(double seconds)
{
    struct history *history = history_new(HISTORY_ISOLATE, &short_steps);
    assert_non_null(history);
    for (double t = BORN; t < BORN + seconds; t += 0.25) {
        double values[HISTORY_METRICS_MAX] = {t, 2 * t, NAN, 0};
        history_add(history, t, values);
    }
    return history;
}

static void nothing_is_told_of_before_the_first_value(void **state)
{
    (void)state;
    struct history *history = filled(20);
    double step = 0;
    size_t count = history_read(history, HISTORY_HEAP_USED, 0, 2000, &step, points_read, POINTS);

    assert_int_equal(count, 20);
    assert_true(points_read[0].t >= BORN);
    for (size_t i = 0; i < count; i++) {
        assert_true(points_read[i].min >= points_read[i].t &&
                    points_read[i].max < points_read[i].t + 1);
    }
    history_free(&history);
}

static void coarse_points_reach_back_further(void **state)
{
    (void)state;
    struct history *history = filled(600);
    double step = 0;
    size_t count = history_read(history, HISTORY_HEAP_USED, 0, 2000, &step, points_read, POINTS);

    assert_true(step == 15);
    assert_true(count >= 40 && points_read[0].t <= BORN && points_read[0].t > BORN - 15);
    step = 0;
    count = history_read(history, HISTORY_HEAP_USED, BORN + 570, 2000, &step, points_read, POINTS);
    assert_true(step == 1);
    assert_int_equal(count, 30);
    history_free(&history);
}

/* An hour too late is noticed and corrected: the picture goes on from there. */
static void test_clock_set_back(void **state)
{
    (void)state;
    struct history *history = history_new(HISTORY_ISOLATE, &steps);
    struct history_point points[20];
    double step = 1;
    for (int i = 0; i < 10; i++) {
        add(history, T0 + i, i);
    }
    add(history, T0 + 4, 40);
    add(history, T0 + 5, 50);
    assert_int_equal(history_read(history, HISTORY_HEAP_USED, 0, T0 + 100, &step, points, 20), 6);
    assert_true(points[3].avg == 3);
    assert_true(points[4].max == 40);
    assert_true(points[5].avg == 50);
    add(history, T0 - 3600, 7);
    assert_int_equal(history_read(history, HISTORY_HEAP_USED, 0, T0 + 100, &step, points, 20), 1);
    assert_true(points[0].avg == 7);
    history_free(&history);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_told_of_before_the_first_value),
        cmocka_unit_test(coarse_points_reach_back_further),
        cmocka_unit_test(test_folds),
        cmocka_unit_test(test_gaps),
        cmocka_unit_test(test_tenths),
        cmocka_unit_test(test_bounded),
        cmocka_unit_test(test_coarse),
        cmocka_unit_test(test_strange_times),
        cmocka_unit_test(test_clock_set_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
