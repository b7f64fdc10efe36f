/*
 * The growing buffer: what goes in comes out, the cap holds, failure is sticky until cleared.
 */
#include "base/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_appended_bytes_are_kept(void **state)
{
    (void)state;
    struct bytes bytes;
    bytes_init(&bytes, 0);
    bytes_append_text(&bytes, "one ");
    bytes_append(&bytes, "two\0", 4);
    bytes_append_format(&bytes, " %d %s", 3, "four");
    assert_int_equal(bytes.size, 14 + 1);
    assert_memory_equal(bytes.data, "one two\0 3 four", 15);
    bytes_fini(&bytes);
}

static void test_long_formats_are_not_cut(void **state)
{
    (void)state;
    struct bytes bytes;
    char text[3001];
    memset(text, 'x', 3000);
    text[3000] = '\0';
    bytes_init(&bytes, 0);
    bytes_append_format(&bytes, "<%s>", text);
    assert_int_equal(bytes.size, 3002);
    assert_int_equal(bytes.data[0], '<');
    assert_int_equal(bytes.data[3001], '>');
    assert_memory_equal(bytes.data + 1, text, 3000);
    bytes_fini(&bytes);
}

static void test_the_cap_holds_and_failure_is_sticky(void **state)
{
    (void)state;
    struct bytes bytes;
    bytes_init(&bytes, 100);
    for (int i = 0; i < 10; i++) {
        bytes_append(&bytes, "0123456789", 10);
    }
    assert_false(bytes.is_failed);
    assert_int_equal(bytes.size, 100);
    bytes_append(&bytes, "x", 1);
    assert_true(bytes.is_failed);
    bytes_append(&bytes, "", 0);
    assert_false(bytes_reserve(&bytes, 0));
    assert_int_equal(bytes.size, 100);
    bytes_clear(&bytes);
    assert_false(bytes.is_failed);
    bytes_append(&bytes, "y", 1);
    assert_int_equal(bytes.size, 1);
    assert_false(bytes_reserve(&bytes, SIZE_MAX));
    bytes_fini(&bytes);
}

static void test_consuming_takes_from_the_front(void **state)
{
    (void)state;
    struct bytes bytes;
    bytes_init(&bytes, 0);
    bytes_consume(&bytes, 0);
    bytes_append_text(&bytes, "hello world");
    bytes_consume(&bytes, 6);
    assert_int_equal(bytes.size, 5);
    assert_memory_equal(bytes.data, "world", 5);
    bytes_consume(&bytes, 5);
    assert_int_equal(bytes.size, 0);
    bytes_fini(&bytes);
}

static void test_taking_leaves_an_empty_buffer(void **state)
{
    (void)state;
    struct bytes bytes;
    size_t size;
    bytes_init(&bytes, 0);
    assert_null(bytes_take(&bytes, &size));
    assert_int_equal(size, 0);
    bytes_append_text(&bytes, "mine");
    unsigned char *data = bytes_take(&bytes, &size);
    assert_int_equal(size, 4);
    assert_memory_equal(data, "mine", 4);
    assert_int_equal(bytes.size, 0);
    free(data);
    bytes_append_text(&bytes, "again");
    assert_int_equal(bytes.size, 5);
    bytes_fini(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_appended_bytes_are_kept),
        cmocka_unit_test(test_long_formats_are_not_cut),
        cmocka_unit_test(test_the_cap_holds_and_failure_is_sticky),
        cmocka_unit_test(test_consuming_takes_from_the_front),
        cmocka_unit_test(test_taking_leaves_an_empty_buffer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
