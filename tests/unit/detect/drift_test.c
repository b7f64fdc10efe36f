/*
 * The detector on seeded shapes: leaks are found, soon and with the right slope; clean programs of
 * many shapes raise no alarm; names, recycles and changing limits are understood.
 */
#include "detect/drift.h"
#include "tests/unit/detect/shapes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define SEEDS     40
#define LIMIT     (256 * MB)
#define BIG_LIMIT (4096 * MB)

struct outcome {
    int detected;   /* job at which it rose first, from 1; 0 never */
    int alarms;     /* times it began to rise */
    double slope;   /* when detected */
    double later;   /* 18 jobs after that */
    uint64_t onset; /* as reported */
    struct drift_verdict last;
};

static void feed(struct drift *drift, uint32_t job, double t, double live, double limit)
{
    struct drift_sample sample = {.job = job, .t = t, .live = live, .limit = limit};
    drift_add(drift, &sample);
}

static struct drift_verdict verdict_of(const struct drift *drift)
{
    struct drift_verdict verdict;
    drift_get(drift, &verdict);
    return verdict;
}

static struct outcome run(shape_fn shape, int jobs, double limit, int seed)
{
    struct noise noise = {(uint64_t)seed * 7919 + 1};
    struct drift *drift = drift_new(NULL);
    struct outcome outcome = {0};
    bool was_rising = false;
    for (int job = 0; job < jobs; job++) {
        feed(drift, 1, job, shape(job, &noise), limit);
        outcome.last = verdict_of(drift);
        bool is_rising = outcome.last.state == DRIFT_RISING;
        if (is_rising && !outcome.detected) {
            outcome.detected = job + 1;
            outcome.slope = outcome.last.bytes_per_job;
            outcome.onset = outcome.last.onset_job;
            assert_int_equal(outcome.last.detected_job, job + 1);
        }
        if (outcome.detected && job + 1 == outcome.detected + 18) {
            outcome.later = outcome.last.bytes_per_job;
        }
        outcome.alarms += is_rising && !was_rising;
        was_rising = is_rising;
    }
    drift_free(&drift);
    return outcome;
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Every seed is found, half of them within `median` jobs of the leak's beginning. */
static void assert_found(shape_fn shape, int jobs, double limit, int begin, double median)
{
    double delays[SEEDS];
    for (int seed = 0; seed < SEEDS; seed++) {
        struct outcome outcome = run(shape, jobs, limit, seed);
        if (outcome.detected <= begin) {
            fail_msg("seed %d: detected at %d", seed, outcome.detected);
        }
        delays[seed] = outcome.detected - begin;
    }
    qsort(delays, SEEDS, sizeof delays[0], compare);
    if (delays[SEEDS / 2] > median) {
        fail_msg("median delay %.0f jobs", delays[SEEDS / 2]);
    }
}

static void assert_clean(shape_fn shape, int jobs, double limit)
{
    for (int seed = 0; seed < SEEDS; seed++) {
        struct outcome outcome = run(shape, jobs, limit, seed);
        if (outcome.alarms) {
            fail_msg("seed %d: false alarm at job %d", seed, outcome.detected);
        }
    }
}

static void test_the_reference_leak_is_found_from_job_zero(void **state)
{
    (void)state;
    assert_found(shape_reference, 60, LIMIT, 0, 12);
}

static void test_the_reference_leak_is_found_after_a_flat_stretch(void **state)
{
    (void)state;
    assert_found(shape_late, 260, LIMIT, 201, 11);
}

static void test_a_far_or_unknown_limit_does_not_hide_the_leak(void **state)
{
    (void)state;
    assert_found(shape_reference, 60, BIG_LIMIT, 0, 16);
    assert_found(shape_reference, 60, DRIFT_LIMIT_UNKNOWN, 0, 16);
    assert_found(shape_late, 260, BIG_LIMIT, 201, 16);
}

static void test_slow_fast_and_quantised_leaks_are_found(void **state)
{
    (void)state;
    assert_found(shape_slow, 1600, LIMIT, 0, 1024);
    assert_found(shape_fast, 20, LIMIT, 0, 8);
    assert_found(shape_quantised_leak, 400, LIMIT, 0, 160);
    assert_found(shape_warm_then_leak, 600, LIMIT, 0, 300);
}

static void test_the_slope_is_right_within_five_percent(void **state)
{
    (void)state;
    double errors[SEEDS], later[SEEDS];
    for (int seed = 0; seed < SEEDS; seed++) {
        struct outcome outcome = run(shape_reference, 60, LIMIT, seed);
        errors[seed] = fabs(outcome.slope / (1.5 * MB) - 1);
        later[seed] = fabs(outcome.later / (1.5 * MB) - 1);
    }
    qsort(errors, SEEDS, sizeof errors[0], compare);
    qsort(later, SEEDS, sizeof later[0], compare);
    assert_true(errors[SEEDS / 2] < 0.05);
    assert_true(later[SEEDS - 1] < 0.05);
}

static void test_the_onset_is_where_the_leak_began(void **state)
{
    (void)state;
    for (int seed = 0; seed < SEEDS; seed++) {
        struct outcome outcome = run(shape_late, 260, LIMIT, seed);
        assert_true(outcome.onset >= 196 && outcome.onset <= 206);
    }
}

static void test_clean_programs_raise_no_alarm(void **state)
{
    (void)state;
    static const shape_fn shapes[] = {shape_flat,      shape_very_noisy, shape_constant,
                                      shape_saw_tooth, shape_warm_up,    shape_step,
                                      shape_stairs,    shape_gulps,      shape_waves,
                                      shape_shrinking, shape_spikes,     shape_quantised};
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        assert_clean(shapes[i], 1500, LIMIT);
        assert_clean(shapes[i], 500, BIG_LIMIT);
    }
}

