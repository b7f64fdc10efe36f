/*
 * Which job leaks: random mixtures of names, rare culprits, late leaks after long flat times, two
 * culprits, none. A wrong name is worse than none.
 */
#include "detect/attribute.h"
#include "tests/unit/detect/shapes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define SEEDS 60

struct mixture {
    int names;
    int flat_jobs;                  /* before anything leaks */
    int jobs;                       /* after that */
    double weight[ATTRIBUTE_NAMES]; /* how often each runs; 0 counts as 1 */
    double kept[ATTRIBUTE_NAMES];   /* bytes each keeps a run */
    double noise;
};

static uint32_t pick(const struct mixture *mixture, struct noise *noise)
{
    double sum = 0;
    for (int i = 0; i < mixture->names; i++) {
        sum += mixture->weight[i] > 0 ? mixture->weight[i] : 1;
    }
    double at = noise_uniform(noise) * sum;
    for (int i = 0; i < mixture->names - 1; i++) {
        at -= mixture->weight[i] > 0 ? mixture->weight[i] : 1;
        if (at < 0) {
            return (uint32_t)i;
        }
    }
    return (uint32_t)mixture->names - 1;
}

static int find(const struct mixture *mixture, uint64_t seed)
{
    struct attribute attribute;
    struct noise noise = {seed};
    double live = 10 * MB;
    attribute_clear(&attribute);
    for (int job = 0; job < mixture->flat_jobs + mixture->jobs; job++) {
        uint32_t name = pick(mixture, &noise);
        live += job >= mixture->flat_jobs ? mixture->kept[name] : 0;
        attribute_count(&attribute, name);
        attribute_measure(&attribute, name, around(live, mixture->noise, &noise));
    }
    return attribute_find(&attribute, (uint32_t)mixture->names, (uint64_t)mixture->jobs);
}

struct score {
    int right, wrong;
};

static struct score score(const struct mixture *mixture, int culprit)
{
    struct score result = {0, 0};
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        int found = find(mixture, seed);
        result.right += found == culprit;
        result.wrong += found >= 0 && found != culprit;
    }
    return result;
}

static void test_one_of_four_leaks(void **state)
{
    (void)state;
    struct mixture mixture = {.names = 4, .jobs = 100, .noise = 0.5 * MB, .kept = {[2] = 1.5 * MB}};
    struct score result = score(&mixture, 2);
    assert_true(result.right >= SEEDS * 9 / 10);
    assert_int_equal(result.wrong, 0);
}

static void test_a_rare_job_leaks_much(void **state)
{
    (void)state;
    struct mixture mixture = {
        .names = 3, .jobs = 200, .noise = 0.5 * MB, .weight = {10, 10, 1}, .kept = {[2] = 8 * MB}};
    struct score result = score(&mixture, 2);
    assert_true(result.right >= SEEDS * 9 / 10);
    assert_int_equal(result.wrong, 0);
}

static void test_a_leak_after_a_long_flat_time(void **state)
{
    (void)state;
    struct mixture mixture = {
        .names = 3, .flat_jobs = 20000, .jobs = 60, .noise = 0.5 * MB, .kept = {[0] = 1.5 * MB}};
    struct score result = score(&mixture, 0);
    assert_true(result.right >= SEEDS * 6 / 10); /* the others soon after */
    assert_int_equal(result.wrong, 0);
}

static void test_a_slow_leak_is_seen_over_the_long_memory(void **state)
{
    (void)state;
    struct mixture mixture = {
        .names = 3, .jobs = 2000, .noise = 0.5 * MB, .kept = {[1] = 0.2 * MB}};
    struct score result = score(&mixture, 1);
    assert_true(result.right >= SEEDS * 8 / 10);
    assert_int_equal(result.wrong, 0);
}

static void test_equal_culprits_and_none_are_not_told_apart(void **state)
{
    (void)state;
    struct mixture both = {.names = 2, .jobs = 200, .noise = 0.5 * MB, .kept = {MB, MB}};
    struct mixture none = {.names = 5, .jobs = 200, .noise = 0.5 * MB};
    assert_true(score(&both, -1).right >= SEEDS * 9 / 10);
    assert_true(score(&none, -1).right >= SEEDS * 9 / 10);
}

static void test_a_single_name_is_the_culprit(void **state)
{
    (void)state;
    struct mixture mixture = {.names = 1, .jobs = 20, .noise = MB, .kept = {MB}};
    assert_int_equal(find(&mixture, 1), 0);
    struct attribute attribute;
    attribute_clear(&attribute);
    assert_int_equal(attribute_find(&attribute, 0, 10), -1);
    assert_int_equal(attribute_find(&attribute, 8, 10), -1);
}

/* A recycle drops 500 MB between two samples; nobody is praised or blamed for that. */
static void test_a_cut_heap_teaches_nothing(void **state)
{
    (void)state;
    struct attribute attribute;
    struct noise noise = {8};
    double live = 10 * MB;
    attribute_clear(&attribute);
    for (int job = 0; job < 400; job++) {
        uint32_t name = noise_uniform(&noise) < 0.5;
        live += name == 1 ? 2 * MB : 0;
        attribute_count(&attribute, name);
        attribute_measure(&attribute, name, around(live, 0.3 * MB, &noise));
        if (job % 50 == 49) {
            attribute_cut(&attribute);
            live = 10 * MB;
        }
    }
    assert_int_equal(attribute_find(&attribute, 2, 400), 1);
}

/* A program that begins with two jobs that run once and cost much, then goes on with two others of which one
 * keeps more and more; one job in about `gap` is measured. */
static int find_after_start(int gap, uint64_t seed)
{
    struct attribute attribute;
    struct noise noise = {seed};
    double live = 3 * MB;
    int samples = 0;
    attribute_clear(&attribute);
    for (int job = 0; samples < 60; job++) {
        uint32_t name = job == 1 || job == 2 ? (uint32_t)job : noise_uniform(&noise) < 0.4 ? 3 : 0;
        live += job == 1 || job == 2 ? 0.8 * MB : 0;
        live += name == 3 ? (0.2 + samples / 600.0) * MB : 0;
        attribute_count(&attribute, name);
        if (job == 0 || (job > 2 && noise_uniform(&noise) * gap < 1)) {
            attribute_measure(&attribute, name, around(live, 0.1 * MB, &noise));
            samples++;
        }
    }
    return attribute_find(&attribute, 4, 40);
}

static void test_what_ran_at_the_start_alone_is_no_culprit(void **state)
{
    (void)state;
    const int gaps[] = {1, 4, 16, 32};
    for (size_t i = 0; i < sizeof gaps / sizeof *gaps; i++) {
        int right = 0;
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            int found = find_after_start(gaps[i], seed);
            assert_true(found == 3 || found == -1);
            right += found == 3;
        }
        assert_true(right >= SEEDS * 19 / 20);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_of_four_leaks),
        cmocka_unit_test(test_a_rare_job_leaks_much),
        cmocka_unit_test(test_a_leak_after_a_long_flat_time),
        cmocka_unit_test(test_a_slow_leak_is_seen_over_the_long_memory),
        cmocka_unit_test(test_equal_culprits_and_none_are_not_told_apart),
        cmocka_unit_test(test_a_single_name_is_the_culprit),
        cmocka_unit_test(test_a_cut_heap_teaches_nothing),
        cmocka_unit_test(test_what_ran_at_the_start_alone_is_no_culprit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
