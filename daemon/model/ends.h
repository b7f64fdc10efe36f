/*
 * How the last workers of a process ended: how long they lived, what starting and ending them cost.
 * Ingest adds, rules ask. The last ENDS_MAX are kept; whoever asks is told how far back they reach.
 * Owned by its process; the loop's thread only.
 */
#ifndef DAEMON_ENDS_H
#define DAEMON_ENDS_H

#include "wire/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ENDS_MAX 256

struct ends;

struct ends_sum {
    size_t count;    /* whose start is known */
    size_t brief;    /* of these, those that lived less than so many times their start */
    double start_s;  /* what starting all of them took */
    double cost_s;   /* starting and taking down the brief ones */
    double life_s;   /* of the brief ones */
    double seconds;  /* that are looked at: the window, or less when more ended than are kept */
};

/* Takes an exit record in; one that does not say how long the worker lived or took to start is left
 * out: false. *ends is made for the first; without memory it is left out too. `t` in Unix seconds. */
bool ends_add(struct ends **ends, const struct record *record, double t);
void ends_free(struct ends **ends);

/* Seconds that starting all of them took, since the first. NULL is fine. */
double ends_start_s(const struct ends *ends);
/* Those of the last `window` seconds. NULL is fine. */
void ends_sum(const struct ends *ends, double now, double window, double times_start,
              struct ends_sum *sum);

#endif
