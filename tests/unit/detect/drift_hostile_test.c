/*
 * Whatever is fed in, the detector stays within its memory, ends, and hands out no nonsense: states
 * from the list, confidence within 0..1, figures finite or NAN. The sanitizers watch the rest.
 */
#include "detect/drift.h"
#include "tests/unit/detect/shapes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include <cmocka.h>

static const double wild[] = {NAN,    INFINITY, -INFINITY, -1,     -0.0,   0,    1,
                              1e-300, 1e300,    1.8e19,    9.0e15, 9.1e15, 4096, 1e6};
#define WILD ((int)(sizeof wild / sizeof wild[0]))

static void assert_sane(const struct drift *drift)
{
    for (uint32_t i = 0; i < drift_job_count(drift) + 1; i++) {
        struct drift_verdict verdict;
        drift_get_job(drift, i, &verdict);
        assert_true((unsigned)verdict.state < DRIFT_STATES);
        assert_true(verdict.confidence >= 0 && verdict.confidence <= 1);
        assert_false(isinf(verdict.bytes_per_job) || isinf(verdict.jobs_to_limit) ||
                     isinf(verdict.ratio) || isinf(verdict.baseline));
        assert_false(verdict.jobs_to_limit < 0);
        assert_string_not_equal(drift_state_name(verdict.state), "unknown");
    }
}

static double pick(struct noise *noise)
{
    return wild[(int)(noise_uniform(noise) * WILD)];
}

static void test_wild_values_are_survived(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct noise noise = {seed};
        struct drift *drift = drift_new(NULL);
        for (int job = 0; job < 600; job++) {
            struct drift_sample sample = {
                .job = (uint32_t)(noise_uniform(&noise) * (double)(seed % 13)),
                .number = noise_uniform(&noise) < 0.01 ? UINT64_MAX - 5 : (uint64_t)job,
                .t = pick(&noise),
                .live = pick(&noise),
                .limit = pick(&noise),
            };
            drift_add(drift, &sample);
            assert_sane(drift);
            if (noise_uniform(&noise) < 0.01) {
                drift_recycle(drift, NAN);
            }
        }
        drift_free(&drift);
        assert_null(drift);
        drift_free(&drift);
    }
}

static void test_unusable_samples_are_counted_and_change_nothing(void **state)
{
    (void)state;
    struct drift *drift = drift_new(NULL);
    const double unusable[] = {INFINITY, -INFINITY, -1, 1e18};
    for (int i = 0; i < 4; i++) {
        struct drift_sample sample = {.live = unusable[i], .limit = 1e9};
        drift_add(drift, &sample);
    }
    struct drift_verdict verdict;
    drift_get(drift, &verdict);
    assert_int_equal(drift_ignored(drift), 4);
    assert_int_equal(verdict.state, DRIFT_WARMING);
    assert_true(isnan(verdict.live) && isnan(verdict.ratio));
    drift_free(&drift);
}

static void test_an_empty_detector_answers(void **state)
{
    (void)state;
    struct drift *drift = drift_new(NULL);
    struct drift_verdict verdict;
    drift_get(drift, &verdict);
    assert_false(verdict.has_job);
    assert_int_equal(verdict.state, DRIFT_WARMING);
    assert_true(isnan(verdict.baseline) && isnan(verdict.bytes_per_job));
    drift_recycle(drift, 1);
    drift_free(&drift);
}

static void test_wild_options_become_the_defaults(void **state)
{
    (void)state;
    for (int i = 0; i < WILD; i++) {
        struct drift_options options = {wild[i], (uint32_t)i * 400000000u, wild[i]};
        struct noise noise = {1};
        struct drift *drift = drift_new(&options);
        for (int job = 0; job < 100; job++) {
            struct drift_sample sample = {.live = shape_reference(job, &noise), .limit = 256 * MB};
            drift_add(drift, &sample);
            assert_sane(drift);
        }
        struct drift_verdict verdict;
        drift_get(drift, &verdict);
        assert_true(verdict.band > 0 && verdict.band <= 1);
        drift_free(&drift);
    }
}

/* The limit is lowered under live, raised, and forgotten in mid-leak. */
static void test_a_changing_limit_is_followed(void **state)
{
    (void)state;
    struct noise noise = {2};
    struct drift *drift = drift_new(NULL);
    const double limits[] = {256 * MB, 4096 * MB, DRIFT_LIMIT_UNKNOWN, 5 * MB, 512 * MB};
    struct drift_verdict verdict;
    for (int job = 0; job < 100; job++) {
        double limit = limits[job / 20];
        struct drift_sample sample = {.live = shape_reference(job, &noise), .limit = limit};
        drift_add(drift, &sample);
        assert_sane(drift);
        drift_get(drift, &verdict);
        if (job == 59) {
            assert_int_equal(verdict.state, DRIFT_RISING);
            assert_true(isnan(verdict.jobs_to_limit));
        }
        if (job == 79) {
            assert_true(fabs(verdict.jobs_to_limit) < 1e-9);
        }
    }
    assert_true(fabs(verdict.jobs_to_limit * 1.5 * MB / (512 * MB - verdict.live) - 1) < 0.06);
    drift_free(&drift);
}

static void test_a_heap_of_zero_bytes_is_survived(void **state)
{
    (void)state;
    struct drift *drift = drift_new(NULL);
    for (int job = 0; job < 300; job++) {
        struct drift_sample sample = {.live = job < 200 ? 0 : (job - 200) * 1e12, .limit = 1};
        drift_add(drift, &sample);
        assert_sane(drift);
    }
    drift_free(&drift);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wild_values_are_survived),
        cmocka_unit_test(test_unusable_samples_are_counted_and_change_nothing),
        cmocka_unit_test(test_an_empty_detector_answers),
        cmocka_unit_test(test_wild_options_become_the_defaults),
        cmocka_unit_test(test_a_changing_limit_is_followed),
        cmocka_unit_test(test_a_heap_of_zero_bytes_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
