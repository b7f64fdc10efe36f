/*
 * Black boxes: what a segment held is read again from the file; a damaged or cut one is told so.
 */
#include "wire/blackbox.h"

#include "base/clock.h"
#include <nettle/sha2.h>
#include "wire/segment.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define RECORDS 150 /* more than a ring holds */

static const struct wire_counts counts = {
    .slot_count = 8, .store_count = 8, .pin_count = 8, .string_bytes = 8192, .ring_records = 64};

struct file {
    unsigned char *data;
    size_t size;
};

static struct segment *make_segment(void)
{
    struct segment *segment;
    struct error error = {""};

    assert_int_equal(segment_create(&segment, &counts, 0, &error), 0);
    for (uint32_t thread = 0; thread < 3; thread++) {
        struct wire_slot *slot = segment_take_slot(segment, thread);
        assert_non_null(slot);
        atomic_store(&slot->name, segment_intern(segment, "worker", 6));
        atomic_store(&slot->heap_used, 1000 + thread);
        struct ring_writer writer = segment_ring_writer(segment, slot);
        for (unsigned i = 0; i < RECORDS && thread > 0; i++) {
            struct record record = {.t = i + 1, .kind = RECORD_gc, .thread = thread};
            record.gc.after = i;
            ring_push(&writer, &record);
        }
    }
    assert_non_null(segment_add_store(segment, 4096, true));
    return segment;
}

static struct file write_file(const struct view *view)
{
    struct blackbox_head head = {.ended_ns = 77, .ended_wall_ns = 99, .state = "died", .name = "n"};
    int fd = memfd_create("blackbox", MFD_CLOEXEC);
    struct stat status;

    assert_true(fd >= 0);
    assert_int_equal(blackbox_write(view, &head, fd), 0);
    assert_int_equal(fstat(fd, &status), 0);
    struct file file = {malloc((size_t)status.st_size), (size_t)status.st_size};
    assert_int_equal(pread(fd, file.data, file.size, 0), (ssize_t)file.size);
    close(fd);
    return file;
}

static struct file make_file(void)
{
    struct segment *segment = make_segment();
    struct error error = {""};
    struct view *view;

    assert_int_equal(view_open(&view, segment_fd(segment), &error), 0);
    struct file file = write_file(view);
    view_close(&view);
    segment_free(&segment);
    return file;
}

static void test_round_trip(void **state)
{
    struct file file = make_file();
    struct blackbox_head head;
    struct error error = {""};
    struct view *view;
    struct wire_slot_copy slot;
    struct wire_store_copy store;
    char name[WIRE_NAME_MAX + 1];
    struct record records[RECORDS];
    (void)state;

    assert_true(file.size < 32768); /* what was never in use is not in the file */
    assert_int_equal(blackbox_read(file.data, file.size, &head, &view, &error), 0);
    assert_int_equal(head.pid, getpid());
    assert_int_equal(head.ended_ns, 77);
    assert_string_equal(head.state, "died");
    assert_int_equal(view_slot_count(view), 3);
    assert_true(view_read_slot(view, 2, &slot));
    assert_int_equal(slot.heap_used, 1002);
    assert_int_equal(view_read_name(view, slot.name, name), 6);
    assert_string_equal(name, "worker");
    assert_true(view_read_store(view, 0, &store));
    assert_int_equal(store.bytes, 4096);
    for (uint32_t ring = 0; ring < 3; ring++) {
        struct ring_reader reader = {0};
        size_t read = view_read_ring(view, ring, &reader, records, RECORDS);
        assert_int_equal(read, ring == 0 ? 0 : 64);
        assert_int_equal(reader.lost, ring == 0 ? 0 : RECORDS - 64);
        assert_true(ring == 0 || records[63].gc.after == RECORDS - 1);
    }
    view_close(&view);
    free(file.data);
}

static void seal(struct file *file)
{
    struct sha256_ctx hash;
    sha256_init(&hash);
    sha256_update(&hash, file->size - SHA256_DIGEST_SIZE, file->data);
    sha256_digest(&hash, SHA256_DIGEST_SIZE, file->data + file->size - SHA256_DIGEST_SIZE);
}

/* Read whatever happens; 0 or what it failed with. */
static int read_it(const struct file *file)
{
    struct blackbox_head head;
    struct error error = {""};
    struct view *view;
    int code = blackbox_read(file->data, file->size, &head, &view, &error);

    assert_true((code == 0) == (view != NULL));
    assert_true(code == 0 || error.text[0] != '\0');
    view_close(&view);
    return code;
}

static void test_damage(void **state)
{
    struct file file = make_file(), cut = file;
    (void)state;

    for (size_t i = 0; i < file.size; i += i < 2048 ? 1 : 97) {
        file.data[i] ^= 0x40;
        assert_true(read_it(&file) < 0);
        file.data[i] ^= 0x40;
        cut.size = i;
        assert_true(read_it(&cut) < 0);
    }
    assert_int_equal(read_it(&file), 0);
    free(file.data);
}

/* Regions that lie about where they belong, under a checksum that is right. */
static void test_lies(void **state)
{
    static const uint64_t lies[] = {0, 1, 8, 4096, UINT64_MAX, UINT64_MAX - 7, UINT64_C(1) << 40};
    struct file file = make_file();
    (void)state;

    for (size_t at = sizeof(struct blackbox_head); at < sizeof(struct blackbox_head) + 16; at += 8) {
        for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
            uint64_t before;
            memcpy(&before, file.data + at, 8);
            memcpy(file.data + at, &lies[i], 8);
            seal(&file);
            assert_true(read_it(&file) == 0 ? lies[i] == before : true);
            memcpy(file.data + at, &before, 8);
        }
    }
    for (size_t at = 0; at < sizeof(struct blackbox_head) + 16 + 512; at++) {
        file.data[at] ^= 0xff;
        seal(&file);
        read_it(&file);
        file.data[at] ^= 0xff;
    }
    seal(&file);
    assert_int_equal(read_it(&file), 0);
    free(file.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_lies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
