/*
 * Programs that leak until they die: each reaches its limit in so and so many jobs, or is fixed in
 * time. What they do besides is what clean ones do.
 */
#include "tests/corpus/world.h"

#include <math.h>
#include <stddef.h>

#define PI       3.14159265358979323846
#define JOBS_MAX 20000

static const char *const names[] = {"resize", "render", "parse", "index", "mail", "report"};

/* Bytes a job so that the limit is reached in a number of jobs drawn from low..high. */
static double draw_slope(struct world *world, double low, double high)
{
    return (world->cap - world->base) / world_decades(world, low, high);
}

static void leaks_for_good(struct world *world, int onset, const char *job, double slope)
{
    world_leaks(world, world->t + onset * world->tick, INFINITY, job, slope);
}

static bool is_alive(const struct world *world, double live)
{
    return live < 0.97 * world->cap;
}

/* The plain leak that most others are variations of. */
static void run_leak(struct world *world, int onset, double slope)
{
    double live = world->base;
    leaks_for_good(world, onset, NULL, slope);
    for (int job = 0; job < JOBS_MAX && is_alive(world, live); job++) {
        live = world->base + fmax(0, job - onset) * slope + world_noise(world);
        world_job(world, NULL, live);
    }
}

static void leak(struct world *world)
{
    run_leak(world, 0, draw_slope(world, 40, 2000));
}

static void fast_leak(struct world *world)
{
    run_leak(world, world_whole(world, 0, 100), draw_slope(world, 14, 40));
}

static void slow_leak(struct world *world)
{
    run_leak(world, 0, draw_slope(world, 3000, 16000));
}

static void late_leak(struct world *world)
{
    int onset = world_whole(world, 800, 5000);
    run_leak(world, onset, draw_slope(world, 30, 2000));
}

static void noisy_leak(struct world *world)
{
    world->sigma = world->base * world_between(world, 0.08, 0.25);
    run_leak(world, world_whole(world, 0, 300), draw_slope(world, 60, 3000));
}

static void leak_in_remembering_noise(struct world *world)
{
    world->sigma = world->base * world_between(world, 0.02, 0.08);
    world->memory = world_between(world, 0.6, 0.97);
    run_leak(world, world_whole(world, 0, 500), draw_slope(world, 60, 3000));
}

/* 1.5 MB a job, whatever the limit: what counts is how fast it is for its size. */
static void leak_under_a_far_limit(struct world *world)
{
    world->base = world_decades(world, 2 * MB, 30 * MB);
    world->sigma = 0.03 * world->base;
    world->limit = world->cap = 4096 * MB;
    run_leak(world, world_whole(world, 0, 200), world->base * world_decades(world, 0.03, 0.3));
}

static void leak_without_a_limit(struct world *world)
{
    world->cap = fmax(20 * world->base, 128 * MB);
    world->limit = NAN;
    world->sigma *= 0.5;
    run_leak(world, world_whole(world, 0, 200), draw_slope(world, 40, 1500));
}

static void leak_after_warm_up(struct world *world)
{
    double gain = world->room * world_between(world, 0.02, 0.15),
           time = world_decades(world, 3, 100);
    double slope = draw_slope(world, 60, 2500), live = 0;
    world->sigma *= 0.5;
    leaks_for_good(world, 0, NULL, slope);
    for (int job = 0; job < JOBS_MAX && is_alive(world, live); job++) {
        live = world->base + gain * (1 - exp(-job / time)) + job * slope + world_noise(world);
        world_job(world, NULL, live);
    }
}

static void leak_under_teeth(struct world *world)
{
    int period = world_whole(world, 8, 200), onset = world_whole(world, 0, 600);
    double height = world->room * world_between(world, 0.01, 0.06);
    double slope = draw_slope(world, 80, 2500), live = 0;
    leaks_for_good(world, onset, NULL, slope);
    for (int job = 0; job < JOBS_MAX && is_alive(world, live); job++) {
        live = world->base + height * (job % period) / period + fmax(0, job - onset) * slope +
               world_noise(world) * 0.5;
        world_job(world, NULL, live);
    }
}

static void leak_under_tides(struct world *world)
{
    double height = world->room * world_between(world, 0.01, 0.03), live = 0;
    double period = world_decades(world, 60, 1500), slope = draw_slope(world, 100, 3000);
    int onset = world_whole(world, 0, 600);
    leaks_for_good(world, onset, NULL, slope);
    for (int job = 0; job < JOBS_MAX && is_alive(world, live); job++) {
        live = world->base + height * (1 + sin(2 * PI * job / period)) +
               fmax(0, job - onset) * slope + world_noise(world) * 0.5;
        world_job(world, NULL, live);
    }
}

