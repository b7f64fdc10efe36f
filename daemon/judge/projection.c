/*
 * Least squares over the samples of the last minutes, or seconds. Called by the ledger. Owns nothing.
 * A saw-tooth of collections is scatter, and only what stands out of it is a trend. What happens
 * within seconds has little to go by, so it must have gone most of the way, and be new.
 */
#include "daemon/judge/projection.h"

#include <math.h>

#define SLOW_GAP_S    0.9
#define QUICK_GAP_S   0.15
#define SAMPLES_MIN   10
#define SIGNIFICANT   4.0 /* slope over its standard error; samples are not independent ... */
#define DEPENDENCE    2.0 /* ... so that the error is about so many times as large */
#define QUICK_CLEAR   6.0
#define QUICK_SHARE   0.5 /* what is ahead may be so many times as long as what was seen */
#define QUICK_LASTING 0.5 /* of the line's slope, in the last third of it */
#define NEAR          0.25 /* of the slope, for the confidence */

/* Samples in time order without a copy: a stretch of some ring. */
struct samples {
    const double *t, *value;
    uint32_t first, count, size; /* of the ring */
};

static double t_of(const struct samples *samples, uint32_t i)
{
    return samples->t[(samples->first + i) % samples->size];
}

static double value_of(const struct samples *samples, uint32_t i)
{
    return samples->value[(samples->first + i) % samples->size];
}

static struct samples newest_slow(const struct projection *projection, uint32_t count)
{
    return (struct samples){projection->slow.t, projection->slow.value,
                            projection->slow.next + PROJECTION_SAMPLES - count, count,
                            PROJECTION_SAMPLES};
}

static struct samples newest_quick(const struct projection *projection, uint32_t count)
{
    return (struct samples){projection->quick.t, projection->quick.value,
                            projection->quick.next + PROJECTION_QUICK - count, count,
                            PROJECTION_QUICK};
}

static void add_slow(struct projection *projection, double t, double value)
{
    uint32_t last = (projection->slow.next + PROJECTION_SAMPLES - 1) % PROJECTION_SAMPLES;

    if (projection->slow.count > 0 && t - projection->slow.t[last] < SLOW_GAP_S) {
        projection->slow.top[last] = fmax(projection->slow.top[last], value);
        return;
    }
    last = projection->slow.next;
    projection->slow.t[last] = t;
    projection->slow.value[last] = projection->slow.top[last] = value;
    projection->slow.next = (last + 1) % PROJECTION_SAMPLES;
    projection->slow.count += projection->slow.count < PROJECTION_SAMPLES;
}

void projection_add(struct projection *projection, double t, double value)
{
    uint32_t last = (projection->quick.next + PROJECTION_QUICK - 1) % PROJECTION_QUICK;

    if (projection->quick.count > 0 && t < projection->quick.t[last]) {
        projection->slow.count = projection->slow.next = 0; /* the clock was set back */
        projection->quick.count = projection->quick.next = 0;
    }
    add_slow(projection, t, value);
    if (projection->quick.count > 0 && t - projection->quick.t[last] < QUICK_GAP_S) {
        return;
    }
    last = projection->quick.next;
    projection->quick.t[last] = t;
    projection->quick.value[last] = value;
    projection->quick.next = (last + 1) % PROJECTION_QUICK;
    projection->quick.count += projection->quick.count < PROJECTION_QUICK;
}

/* The line through the samples; false when it does not rise. */
static bool fit(const struct samples *samples, struct trend *trend)
{
    double n = samples->count, mean_t = 0, mean_value = 0, tt = 0, tv = 0, vv = 0;

    for (uint32_t i = 0; i < samples->count; i++) {
        mean_t += t_of(samples, i) / n;
        mean_value += value_of(samples, i) / n;
    }
    for (uint32_t i = 0; i < samples->count; i++) {
        double dt = t_of(samples, i) - mean_t, dv = value_of(samples, i) - mean_value;
        tt += dt * dt;
        tv += dt * dv;
        vv += dv * dv;
    }
    trend->slope = tv / tt;
    trend->error = sqrt(fmax(0, vv - trend->slope * tv) / (n - 2) / tt);
    trend->span = sqrt(12 * tt / n); /* of evenly spaced samples */
    return trend->slope > 0;
}

static bool is_clear(const struct trend *trend, double least, double significant)
{
    return trend->slope * trend->span >= least && trend->slope >= significant * trend->error;
}

bool projection_find(const struct projection *projection, double least, struct trend *trend)
{
    uint32_t count = projection->slow.count;
    struct trend recent, whole;

    if (count < SAMPLES_MIN) {
        return false;
    }
    struct samples all = newest_slow(projection, count);
    struct samples last =
        newest_slow(projection, count < PROJECTION_RECENT ? count : PROJECTION_RECENT);
    if (!fit(&last, &recent) || !fit(&all, &whole) || !is_clear(&recent, least, SIGNIFICANT) ||
        !is_clear(&whole, least, SIGNIFICANT)) {
        return false;
    }
    *trend = recent.slope < whole.slope ? recent : whole;
    trend->span = t_of(&all, count - 1) - t_of(&all, 0);
    return true;
}

/* Whether the newest sample is above all that were there before the stretch. */
static bool is_new(const struct projection *projection, const struct samples *stretch)
{
    struct samples slow = newest_slow(projection, projection->slow.count);
    struct samples quick = newest_quick(projection, projection->quick.count);
    double begin = t_of(stretch, 0), newest = value_of(stretch, stretch->count - 1);

    for (uint32_t i = 0; i + 1 < slow.count && t_of(&slow, i + 1) <= begin; i++) {
        if (projection->slow.top[(slow.first + i) % slow.size] >= newest) {
            return false;
        }
    }
    for (uint32_t i = 0; t_of(&quick, i) < begin; i++) {
        if (value_of(&quick, i) >= newest) {
            return false;
        }
    }
    return true;
}

/* Whether the last third of it rises as the whole does. */
static bool is_lasting(const struct samples *stretch, double slope)
{
    uint32_t last = stretch->count - 1, then = last - stretch->count / 3;
    double rise = value_of(stretch, last) - value_of(stretch, then);

    return rise >= QUICK_LASTING * slope * (t_of(stretch, last) - t_of(stretch, then));
}

bool projection_find_quick(const struct projection *projection, double missing, struct trend *trend)
{
    static const uint32_t stretches[] = {PROJECTION_QUICK, 40, 24, 12, 6};

    for (unsigned i = 0; i < sizeof stretches / sizeof stretches[0]; i++) {
        if (stretches[i] > projection->quick.count) {
            continue;
        }
        struct samples stretch = newest_quick(projection, stretches[i]);
        if (fit(&stretch, trend) && is_clear(trend, 0, QUICK_CLEAR) &&
            missing / trend->slope <= QUICK_SHARE * trend->span &&
            is_lasting(&stretch, trend->slope) && is_new(projection, &stretch)) {
            return true;
        }
    }
    return false;
}

double projection_confidence(const struct trend *trend)
{
    double error = DEPENDENCE * trend->error;

    return error > 0 ? erf(NEAR * trend->slope / error / sqrt(2)) : 1;
}
