/*
 * Programs that do not leak. What comes and goes, or fills up and stays, is bounded: straight fills
 * by 7 % of the room, those that bend or jump by more; a straight fill beyond that is a leak to
 * whoever cannot see the future, and is measured apart (docs/detector.md).
 */
#include "tests/corpus/world.h"

#include <math.h>
#include <stddef.h>

#define PI 3.14159265358979323846

static void flat(struct world *world)
{
    world_is_clean(world);
    for (int job = 0, jobs = world_whole(world, 300, 3000); job < jobs; job++) {
        world_job(world, NULL, world->base + world_noise(world));
    }
}

static void still(struct world *world)
{
    world->sigma = 0;
    flat(world);
}

static void very_noisy(struct world *world)
{
    world->sigma = world->base * world_between(world, 0.08, 0.3);
    flat(world);
}

static void remembering(struct world *world)
{
    world->sigma = world->base * world_between(world, 0.02, 0.08);
    world->memory = world_between(world, 0.6, 0.98);
    flat(world);
}

/* One job in twenty leaves several times the usual noise, upwards. */
static void heavy_tailed(struct world *world)
{
    world_is_clean(world);
    for (int job = 0; job < 2500; job++) {
        double wild = world_chance(world, 0.05) ? world_decades(world, 2, 15) : 0;
        world_job(world, NULL, world->base + world_noise(world) + wild * world->sigma);
    }
}

/* Single collections that came too early. */
static void spikes(struct world *world)
{
    double share = world_between(world, 0.01, 0.08);
    world_is_clean(world);
    for (int job = 0; job < 2000; job++) {
        double times = world_chance(world, share) ? world_between(world, 1.5, 4) : 1;
        world_job(world, NULL, times * world->base + world_noise(world));
    }
}

static void teeth(struct world *world, double height, int period)
{
    world->sigma *= 0.5;
    world_is_clean(world);
    for (int job = 0, jobs = 30 * period < 3000 ? 3000 : 12 * period; job < jobs; job++) {
        double tooth = height * (job % period) / period;
        world_job(world, NULL, world->base + tooth + world_noise(world));
    }
}

static void saw_tooth(struct world *world)
{
    teeth(world, world->room * world_between(world, 0.01, 0.07), world_whole(world, 12, 400));
}

/* Large teeth that are over before anybody could call them a rise. */
static void short_teeth(struct world *world)
{
    teeth(world, world->room * world_between(world, 0.1, 0.3), world_whole(world, 2, 6));
}

static void uneven_teeth(struct world *world)
{
    double held = 0, height = world->room * world_between(world, 0.01, 0.07);
    double step = height / world_whole(world, 20, 200);
    world_is_clean(world);
    for (int job = 0; job < 4000; job++) {
        held += step * world_between(world, 0, 2);
        if (held > height || world_chance(world, step / height / 3)) {
            held = world_chance(world, 0.5) ? 0 : held / 2;
        }
        world_job(world, NULL, world->base + held + world_noise(world) * 0.5);
    }
}

static void warm_up(struct world *world)
{
    double gain = world->room * world_between(world, 0.02, 0.25);
    double time = world_decades(world, 2, 300);
    world->sigma *= 0.5;
    world_is_clean(world);
    for (int job = 0; job < 600 + 8 * time; job++) {
        double filled = gain * (1 - exp(-job / time));
        world_job(world, NULL, world->base + filled + world_noise(world));
    }
}

/* A warm-up whose bend drowns in noise. */
static void noisy_warm_up(struct world *world)
{
    double gain = world->room * world_between(world, 0.03, 0.2);
    double time = world_decades(world, 3, 200);
    world->sigma = gain * world_between(world, 0.03, 0.3);
    world_is_clean(world);
    for (int job = 0; job < 600 + 8 * time; job++) {
        double filled = gain * (1 - exp(-job / time));
        world_job(world, NULL, world->base + filled + world_noise(world));
    }
}

