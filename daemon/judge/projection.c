/*
 * Least squares over the samples of the last minute. Called by the ledger. Owns nothing. Ten
 * samples are needed; a saw-tooth of collections is scatter, and only what stands out of it is a
 * trend.
 */
#include "daemon/judge/projection.h"

#include <math.h>

#define SAMPLES_MIN 10
#define SIGNIFICANT                                                                                \
    4.0 /* slope over its standard error; samples a second apart are not independent */

void projection_add(struct projection *projection, double t, double value)
{
    uint32_t last = (projection->next + PROJECTION_SAMPLES - 1) % PROJECTION_SAMPLES;

    if (projection->count > 0 && t - projection->t[last] < 0.9) {
        if (t >= projection->t[last]) {
            return;
        }
        projection->count = projection->next = 0; /* the clock was set back */
    }
    projection->t[projection->next] = t;
    projection->value[projection->next] = value;
    projection->next = (projection->next + 1) % PROJECTION_SAMPLES;
    projection->count += projection->count < PROJECTION_SAMPLES;
}

/* Slope of the line through the newest `count` samples; NaN when it is not clear. */
static double fit(const struct projection *projection, uint32_t count, double least)
{
    uint32_t first = projection->next + PROJECTION_SAMPLES - count;
    double n = count, mean_t = 0, mean_value = 0, tt = 0, tv = 0, vv = 0;

    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = (first + i) % PROJECTION_SAMPLES;
        mean_t += projection->t[at] / n;
        mean_value += projection->value[at] / n;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = (first + i) % PROJECTION_SAMPLES;
        double dt = projection->t[at] - mean_t, dv = projection->value[at] - mean_value;
        tt += dt * dt;
        tv += dt * dv;
        vv += dv * dv;
    }
    double slope = tv / tt;
    double scatter = fmax(0, vv - slope * tv) / (n - 2);
    double span = sqrt(12 * tt / n); /* of evenly spaced samples */
    if (!(slope > 0) || slope * span < least || slope < SIGNIFICANT * sqrt(scatter / tt)) {
        return NAN;
    }
    return slope;
}

double projection_slope(const struct projection *projection, double least)
{
    uint32_t count = projection->count;

    if (count < SAMPLES_MIN) {
        return NAN;
    }
    double recent = fit(projection, count < PROJECTION_RECENT ? count : PROJECTION_RECENT, least);
    double whole = fit(projection, count, least);
    return isnan(recent) || isnan(whole) ? NAN : fmin(recent, whole);
}

double projection_span(const struct projection *projection)
{
    uint32_t last = (projection->next + PROJECTION_SAMPLES - 1) % PROJECTION_SAMPLES;
    uint32_t first =
        (projection->next + PROJECTION_SAMPLES - projection->count) % PROJECTION_SAMPLES;

    return projection->count > 0 ? projection->t[last] - projection->t[first] : 0;
}