static void leak_under_spikes(struct world *world)
{
    double slope = draw_slope(world, 50, 2000), grown = 0;
    int onset = world_whole(world, 0, 300);
    leaks_for_good(world, onset, NULL, slope);
    for (int job = 0; job < JOBS_MAX && is_alive(world, world->base + grown); job++) {
        grown = fmax(0, job - onset) * slope;
        double times = world_chance(world, 0.03) ? world_between(world, 1.2, 2) : 1;
        world_job(world, NULL, times * (world->base + grown) + world_noise(world));
    }
}

/* One job in so many keeps something, the others nothing. */
static void leak_in_some_jobs(struct world *world)
{
    double share = 1.0 / world_whole(world, 2, 10), slope = draw_slope(world, 150, 3000), kept = 0;
    leaks_for_good(world, 0, NULL, slope);
    for (int job = 0; job < JOBS_MAX && is_alive(world, world->base + kept); job++) {
        kept += world_chance(world, share) ? slope / share * world_between(world, 0.5, 1.5) : 0;
        world_job(world, NULL, world->base + kept + world_noise(world));
    }
}

/* Rare and large: one job in 20 to 50. */
static void leak_in_rare_jobs(struct world *world)
{
    double share = 1.0 / world_whole(world, 20, 50), slope = draw_slope(world, 1500, 6000),
           kept = 0;
    leaks_for_good(world, 0, NULL, slope);
    for (int job = 0; job < JOBS_MAX && is_alive(world, world->base + kept); job++) {
        kept += world_chance(world, share) ? slope / share * world_between(world, 0.5, 1.5) : 0;
        world_job(world, NULL, world->base + kept + world_noise(world) * 0.5);
    }
}

/* Grows by what jobs happen to keep, unevenly. */
static void uneven_leak(struct world *world)
{
    double slope = draw_slope(world, 50, 2000), kept = 0;
    int onset = world_whole(world, 0, 300);
    leaks_for_good(world, onset, NULL, slope);
    for (int job = 0; job < JOBS_MAX && is_alive(world, world->base + kept); job++) {
        kept += job >= onset ? slope * -log(1 - world_uniform(world)) : 0;
        world_job(world, NULL, world->base + kept + world_noise(world));
    }
}

/* A hash table: entries grow evenly, its array doubles. */
static void doubling_leak(struct world *world)
{
    double slope = draw_slope(world, 60, 2000), live = 0;
    double entries = world_between(world, 0.6, 0.9), room = 8 * slope;
    leaks_for_good(world, 0, NULL, NAN);
    for (int job = 0; job < JOBS_MAX && is_alive(world, live); job++) {
        while (job * slope > room) {
            room *= 2;
        }
        live =
            world->base + entries * job * slope + (1 - entries) * room + world_noise(world) * 0.5;
        world_job(world, NULL, live);
    }
}

static void quantised_leak(struct world *world)
{
    double slope = draw_slope(world, 60, 2000), live = 0;
    double quantum = fmin(slope * world_decades(world, 0.3, 12), world->room * 0.04);
    int onset = world_whole(world, 0, 200);
    world->sigma = quantum * 0.3;
    leaks_for_good(world, onset, NULL, slope);
    for (int job = 0; job < JOBS_MAX && is_alive(world, live); job++) {
        live = world->base + fmax(0, job - onset) * slope + world_noise(world);
        world_job(world, NULL, quantum * floor(live / quantum));
    }
}

/* Each job keeps a little more than the one before. */
static void accelerating_leak(struct world *world)
{
    double jobs = world_decades(world, 60, 2500), live = 0;
    int onset = world_whole(world, 0, 300);
    world->sigma *= 0.5;
    leaks_for_good(world, onset, NULL, NAN);
    for (int job = 0; job < JOBS_MAX && is_alive(world, live); job++) {
        double part = fmax(0, job - onset) / jobs;
        live = world->base + (world->cap - world->base) * (0.5 * part + 0.5 * part * part) +
               world_noise(world);
        world_job(world, NULL, live);
    }
}

/* Leaks while something is on, rests, and leaks again. */
static void leak_on_and_off(struct world *world)
{
    double slope = draw_slope(world, 80, 1000), kept = 0;
    int on = world_whole(world, 60, 300), period = on + world_whole(world, 20, on);
    leaks_for_good(world, 0, NULL, NAN);
    for (int job = 0; job < JOBS_MAX && is_alive(world, world->base + kept); job++) {
        kept += job % period < on ? slope : 0;
        world_job(world, NULL, world->base + kept + world_noise(world) * 0.5);
    }
}

