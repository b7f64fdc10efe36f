/*
 * What can be asked for by name: both halves of the corpus, one shape, and kinds of series that are
 * asked for in numbers. A clean day is a sum of what clean programs do, drawn anew for each
 * isolate.
 */
#include "tests/corpus/sets.h"

#include <math.h>
#include <string.h>

#define PI       3.14159265358979323846
#define DAY_JOBS 86400

static void run_reference(struct world *world, int onset)
{
    world->base = 10 * MB;
    world->limit = world->cap = 256 * MB;
    world->sigma = 0.5 * MB;
    world_leaks(world, world->t + onset, INFINITY, NULL, 1.5 * MB);
    for (int job = 0; job < onset + 60; job++) {
        world_job(world, NULL, 10 * MB + 1.5 * MB * fmax(0, job - onset) + world_noise(world));
    }
}

static void make_reference(struct world *world)
{
    run_reference(world, 0);
}

static void make_late_reference(struct world *world)
{
    run_reference(world, world_whole(world, 60, 300));
}

/* A start: what is loaded, cached and connected in the first jobs. */
struct start {
    double curve, curve_jobs; /* fills up and bends */
    double fill, fill_jobs;   /* fills up straight */
    double step[3];           /* jumps */
    int step_at[3];
};

static void draw_start(struct world *world, struct start *start)
{
    *start = (struct start){.curve_jobs = 1, .fill_jobs = 1};
    if (world_chance(world, 0.7)) {
        start->curve = world->room * world_decades(world, 0.003, 0.15);
        start->curve_jobs = world_decades(world, 1, 120);
    }
    if (world_chance(world, 0.4)) {
        start->fill = world->room * world_decades(world, 0.003, 0.06);
        start->fill_jobs = world_decades(world, 10, 300);
    }
    for (int i = 0; i < 3; i++) {
        start->step_at[i] = world_whole(world, 0, 100);
        start->step[i] =
            world_chance(world, 0.3) ? world->room * world_decades(world, 0.003, 0.1) : 0;
    }
}

static double started(const struct start *start, int job)
{
    double live = start->curve * (1 - exp(-job / start->curve_jobs)) +
                  start->fill * fmin(1, job / start->fill_jobs);
    for (int i = 0; i < 3; i++) {
        live += job >= start->step_at[i] ? start->step[i] : 0;
    }
    return live;
}

static void make_fresh(struct world *world)
{
    struct start start;
    draw_start(world, &start);
    world->memory = world_chance(world, 0.3) ? world_between(world, 0.3, 0.9) : 0;
    world_is_clean(world);
    for (int job = 0; job < 300; job++) {
        world_job(world, NULL, world->base + started(&start, job) + world_noise(world));
    }
}

struct day {
    struct start start;
    double tide, tide_jobs, tide_phase;
    double tooth;
    int tooth_jobs;
    double sessions, stay, each; /* sessions: usual number */
    double reload, reload_share; /* a level that jumps */
    double wild_share;
    int life; /* jobs until it is recycled; 0: never */
};

static void draw_day(struct world *world, struct day *day)
{
    *day = (struct day){.tide_jobs = 1, .tooth_jobs = 1, .stay = 1};
    draw_start(world, &day->start);
    world->memory = world_chance(world, 0.4) ? world_between(world, 0.3, 0.99) : 0;
    if (world_chance(world, 0.4)) {
        day->tide = world->room * world_decades(world, 0.003, 0.03);
        day->tide_jobs = world_decades(world, 500, DAY_JOBS);
        day->tide_phase = world_between(world, 0, 2 * PI);
    }
    if (world_chance(world, 0.4)) {
        day->tooth = world->room * world_decades(world, 0.003, 0.05);
        day->tooth_jobs = (int)world_decades(world, 5, 5000);
    }
    if (world_chance(world, 0.4)) {
        day->stay = world_decades(world, 5, 1000);
        day->sessions = world_decades(world, 5, 300);
        day->each = world->room * world_decades(world, 0.003, 0.05) / day->sessions;
    }
    if (world_chance(world, 0.3)) {
        day->reload = world->room * world_decades(world, 0.01, 0.1);
        day->reload_share = world_decades(world, 1.0 / 20000, 1.0 / 500);
    }
    day->wild_share = world_chance(world, 0.3) ? world_decades(world, 0.0005, 0.05) : 0;
    day->life = world_chance(world, 0.2) ? (int)world_decades(world, 500, 20000) : 0;
}

