/*
 * Rates over random programs: levels, limits, noise, periods and leak rates drawn from wide ranges,
 * seeded, thousands of jobs each. Single shapes say that the detector can; this says how often it
 * does, and how much of the headroom a leak has used by then. What comes and goes stays below 4 to
 * 8 % of the headroom here: a straight fill beyond that is a leak to any detector until it ends.
 */
#include "detect/drift.h"
#include "tests/unit/detect/shapes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define PROGRAMS 60
#define JOBS     4000

/* One random program. */
struct program {
    struct noise random;
    double base, limit, headroom, sigma;
    double wave;    /* amplitude of what comes and goes */
    int period;     /* of it, in jobs */
    double memory;  /* of correlated noise, 0..1 */
    double slope;   /* bytes a job, of a leak */
    int onset;      /* job at which it begins */
    double carried; /* state of the shapes below */
    double kept;
};

typedef double (*behaviour_fn)(struct program *program, int job);

static double between(struct noise *random, double low, double high)
{
    return low + (high - low) * noise_uniform(random);
}

static double between_decades(struct noise *random, double low, double high)
{
    return exp(between(random, log(low), log(high)));
}

static void draw(struct program *program, uint64_t seed)
{
    struct noise random = {seed};
    double base = between_decades(&random, 2 * MB, 60 * MB);
    double limit = fmax(3 * base, between_decades(&random, 64 * MB, 4096 * MB));
    double headroom = fmin(limit - base, fmax(32 * base, 64 * MB));
    *program = (struct program){
        .base = base,
        .limit = limit,
        .headroom = headroom,
        .sigma = base * between_decades(&random, 0.002, 0.15),
        .wave = headroom * between(&random, 0.005, 0.04),
        .period = (int)between_decades(&random, 10, 400),
        .memory = between(&random, 0.5, 0.99),
        .slope = (limit - base) / between_decades(&random, 25, 2500),
        .onset = (int)between(&random, 100, 1500),
        .random = random,
    };
}

static double hiss(struct program *program)
{
    return program->sigma * noise_normal(&program->random);
}

/* ---- clean ---- */
static double flat(struct program *program, int job)
{
    (void)job;
    return program->base + hiss(program);
}

static double heavy_tailed(struct program *program, int job)
{
    (void)job;
    return program->base + hiss(program) * (noise_uniform(&program->random) < 0.05 ? 6 : 1);
}

/* Noise that remembers: one job's live heap resembles the last one's. */
static double correlated(struct program *program, int job)
{
    (void)job;
    double memory = program->memory;
    program->carried = memory * program->carried + hiss(program) * sqrt(1 - memory * memory);
    return program->base + program->carried;
}

static double filling_cache(struct program *program, int job)
{
    return program->base + program->wave * (1 - exp(-job / (double)program->period)) +
           hiss(program) * 0.5;
}

static double bounded_fill(struct program *program, int job)
{
    return program->base + program->wave * fmin(1, job / (double)program->period) +
           hiss(program) * 0.5;
}

static double saw(struct program *program, int job)
{
    return program->base + program->wave * (job % program->period) / program->period +
           hiss(program) * 0.3;
}

static double steps(struct program *program, int job)
{
    (void)job;
    if (noise_uniform(&program->random) < 0.005) {
        program->carried = 2 * program->wave * noise_uniform(&program->random);
    }
    return program->base + program->carried + hiss(program) * 0.3;
}

static double days(struct program *program, int job)
{
    return program->base + program->wave * (1 + sin(job / (double)program->period)) +
           hiss(program) * 0.3;
}

/* ---- leaking ---- */
static double leak(struct program *program, int job)
{
    program->kept = job * program->slope;
    return program->base + program->kept + hiss(program) * 0.5;
}

static double late_leak(struct program *program, int job)
{
    program->kept = job > program->onset ? (job - program->onset) * program->slope : 0;
    return program->base + program->kept + hiss(program) * 0.5;
}

static double leak_under_correlated_noise(struct program *program, int job)
{
    program->kept = job * program->slope;
    return correlated(program, job) + program->kept;
}

static double leak_under_a_saw(struct program *program, int job)
{
    program->kept = job * program->slope;
    return saw(program, job) + program->kept;
}

struct result {
    int alarmed, alarms;
    long jobs;
    double used[PROGRAMS]; /* share of the way to the limit, at the first alarm */
};

static void run_program(struct program *program, behaviour_fn behaviour, struct result *result)
{
    struct drift *drift = drift_new(NULL);
    bool was_rising = false, is_first = true;
    for (int job = 0; job < JOBS; job++) {
        double live = fmax(1024, behaviour(program, job));
        if (live > program->limit) {
            break; /* dead */
        }
        struct drift_sample sample = {.live = live, .limit = program->limit, .t = job};
        struct drift_verdict verdict;
        drift_add(drift, &sample);
        drift_get(drift, &verdict);
        bool is_rising = verdict.state == DRIFT_RISING;
        if (is_rising && !was_rising) {
            result->alarms++;
        }
        if (is_rising && is_first) {
            is_first = false;
            result->used[result->alarmed++] = program->kept / (program->limit - program->base);
        }
        was_rising = is_rising;
        result->jobs++;
    }
    drift_free(&drift);
}

static struct result run(behaviour_fn behaviour, uint64_t seed)
{
    struct result result = {0};
    for (uint64_t i = 0; i < PROGRAMS; i++) {
        struct program program;
        draw(&program, seed + i * 1000003);
        run_program(&program, behaviour, &result);
    }
    return result;
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void test_clean_programs_alarm_hardly_ever(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        behaviour_fn behaviour;
    } clean[] = {{"flat", flat},
                 {"heavy-tailed noise", heavy_tailed},
                 {"correlated noise", correlated},
                 {"filling cache", filling_cache},
                 {"bounded fill", bounded_fill},
                 {"saw-tooth", saw},
                 {"steps", steps},
                 {"days", days}};
    int alarms = 0;
    long jobs = 0;
    for (size_t i = 0; i < sizeof clean / sizeof clean[0]; i++) {
        struct result result = run(clean[i].behaviour, i * 77777 + 5);
        print_message("%-20s %d of %d programs alarmed\n", clean[i].name, result.alarmed, PROGRAMS);
        alarms += result.alarms;
        jobs += result.jobs;
    }
    print_message("%.2f false alarms per million clean jobs\n", alarms * 1e6 / (double)jobs);
    assert_true(alarms * 1e6 / (double)jobs <= 1);
}

static void test_leaks_are_found_long_before_the_limit(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        behaviour_fn behaviour;
    } leaking[] = {{"leak", leak},
                   {"late leak", late_leak},
                   {"in correlated noise", leak_under_correlated_noise},
                   {"under a saw-tooth", leak_under_a_saw}};
    for (size_t i = 0; i < sizeof leaking / sizeof leaking[0]; i++) {
        struct result result = run(leaking[i].behaviour, i * 99991 + 3);
        qsort(result.used, (size_t)result.alarmed, sizeof result.used[0], compare);
        double median = result.used[result.alarmed / 2];
        print_message("%-20s %d of %d found, half of them before %.0f %% of the way to the limit\n",
                      leaking[i].name, result.alarmed, PROGRAMS, median * 100);
        assert_true(result.alarmed >= PROGRAMS * 98 / 100);
        assert_true(result.alarms <= PROGRAMS * 110 / 100);
        assert_true(median <= 0.2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clean_programs_alarm_hardly_ever),
        cmocka_unit_test(test_leaks_are_found_long_before_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
