/*
 * The sets of series, by name:
 *   tune, evaluate    every shape with SETS_SEEDS seeds: the even ones to choose constants by, the
 *                     odd ones to measure with and for nothing else
 *   holdout           every shape with SETS_SEEDS seeds from SETS_HOLDOUT on: looked at once, when
 *                     everything was chosen
 *   reference         the leak of the requirements: 1.5 MB a job on 10 MB with 0.5 MB noise under
 *                     256 MB; late-reference: the same after 60 to 300 flat jobs
 *   fresh             the first 300 jobs of clean isolates
 *   days              clean isolates for 86,400 jobs each
 *   NAME              one shape of clean.c or leaks.c
 */
#ifndef TESTS_CORPUS_SETS_H
#define TESTS_CORPUS_SETS_H

#include "tests/corpus/world.h"

#define SETS_SEEDS   24 /* of each shape, both halves together */
#define SETS_HOLDOUT 100000

/* Emits series after series. `first` and `count` are seeds, of sets other than tune and evaluate.
 * False: there is no such set. */
bool sets_make(const char *set, int first, int count, world_emit_fn emit, void *user);

#endif
