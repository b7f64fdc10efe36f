/*
 * Histograms (timing.h). Values below 2 * STEPS have a bucket each; above, every power of two is cut
 * into STEPS. Called by pool.js. Invariant: the sum of all buckets is `count`.
 */
#include "runtime/bind/timing.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define STEP_BITS 7
#define STEPS     (1u << STEP_BITS)
#define VALUE_MAX ((UINT64_C(1) << 40) - 1) /* what is larger counts as this: two weeks of us */
#define BUCKETS   ((40 - STEP_BITS + 1) * STEPS)

struct timing {
    uint64_t count, min, max;
    double sum, squares;
    uint32_t buckets[BUCKETS];
};

static struct timing *require_timing(duk_context *ctx)
{
    duk_size_t size = 0;
    struct timing *timing = duk_require_buffer(ctx, 0, &size);

    if (size != sizeof *timing) {
        (void)duk_type_error(ctx, "not a histogram");
    }
    return timing;
}

static uint32_t bucket_of(uint64_t value)
{
    uint32_t shift = value < 2 * STEPS ? 0 : (uint32_t)(63 - __builtin_clzll(value)) - STEP_BITS;

    return shift * STEPS + (uint32_t)(value >> shift);
}

/* The largest value of a bucket. */
static uint64_t bucket_top(uint32_t bucket)
{
    uint32_t shift = bucket < 2 * STEPS ? 0 : bucket / STEPS - 1;

    return ((uint64_t)(bucket - shift * STEPS + 1) << shift) - 1;
}

duk_ret_t timing_push(duk_context *ctx)
{
    struct timing *timing = duk_push_fixed_buffer(ctx, sizeof *timing);

    timing->min = UINT64_MAX;
    return 1;
}

void timing_add(void *pointer, double given)
{
    struct timing *timing = pointer;
    uint64_t value = given >= 1 ? given < (double)VALUE_MAX ? (uint64_t)given : VALUE_MAX : 1;

    timing->count++;
    timing->min = value < timing->min ? value : timing->min;
    timing->max = value > timing->max ? value : timing->max;
    timing->sum += (double)value;
    timing->squares += (double)value * (double)value;
    timing->buckets[bucket_of(value)]++;
}

static uint64_t percentile(const struct timing *timing, double percent)
{
    uint64_t wanted = (uint64_t)fmax(1, floor(percent / 100 * (double)timing->count + 0.5));
    uint64_t seen = 0;

    for (uint32_t i = 0; i < BUCKETS && timing->count > 0; i++) {
        seen += timing->buckets[i];
        if (seen >= wanted) {
            uint64_t top = bucket_top(i);
            return top < timing->max ? top : timing->max;
        }
    }
    return 0;
}

static void put(duk_context *ctx, const char *name, double value)
{
    duk_push_number(ctx, value);
    duk_put_prop_string(ctx, -2, name);
}

duk_ret_t timing_summary(duk_context *ctx)
{
    static const struct {
        const char *name;
        double percent;
    } points[] = {
        {"p0_001", 0.001}, {"p0_01", 0.01}, {"p0_1", 0.1},   {"p1", 1},         {"p2_5", 2.5},
        {"p10", 10},       {"p25", 25},     {"p50", 50},     {"p75", 75},       {"p90", 90},
        {"p97_5", 97.5},   {"p99", 99},     {"p99_9", 99.9}, {"p99_99", 99.99}, {"p99_999", 99.999},
    };
    struct timing copy = *require_timing(ctx); /* the object that is filled may be anywhere */
    double count = (double)copy.count;
    double mean = copy.count > 0 ? copy.sum / count : NAN;
    double variance = copy.count > 0 ? fmax(0, copy.squares / count - mean * mean) : NAN;

    duk_push_object(ctx);
    put(ctx, "average", mean / 1000);
    put(ctx, "mean", mean / 1000);
    put(ctx, "stddev", sqrt(variance));
    put(ctx, "min", copy.count > 0 ? (double)copy.min / 1000 : 9223372036854776.0);
    put(ctx, "max", (double)copy.max / 1000);
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        put(ctx, points[i].name, (double)percentile(&copy, points[i].percent) / 1000);
    }
    return 1;
}

duk_ret_t timing_total(duk_context *ctx)
{
    duk_push_number(ctx, require_timing(ctx)->sum);
    return 1;
}