/* What rose and fell back once is known to be harmless. */
static void test_a_saw_tooth_alarms_at_most_once(void **state)
{
    (void)state;
    for (int seed = 0; seed < SEEDS; seed++) {
        assert_true(run(shape_large_teeth, 1500, LIMIT, seed).alarms <= 1);
    }
}

static void test_a_day_of_flat_noise_raises_no_alarm(void **state)
{
    (void)state;
    assert_int_equal(run(shape_flat, 86400, LIMIT, 3).alarms, 0);
    assert_int_equal(run(shape_very_noisy, 86400, LIMIT, 4).alarms, 0);
}

static void test_a_flat_program_is_flat_and_a_step_is_outside_the_band(void **state)
{
    (void)state;
    struct outcome flat = run(shape_constant, 100, LIMIT, 0);
    assert_int_equal(flat.last.state, DRIFT_FLAT);
    assert_true(fabs(flat.last.ratio - 1) < 1e-9);
    assert_true(fabs(flat.last.baseline - 10 * MB) < 1);
    assert_true(fabs(flat.last.bytes_per_job) < 1);
    assert_true(flat.last.confidence <= 0 && isnan(flat.last.jobs_to_limit));
    struct outcome step = run(shape_step, 400, LIMIT, 0);
    assert_int_equal(step.last.state, DRIFT_OUTSIDE_BAND);
    assert_int_equal(run(shape_flat, 5, LIMIT, 0).last.state, DRIFT_WARMING);
}

static void test_jobs_to_limit_and_baseline_of_a_leak(void **state)
{
    (void)state;
    struct outcome outcome = run(shape_reference, 40, LIMIT, 1);
    assert_int_equal(outcome.last.state, DRIFT_RISING);
    double left = (LIMIT - outcome.last.live) / (1.5 * MB);
    assert_true(fabs(outcome.last.jobs_to_limit / left - 1) < 0.06);
    assert_true(fabs(outcome.last.baseline / (10 * MB) - 1) < 0.25);
    assert_true(outcome.last.ratio > 4);
    double line =
        outcome.last.intercept + outcome.last.bytes_per_job * (40 - (double)outcome.last.onset_job);
    assert_true(fabs(line / outcome.last.live - 1) < 0.05);
    outcome = run(shape_reference, 150, LIMIT, 1);
    assert_true(outcome.last.onset_job <= 4 && outcome.last.intercept < 20 * MB);
    assert_true(outcome.last.confidence > 0.9 && outcome.last.confidence < 1);
    assert_true(outcome.last.bytes_low < 1.5 * MB && outcome.last.bytes_high > 1.5 * MB);
}

/* Leaks until job 60 and stays there. */
static double shape_ends(int job, struct noise *noise)
{
    return around(10 * MB + (job < 60 ? job : 60) * 1.5 * MB, 0.5 * MB, noise);
}

/* Leaks until job 60, then everything is released. */
static double shape_released(int job, struct noise *noise)
{
    return around(10 * MB + (job < 60 ? job * 1.5 * MB : 0), 0.4 * MB, noise);
}

static int jobs_until_recovered(shape_fn shape, int seed)
{
    struct noise noise = {(uint64_t)seed};
    struct drift *drift = drift_new(NULL);
    int recovered = 0;
    for (int job = 0; job < 400 && !recovered; job++) {
        feed(drift, 1, job, shape(job, &noise), LIMIT);
        if (verdict_of(drift).state == DRIFT_RECOVERED) {
            recovered = job;
        }
    }
    drift_free(&drift);
    return recovered;
}

