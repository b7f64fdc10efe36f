/*
 * Two processes, as in life: one writes flat out into its segment, the other maps it read-only and
 * is too slow. Nothing is torn, nothing is counted twice, nothing is missing from the count.
 */
#include "base/clock.h"
#include "tests/unit/wire/sealed_record.h"
#include "wire/segment.h"
#include "wire/view.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define WRITTEN    400000
#define READ_MAX   48
#define PAUSE_EACH 64 /* reads between two naps of the reader */

static const struct wire_counts small = {
    .slot_count = 4, .store_count = 4, .pin_count = 4, .string_bytes = 4096, .ring_records = 256};

struct totals {
    uint64_t read, torn, out_of_order;
};

/* Writes a byte to `ahead`, when that is a descriptor, as soon as it is laps ahead. */
static void write_all(struct segment *segment, const struct wire_slot *slot, int ahead)
{
    struct ring_writer writer = segment_ring_writer(segment, slot);
    for (uint64_t number = 0; number < WRITTEN; number++) {
        struct record record;
        seal_record(&record, number);
        ring_push(&writer, &record);
        if (number == 4 * 256 && ahead >= 0 && write(ahead, "", 1) < 0) {
            _exit(1);
        }
        if (number % 20000 == 0) {
            usleep(1000); /* lets the reader catch up now and then */
        }
    }
}

static size_t read_some(const struct view *view, struct ring_reader *reader, struct totals *totals)
{
    struct record records[READ_MAX];
    size_t count = view_read_ring(view, 0, reader, records, READ_MAX);
    for (size_t i = 0; i < count; i++) {
        totals->torn += !is_sealed(&records[i]);
        totals->out_of_order += records[i].fields[0] != totals->read + reader->lost + i;
    }
    totals->read += count;
    return count;
}

static void test_a_lapped_process_loses_exactly_what_it_counts(void **state)
{
    (void)state;
    struct segment *segment;
    struct view *view;
    struct ring_reader reader = {0};
    struct totals totals = {0};
    assert_int_equal(segment_create(&segment, &small, 0, NULL), 0);
    struct wire_slot *slot = segment_take_slot(segment, 0);
    assert_int_equal(view_open(&view, segment_fd(segment), NULL), 0);

    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        write_all(segment, slot, pipes[1]);
        _exit(0);
    }
    char byte;
    int status, reads = 0;
    close(pipes[1]);
    assert_int_equal(read(pipes[0], &byte, 1), 1); /* it is laps ahead: some are lost for certain */
    close(pipes[0]);
    while (waitpid(child, &status, WNOHANG) == 0) {
        read_some(view, &reader, &totals);
        if (++reads % PAUSE_EACH == 0) {
            usleep(200);
        }
    }
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    while (read_some(view, &reader, &totals) != 0) {
    }
    assert_int_equal(totals.torn, 0);
    assert_int_equal(totals.out_of_order, 0);
    assert_int_equal(totals.read + reader.lost, WRITTEN);
    assert_int_equal(reader.refused, 0);
    assert_true(reader.lost > 0);
    assert_true(totals.read >= small.ring_records);
    view_close(&view);
    segment_free(&segment);
}

/* A writer killed in the middle of a record leaves everything before it readable. */
static void test_a_killed_writer_leaves_whole_records(void **state)
{
    (void)state;
    struct segment *segment;
    struct view *view;
    struct ring_reader reader = {0};
    struct totals totals = {0};
    assert_int_equal(segment_create(&segment, &small, 0, NULL), 0);
    struct wire_slot *slot = segment_take_slot(segment, 0);
    assert_int_equal(view_open(&view, segment_fd(segment), NULL), 0);

    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        for (;;) {
            write_all(segment, slot, -1);
        }
    }
    uint64_t deadline = clock_now_ns() + 120 * CLOCK_NS_PER_S;
    while (read_some(view, &reader, &totals) == 0 && clock_now_ns() < deadline) {
        usleep(100); /* it writes by now */
    }
    uint64_t before = totals.read;
    assert_true(before > 0);
    usleep(5000);
    assert_int_equal(kill(child, SIGKILL), 0);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    segment_free(&segment);
    while (read_some(view, &reader, &totals) != 0) {
    }
    assert_int_equal(totals.torn, 0);
    assert_true(totals.read - before <= small.ring_records);
    view_close(&view);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_lapped_process_loses_exactly_what_it_counts),
        cmocka_unit_test(test_a_killed_writer_leaves_whole_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
