/* Seeds, noise and lines of an invented isolate. */
#include "tests/corpus/world.h"

#include <math.h>
#include <stdio.h>

/* splitmix64 (Steele, Lea and Flood 2014), as a number in [0, 1). */
double world_uniform(struct world *world)
{
    uint64_t z = world->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
}

/* By Box and Muller. */
double world_normal(struct world *world)
{
    double radius = sqrt(-2 * log(1 - world_uniform(world)));
    return radius * cos(2 * 3.14159265358979323846 * world_uniform(world));
}

double world_between(struct world *world, double low, double high)
{
    return low + (high - low) * world_uniform(world);
}

double world_decades(struct world *world, double low, double high)
{
    return exp(world_between(world, log(low), log(high)));
}

int world_whole(struct world *world, int low, int high)
{
    return low + (int)(world_uniform(world) * (high - low + 1));
}

bool world_chance(struct world *world, double share)
{
    return world_uniform(world) < share;
}

static uint64_t hash(const char *text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
    for (; *text != '\0'; text++) {
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    }
    return hash;
}

void world_init(struct world *world, const char *name, uint64_t seed, world_emit_fn emit,
                void *user)
{
    *world = (struct world){.emit = emit, .user = user, .tick = 1};
    snprintf(world->isolate, sizeof world->isolate, "%.40s-%04llu", name, (unsigned long long)seed);
    world->state = hash(name) + seed * UINT64_C(0xd1342543de82ef95);
    world->base = world_decades(world, 1.5 * MB, 120 * MB);
    double limit = 64 * MB * pow(2, world_whole(world, 0, 6));
    while (limit < 3 * world->base) {
        limit *= 2;
    }
    world->limit = world->cap = limit;
    world->room = fmin(limit - world->base, 20 * world->base);
    world->sigma = world->base * world_decades(world, 0.002, 0.05);
    world->t = 1000;
}

double world_noise(struct world *world)
{
    double fresh = world->sigma * world_normal(world);
    if (world->memory <= 0) {
        return fresh;
    }
    world->carried =
        world->memory * world->carried + sqrt(1 - world->memory * world->memory) * fresh;
    return world->carried;
}

static struct trace_line line_of(const struct world *world, enum trace_kind kind)
{
    return (struct trace_line){
        .kind = kind,
        .t = world->t,
        .isolate = world->isolate,
        .live = NAN,
        .limit = NAN,
        .from = NAN,
        .to = NAN,
        .bytes_per_job = NAN,
    };
}

void world_is_clean(struct world *world)
{
    struct trace_line line = line_of(world, TRACE_LABEL);
    world->emit(world->user, &line);
}

void world_leaks(struct world *world, double from, double to, const char *job, double slope)
{
    struct trace_line line = line_of(world, TRACE_LABEL);
    line.is_leak = true;
    line.from = from;
    line.to = isinf(to) ? NAN : to;
    line.job = job;
    line.bytes_per_job = slope;
    world->emit(world->user, &line);
}

void world_job(struct world *world, const char *job, double live)
{
    struct trace_line line = line_of(world, TRACE_SAMPLE);
    line.job = job;
    line.live = isnan(live) ? NAN : floor(fmax(4096, live));
    line.limit = world->limit;
    world->emit(world->user, &line);
    world->t += world->tick;
}

void world_recycle(struct world *world)
{
    struct trace_line line = line_of(world, TRACE_RECYCLE);
    world->emit(world->user, &line);
    world->t += world->tick;
}