/* A cache that is first used after hours. */
static void late_cache(struct world *world)
{
    double gain = world->room * world_between(world, 0.02, 0.08);
    double time = world_decades(world, 2, 200);
    int onset = world_whole(world, 100, 2000);
    world->sigma *= 0.5;
    world_is_clean(world);
    for (int job = 0; job < onset + 400 + 8 * time; job++) {
        double filled = job < onset ? 0 : gain * (1 - exp(-(job - onset) / time));
        world_job(world, NULL, world->base + filled + world_noise(world));
    }
}

/* Modules that are loaded on first use, each once. */
static void lazy_modules(struct world *world)
{
    double loaded = 0, share = world_between(world, 0.02, 0.2);
    int left = world_whole(world, 2, 6);
    double each = world->room * world_between(world, 0.02, 0.15) / left;
    world_is_clean(world);
    for (int job = 0; job < 1500; job++) {
        if (left > 0 && world_chance(world, share)) {
            loaded += each * world_between(world, 0.4, 1.6);
            left--;
        }
        world_job(world, NULL, world->base + loaded + world_noise(world) * 0.5);
    }
}

static void full_cache(struct world *world)
{
    double height = world->room * world_between(world, 0.01, 0.07);
    double jobs = world_decades(world, 20, 2000);
    int onset = world_chance(world, 0.5) ? 0 : world_whole(world, 50, 600);
    world->sigma *= 0.5;
    world_is_clean(world);
    for (int job = 0; job < onset + 2 * jobs + 600; job++) {
        double filled = height * fmin(1, fmax(0, job - onset) / jobs);
        world_job(world, NULL, world->base + filled + world_noise(world));
    }
}

/* Keys drawn evenly from a bounded set: each is kept once. */
static void collected_keys(struct world *world)
{
    int keys = world_whole(world, 50, 800), kept = 0;
    double each = world->room * world_between(world, 0.03, 0.2) / keys;
    world_is_clean(world);
    for (int job = 0; job < 6 * keys + 500; job++) {
        kept += world_chance(world, 1 - kept / (double)keys);
        world_job(world, NULL, world->base + kept * each + world_noise(world) * 0.5);
    }
}

/* Keys of very unequal popularity, of which only the most popular fit: a cache that fills ever more
 * slowly. */
static void popular_keys(struct world *world)
{
    double reach = world->room * world_between(world, 0.02, 0.12);
    double scale = world_decades(world, 3, 60);
    world_is_clean(world);
    for (int job = 0; job < 3000; job++) {
        double kept = reach * fmin(1, log1p(job / scale) / log1p(1500 / scale));
        world_job(world, NULL, world->base + kept + world_noise(world) * 0.5);
    }
}

static void one_step(struct world *world)
{
    int onset = world_whole(world, 5, 900), over = world_whole(world, 1, 3);
    double height = world->room * world_between(world, 0.05, 0.4);
    world_is_clean(world);
    for (int job = 0; job < onset + 900; job++) {
        double risen = height * fmin(1, fmax(0, job - onset) / over);
        world_job(world, NULL, world->base + risen + world_noise(world));
    }
}

/* Configuration that is loaded anew now and then, larger or smaller. */
static void steps_up_and_down(struct world *world)
{
    double level = 0, share = world_decades(world, 0.001, 0.01);
    double reach = world->room * world_between(world, 0.05, 0.2);
    world_is_clean(world);
    for (int job = 0; job < 4000; job++) {
        if (world_chance(world, share)) {
            level = reach * world_uniform(world);
        }
        world_job(world, NULL, world->base + level + world_noise(world) * 0.5);
    }
}

/* Three or four steps, all upwards, then quiet. */
static void stairs(struct world *world)
{
    int steps = world_whole(world, 3, 4), width = world_whole(world, 30, 250);
    double each = world->room * world_between(world, 0.02, 0.08);
    int before = world_whole(world, 10, 300);
    world_is_clean(world);
    for (int job = 0; job < before + (steps + 5) * width; job++) {
        int stair = job < before ? 0 : (job - before) / width + 1;
        double risen = each * (stair < steps ? stair : steps);
        world_job(world, NULL, world->base + risen + world_noise(world) * 0.4);
    }
}

