/*
 * The ring: what was written is read or counted as lost, to the record, whoever is faster; whatever
 * the counters say, reading ends and stays inside.
 */
#include "tests/unit/wire/sealed_record.h"
#include "wire/ring.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

#define RECORDS 64

struct fixture {
    struct wire_ring *ring;
    struct ring_writer writer;
    struct ring_reader reader;
    uint64_t written, read;
};

static struct wire_ring *new_ring(void)
{
    struct wire_ring *ring = aligned_alloc(64, sizeof *ring + RECORDS * 64);
    assert_non_null(ring);
    memset(ring, 0, sizeof *ring + RECORDS * 64);
    return ring;
}

static void set_up(struct fixture *fixture)
{
    memset(fixture, 0, sizeof *fixture);
    fixture->ring = new_ring();
    ring_writer_init(&fixture->writer, fixture->ring, RECORDS, -1);
}

static void write_records(struct fixture *fixture, int count)
{
    for (int i = 0; i < count; i++) {
        struct record record;
        seal_record(&record, fixture->written++);
        ring_push(&fixture->writer, &record);
    }
}

/* Reads once; every record must be whole and the one that is due. */
static size_t read_records(struct fixture *fixture, size_t max)
{
    struct record records[RECORDS * 2];
    size_t count = ring_read(&fixture->reader, fixture->ring, RECORDS, records, max);
    assert_true(count <= max);
    for (size_t i = 0; i < count; i++) {
        assert_true(is_sealed(&records[i]));
        assert_int_equal(records[i].fields[0], fixture->read + fixture->reader.lost + i);
    }
    fixture->read += count;
    return count;
}

static void test_records_come_out_as_they_went_in(void **state)
{
    (void)state;
    struct fixture fixture;
    set_up(&fixture);
    assert_int_equal(read_records(&fixture, 10), 0);
    write_records(&fixture, 5);
    assert_int_equal(read_records(&fixture, 3), 3);
    assert_int_equal(read_records(&fixture, 10), 2);
    assert_int_equal(read_records(&fixture, 10), 0);
    write_records(&fixture, RECORDS);
    assert_int_equal(read_records(&fixture, RECORDS * 2), RECORDS);
    assert_int_equal(fixture.reader.lost, 0);
    assert_int_equal(fixture.reader.refused, 0);
    free(fixture.ring);
}

static void test_a_lapped_reader_counts_its_loss_exactly(void **state)
{
    (void)state;
    struct fixture fixture;
    set_up(&fixture);
    write_records(&fixture, RECORDS + 1);
    assert_int_equal(read_records(&fixture, 1), 1);
    assert_int_equal(fixture.reader.lost, 1);
    write_records(&fixture, 1000);
    while (read_records(&fixture, 7) != 0) {
    }
    assert_int_equal(fixture.read + fixture.reader.lost, fixture.written);
    assert_int_equal(fixture.reader.lost, 1 + 1000 - 1);
    free(fixture.ring);
}

static void test_any_rhythm_of_writing_and_reading_adds_up(void **state)
{
    (void)state;
    struct fixture fixture;
    set_up(&fixture);
    srand(1);
    for (int round = 0; round < 20000; round++) {
        write_records(&fixture, rand() % (rand() % 8 == 0 ? 300 : 20));
        read_records(&fixture, (size_t)(rand() % 40));
    }
    while (read_records(&fixture, RECORDS) != 0) {
    }
    assert_int_equal(fixture.read + fixture.reader.lost, fixture.written);
    assert_true(fixture.reader.lost > 0 && fixture.read > 0);
    assert_int_equal(fixture.reader.refused, 0);
    free(fixture.ring);
}

/* A new owner goes on where the ring stands; a new reader takes what is still there. */
static void test_a_ring_goes_on_under_a_new_owner(void **state)
{
    (void)state;
    struct fixture fixture;
    set_up(&fixture);
    write_records(&fixture, 100);
    ring_writer_init(&fixture.writer, fixture.ring, RECORDS, -1);
    write_records(&fixture, 10);
    while (read_records(&fixture, RECORDS) != 0) {
    }
    assert_int_equal(fixture.read, RECORDS);
    assert_int_equal(fixture.reader.lost, 110 - RECORDS);
    free(fixture.ring);
}

static uint64_t rings_of(int doorbell)
{
    uint64_t count = 0;
    return read(doorbell, &count, sizeof count) == sizeof count ? count : 0;
}

static void test_the_doorbell_rings_each_half_ring_and_for_urgent_records(void **state)
{
    (void)state;
    struct wire_ring *ring = new_ring();
    int doorbell = eventfd(0, EFD_NONBLOCK);
    struct ring_writer writer;
    struct record record = {.kind = RECORD_job};
    ring_writer_init(&writer, ring, RECORDS, doorbell);
    for (int i = 0; i < RECORDS / 2 - 1; i++) {
        ring_push(&writer, &record);
    }
    assert_int_equal(rings_of(doorbell), 0);
    ring_push(&writer, &record);
    assert_int_equal(rings_of(doorbell), 1);
    record.kind = RECORD_oom;
    ring_push(&writer, &record);
    assert_int_equal(rings_of(doorbell), 1);
    record.kind = UINT16_MAX;
    ring_push(&writer, &record);
    assert_int_equal(rings_of(doorbell), 0);
    close(doorbell);
    free(ring);
}