static void test_a_rise_that_ends_has_recovered(void **state)
{
    (void)state;
    for (int seed = 1; seed <= SEEDS; seed++) {
        int levelled = jobs_until_recovered(shape_ends, seed);
        int released = jobs_until_recovered(shape_released, seed);
        assert_true(levelled > 60 && levelled <= 160);
        assert_true(released > 60 && released <= 72);
        assert_int_equal(run(shape_ends, 400, LIMIT, seed).alarms, 1);
        assert_int_equal(run(shape_ends, 400, LIMIT, seed).last.state, DRIFT_OUTSIDE_BAND);
        assert_int_equal(run(shape_released, 400, LIMIT, seed).alarms, 1);
        assert_int_equal(run(shape_released, 400, LIMIT, seed).last.state, DRIFT_FLAT);
    }
}

static void test_a_recycle_ends_the_rise_and_the_next_life_is_judged_afresh(void **state)
{
    (void)state;
    struct noise noise = {5};
    struct drift *drift = drift_new(NULL);
    for (int job = 0; job < 40; job++) {
        feed(drift, 1, job, shape_reference(job, &noise), LIMIT);
    }
    assert_int_equal(verdict_of(drift).state, DRIFT_RISING);
    assert_true(drift_recycle(drift, 40));
    assert_int_equal(verdict_of(drift).state, DRIFT_RECOVERED);
    assert_true(fabs(verdict_of(drift).since - 40) < 1e-9);
    for (int job = 0; job < 40; job++) {
        feed(drift, 1, 41 + job, shape_flat(job, &noise), LIMIT);
    }
    assert_int_equal(verdict_of(drift).state, DRIFT_FLAT);
    drift_free(&drift);
}

/* Lives too short to be judged alone: 30 jobs of 0.4 MB each, 12 MB on 10. */
static int recycles_until_rising(double per_job, uint64_t seed)
{
    struct noise noise = {seed};
    struct drift *drift = drift_new(NULL);
    int rising_after = 0;
    for (int life = 1; life <= 12 && !rising_after; life++) {
        for (int job = 0; job < 30; job++) {
            feed(drift, 1, job, around(10 * MB + job * per_job, 0.5 * MB, &noise), LIMIT);
        }
        drift_recycle(drift, life);
        rising_after = verdict_of(drift).state == DRIFT_RISING ? life : 0;
    }
    drift_free(&drift);
    return rising_after;
}

static void test_short_lives_that_all_end_climbing_are_a_leak(void **state)
{
    (void)state;
    int found = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        found += recycles_until_rising(0.4 * MB, seed) > 0;
        assert_int_equal(recycles_until_rising(0, seed), 0);
    }
    assert_true(found >= SEEDS * 9 / 10);
}

/* Three names at random; `leaking` keeps 1.5 MB each time it runs. */
static struct drift_verdict run_names(uint32_t leaking, int names, int jobs, uint64_t seed)
{
    struct noise noise = {seed};
    struct drift *drift = drift_new(NULL);
    double kept = 0;
    for (int job = 0; job < jobs; job++) {
        uint32_t name = (uint32_t)(noise_uniform(&noise) * names);
        kept += name == leaking ? 1.5 * MB : 0;
        feed(drift, 100 + name, job, around(10 * MB + kept, 0.5 * MB, &noise), LIMIT);
    }
    struct drift_verdict verdict = verdict_of(drift);
    drift_free(&drift);
    return verdict;
}

static void test_the_leak_is_put_down_to_the_job_that_leaks(void **state)
{
    (void)state;
    int right = 0, wrong = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct drift_verdict verdict = run_names(1, 3, 150, seed);
        assert_int_equal(verdict.state, DRIFT_RISING);
        if (verdict.is_attributed) {
            right += verdict.job == 101;
            wrong += verdict.job != 101;
        }
        if (verdict.is_attributed && verdict.job == 101) {
            assert_true(fabs(verdict.bytes_per_job / (1.5 * MB) - 1) < 0.25);
        }
    }
    assert_true(right >= SEEDS * 9 / 10);
    assert_int_equal(wrong, 0);
}

static void test_names_in_strict_rotation_are_not_told_apart(void **state)
{
    (void)state;
    struct noise noise = {9};
    struct drift *drift = drift_new(NULL);
    for (int job = 0; job < 120; job++) {
        double level = 10 * MB + job / 2 * 1.5 * MB;
        feed(drift, (uint32_t)job % 2, job, around(level, 0.5 * MB, &noise), LIMIT);
    }
    assert_int_equal(verdict_of(drift).state, DRIFT_RISING);
    assert_false(verdict_of(drift).is_attributed);
    assert_true(fabs(verdict_of(drift).bytes_per_job / (1.5 * MB) - 1) < 0.05);
    drift_free(&drift);
}

