/*
 * The peer of bench/ring.c: the same record as an LTTng-UST event, recorded by a session in
 * overwrite mode (bench/lttng.sh sets it up). Trials and median as there; pinned to one CPU.
 */
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#define LTTNG_UST_TRACEPOINT_DEFINE
#include "provider.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define TRIALS  15
#define RECORDS 1000000

static double now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

int main(void)
{
    double trials[TRIALS];
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(sched_getcpu(), &set);
    sched_setaffinity(0, sizeof set, &set);
    for (int trial = 0; trial < TRIALS; trial++) {
        double begin = now_ns();
        for (uint64_t i = 0; i < RECORDS; i++) {
            uint64_t fields[6] = {i, 0, 0, i * 64, 3, 0};
            lttng_ust_tracepoint(isoscope_peer, clone, 1, fields);
        }
        trials[trial] = (now_ns() - begin) / RECORDS;
    }
    qsort(trials, TRIALS, sizeof trials[0], compare);
    printf("%.1f\n", trials[TRIALS / 2]);
    return 0;
}
