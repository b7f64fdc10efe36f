/*
 * Seeded shapes of live heap over jobs, for the tests of the detector. Every shape is a function of
 * the job's number and a generator, so that a failing seed can be named and run again.
 */
#ifndef TESTS_DETECT_SHAPES_H
#define TESTS_DETECT_SHAPES_H

#include <math.h>
#include <stdint.h>

#define MB 1048576.0

struct noise {
    uint64_t state;
};

/* splitmix64 (Steele, Lea and Flood 2014), as a number in [0, 1). */
static inline double noise_uniform(struct noise *noise)
{
    uint64_t z = noise->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
}

/* Standard normal, by Box and Muller. */
static inline double noise_normal(struct noise *noise)
{
    double radius = sqrt(-2 * log(1 - noise_uniform(noise)));
    return radius * cos(2 * 3.14159265358979323846 * noise_uniform(noise));
}

typedef double (*shape_fn)(int job, struct noise *noise);

static inline double around(double level, double sigma, struct noise *noise)
{
    return fmax(0, level + sigma * noise_normal(noise));
}

/* ---- clean ---- */
static inline double shape_flat(int job, struct noise *noise)
{
    (void)job;
    return around(10 * MB, 0.5 * MB, noise);
}

static inline double shape_very_noisy(int job, struct noise *noise)
{
    (void)job;
    return around(40 * MB, 8 * MB, noise);
}

static inline double shape_constant(int job, struct noise *noise)
{
    (void)job, (void)noise;
    return 10 * MB;
}

/* A generation that is dropped every 40 jobs. */
static inline double shape_saw_tooth(int job, struct noise *noise)
{
    return around(10 * MB + job % 40 * 0.2 * MB, 0.2 * MB, noise);
}

/* Teeth so large that the first one cannot be told from a leak before it ends. */
static inline double shape_large_teeth(int job, struct noise *noise)
{
    return around(10 * MB + job % 40 * 0.5 * MB, 0.2 * MB, noise);
}

/* Warm-up: a cache that fills exponentially to 20 MB more. */
static inline double shape_warm_up(int job, struct noise *noise)
{
    return around(10 * MB + 20 * MB * (1 - exp(-job / 30.0)), 0.3 * MB, noise);
}

/* A table that doubles at job 200. */
static inline double shape_step(int job, struct noise *noise)
{
    return around(job < 200 ? 10 * MB : 60 * MB, 0.4 * MB, noise);
}

/* Four steps on the way to a full cache. */
static inline double shape_stairs(int job, struct noise *noise)
{
    int steps = job / 60 < 4 ? job / 60 : 4;
    return around(10 * MB + steps * 6 * MB, 0.2 * MB, noise);
}

/* A table that grows in three gulps, close together. */
static inline double shape_gulps(int job, struct noise *noise)
{
    int gulps = job < 30 ? 0 : (job - 30) / 8 + 1;
    return around(10 * MB + (gulps < 3 ? gulps : 3) * 7 * MB, 0.2 * MB, noise);
}

/* Day and night: load-dependent, slow, bounded. */
static inline double shape_waves(int job, struct noise *noise)
{
    return around(20 * MB + 10 * MB * sin(job / 150.0), 0.5 * MB, noise);
}

static inline double shape_shrinking(int job, struct noise *noise)
{
    return around(fmax(6 * MB, 30 * MB - job * 0.1 * MB), 0.3 * MB, noise);
}

/* Wild single values: a collection that came too early. */
static inline double shape_spikes(int job, struct noise *noise)
{
    double level = around(10 * MB, 0.3 * MB, noise);
    return job % 17 == 5 ? level * 3 : level;
}

/* Whole megabytes only: many ties. */
static inline double shape_quantised(int job, struct noise *noise)
{
    (void)job;
    return floor(around(10 * MB, 0.7 * MB, noise) / MB) * MB;
}

/* ---- leaking ---- */
static inline double shape_reference(int job, struct noise *noise)
{
    return around(10 * MB + job * 1.5 * MB, 0.5 * MB, noise);
}

static inline double shape_late(int job, struct noise *noise)
{
    return around(10 * MB + (job > 200 ? (job - 200) * 1.5 * MB : 0), 0.5 * MB, noise);
}

static inline double shape_slow(int job, struct noise *noise)
{
    return around(10 * MB + job * 0.05 * MB, 0.5 * MB, noise);
}

static inline double shape_fast(int job, struct noise *noise)
{
    return around(10 * MB + job * 12 * MB, 0.5 * MB, noise);
}

static inline double shape_quantised_leak(int job, struct noise *noise)
{
    return floor(around(10 * MB + job * 0.3 * MB, 0.2 * MB, noise) / MB) * MB;
}

/* Warm-up first, then a leak on top of it. */
static inline double shape_warm_then_leak(int job, struct noise *noise)
{
    return around(10 * MB + 8 * MB * (1 - exp(-job / 20.0)) + job * 0.2 * MB, 0.4 * MB, noise);
}

#endif
