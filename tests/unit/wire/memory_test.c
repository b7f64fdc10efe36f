/*
 * Memory that runs out: every allocation of making, filling and reading a segment and of the door
 * fails once, in turn. Each failure is an answer, nothing leaks, and what worked before still
 * works.
 */
#include "tests/unit/failing_memory.h"
#include "wire/door.h"
#include "wire/segment.h"
#include "wire/view.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#ifdef FAILING_MEMORY_SKIPPED
int main(void)
{
    puts("SKIPPED: the sanitizer owns the allocator");
    return 0;
}
#else

static const struct wire_counts small = {
    .slot_count = 4, .store_count = 4, .pin_count = 4, .string_bytes = 4096, .ring_records = 64};

/* True when everything worked; false when memory ran out somewhere and was told so. */
static bool use_segment(void)
{
    struct segment *segment;
    struct view *view = NULL;
    struct error error = {""};
    int code = segment_create(&segment, &small, 0, &error);
    bool is_whole = code == 0;
    if (code < 0) {
        assert_int_equal(code, -ENOMEM);
        assert_null(segment);
        assert_true(strlen(error.text) > 0);
        return false;
    }
    assert_non_null(segment_take_slot(segment, 1));
    is_whole &= segment_intern(segment, "name", 4) != 0;
    code = view_open(&view, segment_fd(segment), &error);
    assert_true(code == 0 || (code == -ENOMEM && view == NULL));
    is_whole &= code == 0;
    view_close(&view);
    segment_free(&segment);
    return is_whole;
}

static bool use_door(void)
{
    int fds[2];
    size_t length;
    bool is_too_long, is_whole = false;
    struct door one, other;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
    door_init(&one, fds[0]);
    door_init(&other, fds[1]);
    int code = door_send(&one, "{}", 2, NULL, 0);
    assert_true(code == 0 || code == -ENOBUFS);
    if (code == 0) {
        code = door_receive(&other);
        assert_true(code == 1 || code == -ENOMEM);
        is_whole = code == 1 && door_next_line(&other, &length, &is_too_long) != NULL;
    }
    door_fini(&one);
    door_fini(&other);
    return is_whole;
}

static void check(bool is_right)
{
    assert_true(is_right);
}

static void test_a_segment_without_memory(void **state)
{
    (void)state;
    assert_true(fail_each_allocation(use_segment, check) > 5);
}

static void test_a_door_without_memory(void **state)
{
    (void)state;
    assert_true(fail_each_allocation(use_door, check) >= 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_segment_without_memory),
        cmocka_unit_test(test_a_door_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