static void tides(struct world *world)
{
    double height = world->room * world_between(world, 0.01, 0.035);
    double period = world_decades(world, 60, 3000), phase = world_between(world, 0, 2 * PI);
    world_is_clean(world);
    for (int job = 0; job < 1000 + 5 * period; job++) {
        double tide = height * (1 + sin(phase + 2 * PI * job / period));
        world_job(world, NULL, world->base + tide + world_noise(world));
    }
}

static void busy_hours(struct world *world)
{
    int period = world_whole(world, 40, 800), busy = period / world_whole(world, 2, 4);
    double height = world->room * world_between(world, 0.03, 0.3);
    world_is_clean(world);
    for (int job = 0; job < 600 + 8 * period; job++) {
        double held = job % period >= period - busy ? height : 0;
        world_job(world, NULL, world->base + held + world_noise(world));
    }
}

/* Sessions come at random and stay for a while, from none at the start. */
static void sessions(struct world *world)
{
    double stay = world_decades(world, 10, 400), usual = world_between(world, 20, 200);
    double each = world->room * world_between(world, 0.01, 0.1) / usual, open = 0;
    world_is_clean(world);
    for (int job = 0; job < 1000 + 8 * stay; job++) {
        double came = usual / stay, left = open / stay;
        open = fmax(0, open + came - left + sqrt(came + left) * world_normal(world));
        world_job(world, NULL, world->base + open * each + world_noise(world) * 0.3);
    }
}

/* Sudden load that drains away. */
static void bursts(struct world *world)
{
    double held = 0, drains = world_between(world, 0.5, 0.95);
    double height = world->room * world_between(world, 0.03, 0.3);
    world_is_clean(world);
    for (int job = 0; job < 3000; job++) {
        held = held * drains + (world_chance(world, 0.008) ? height * world_uniform(world) : 0);
        world_job(world, NULL, world->base + held + world_noise(world));
    }
}

/* Load that builds up over a dozen jobs and drains as slowly. */
static void swells(struct world *world)
{
    int width = world_whole(world, 8, 60);
    double height = world->room * world_between(world, 0.01, 0.06);
    int begun = -10 * width;
    world_is_clean(world);
    for (int job = 0; job < 3500; job++) {
        if (job - begun > 2 * width && world_chance(world, 0.01)) {
            begun = job;
        }
        double part = (job - begun) / (double)width;
        double held = height * fmax(0, part < 1 ? part : 2 - part);
        world_job(world, NULL, world->base + held + world_noise(world) * 0.5);
    }
}

static void quantised(struct world *world)
{
    double quantum = world->base * world_decades(world, 0.01, 0.2);
    world->sigma = quantum * world_between(world, 0.2, 0.8);
    world_is_clean(world);
    for (int job = 0; job < 2000; job++) {
        double live = world->base + world_noise(world);
        world_job(world, NULL, quantum * floor(live / quantum));
    }
}

/* The same figure for many jobs, then another. */
static void ties(struct world *world)
{
    double level = world->base, share = world_decades(world, 0.003, 0.1);
    world_is_clean(world);
    for (int job = 0; job < 2500; job++) {
        if (world_chance(world, share)) {
            level = world->base + world->sigma * world_normal(world);
        }
        world_job(world, NULL, level);
    }
}

static void shrinking(struct world *world)
{
    double jobs = world_decades(world, 30, 2000),
           gone = world->base * world_between(world, 0.2, 0.7);
    world_is_clean(world);
    for (int job = 0; job < 500 + 2 * jobs; job++) {
        double shrunk = gone * fmin(1, job / jobs);
        world_job(world, NULL, world->base - shrunk + world_noise(world) * 0.5);
    }
}

/* Dropped once, and slowly back to where it was. */
static void back_again(struct world *world)
{
    double drop = fmin(world->base * 0.6, world->room * world_between(world, 0.02, 0.3));
    int onset = world_whole(world, 200, 800);
    double jobs = world_decades(world, 20, 600);
    world_is_clean(world);
    for (int job = 0; job < onset + 2 * jobs + 500; job++) {
        double gone = job < onset ? 0 : drop * fmax(0, 1 - (job - onset) / jobs);
        world_job(world, NULL, world->base - gone + world_noise(world) * 0.5);
    }
}

