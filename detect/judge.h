/*
 * One job name of one isolate: its series, its baseline, and whether its live heap rises. Called by
 * drift.c only, which turns the judgements of all names into one verdict. Fixed memory.
 */
#ifndef DETECT_JUDGE_H
#define DETECT_JUDGE_H

#include "detect/confirm.h"
#include "detect/scales.h"

#include <stdbool.h>
#include <stdint.h>

struct judge {
    struct scales series;
    uint64_t jobs;          /* of this name since the heap is fresh, measured or not */
    uint64_t jobs_seen;     /* of this name ever */
    double live, limit;     /* the last sample; limit INFINITY while not known */
    double baseline, noise; /* median of the first settled samples and their spread; NAN before */
    bool is_provisional;    /* that baseline is where a rise began, for want of settled samples */
    bool is_outside;        /* the recent level is beyond the band */
    bool is_rising;         /* a rise is confirmed and not resolved */
    bool is_across_lives;   /* confirmed by votes of ended lives */
    struct rise rise;       /* the last one confirmed */
    uint64_t confirmed_at;  /* series.count then */
    double ceiling;         /* a rise that ended by itself went up to here; 0: none did */
    uint32_t votes;         /* lives in a row that ended still climbing */
    double voted_bytes;     /* what they gained together */
};

enum judge_event { JUDGE_NOTHING, JUDGE_CONFIRMED, JUDGE_RESOLVED };

void judge_init(struct judge *judge);

/* A job of this name ended and was not measured. */
void judge_count(struct judge *judge);

/* A job of this name left `live` bytes. CONFIRMED each time the rise shows (again). `settle` is how
 * many samples make a baseline, at most SCALES_BINS. */
enum judge_event judge_add(struct judge *judge, double live, double limit, double band,
                           uint32_t settle);

/* The heap was replaced. CONFIRMED when lives before it all ended climbing, RESOLVED when a rise
 * ends with this. */
enum judge_event judge_recycle(struct judge *judge);

/* A rise ended by itself: judges growth afresh from here on. The baseline stays, and the level that
 * was reached counts as harmless. */
void judge_restart(struct judge *judge);

/* Growth per job of this name while no rise is confirmed; NAN while unknown. */
double judge_slope(const struct judge *judge);

#endif
