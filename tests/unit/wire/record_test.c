/* The words of records, as events and black boxes tell them. */
#include "wire/record.h"
#include "wire/layout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void test_values_have_their_words(void **state)
{
    (void)state;
    assert_string_equal(record_gc_kind_name(0), "full");
    assert_string_equal(record_gc_kind_name(1), "emergency");
    assert_string_equal(record_gc_kind_name(2), "forced");
    assert_string_equal(record_gc_kind_name(3), "minor");
    assert_null(record_gc_kind_name(4));
    assert_null(record_gc_kind_name(UINT64_MAX));
    assert_string_equal(record_op_name(0), "atomics_wait");
    assert_string_equal(record_op_name(1), "serialize");
    assert_string_equal(record_op_name(WIRE_OP_TURN), "turn");
    assert_null(record_op_name(WIRE_OPS));
}

static void test_durations_say_their_unit(void **state)
{
    (void)state;
    char key[RECORD_KEY_MAX];
    record_seconds_key("pause", key);
    assert_string_equal(key, "pause_seconds");
    record_seconds_key("duration", key);
    assert_string_equal(key, "seconds");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_have_their_words),
        cmocka_unit_test(test_durations_say_their_unit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
