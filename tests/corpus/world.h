/*
 * One invented isolate: its heap, its noise, its clock, and the lines that tell of it. A shape
 * (clean.c, leaks.c, sets.c) draws what it needs and emits job by job; whoever listens prints the
 * lines (generate.c) or judges them (compare.c). Everything follows from the seed. Lines are those
 * of `isoctl replay`; the label comes first.
 */
#ifndef TESTS_CORPUS_WORLD_H
#define TESTS_CORPUS_WORLD_H

#include "ctl/trace.h"

#include <stdbool.h>
#include <stdint.h>

#define MB 1048576.0

typedef void (*world_emit_fn)(void *user, const struct trace_line *line);

struct world {
    uint64_t state; /* of the generator */
    world_emit_fn emit;
    void *user;
    char isolate[64];
    double t;     /* of the next job */
    double tick;  /* seconds from job to job */
    double base;  /* bytes that live from the first job on */
    double limit; /* NAN: the lines do not say */
    double cap;   /* the limit that kills, said or not */
    double room;  /* what a clean program's growth is measured in: to the limit, at most 20 bases */
    double sigma; /* of the noise, in bytes */
    double memory; /* of noise that remembers, 0..1 */
    double carried;
};

struct shape {
    const char *name, *text;
    void (*make)(struct world *world);
};

/* End with a NULL name. */
extern const struct shape world_clean_shapes[], world_leak_shapes[];

/* Draws level, limit and noise for isolate `name`-`seed`. */
void world_init(struct world *world, const char *name, uint64_t seed, world_emit_fn emit,
                void *user);

double world_uniform(struct world *world);
double world_normal(struct world *world);
double world_between(struct world *world, double low, double high);
double world_decades(struct world *world, double low, double high); /* even in the logarithm */
int world_whole(struct world *world, int low, int high);            /* low..high */
bool world_chance(struct world *world, double share);

/* The next value of the noise. */
double world_noise(struct world *world);

/* The truth; `from` and `to` are times, INFINITY: never fixed; `job` and `slope` may be NULL, NAN.
 */
void world_is_clean(struct world *world);
void world_leaks(struct world *world, double from, double to, const char *job, double slope);

/* A job ended and left `live`; NAN: not measured. `job` may be NULL. */
void world_job(struct world *world, const char *job, double live);
void world_recycle(struct world *world);

#endif
