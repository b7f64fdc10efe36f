/*
 * What the USDT points of isorun cost while nobody is attached: a record written with its point and
 * without, in turns, the median of each; pinned to one CPU.
 */
#include "base/clock.h"
#include "runtime/points.h"
#include "wire/segment.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#define TRIALS  21
#define RECORDS 1000000

static const struct wire_counts counts = {
    .slot_count = 1, .store_count = 1, .pin_count = 1, .string_bytes = 4096, .ring_records = 2048};

static double time_ns(struct ring_writer *writer, bool has_points)
{
    uint64_t begin = clock_now_ns();

    for (uint64_t i = 0; i < RECORDS; i++) {
        struct record record = {.t = clock_now_ns(), .kind = RECORD_clone, .thread = 1};
        record.clone.message = i;
        record.clone.bytes = i * 64;
        if (has_points) {
            points_fire(RECORD_clone, &record, NULL);
        }
        ring_push(writer, &record);
    }
    return (double)(clock_now_ns() - begin) / RECORDS;
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

int main(void)
{
    double with[TRIALS], without[TRIALS], ratio[TRIALS];
    struct segment *segment;
    struct error error;
    cpu_set_t one;

    CPU_ZERO(&one);
    CPU_SET(0, &one);
    sched_setaffinity(0, sizeof one, &one);
    if (segment_create(&segment, &counts, 0, &error) < 0) {
        fprintf(stderr, "points: %s\n", error.text);
        return 1;
    }
    struct ring_writer writer = segment_ring_writer(segment, segment_take_slot(segment, 0));
    for (int i = 0; i < TRIALS; i++) {
        with[i] = time_ns(&writer, true);
        without[i] = time_ns(&writer, false);
        ratio[i] = with[i] / without[i];
    }
    qsort(with, TRIALS, sizeof with[0], compare);
    qsort(without, TRIALS, sizeof without[0], compare);
    qsort(ratio, TRIALS, sizeof ratio[0], compare);
    printf("{\"bench\":\"points\",\"with_ns\":%.2f,\"without_ns\":%.2f,\"ratio\":%.3f}\n",
           with[TRIALS / 2], without[TRIALS / 2], ratio[TRIALS / 2]);
    segment_free(&segment);
    return 0;
}
