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

/* By insertion: for rows of bins, not for their pairs. */
static void sort(double *values, int count)
{
    for (int i = 1; i < count; i++) {
        double value = values[i];
        int at = i;
        for (; at > 0 && values[at - 1] > value; at--) {
            values[at] = values[at - 1];
        }
        values[at] = value;
    }
}

static double middle_of_three(double a, double b, double c)
{
    return fmax(fmin(a, b), fmin(fmax(a, b), c));
}

/* The value of rank `rank` of values[from, to), counted from values[0]: Hoare's selection (1961).
 * What lies before it is not larger afterwards, what lies behind not smaller. A fraction of the
 * time of sorting. */
static double take_rank(double *values, int from, int to, int rank)
{
    for (to--; from < to;) {
        double pivot = middle_of_three(values[from], values[(from + to) / 2], values[to]);
        int left = from, right = to;
        while (left <= right) {
            while (values[left] < pivot) {
                left++;
            }
            while (values[right] > pivot) {
                right--;
            }
            if (left <= right) {
                double value = values[left];
                values[left++] = values[right];
                values[right--] = value;
            }
        }
        if (rank <= right) {
            to = right;
        } else if (rank >= left) {
            from = left;
        } else {
            break; /* between the two all are equal to the pivot */
        }
    }
    return values[rank];
}

/* The median of all `count`, of which those before `from` are the smallest. */
static double take_median(double *values, int from, int count)
{
    double upper = take_rank(values, from, count, count / 2);
    if (count & 1) {
        return upper;
    }
    double lower = values[from < count / 2 ? from : count / 2 - 1];
    for (int i = from; i < count / 2; i++) {
        lower = fmax(lower, values[i]);
    }
    return (lower + upper) / 2;
}

double rank_take_median(double *values, int count)
{
    return take_median(values, 0, count);
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
    int low = clamp((pairs - reach) / 2, pairs), high = clamp((pairs + reach) / 2 + 1, pairs);
    trend->z = z_of(kendall_score(values, count), variance);
    trend->low = take_rank(slopes, 0, pairs, low);
    trend->slope = take_median(slopes, low < pairs / 2 ? low : 0, pairs);
    trend->high = take_rank(slopes, pairs / 2, pairs, high);
    for (int i = 0; i < count; i++) {
        starts[i] = values[i] - trend->slope * i;
    }
    trend->start = rank_take_median(starts, count);
    trend->end = trend->start + trend->slope * (count - 1);
}