/* Wanders between two walls. */
static void wandering(struct world *world)
{
    double reach = world->room * world_between(world, 0.01, 0.05), at = reach / 2;
    double stride = reach * world_decades(world, 0.005, 0.1);
    world_is_clean(world);
    for (int job = 0; job < 4000; job++) {
        at += stride * world_normal(world);
        at = at < 0 ? -at : at > reach ? 2 * reach - at : at;
        world_job(world, NULL, world->base + at + world_noise(world) * 0.3);
    }
}

/* Replaced every so many jobs; each life warms up. */
static void recycled(struct world *world)
{
    int life = world_whole(world, 25, 500);
    double gain = world->room * world_between(world, 0, 0.1),
           time = world_decades(world, 1, life / 5.0);
    world->sigma *= 0.5;
    world_is_clean(world);
    for (int job = 0; job < 12 * life; job++) {
        if (job > 0 && job % life == 0) {
            world_recycle(world);
        }
        double filled = gain * (1 - exp(-(job % life) / time));
        world_job(world, NULL, world->base + filled + world_noise(world));
    }
}

/* The clock stands still, leaps by hours, and jobs come in packs. */
static void clock_jumps(struct world *world)
{
    double height = world->room * world_between(world, 0.01, 0.05);
    world_is_clean(world);
    for (int job = 0; job < 2000; job++) {
        world->tick = world_chance(world, 0.01)  ? world_decades(world, 100, 1e5)
                      : world_chance(world, 0.6) ? 0
                                                 : 1;
        double held = height * (job % 150) / 150;
        world_job(world, NULL, world->base + held + world_noise(world));
    }
}

/* Most jobs are not measured, and for long stretches none is. */
static void missing_samples(struct world *world)
{
    double share = world_between(world, 0.05, 0.6),
           height = world->room * world_between(world, 0, 0.05);
    int quiet = 0;
    world_is_clean(world);
    for (int job = 0; job < 4000; job++) {
        quiet = quiet > 0                    ? quiet - 1
                : world_chance(world, 0.003) ? world_whole(world, 20, 400)
                                             : 0;
        bool is_measured = quiet == 0 && world_chance(world, share);
        double live = world->base + height * (job % 300) / 300 + world_noise(world);
        world_job(world, NULL, is_measured ? live : NAN);
    }
}

static const char *const names[] = {"resize", "render", "parse", "index", "mail", "report"};

/* Five kinds of jobs; after some of them more is still alive than after others. */
static void mixed_jobs(struct world *world)
{
    double extra[5];
    for (int name = 0; name < 5; name++) {
        extra[name] = world->base * world_between(world, 0, 0.3);
    }
    world_is_clean(world);
    for (int job = 0; job < 3000; job++) {
        int name = world_whole(world, 0, 4);
        world_job(world, names[name], world->base + extra[name] + world_noise(world));
    }
}

/* The same, and what is done most changes in the course of time. */
static void changing_mix(struct world *world)
{
    double extra = world->room * world_between(world, 0.01, 0.2);
    double period = world_decades(world, 200, 3000);
    world_is_clean(world);
    for (int job = 0; job < 4000; job++) {
        double share = 0.5 + 0.45 * sin(2 * PI * job / period);
        bool is_large = world_chance(world, share);
        double live = world->base + (is_large ? extra : 0) + world_noise(world);
        world_job(world, is_large ? names[0] : names[1], live);
    }
}

/* One unnamed kind of job whose heavy half becomes more frequent, then less. */
static void changing_load(struct world *world)
{
    double extra = world->room * world_between(world, 0.01, 0.06);
    double period = world_decades(world, 200, 3000);
    world_is_clean(world);
    for (int job = 0; job < 4000; job++) {
        bool is_large = world_chance(world, 0.5 + 0.45 * sin(2 * PI * job / period));
        world_job(world, NULL, world->base + (is_large ? extra : 0) + world_noise(world));
    }
}

/* The limit is lowered or lifted while the program runs. */
static void changing_limit(struct world *world)
{
    world_is_clean(world);
    for (int job = 0; job < 2500; job++) {
        if (world_chance(world, 0.003)) {
            world->limit = fmax(1.5 * world->base, world->cap * world_decades(world, 0.25, 2));
        }
        world_job(world, NULL, world->base + world_noise(world));
    }
}