static void test_a_full_doorbell_does_not_hold_the_writer(void **state)
{
    (void)state;
    struct wire_ring *ring = new_ring();
    int doorbell = eventfd(0, EFD_NONBLOCK);
    uint64_t full = UINT64_MAX - 1;
    struct ring_writer writer;
    struct record record = {.kind = RECORD_spawn};
    assert_int_equal(write(doorbell, &full, sizeof full), sizeof full);
    ring_writer_init(&writer, ring, RECORDS, doorbell);
    for (int i = 0; i < 1000; i++) {
        ring_push(&writer, &record);
    }
    assert_int_equal(writer.next, 1000);
    close(doorbell);
    free(ring);
}

static void test_a_writer_without_a_ring_does_nothing(void **state)
{
    (void)state;
    struct ring_writer writer;
    struct record record = {.kind = RECORD_spawn};
    ring_writer_init(&writer, NULL, RECORDS, -1);
    ring_push(&writer, &record);
    assert_int_equal(writer.next, 0);
}

/* ---- hostile counters ---- */

static size_t read_with(uint64_t next, uint64_t reserved, uint64_t committed,
                        struct ring_reader *reader)
{
    struct wire_ring *ring = new_ring();
    struct record records[RECORDS];
    *reader = (struct ring_reader){.next = next};
    ring->reserved = reserved;
    ring->committed = committed;
    size_t count = ring_read(reader, ring, RECORDS, records, RECORDS);
    assert_true(count <= RECORDS);
    free(ring);
    return count;
}

static void test_a_counter_going_backwards_is_refused(void **state)
{
    (void)state;
    struct ring_reader reader;
    assert_int_equal(read_with(1000, 10, 10, &reader), 0);
    assert_int_equal(reader.refused, 1);
    assert_int_equal(reader.next, 10);
    assert_int_equal(reader.lost, 0);
}

static void test_committed_before_reserved_is_refused(void **state)
{
    (void)state;
    struct ring_reader reader;
    assert_int_equal(read_with(0, 0, 10, &reader), 0);
    assert_int_equal(reader.refused, 1);
    assert_int_equal(read_with(0, 9, 10, &reader), 0);
    assert_int_equal(reader.refused, 1);
    assert_int_equal(read_with(UINT64_MAX - 3, 3, UINT64_MAX, &reader), 0);
    assert_int_equal(reader.refused, 1);
}

static void test_huge_counters_end(void **state)
{
    (void)state;
    struct ring_reader reader;
    assert_int_equal(read_with(0, UINT64_MAX, UINT64_MAX, &reader), RECORDS);
    assert_int_equal(reader.next, UINT64_MAX);
    assert_int_equal(reader.lost, 0); /* nobody wrote that much */
    assert_int_equal(reader.refused, 1);
    assert_int_equal(read_with(0, UINT64_MAX, 10, &reader), 0);
    assert_int_equal(reader.lost, 10);
    const uint64_t edges[] = {0,
                              1,
                              63,
                              64,
                              65,
                              1ull << 32,
                              1ull << 63,
                              (1ull << 63) + 1,
                              UINT64_MAX - 64,
                              UINT64_MAX - 63,
                              UINT64_MAX - 1,
                              UINT64_MAX};
    const size_t count = sizeof edges / sizeof edges[0];
    for (size_t i = 0; i < count * count * count; i++) {
        read_with(edges[i % count], edges[i / count % count], edges[i / count / count], &reader);
    }
}

/* ---- two threads, one ring: for ThreadSanitizer as well ---- */

#define THREAD_RECORDS 300000

static void *write_flat_out(void *pointer)
{
    write_records(pointer, THREAD_RECORDS);
    return NULL;
}

static void test_a_reader_beside_a_writer_sees_only_whole_records(void **state)
{
    (void)state;
    struct fixture fixture;
    pthread_t thread;
    set_up(&fixture);
    assert_int_equal(pthread_create(&thread, NULL, write_flat_out, &fixture), 0);
    uint64_t spins = 0;
    while (fixture.read + fixture.reader.lost < THREAD_RECORDS) {
        read_records(&fixture, 1 + spins++ % RECORDS);
    }
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(fixture.read + fixture.reader.lost, THREAD_RECORDS);
    assert_int_equal(fixture.reader.refused, 0);
    free(fixture.ring);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records_come_out_as_they_went_in),
        cmocka_unit_test(test_a_lapped_reader_counts_its_loss_exactly),
        cmocka_unit_test(test_any_rhythm_of_writing_and_reading_adds_up),
        cmocka_unit_test(test_a_ring_goes_on_under_a_new_owner),
        cmocka_unit_test(test_the_doorbell_rings_each_half_ring_and_for_urgent_records),
        cmocka_unit_test(test_a_full_doorbell_does_not_hold_the_writer),
        cmocka_unit_test(test_a_writer_without_a_ring_does_nothing),
        cmocka_unit_test(test_a_counter_going_backwards_is_refused),
        cmocka_unit_test(test_committed_before_reserved_is_refused),
        cmocka_unit_test(test_huge_counters_end),
        cmocka_unit_test(test_a_reader_beside_a_writer_sees_only_whole_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