/* A deploy frees a lot, and brings the leak along. */
static void leak_after_a_drop(struct world *world)
{
    int onset = world_whole(world, 200, 1500);
    double slope = draw_slope(world, 40, 1500), live = 0;
    double drop = world->base * world_between(world, 0.1, 0.5);
    leaks_for_good(world, onset, NULL, slope);
    for (int job = 0; job < JOBS_MAX && is_alive(world, live); job++) {
        live = world->base - (job < onset ? 0 : drop - (job - onset) * slope) +
               world_noise(world) * 0.5;
        world_job(world, NULL, live);
    }
}

/* Replaced every so many jobs; each life leaks far enough to show. */
static void leak_in_recycled_lives(struct world *world)
{
    double slope = draw_slope(world, 60, 600), jobs = (world->cap - world->base) / slope;
    int life = (int)(jobs * world_between(world, 0.35, 0.7));
    world->sigma *= 0.5;
    leaks_for_good(world, 0, NULL, slope);
    for (int job = 0; job < 8 * life; job++) {
        if (job > 0 && job % life == 0) {
            world_recycle(world);
        }
        world_job(world, NULL, world->base + job % life * slope + world_noise(world));
    }
}

/* Lives too short to show it each, for a leak that matters over many. */
static void leak_in_short_lives(struct world *world)
{
    int life = world_whole(world, 16, 60), lives = world_whole(world, 15, 30);
    double gain = world->room * world_between(world, 0.06, 0.12), slope = gain / life;
    world->sigma = gain * world_between(world, 0.01, 0.05);
    leaks_for_good(world, 0, NULL, slope);
    for (int job = 0; job < lives * life; job++) {
        if (job > 0 && job % life == 0) {
            world_recycle(world);
        }
        world_job(world, NULL, world->base + job % life * slope + world_noise(world));
    }
}

static void leak_with_missing_samples(struct world *world)
{
    double share = world_between(world, 0.1, 0.7), slope = draw_slope(world, 200, 4000), live = 0;
    int onset = world_whole(world, 0, 500), quiet = 0;
    leaks_for_good(world, onset, NULL, slope);
    for (int job = 0; job < JOBS_MAX && is_alive(world, live); job++) {
        quiet = quiet > 0 ? quiet - 1 : world_chance(world, 0.002) ? world_whole(world, 10, 60) : 0;
        live = world->base + fmax(0, job - onset) * slope + world_noise(world);
        bool is_measured = quiet == 0 && world_chance(world, share);
        world_job(world, NULL, is_measured ? live : NAN);
    }
}

static void leak_with_clock_jumps(struct world *world)
{
    double slope = draw_slope(world, 50, 2000), live = 0;
    leaks_for_good(world, 0, NULL, slope);
    for (int job = 0; job < JOBS_MAX && is_alive(world, live); job++) {
        world->tick = world_chance(world, 0.01)  ? world_decades(world, 100, 1e5)
                      : world_chance(world, 0.6) ? 0
                                                 : 1;
        live = world->base + job * slope + world_noise(world);
        world_job(world, NULL, live);
    }
}

static void leak_with_a_changing_limit(struct world *world)
{
    double slope = draw_slope(world, 100, 2000), live = 0;
    leaks_for_good(world, 0, NULL, slope);
    for (int job = 0; job < JOBS_MAX && is_alive(world, live); job++) {
        if (world_chance(world, 0.003)) {
            world->limit = world->cap * world_decades(world, 1, 2.5);
        }
        live = world->base + job * slope + world_noise(world);
        world_job(world, NULL, live);
    }
}

static void leak_of_a_large_heap(struct world *world)
{
    world->base = world_between(world, 200, 900) * MB;
    world->cap = world->limit = world->base * world_between(world, 1.3, 2);
    world->sigma = (world->limit - world->base) * world_between(world, 0.002, 0.02);
    run_leak(world, world_whole(world, 0, 300), draw_slope(world, 60, 2000));
}

/* Several names at random; `share` of the jobs are of the one that leaks. */
static void run_named(struct world *world, int count, double share, double slope, int onset)
{
    double extra[6], kept = 0;
    for (int name = 0; name < count; name++) {
        extra[name] = world->base * world_between(world, 0, 0.2);
    }
    leaks_for_good(world, onset, names[0], slope / share);
    for (int job = 0; job < JOBS_MAX && is_alive(world, world->base + kept); job++) {
        int name = world_chance(world, share) ? 0 : world_whole(world, 1, count - 1);
        kept += name == 0 && job >= onset ? slope / share : 0;
        world_job(world, names[name], world->base + extra[name] + kept + world_noise(world) * 0.5);
    }
}

static void one_name_of_five(struct world *world)
{
    run_named(world, 5, 0.2, draw_slope(world, 200, 4000), 0);
}

