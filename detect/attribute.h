/*
 * Which job name makes the heap grow. All names of an isolate share one heap, so all of them see
 * the growth; but between two samples of the same name the heap grows by what the jobs in between
 * keep:
 *
 *     live[now] - live[before]  =  sum over names k of  kept_k x (jobs of k in between)  +  noise
 *
 * Least squares over at most ATTRIBUTE_NAMES names gives kept_k. Old evidence fades exponentially,
 * at two speeds, so that a leak that began late is not drowned by the flat time before it. Names
 * that always run in the same pattern cannot be told apart, and are not. What ran between hardly any
 * two samples, at a start, takes what that cost but made no rise of many. Fed and asked by drift.c;
 * fixed memory.
 */
#ifndef DETECT_ATTRIBUTE_H
#define DETECT_ATTRIBUTE_H

#include <stdbool.h>
#include <stdint.h>

#define ATTRIBUTE_NAMES  8
#define ATTRIBUTE_SPEEDS 2

struct attribute_sums {                               /* the normal equations, faded */
    double product[ATTRIBUTE_NAMES][ATTRIBUTE_NAMES]; /* runs of j x runs of k */
    double growth[ATTRIBUTE_NAMES];                   /* runs of k x growth */
    double square;                                    /* growth^2 */
    double weight;                                    /* equations in it */
};

struct attribute {
    double runs[ATTRIBUTE_NAMES];        /* jobs so far */
    double runs_before[ATTRIBUTE_NAMES]; /* at the last sample of any name */
    uint32_t spans[ATTRIBUTE_NAMES];     /* from one sample to the next in which it ran */
    struct {
        bool is_known;
        double live;
        double runs[ATTRIBUTE_NAMES];
    } last[ATTRIBUTE_NAMES]; /* at the last sample of that name */
    struct attribute_sums sums[ATTRIBUTE_SPEEDS];
};

/* Forgets everything. */
void attribute_clear(struct attribute *attribute);
/* The heap starts anew: differences across it mean nothing, what was learnt stays. */
void attribute_cut(struct attribute *attribute);

/* A job of `name` ended; its live heap was not measured, or attribute_measure() follows. */
void attribute_count(struct attribute *attribute, uint32_t name);
void attribute_measure(struct attribute *attribute, uint32_t name, double live);

/* The name that clearly keeps more than any other, judged over about the last `samples` samples;
 * -1 when none stands out. `names` is how many are in use. */
int attribute_find(const struct attribute *attribute, uint32_t names, uint64_t samples);

#endif
