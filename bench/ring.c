/*
 * What writing one record costs the isolate that writes it, its clock read included, with a real
 * doorbell that nobody answers. Beside it, in the same run, what it is made of: the clock alone,
 * and a copy of 64 bytes into as much memory. Interleaved trials, the median of each; pinned to one
 * CPU.
 */
#include "base/clock.h"
#include "wire/segment.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRIALS  15
#define RECORDS 1000000

static const struct wire_counts counts = {
    .slot_count = 1, .store_count = 1, .pin_count = 1, .string_bytes = 4096, .ring_records = 2048};

struct work {
    struct ring_writer writer;
    struct record *copies; /* as many bytes as the ring */
};

static volatile uint64_t sink;

static void write_records(struct work *work)
{
    for (uint64_t i = 0; i < RECORDS; i++) {
        struct record record = {.t = clock_now_ns(), .kind = RECORD_clone, .thread = 1};
        record.clone.message = i;
        record.clone.bytes = i * 64;
        record.clone.nodes = 3;
        ring_push(&work->writer, &record);
    }
}

static void write_without_clock(struct work *work)
{
    for (uint64_t i = 0; i < RECORDS; i++) {
        struct record record = {.t = i, .kind = RECORD_clone, .thread = 1};
        record.clone.message = i;
        ring_push(&work->writer, &record);
    }
}

static void read_clock(struct work *work)
{
    (void)work;
    for (uint64_t i = 0; i < RECORDS; i++) {
        sink = clock_now_ns();
    }
}

static void copy_bytes(struct work *work)
{
    struct record record = {.kind = RECORD_clone};
    for (uint64_t i = 0; i < RECORDS; i++) {
        record.t = i;
        memcpy(&work->copies[i % counts.ring_records], &record, sizeof record);
        __asm__ volatile("" : : "r"(work->copies) : "memory"); /* the copy must happen */
    }
}

static double time_ns(void (*run)(struct work *), struct work *work)
{
    uint64_t begin = clock_now_ns();
    run(work);
    return (double)(clock_now_ns() - begin) / RECORDS;
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double median(double *values)
{
    qsort(values, TRIALS, sizeof *values, compare);
    return values[TRIALS / 2];
}

static void pin_to_one_cpu(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(sched_getcpu(), &set);
    sched_setaffinity(0, sizeof set, &set);
}

int main(void)
{
    struct segment *segment;
    struct error error;
    double record[TRIALS], bare[TRIALS], clock[TRIALS], copy[TRIALS];
    pin_to_one_cpu();
    if (segment_create(&segment, &counts, 0, &error) < 0) {
        fprintf(stderr, "%s\n", error.text);
        return 1;
    }
    struct work work = {.copies = calloc(counts.ring_records, sizeof(struct record))};
    if (work.copies == NULL) {
        return 1;
    }
    work.writer = segment_ring_writer(segment, segment_take_slot(segment, 1));
    for (int i = 0; i < TRIALS; i++) {
        record[i] = time_ns(write_records, &work);
        bare[i] = time_ns(write_without_clock, &work);
        clock[i] = time_ns(read_clock, &work);
        copy[i] = time_ns(copy_bytes, &work);
    }
    printf("{\"bench\":\"ring\",\"record_ns\":%.1f,\"record_without_clock_ns\":%.1f,"
           "\"clock_gettime_ns\":%.1f,\"memcpy_64_ns\":%.1f}\n",
           median(record), median(bare), median(clock), median(copy));
    free(work.copies);
    segment_free(&segment);
    return 0;
}
