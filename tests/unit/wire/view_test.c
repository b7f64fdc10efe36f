/*
 * A segment made by an enemy: every field of the header wrong in turn, sizes and seals wrong,
 * tables that change while they are read, names and counters that point nowhere. Each is refused
 * with a sentence or read within bounds.
 */
#include "base/clock.h"
#include "wire/view.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW)

static const struct wire_counts small = {
    .slot_count = 4, .store_count = 8, .pin_count = 8, .string_bytes = 4096, .ring_records = 64};

/* A segment written by hand, mapped for writing as its emitter would. */
struct forged {
    int fd;
    struct wire_header *header;
    struct wire_offsets at;
};

static void forge(struct forged *forged)
{
    assert_true(layout_compute(&small, &forged->at));
    forged->fd = memfd_create("forged", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    assert_int_equal(ftruncate(forged->fd, (off_t)forged->at.segment_bytes), 0);
    forged->header =
        mmap(NULL, forged->at.segment_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, forged->fd, 0);
    assert_ptr_not_equal(forged->header, MAP_FAILED);
    forged->header->magic = WIRE_MAGIC;
    forged->header->version = WIRE_VERSION;
    forged->header->header_bytes = WIRE_HEADER_BYTES;
    forged->header->segment_bytes = forged->at.segment_bytes;
    forged->header->pid = 1234;
    forged->header->start_time = 99;
    forged->header->counts = small;
    forged->header->string_used = 4;
}

static void drop(struct forged *forged)
{
    munmap(forged->header, forged->at.segment_bytes);
    close(forged->fd);
}

static void *forged_at(const struct forged *forged, uint64_t offset)
{
    return (unsigned char *)forged->header + offset;
}

static struct view *open_forged(const struct forged *forged)
{
    struct view *view;
    struct error error;
    assert_int_equal(fcntl(forged->fd, F_ADD_SEALS, SEALS), 0);
    if (view_open(&view, forged->fd, &error) < 0) {
        fail_msg("refused: %s", error.text);
    }
    return view;
}

/* One line that names `word`. */
static void assert_refused(int fd, int code, const char *word)
{
    struct view *view = (struct view *)1;
    struct error error = {""};
    assert_int_equal(view_open(&view, fd, &error), code);
    assert_null(view);
    if (strstr(error.text, word) == NULL || strchr(error.text, '\n') != NULL) {
        fail_msg("\"%s\" does not name %s", error.text, word);
    }
}

static void test_each_header_field_is_checked(void **state)
{
    (void)state;
    static const struct {
        size_t offset, size;
        uint64_t value;
        const char *word;
    } lies[] = {
#define LIE(field, value, word)                                                                    \
    {offsetof(struct wire_header, field), sizeof(((struct wire_header *)0)->field), value, word}
        LIE(magic, 0, "magic"),
        LIE(magic, WIRE_MAGIC + 1, "magic"),
        LIE(version, 0, "version"),
        LIE(version, WIRE_VERSION + 1, "version"),
        LIE(header_bytes, 0, "header_bytes"),
        LIE(header_bytes, 8192, "header_bytes"),
        LIE(segment_bytes, 0, "bytes"),
        LIE(segment_bytes, UINT64_MAX, "bytes"),
        LIE(pid, 0, "pid"),
        LIE(pid, UINT64_MAX, "pid"),
        LIE(pid, UINT64_C(1) << 31, "pid"),
        LIE(counts.slot_count, 0, "counts"),
        LIE(counts.slot_count, 5, "bytes"),
        LIE(counts.slot_count, UINT32_MAX, "counts"),
        LIE(counts.store_count, 0, "counts"),
        LIE(counts.store_count, 65536, "bytes"),
        LIE(counts.store_count, UINT32_MAX, "counts"),
        LIE(counts.pin_count, 0, "counts"),
        LIE(counts.pin_count, 2048, "bytes"),
        LIE(counts.pin_count, UINT32_MAX, "counts"),
        LIE(counts.string_bytes, 0, "counts"),
        LIE(counts.string_bytes, 4097, "counts"),
        LIE(counts.string_bytes, 8192, "bytes"),
        LIE(counts.string_bytes, UINT32_MAX, "counts"),
        LIE(counts.ring_records, 0, "counts"),
        LIE(counts.ring_records, 65, "counts"),
        LIE(counts.ring_records, 128, "bytes"),
        LIE(counts.ring_records, UINT32_MAX, "counts"),
    };
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        struct forged forged;
        forge(&forged);
        memcpy((unsigned char *)forged.header + lies[i].offset, &lies[i].value, lies[i].size);
        assert_int_equal(fcntl(forged.fd, F_ADD_SEALS, SEALS), 0);
        assert_refused(forged.fd, -EINVAL, lies[i].word);
        drop(&forged);
    }
}

