/*
 * Text across the engine's border: what goes in and comes out unchanged, and what is not text.
 */
#include "runtime/bind/text.h"

#include "runtime/engine/engine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void comes_out_as(const char *inside, size_t size, const char *outside)
{
    struct bytes bytes;
    bytes_init(&bytes, 0);
    text_append(&bytes, inside, size);
    assert_false(bytes.is_failed);
    assert_int_equal(bytes.size, strlen(outside));
    assert_memory_equal(bytes.data, outside, bytes.size);
    bytes_fini(&bytes);
}

static void pairs_become_one_character(void **state)
{
    (void)state;
    comes_out_as("plain", 5, "plain");
    comes_out_as("\xc3\xa9", 2, "\xc3\xa9");
    comes_out_as("\xed\xa0\xbd\xed\xb8\x80!", 7, "\xf0\x9f\x98\x80!");
}

static void halves_are_replaced(void **state)
{
    (void)state;
    comes_out_as("\xed\xa0\xbd", 3, "\xef\xbf\xbd");
    comes_out_as("a\xed\xb8\x80z", 5, "a\xef\xbf\xbdz");
    comes_out_as("\xed\xa0\xbd\xed\xa0\xbd\xed\xb8\x80", 9, "\xef\xbf\xbd\xf0\x9f\x98\x80");
    comes_out_as("\xed\xa0", 2, "\xef\xbf\xbd");
}

static void goes_in_as(duk_context *ctx, const char *outside, const char *inside)
{
    size_t size;
    text_push_string(ctx, outside);
    const char *text = duk_get_lstring(ctx, -1, &size);
    assert_int_equal(size, strlen(inside));
    assert_memory_equal(text, inside, size);
    assert_false(duk_is_symbol(ctx, -1));
    duk_pop(ctx);
}

static void foreign_bytes_are_text_inside(void **state)
{
    (void)state;
    static struct wire_slot slot;
    struct engine_options options = {
        .slot = &slot, .heap_limit = UINT64_MAX, .external_limit = UINT64_MAX};
    struct engine *engine = engine_new(&options);
    assert_non_null(engine);
    duk_context *ctx = engine_context(engine);
    goes_in_as(ctx, "", "");
    goes_in_as(ctx, "plain", "plain");
    goes_in_as(ctx, "\xf0\x9f\x98\x80", "\xed\xa0\xbd\xed\xb8\x80");
    goes_in_as(ctx, "\xffhidden", "\xef\xbf\xbdhidden");
    goes_in_as(ctx, "\x82hidden", "\xef\xbf\xbdhidden");
    goes_in_as(ctx, "\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd");
    goes_in_as(ctx, "\xed\xa0\xbd", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    goes_in_as(ctx, "\xf5\x80\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    goes_in_as(ctx, "\xe2\x82", "\xef\xbf\xbd");
    goes_in_as(ctx,
               "\xe2\x82"
               "A\xf0\x9f\x98\xff",
               "\xef\xbf\xbd"
               "A\xef\xbf\xbd\xef\xbf\xbd");
    engine_free(&engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_become_one_character),
        cmocka_unit_test(halves_are_replaced),
        cmocka_unit_test(foreign_bytes_are_text_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
