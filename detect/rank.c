/*
 * Mann-Kendall, Theil-Sen and the few plain statistics beside them. Pure functions on the caller's
 * values; scratch space is on the stack and bounded by RANK_VALUES_MAX.
 */
#include "detect/rank.h"

#include "base/check.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define PAIRS_MAX (RANK_VALUES_MAX * (RANK_VALUES_MAX - 1) / 2)

/* Two-sided 95 % point of the normal distribution, for Sen's interval. */
#define NORMAL_95 1.96

/* Shell's sort with Ciura's gaps (2001): in place, as the C library's may take memory to sort. */
static void sort(double *values, int count)
{
    static const int gaps[] = {301, 132, 57, 23, 10, 4, 1};
    for (size_t g = 0; g < sizeof gaps / sizeof gaps[0]; g++) {
        int gap = gaps[g];
        for (int i = gap; i < count; i++) {
            double value = values[i];
            int at = i;
            for (; at >= gap && values[at - gap] > value; at -= gap) {
                values[at] = values[at - gap];
            }
            values[at] = value;
        }
    }
}

static double sorted_median(const double *values, int count)
{
    return count & 1 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

double rank_take_median(double *values, int count)
{
    sort(values, count);
    return sorted_median(values, count);
}

double rank_mean(const double *values, int count)
{
    double sum = 0;
    for (int i = 0; i < count; i++) {
        sum += values[i];
    }
    return sum / count;
}

double rank_least_squares(const double *values, int count)
{
    double middle = (count - 1) / 2.0, sum = 0;
    for (int i = 0; i < count; i++) {
        sum += (i - middle) * values[i];
    }
    return sum / (count * ((double)count * count - 1) / 12);
}

/* Rising pairs minus falling pairs. */
static int kendall_score(const double *values, int count)
{
    int score = 0;
    for (int i = 0; i < count; i++) {
        for (int j = i + 1; j < count; j++) {
            score += (values[j] > values[i]) - (values[j] < values[i]);
        }
    }
    return score;
}

static double variance_term(double count)
{
    return count * (count - 1) * (2 * count + 5) / 18;
}

static double z_of(int score, double variance)
{
    /* One towards zero: the continuity correction. */
    return score == 0 || variance <= 0 ? 0 : (score - (score > 0 ? 1 : -1)) / sqrt(variance);
}

double rank_quick_z(const double *values, int count)
{
    return z_of(kendall_score(values, count), variance_term(count));
}

static double tied_variance(const double *values, int count)
{
    double sorted[RANK_VALUES_MAX], variance = variance_term(count);
    memcpy(sorted, values, (size_t)count * sizeof *sorted);
    sort(sorted, count);
    for (int i = 0, next; i < count; i = next) {
        for (next = i + 1; next < count && sorted[next] <= sorted[i]; next++) {
        }
        variance -= variance_term(next - i);
    }
    return variance;
}

static int clamp(double rank, int count)
{
    return rank < 0 ? 0 : rank > count - 1 ? count - 1 : (int)rank;
}

double rank_slope_over(const uint64_t *places, const double *values, int count)
{
    CHECK(count >= 2 && count <= RANK_VALUES_MAX);
    double slopes[PAIRS_MAX];
    int pairs = 0;
    for (int i = 0; i < count; i++) {
        for (int j = i + 1; j < count; j++) {
            if (places[j] > places[i]) {
                slopes[pairs++] = (values[j] - values[i]) / (double)(places[j] - places[i]);
            }
        }
    }
    return pairs > 0 ? rank_take_median(slopes, pairs) : 0;
}

void rank_measure(const double *values, int count, struct rank_trend *trend)
{
    CHECK(count >= 2 && count <= RANK_VALUES_MAX);
    double slopes[PAIRS_MAX], starts[RANK_VALUES_MAX];
    int pairs = 0;
    for (int i = 0; i < count; i++) {
        for (int j = i + 1; j < count; j++) {
            slopes[pairs++] = (values[j] - values[i]) / (j - i);
        }
    }
    double variance = tied_variance(values, count);
    double reach = NORMAL_95 * sqrt(variance > 0 ? variance : 0);
    sort(slopes, pairs);
    trend->z = z_of(kendall_score(values, count), variance);
    trend->slope = sorted_median(slopes, pairs);
    trend->low = slopes[clamp((pairs - reach) / 2, pairs)];
    trend->high = slopes[clamp((pairs + reach) / 2 + 1, pairs)];
    for (int i = 0; i < count; i++) {
        starts[i] = values[i] - trend->slope * i;
    }
    trend->start = rank_take_median(starts, count);
    trend->end = trend->start + trend->slope * (count - 1);
}