static void test_sizes_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    const off_t sizes[] = {0, 1, 4095, 4096, 8192};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct forged forged;
        forge(&forged);
        assert_int_equal(ftruncate(forged.fd, sizes[i]), 0);
        assert_int_equal(fcntl(forged.fd, F_ADD_SEALS, SEALS), 0);
        assert_refused(forged.fd, -EINVAL, "bytes");
        drop(&forged);
    }
    struct forged larger;
    forge(&larger);
    assert_int_equal(ftruncate(larger.fd, (off_t)larger.at.segment_bytes + 4096), 0);
    assert_int_equal(fcntl(larger.fd, F_ADD_SEALS, SEALS), 0);
    assert_refused(larger.fd, -EINVAL, "bytes");
    drop(&larger);
    int fd = memfd_create("huge", MFD_ALLOW_SEALING);
    assert_int_equal(ftruncate(fd, (off_t)(WIRE_SEGMENT_BYTES_MAX + 4096)), 0);
    assert_int_equal(fcntl(fd, F_ADD_SEALS, SEALS), 0);
    assert_refused(fd, -EFBIG, "bytes");
    close(fd);
}

static void test_memory_that_could_shrink_is_refused(void **state)
{
    (void)state;
    const int seals[] = {0, F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_GROW | F_SEAL_SEAL};
    for (size_t i = 0; i < sizeof seals / sizeof seals[0]; i++) {
        struct forged forged;
        forge(&forged);
        assert_int_equal(fcntl(forged.fd, F_ADD_SEALS, seals[i]), 0);
        assert_refused(forged.fd, -EPERM, "sealed");
        drop(&forged);
    }
}

static void test_what_is_no_memory_file_is_refused(void **state)
{
    (void)state;
    int pipes[2], null = open("/dev/null", O_RDWR), file = open("/proc/self/exe", O_RDONLY);
    assert_int_equal(pipe(pipes), 0);
    assert_refused(pipes[0], -EPERM, "memory file");
    assert_refused(null, -EPERM, "memory file");
    assert_refused(file, -EPERM, "memory file");
    assert_refused(-1, -EPERM, "memory file");
    close(pipes[0]);
    close(pipes[1]);
    close(null);
    close(file);
}

/* Reading a hole of huge-page memory raises SIGBUS when no huge page is free. */
static void test_huge_page_memory_is_refused(void **state)
{
    (void)state;
    int fd = memfd_create("huge", MFD_ALLOW_SEALING | MFD_HUGETLB);
    if (fd < 0 || ftruncate(fd, 2 << 20) < 0) {
        print_message("no huge pages on this kernel\n");
        skip();
    }
    assert_int_equal(fcntl(fd, F_ADD_SEALS, SEALS), 0);
    assert_refused(fd, -EPERM, "HUGETLB");
    close(fd);
}