static void test_more_names_than_places_share_the_last(void **state)
{
    (void)state;
    struct drift_verdict verdict = run_names(3, 40, 1500, 2);
    assert_int_equal(verdict.state, DRIFT_RISING);
    struct noise noise = {3};
    struct drift *drift = drift_new(NULL);
    for (int job = 0; job < 400; job++) {
        feed(drift, (uint32_t)job % 20, job, shape_flat(job, &noise), LIMIT);
    }
    assert_int_equal(drift_job_count(drift), DRIFT_NAMES_MAX);
    struct drift_verdict last;
    drift_get_job(drift, DRIFT_NAMES_MAX - 1, &last);
    assert_int_equal(last.job, DRIFT_OTHER_JOBS);
    assert_int_equal(last.jobs, 20 * 13);
    drift_free(&drift);
}

static void test_unmeasured_jobs_count_for_growth_per_job(void **state)
{
    (void)state;
    struct noise noise = {4};
    struct drift *drift = drift_new(NULL);
    for (int job = 0; job < 150; job++) {
        double live = job % 5 == 0 ? shape_reference(job, &noise) : NAN;
        feed(drift, 1, job, live, LIMIT);
    }
    struct drift_verdict verdict = verdict_of(drift);
    assert_int_equal(verdict.state, DRIFT_RISING);
    assert_true(fabs(verdict.bytes_per_job / (1.5 * MB) - 1) < 0.06);
    assert_true(verdict.onset_job <= 16);
    assert_int_equal(drift_ignored(drift), 0);
    drift_free(&drift);
}

/* A busy machine has no time to measure after each job, and had it a moment ago. */
static void test_growth_per_job_holds_when_fewer_jobs_are_measured(void **state)
{
    (void)state;
    struct noise noise = {4};
    struct drift *drift = drift_new(NULL);
    for (int job = 0; job < 140; job++) {
        bool is_measured = job < 40 || job % 4 == 0;
        feed(drift, 1, job, is_measured ? shape_reference(job, &noise) : NAN, LIMIT);
        struct drift_verdict verdict = verdict_of(drift);
        if (job >= 20) {
            assert_int_equal(verdict.state, DRIFT_RISING);
            assert_true(fabs(verdict.bytes_per_job / (1.5 * MB) - 1) < 0.1);
        }
    }
    drift_free(&drift);
}

static void test_a_leak_slower_than_asked_for_is_not_reported(void **state)
{
    (void)state;
    struct drift_options options = drift_options_default;
    options.min_bytes_per_job = 2 * MB;
    struct noise noise = {4};
    struct drift *drift = drift_new(&options);
    for (int job = 0; job < 100; job++) {
        feed(drift, 1, job, shape_reference(job, &noise), LIMIT);
        assert_int_not_equal(verdict_of(drift).state, DRIFT_RISING);
    }
    drift_free(&drift);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_reference_leak_is_found_from_job_zero),
        cmocka_unit_test(test_the_reference_leak_is_found_after_a_flat_stretch),
        cmocka_unit_test(test_a_far_or_unknown_limit_does_not_hide_the_leak),
        cmocka_unit_test(test_slow_fast_and_quantised_leaks_are_found),
        cmocka_unit_test(test_the_slope_is_right_within_five_percent),
        cmocka_unit_test(test_the_onset_is_where_the_leak_began),
        cmocka_unit_test(test_clean_programs_raise_no_alarm),
        cmocka_unit_test(test_a_saw_tooth_alarms_at_most_once),
        cmocka_unit_test(test_a_day_of_flat_noise_raises_no_alarm),
        cmocka_unit_test(test_a_flat_program_is_flat_and_a_step_is_outside_the_band),
        cmocka_unit_test(test_jobs_to_limit_and_baseline_of_a_leak),
        cmocka_unit_test(test_a_rise_that_ends_has_recovered),
        cmocka_unit_test(test_a_recycle_ends_the_rise_and_the_next_life_is_judged_afresh),
        cmocka_unit_test(test_short_lives_that_all_end_climbing_are_a_leak),
        cmocka_unit_test(test_the_leak_is_put_down_to_the_job_that_leaks),
        cmocka_unit_test(test_names_in_strict_rotation_are_not_told_apart),
        cmocka_unit_test(test_more_names_than_places_share_the_last),
        cmocka_unit_test(test_unmeasured_jobs_count_for_growth_per_job),
        cmocka_unit_test(test_growth_per_job_holds_when_fewer_jobs_are_measured),
        cmocka_unit_test(test_a_leak_slower_than_asked_for_is_not_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