static void make_day(struct world *world)
{
    struct day day;
    double open = 0, level = 0;
    int born = 0;
    draw_day(world, &day);
    world_is_clean(world);
    for (int job = 0; job < DAY_JOBS; job++) {
        if (day.life > 0 && job - born >= day.life) {
            world_recycle(world);
            born = job;
            open = level = 0;
        }
        double came = day.sessions / day.stay, left = open / day.stay;
        open = fmax(0, open + came - left + sqrt(came + left) * world_normal(world));
        level = world_chance(world, day.reload_share) ? day.reload * world_uniform(world) : level;
        double live = world->base + started(&day.start, job - born) + open * day.each + level +
                      day.tide * (1 + sin(day.tide_phase + 2 * PI * job / day.tide_jobs)) +
                      day.tooth * (job % day.tooth_jobs) / day.tooth_jobs + world_noise(world);
        world_job(world, NULL, world_chance(world, day.wild_share) ? 1.5 * live : live);
    }
}

static void make(const struct shape *shape, int first, int count, int stride, world_emit_fn emit,
                 void *user)
{
    for (int i = 0; i < count; i++) {
        struct world world;
        world_init(&world, shape->name, (uint64_t)(first + i * stride), emit, user);
        shape->make(&world);
    }
}

static void make_each(const struct shape *shapes, int first, int count, int stride,
                      world_emit_fn emit, void *user)
{
    for (; shapes->name != NULL; shapes++) {
        make(shapes, first, count, stride, emit, user);
    }
}

/* Clean shapes and leaks; false: no such set. */
static bool make_corpus(const char *set, world_emit_fn emit, void *user)
{
    static const struct {
        const char *name;
        int first, count, stride;
    } parts[] = {{"tune", 0, SETS_SEEDS / 2, 2},
                 {"evaluate", 1, SETS_SEEDS / 2, 2},
                 {"holdout", SETS_HOLDOUT, SETS_SEEDS, 1}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (strcmp(parts[i].name, set) == 0) {
            make_each(world_clean_shapes, parts[i].first, parts[i].count, parts[i].stride, emit,
                      user);
            make_each(world_leak_shapes, parts[i].first, parts[i].count, parts[i].stride, emit,
                      user);
            return true;
        }
    }
    return false;
}

static const struct shape *find(const struct shape *shapes, const char *name)
{
    while (shapes->name != NULL && strcmp(shapes->name, name) != 0) {
        shapes++;
    }
    return shapes->name != NULL ? shapes : NULL;
}

bool sets_make(const char *set, int first, int count, world_emit_fn emit, void *user)
{
    static const struct shape own[] = {
        {"reference", "1.5 MB a job on 10 MB with 0.5 MB noise under 256 MB", make_reference},
        {"late-reference", "the same after 60 to 300 flat jobs", make_late_reference},
        {"fresh", "the first 300 jobs of a clean isolate", make_fresh},
        {"days", "a clean isolate for 86,400 jobs", make_day},
        {NULL, NULL, NULL},
    };
    if (make_corpus(set, emit, user)) {
        return true;
    }
    const struct shape *shape = find(own, set);
    shape = shape != NULL ? shape : find(world_clean_shapes, set);
    shape = shape != NULL ? shape : find(world_leak_shapes, set);
    if (shape != NULL) {
        make(shape, first, count, 1, emit, user);
    }
    return shape != NULL;
}
