/*
 * Job names regressed on growth. Invariant: every sum holds only differences within one life of the
 * heap. Solving is Gauss-Jordan on at most 8 x 8 and happens only when a rise is confirmed.
 */
#include "detect/attribute.h"

#include <math.h>
#include <string.h>

/* How many samples each speed remembers (the time constant of its fading). */
static const double memory[ATTRIBUTE_SPEEDS] = {64, 1024};

/* A difference over many jobs is known less surely, because what each of them keeps differs too: one over
 * so many jobs weighs half of what the noise of the heap alone would have it weigh. */
#define JOBS_HALF 16.0

/* Ridge: keeps names that only ever run together solvable; they then share the growth evenly. */
#define RIDGE_SHARE 0.002
#define RIDGE_FLOOR 1e-6

/* The first name must keep this much more than the second, and by this many standard errors. */
#define LEAD_RATIO  1.8
#define LEAD_ERRORS 2.0

/* A rise shows in many samples: who ran in fewer spans between two did not make it. */
#define SPANS_LEAST 3

void attribute_clear(struct attribute *attribute)
{
    memset(attribute, 0, sizeof *attribute);
}

void attribute_cut(struct attribute *attribute)
{
    for (int name = 0; name < ATTRIBUTE_NAMES; name++) {
        attribute->last[name].is_known = false;
    }
}

void attribute_count(struct attribute *attribute, uint32_t name)
{
    attribute->runs[name]++;
}

static double weight_of(const double *runs)
{
    double total = 0;
    for (int k = 0; k < ATTRIBUTE_NAMES; k++) {
        total += runs[k];
    }
    return JOBS_HALF / (JOBS_HALF + total);
}

static void fade_and_add(struct attribute_sums *sums, double keep, const double *runs,
                         double growth)
{
    double weight = weight_of(runs);
    sums->square = keep * sums->square + weight * growth * growth;
    sums->weight = keep * sums->weight + 1;
    for (int j = 0; j < ATTRIBUTE_NAMES; j++) {
        sums->growth[j] = keep * sums->growth[j] + weight * runs[j] * growth;
        for (int k = 0; k < ATTRIBUTE_NAMES; k++) {
            sums->product[j][k] = keep * sums->product[j][k] + weight * runs[j] * runs[k];
        }
    }
}

static void count_spans(struct attribute *attribute)
{
    for (int k = 0; k < ATTRIBUTE_NAMES; k++) {
        attribute->spans[k] += attribute->runs[k] > attribute->runs_before[k];
    }
    memcpy(attribute->runs_before, attribute->runs, sizeof attribute->runs);
}

void attribute_measure(struct attribute *attribute, uint32_t name, double live)
{
    count_spans(attribute);
    if (attribute->last[name].is_known) {
        double runs[ATTRIBUTE_NAMES];
        for (int k = 0; k < ATTRIBUTE_NAMES; k++) {
            runs[k] = attribute->runs[k] - attribute->last[name].runs[k];
        }
        for (int speed = 0; speed < ATTRIBUTE_SPEEDS; speed++) {
            fade_and_add(&attribute->sums[speed], 1 - 1 / memory[speed], runs,
                         live - attribute->last[name].live);
        }
    }
    attribute->last[name].is_known = true;
    attribute->last[name].live = live;
    memcpy(attribute->last[name].runs, attribute->runs, sizeof attribute->runs);
}

struct system {
    int count;
    double left[ATTRIBUTE_NAMES][ATTRIBUTE_NAMES];
    double inverse[ATTRIBUTE_NAMES][ATTRIBUTE_NAMES];
};

/* row[to] -= factor * row[from], on both sides. */
static void subtract_row(struct system *system, int to, int from, double factor)
{
    for (int k = 0; k < system->count; k++) {
        system->left[to][k] -= factor * system->left[from][k];
        system->inverse[to][k] -= factor * system->inverse[from][k];
    }
}

/* Inverts the normal equations; the ridge makes them positive definite, so no pivoting. */
static void invert(const struct attribute_sums *sums, struct system *system)
{
    for (int j = 0; j < system->count; j++) {
        for (int k = 0; k < system->count; k++) {
            system->left[j][k] = sums->product[j][k];
            system->inverse[j][k] = j == k;
        }
        system->left[j][j] += RIDGE_FLOOR + RIDGE_SHARE * system->left[j][j];
    }
    for (int pivot = 0; pivot < system->count; pivot++) {
        double scale = 1 / system->left[pivot][pivot];
        for (int k = 0; k < system->count; k++) {
            system->left[pivot][k] *= scale;
            system->inverse[pivot][k] *= scale;
        }
        for (int row = 0; row < system->count; row++) {
            if (row != pivot) {
                subtract_row(system, row, pivot, system->left[row][pivot]);
            }
        }
    }
}

/* Of those who can have made a rise; -1 where there is none. */
static void find_two_largest(const double *values, const uint32_t *spans, int count, int *first,
                             int *second)
{
    *first = *second = -1;
    for (int i = 0; i < count; i++) {
        if (spans[i] < SPANS_LEAST) {
            continue;
        }
        if (*first < 0 || values[i] > values[*first]) {
            *second = *first;
            *first = i;
        } else if (*second < 0 || values[i] > values[*second]) {
            *second = i;
        }
    }
}

static int find_leader(const struct attribute_sums *sums, const uint32_t *spans, int count)
{
    struct system system = {.count = count};
    double kept[ATTRIBUTE_NAMES] = {0}, explained = 0;
    invert(sums, &system);
    for (int j = 0; j < count; j++) {
        for (int k = 0; k < count; k++) {
            kept[j] += system.inverse[j][k] * sums->growth[k];
        }
        explained += kept[j] * sums->growth[j];
    }
    int first, second;
    find_two_largest(kept, spans, count, &first, &second);
    if (second < 0) {
        return first;
    }
    double noise = fmax(0, sums->square - explained) / fmax(1, sums->weight - count);
    double error =
        sqrt(noise * fmax(0, system.inverse[first][first] + system.inverse[second][second] -
                                 2 * system.inverse[first][second]));
    bool is_clear = kept[first] > 0 && kept[first] > LEAD_RATIO * kept[second] &&
                    kept[first] - kept[second] > LEAD_ERRORS * error;
    return is_clear ? first : -1;
}

int attribute_find(const struct attribute *attribute, uint32_t names, uint64_t samples)
{
    if (names < 2) {
        return names == 1 ? 0 : -1;
    }
    int speed = (double)samples <= memory[0] ? 0 : ATTRIBUTE_SPEEDS - 1;
    return find_leader(&attribute->sums[speed], attribute->spans, (int)names);
}