static void test_a_write_only_descriptor_is_refused(void **state)
{
    (void)state;
    struct forged forged;
    char path[64];
    forge(&forged);
    assert_int_equal(fcntl(forged.fd, F_ADD_SEALS, SEALS), 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", forged.fd);
    int fd = open(path, O_WRONLY);
    assert_true(fd >= 0);
    assert_refused(fd, -EACCES, "mapping");
    close(fd);
    drop(&forged);
}

/* After the counts were checked they are never looked at again. */
static void test_counts_that_grow_later_are_not_believed(void **state)
{
    (void)state;
    struct forged forged;
    struct wire_slot_copy slot;
    struct wire_store_copy store;
    struct ring_reader reader = {0};
    struct record records[4];
    uint32_t a, b;
    forge(&forged);
    struct view *view = open_forged(&forged);
    memset(&forged.header->counts, 0xff, sizeof forged.header->counts);
    forged.header->slot_used = forged.header->store_used = forged.header->pin_used = UINT64_MAX;
    assert_int_equal(view_slot_count(view), small.slot_count);
    assert_int_equal(view_store_count(view), small.store_count);
    assert_int_equal(view_pin_count(view), small.pin_count);
    const uint32_t beyond[] = {small.pin_count, 4096, UINT32_MAX};
    for (int i = 0; i < 3; i++) {
        assert_false(view_read_slot(view, beyond[i], &slot));
        assert_false(view_read_store(view, beyond[i], &store));
        assert_false(view_read_pin(view, beyond[i], &a, &b));
        assert_int_equal(view_read_ring(view, beyond[i], &reader, records, 4), 0);
    }
    view_close(&view);
    drop(&forged);
}

static void test_pins_say_what_their_word_says(void **state)
{
    (void)state;
    struct forged forged;
    uint32_t store, thread;
    forge(&forged);
    struct view *view = open_forged(&forged);
    wire_pin *pins = forged_at(&forged, forged.at.pins);
    pins[0] = UINT64_C(7) << 32 | 1;
    pins[1] = UINT64_C(7) << 32; /* no thread: free */
    pins[2] = UINT64_MAX;
    assert_true(view_read_pin(view, 0, &store, &thread));
    assert_int_equal(store, 7);
    assert_int_equal(thread, 0);
    assert_false(view_read_pin(view, 1, &store, &thread));
    assert_true(view_read_pin(view, 2, &store, &thread));
    assert_int_equal(thread, UINT32_MAX - 1);
    view_close(&view);
    drop(&forged);
}

static void test_names_that_are_none_read_as_empty(void **state)
{
    (void)state;
    struct forged forged;
    char name[WIRE_NAME_MAX + 1];
    forge(&forged);
    struct view *view = open_forged(&forged);
    unsigned char *strings = forged_at(&forged, forged.at.strings);
    uint32_t length = 5;
    memcpy(strings + 4, &length, 4);
    memcpy(strings + 8, "hello", 5);
    forged.header->string_used = 16;
    assert_int_equal(view_read_name(view, 4, name), 5);
    assert_string_equal(name, "hello");
    const uint64_t ids[] = {0,
                            1,
                            2,
                            3,
                            5,
                            8,
                            13,
                            16,
                            20,
                            4092,
                            4096,
                            1 << 20,
                            UINT32_MAX - 3,
                            UINT64_C(1) << 32,
                            (UINT64_C(1) << 32) + 4,
                            UINT64_MAX - 3,
                            UINT64_MAX};
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        assert_int_equal(view_read_name(view, ids[i], name), 0);
        assert_string_equal(name, "");
    }
    const uint32_t lengths[] = {9, 13, 256, 4096, INT32_MAX, UINT32_MAX};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        memcpy(strings + 4, &lengths[i], 4);
        assert_int_equal(view_read_name(view, 4, name), 0);
    }
    /* The very last bytes of the table, claimed by a table that says it is larger. */
    forged.header->string_used = UINT64_MAX;
    memcpy(strings + 4092, &length, 4);
    assert_int_equal(view_read_name(view, 4092, name), 0);
    length = WIRE_NAME_MAX;
    memcpy(strings + 4, &length, 4);
    memset(strings + 8, 'n', WIRE_NAME_MAX);
    assert_int_equal(view_read_name(view, 4, name), WIRE_NAME_MAX);
    view_close(&view);
    drop(&forged);
}