static void one_name_later(struct world *world)
{
    run_named(world, 5, world_between(world, 0.15, 0.4), draw_slope(world, 200, 4000),
              world_whole(world, 300, 2000));
}

static void one_rare_name(struct world *world)
{
    run_named(world, 4, 0.05, draw_slope(world, 800, 6000), 0);
}

static void one_name_of_two(struct world *world)
{
    run_named(world, 2, world_between(world, 0.3, 0.8), draw_slope(world, 100, 2000),
              world_whole(world, 0, 500));
}

static void fixed_leak(struct world *world)
{
    double slope = draw_slope(world, 60, 1000);
    int onset = world_whole(world, 0, 500);
    int jobs = (int)((world->cap - world->base) / slope * world_between(world, 0.4, 0.7));
    world->sigma *= 0.5;
    world_leaks(world, world->t + onset, world->t + onset + jobs, NULL, slope);
    for (int job = 0; job < onset + jobs + 2000 + 6 * jobs; job++) {
        double kept = slope * fmin(jobs, fmax(0, job - onset));
        world_job(world, NULL, world->base + kept + world_noise(world));
    }
}

/* The fix lets go of what was kept. */
static void freed_leak(struct world *world)
{
    double slope = draw_slope(world, 60, 1000);
    int onset = world_whole(world, 0, 500);
    int jobs = (int)((world->cap - world->base) / slope * world_between(world, 0.4, 0.7));
    world_leaks(world, world->t + onset, world->t + onset + jobs, NULL, slope);
    for (int job = 0; job < onset + jobs + 2000; job++) {
        double kept = job > onset + jobs ? 0 : slope * fmax(0, job - onset);
        world_job(world, NULL, world->base + kept + world_noise(world));
    }
}

/* The fix comes with a fresh isolate. */
static void recycled_fix(struct world *world)
{
    double slope = draw_slope(world, 60, 1000);
    int jobs = (int)((world->cap - world->base) / slope * world_between(world, 0.4, 0.7));
    world_leaks(world, world->t, world->t + jobs, NULL, slope);
    for (int job = 0; job < jobs; job++) {
        world_job(world, NULL, world->base + slope * job + world_noise(world));
    }
    world->t += 1;
    world_recycle(world);
    for (int job = 0; job < 1500; job++) {
        world_job(world, NULL, world->base + world_noise(world));
    }
}

const struct shape world_leak_shapes[] = {
    {"leak", "the limit in 40 to 2,000 jobs", leak},
    {"fast-leak", "in 14 to 40", fast_leak},
    {"slow-leak", "in 3,000 to 16,000", slow_leak},
    {"late-leak", "after 800 to 5,000 flat jobs", late_leak},
    {"noisy-leak", "under noise of 8 to 25 %", noisy_leak},
    {"remembering-leak", "under correlated noise", leak_in_remembering_noise},
    {"far-limit", "3 to 30 % a job under 4 GiB", leak_under_a_far_limit},
    {"no-limit", "no limit said", leak_without_a_limit},
    {"warm-leak", "on top of a warm-up", leak_after_warm_up},
    {"leak-teeth", "under a saw-tooth", leak_under_teeth},
    {"leak-tides", "under a sine", leak_under_tides},
    {"leak-spikes", "under wild values", leak_under_spikes},
    {"some-jobs", "every second to tenth job leaks", leak_in_some_jobs},
    {"rare-jobs", "one in 20 to 50 leaks", leak_in_rare_jobs},
    {"uneven-leak", "every job another amount", uneven_leak},
    {"doubling", "a table whose array doubles", doubling_leak},
    {"quantised-leak", "whole quanta", quantised_leak},
    {"accelerating", "more and more", accelerating_leak},
    {"on-and-off", "with rests", leak_on_and_off},
    {"after-a-drop", "begins with a drop", leak_after_a_drop},
    {"recycled-leak", "lives long enough to show it", leak_in_recycled_lives},
    {"short-lives", "lives too short to show it", leak_in_short_lives},
    {"missing-leak", "most jobs not measured", leak_with_missing_samples},
    {"clock-leak", "the clock stands and leaps", leak_with_clock_jumps},
    {"moved-limit", "the limit is lifted", leak_with_a_changing_limit},
    {"large-heap", "200 to 900 MB, little room", leak_of_a_large_heap},
    {"one-of-five", "one name of five leaks", one_name_of_five},
    {"one-later", "one name of five, later", one_name_later},
    {"one-rare", "one name, 5 % of the jobs", one_rare_name},
    {"one-of-two", "one name of two", one_name_of_two},
    {"fixed", "levels off half-way", fixed_leak},
    {"freed", "falls back half-way", freed_leak},
    {"recycled-fix", "a fresh isolate half-way", recycled_fix},
    {NULL, NULL, NULL},
};