static void unknown_limit(struct world *world)
{
    world->limit = NAN;
    if (world_chance(world, 0.5)) {
        saw_tooth(world);
    } else {
        flat(world);
    }
}

/* A few KB under a large limit: everything is large against it but the room. */
static void tiny(struct world *world)
{
    world->base = world_decades(world, 60e3, 900e3);
    world->sigma = world->base * world_between(world, 0.02, 0.4);
    double pools = world->base * world_between(world, 0, 3), time = world_decades(world, 3, 80);
    world_is_clean(world);
    for (int job = 0; job < 2000; job++) {
        double filled = pools * (1 - exp(-job / time));
        world_job(world, NULL, world->base + filled + world_noise(world));
    }
}

/* Little room is left from the start. */
static void nearly_full(struct world *world)
{
    world->base = world->limit * world_between(world, 0.6, 0.85);
    world->sigma = (world->limit - world->base) * world_decades(world, 0.005, 0.06);
    flat(world);
}

/* ... and what is left is the size of the noise. */
static void nearly_full_and_noisy(struct world *world)
{
    world->base = world->limit * world_between(world, 0.6, 0.8);
    world->sigma = (world->limit - world->base) * world_between(world, 0.06, 0.2);
    world->memory = world_chance(world, 0.5) ? world_between(world, 0.3, 0.9) : 0;
    flat(world);
}

const struct shape world_clean_shapes[] = {
    {"flat", "constant with noise of 0.2 to 5 %", flat},
    {"still", "not a byte changes", still},
    {"very-noisy", "noise of 8 to 30 %", very_noisy},
    {"remembering", "correlated noise", remembering},
    {"heavy-tailed", "one job in twenty far out", heavy_tailed},
    {"spikes", "single wild values", spikes},
    {"saw-tooth", "even teeth to 7 % of the room", saw_tooth},
    {"short-teeth", "large teeth of 2 to 6 jobs", short_teeth},
    {"uneven-teeth", "teeth of all lengths", uneven_teeth},
    {"warm-up", "exponential, to 25 % of the room", warm_up},
    {"noisy-warm-up", "the same under noise of 3 to 30 % of it", noisy_warm_up},
    {"late-cache", "exponential after a flat stretch, to 8 %", late_cache},
    {"lazy-modules", "loaded on first use", lazy_modules},
    {"full-cache", "straight fill to 7 % of the room", full_cache},
    {"collected-keys", "distinct keys of a bounded set", collected_keys},
    {"popular-keys", "logarithmic fill", popular_keys},
    {"one-step", "one step of 5 to 40 %", one_step},
    {"steps", "steps up and down", steps_up_and_down},
    {"stairs", "three or four steps up", stairs},
    {"tides", "sine", tides},
    {"busy-hours", "square wave", busy_hours},
    {"sessions", "arrivals and departures", sessions},
    {"bursts", "load that drains away", bursts},
    {"swells", "load that builds up and drains", swells},
    {"quantised", "whole quanta", quantised},
    {"ties", "long runs of one figure", ties},
    {"shrinking", "less and less", shrinking},
    {"back-again", "dropped and slowly back", back_again},
    {"wandering", "between two walls", wandering},
    {"recycled", "lives that warm up", recycled},
    {"clock-jumps", "the clock stands and leaps", clock_jumps},
    {"missing", "most jobs not measured", missing_samples},
    {"mixed-jobs", "five names of different levels", mixed_jobs},
    {"changing-mix", "names change their share", changing_mix},
    {"changing-load", "load changes its weight", changing_load},
    {"changing-limit", "the limit is moved", changing_limit},
    {"unknown-limit", "flat or saw-tooth without a limit", unknown_limit},
    {"tiny", "less than a megabyte", tiny},
    {"nearly-full", "60 to 85 % of the limit used", nearly_full},
    {"full-and-noisy", "the same, noise of 6 to 20 % of what is left", nearly_full_and_noisy},
    {NULL, NULL, NULL},
};
