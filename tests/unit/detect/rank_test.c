/*
 * The statistics against worked examples and against the definitions computed the slow way.
 */
#include "detect/pieces.h"
#include "detect/rank.h"
#include "tests/unit/detect/shapes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance)) {
        fail_msg("%.12g, expected %.12g", value, expected);
    }
}

/* 1 3 2 5 4: S = 6, Var = 5*4*15/18 = 16.667, Z = 5 / 4.0825. */
static void test_mann_kendall_without_ties(void **state)
{
    (void)state;
    const double values[] = {1, 3, 2, 5, 4};
    struct rank_trend trend;
    rank_measure(values, 5, &trend);
    assert_near(trend.z, 5 / sqrt(50 / 3.0), 1e-12);
}

/* 1 1 2 2 2 3: S = 11, Var = (6*5*17 - 2*1*9 - 3*2*11) / 18 = 23.667. */
static void test_mann_kendall_with_ties(void **state)
{
    (void)state;
    const double values[] = {1, 1, 2, 2, 2, 3};
    struct rank_trend trend;
    rank_measure(values, 6, &trend);
    assert_near(trend.z, 10 / sqrt((510 - 18 - 66) / 18.0), 1e-12);
}

static void test_all_equal_values_have_no_trend(void **state)
{
    (void)state;
    const double values[] = {7, 7, 7, 7, 7, 7, 7, 7};
    struct rank_trend trend;
    rank_measure(values, 8, &trend);
    assert_near(trend.z, 0, 0);
    assert_near(trend.slope, 0, 0);
    assert_near(trend.start, 7, 0);
}

static void test_theil_sen_is_not_moved_by_a_wild_value(void **state)
{
    (void)state;
    double values[20];
    for (int i = 0; i < 20; i++) {
        values[i] = 100 + 3 * i;
    }
    values[7] = 1e9;
    struct rank_trend trend;
    rank_measure(values, 20, &trend);
    assert_near(trend.slope, 3, 1e-9);
    assert_near(trend.start, 100, 1e-9);
    assert_near(trend.end, 157, 1e-9);
    assert_true(trend.low <= 3 && trend.high >= 3);
}

/* Sen's interval holds the true slope in about 95 % of trials. */
static void test_the_interval_covers_the_true_slope(void **state)
{
    (void)state;
    struct noise noise = {77};
    int inside = 0;
    for (int trial = 0; trial < 1000; trial++) {
        double values[24];
        for (int i = 0; i < 24; i++) {
            values[i] = 5 + 0.5 * i + noise_normal(&noise);
        }
        struct rank_trend trend;
        rank_measure(values, 24, &trend);
        inside += trend.low <= 0.5 && trend.high >= 0.5;
    }
    assert_true(inside > 920 && inside < 980);
}

static double slow_sse(const double *values, int from, int to, int is_line)
{
    int n = to - from;
    double mean = rank_mean(values + from, n), sse = 0;
    double slope = is_line ? rank_least_squares(values + from, n) : 0;
    for (int i = 0; i < n; i++) {
        double error = values[from + i] - mean - slope * (i - (n - 1) / 2.0);
        sse += error * error;
    }
    return sse;
}

static void test_prefix_sums_equal_the_definition(void **state)
{
    (void)state;
    struct noise noise = {3};
    double values[32];
    for (int i = 0; i < 32; i++) {
        values[i] = 1e9 + 1000 * noise_normal(&noise) + 50 * i;
    }
    struct pieces pieces;
    pieces_init(&pieces, values, 32);
    for (int from = 0; from < 30; from++) {
        for (int to = from + 2; to <= 32; to++) {
            double constant = slow_sse(values, from, to, 0), line = slow_sse(values, from, to, 1);
            assert_near(pieces_constant_sse(&pieces, from, to), constant, 1e-6 * constant + 1e-3);
            assert_near(pieces_line_sse(&pieces, from, to), line, 1e-6 * constant + 1e-3);
        }
    }
}