static void test_a_slot_that_is_being_changed_is_told(void **state)
{
    (void)state;
    struct forged forged;
    struct wire_store_copy store;
    struct wire_slot_copy slot;
    forge(&forged);
    struct view *view = open_forged(&forged);
    struct wire_store *stores = forged_at(&forged, forged.at.stores);
    struct wire_slot *slots = forged_at(&forged, forged.at.slots);
    stores[0].generation = 2;
    assert_false(view_read_store(view, 0, &store));
    stores[0].generation = UINT64_MAX;
    assert_true(view_read_store(view, 0, &store));
    slots[3].generation = 4;
    slots[3].jobs = 17;
    assert_true(view_read_slot(view, 3, &slot));
    assert_int_equal(slot.generation, 4);
    assert_int_equal(slot.jobs, 17);
    view_close(&view);
    drop(&forged);
}

/* ---- a slot that changes hands while it is read ---- */

struct flipper {
    struct wire_slot *slot;
    _Atomic bool is_over;
};

/* Takes and gives the slot as segment.c does; within one life all figures are the generation. */
static void *flip(void *pointer)
{
    struct flipper *flipper = pointer;
    struct wire_slot *slot = flipper->slot;
    for (uint64_t generation = 1; !atomic_load(&flipper->is_over); generation += 2) {
        atomic_thread_fence(memory_order_release);
#define FIELD(name, unit, text)                                                                    \
    atomic_store_explicit(&slot->name, generation, memory_order_relaxed);
#include "wire/slot.def"
#undef FIELD
        atomic_store_explicit(&slot->generation, generation, memory_order_release);
        for (volatile int life = 0; life < 300; life++) {
        }
        atomic_store_explicit(&slot->generation, generation + 1, memory_order_release);
    }
    return NULL;
}

static void test_a_slot_changing_hands_is_never_mixed(void **state)
{
    (void)state;
    struct forged forged;
    pthread_t thread;
    uint64_t alive = 0;
    forge(&forged);
    struct view *view = open_forged(&forged);
    struct flipper flipper = {.slot = forged_at(&forged, forged.at.slots)};
    assert_int_equal(pthread_create(&thread, NULL, flip, &flipper), 0);
    uint64_t deadline = clock_now_ns() + 120 * CLOCK_NS_PER_S;
    while (alive < 10000 && clock_now_ns() < deadline) {
        struct wire_slot_copy copy;
        if (!view_read_slot(view, 0, &copy) || copy.generation % 2 == 0) {
            continue;
        }
        alive++;
#define FIELD(name, unit, text) assert_int_equal(copy.name, copy.generation);
#include "wire/slot.def"
#undef FIELD
    }
    atomic_store(&flipper.is_over, true);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(alive, 10000);
    view_close(&view);
    drop(&forged);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_header_field_is_checked),
        cmocka_unit_test(test_sizes_that_do_not_fit_are_refused),
        cmocka_unit_test(test_memory_that_could_shrink_is_refused),
        cmocka_unit_test(test_what_is_no_memory_file_is_refused),
        cmocka_unit_test(test_huge_page_memory_is_refused),
        cmocka_unit_test(test_a_write_only_descriptor_is_refused),
        cmocka_unit_test(test_counts_that_grow_later_are_not_believed),
        cmocka_unit_test(test_pins_say_what_their_word_says),
        cmocka_unit_test(test_names_that_are_none_read_as_empty),
        cmocka_unit_test(test_a_slot_that_is_being_changed_is_told),
        cmocka_unit_test(test_a_slot_changing_hands_is_never_mixed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