static void test_the_onset_of_a_bend_is_found(void **state)
{
    (void)state;
    double values[32];
    struct noise noise = {11};
    for (int i = 0; i < 32; i++) {
        values[i] = (i < 15 ? 100 : 100 + 10 * (i - 14)) + noise_normal(&noise);
    }
    struct pieces pieces;
    double sse;
    pieces_init(&pieces, values, 32);
    int onset = pieces_find_onset(&pieces, 6, &sse);
    assert_true(onset >= 13 && onset <= 16);
    assert_true(sse < pieces_line_sse(&pieces, 0, 32));
}

static void test_stairs_are_told_from_a_ramp(void **state)
{
    (void)state;
    double stairs[32], ramp[32];
    struct noise noise = {12};
    for (int i = 0; i < 32; i++) {
        stairs[i] = 1e6 * (i / 11) + 1e4 * noise_normal(&noise);
        ramp[i] = 1e5 * i + 1e4 * noise_normal(&noise);
    }
    struct pieces pieces;
    pieces_init(&pieces, stairs, 32);
    assert_true(pieces_is_stairs(&pieces));
    assert_true(pieces_steps_sse(&pieces, 0) < pieces_line_sse(&pieces, 0, 32));
    pieces_init(&pieces, ramp, 32);
    assert_false(pieces_is_stairs(&pieces));
    assert_true(pieces_steps_sse(&pieces, 0) > pieces_line_sse(&pieces, 0, 32));
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Rows of every length, with many ties, against what sorting says. */
static void test_selection_agrees_with_sorting(void **state)
{
    (void)state;
    unsigned seed = 7;
    for (int round = 0; round < 4000; round++) {
        double values[RANK_VALUES_MAX], sorted[RANK_VALUES_MAX], slopes[RANK_VALUES_MAX * 16];
        int count = 2 + round % (RANK_VALUES_MAX - 1), range = 1 + round % 50, pairs = 0;
        for (int i = 0; i < count; i++) {
            seed = seed * 1664525u + 1013904223u;
            values[i] = sorted[i] = (double)(seed >> 16) / 65536 * range;
            values[i] = sorted[i] = floor(values[i]);
        }
        struct rank_trend trend;
        rank_measure(values, count, &trend);
        for (int i = 0; i < count; i++) {
            for (int j = i + 1; j < count; j++) {
                slopes[pairs++] = (values[j] - values[i]) / (j - i);
            }
        }
        qsort(sorted, (size_t)count, sizeof sorted[0], compare);
        qsort(slopes, (size_t)pairs, sizeof slopes[0], compare);
        assert_near(rank_take_median(values, count),
                    (sorted[(count - 1) / 2] + sorted[count / 2]) / 2, 1e-12);
        assert_near(trend.slope, (slopes[(pairs - 1) / 2] + slopes[pairs / 2]) / 2, 1e-12);
        assert_true(trend.low <= trend.slope && trend.slope <= trend.high);
        assert_true(bsearch(&trend.low, slopes, (size_t)pairs, sizeof slopes[0], compare) != NULL);
        assert_true(bsearch(&trend.high, slopes, (size_t)pairs, sizeof slopes[0], compare) != NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_selection_agrees_with_sorting),
        cmocka_unit_test(test_mann_kendall_without_ties),
        cmocka_unit_test(test_mann_kendall_with_ties),
        cmocka_unit_test(test_all_equal_values_have_no_trend),
        cmocka_unit_test(test_theil_sen_is_not_moved_by_a_wild_value),
        cmocka_unit_test(test_the_interval_covers_the_true_slope),
        cmocka_unit_test(test_prefix_sums_equal_the_definition),
        cmocka_unit_test(test_the_onset_of_a_bend_is_found),
        cmocka_unit_test(test_stairs_are_told_from_a_ramp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
