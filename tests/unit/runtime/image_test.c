/*
 * Heaps cast from an image: each is as one that was built, and none knows of another; a heap that depends
 * on more than its making has no image. Where every block is watched (ASan) there are no images.
 */
#include "runtime/bind/mould.h"
#include "tests/unit/runtime/engine_support.h"

#include <stdatomic.h>

static duk_ret_t fill(duk_context *ctx, void *udata)
{
    (void)udata;
    duk_eval_string_noresult(
        ctx, "var table = {}, list = [1, 'two', { three: 3.5 }], text = 'x'.repeat(3000);"
             "table.key = list; table[1.5] = function () { return list.length; };"
             "var class_ = function (n) { this.n = n; }; class_.prototype.get = function () { return this.n; };");
    return 0;
}

static duk_ret_t fill_from_a_clock(duk_context *ctx, void *udata)
{
    (void)udata;
    static double calls;
    duk_push_number(ctx, calls += 0.5);
    duk_put_global_string(ctx, "now");
    return 0;
}

static duk_ret_t fill_with_memory_outside(duk_context *ctx, void *udata)
{
    (void)udata;
    duk_eval_string_noresult(ctx, "var bytes = new Uint8Array(100);");
    return 0;
}

static duk_ret_t fill_and_fail(duk_context *ctx, void *udata)
{
    (void)udata;
    return duk_type_error(ctx, "no");
}

static void cast(struct bench *bench, const struct engine_image *image)
{
    memset(bench, 0, sizeof(*bench));
    struct engine_options options = {
        .slot = &bench->slot, .heap_limit = 64 << 20, .external_limit = UINT64_MAX};
    bench->engine = engine_cast(image, &options);
    assert_non_null(bench->engine);
    bench->ctx = engine_context(bench->engine);
}

static void check_whole(struct bench *bench)
{
    check_script(bench, "table.key === list && table[1.5]()", "3");
    check_script(bench, "list[2].three + text.length", "3003.5");
    check_script(bench, "new class_(7).get()", "7");
    check_script(bench, "delete table.key; table.size = 2; list.push(4); table.size + list.length", "6");
    check_script(bench, "JSON.stringify({ a: [1, 'x'.padStart(3)], b: Math.max(1, 2) })",
                 "{\"a\":[1,\"  x\"],\"b\":2}");
    check_script(bench, "var many = []; for (var i = 0; i < 20000; i++) { many.push({ i: i, s: 's' + i }); }"
                        "many = many.slice(19990).map(function (x) { return x.s; }).join()",
                 "s19990,s19991,s19992,s19993,s19994,s19995,s19996,s19997,s19998,s19999");
    engine_collect(bench->engine);
    check_script(bench, "list.length + table.size", "6");
}

static void test_cast_heaps_are_whole_and_apart(void **state)
{
    (void)state;
    const struct engine_image *image = engine_image_make(fill, NULL);
#if defined(__SANITIZE_ADDRESS__)
    assert_null(image);
    skip();
#else
    assert_non_null(image);
#endif
    struct bench first, second;
    cast(&first, image);
    cast(&second, image);
    assert_true(atomic_load(&first.slot.heap_total) > 0);
    assert_int_equal(atomic_load(&first.slot.heap_limit), 64 << 20);
    check_whole(&first);
    check_whole(&second);
    check_script(&first, "list = 'changed'; Array.prototype.mine = 1; [].mine", "1");
    check_script(&second, "list.length + String([].mine)", "4undefined");
    char random[32];
    snprintf(random, sizeof(random), "%s", evaluate(&first, "Math.random()"));
    assert_string_not_equal(random, evaluate(&second, "Math.random()"));
    bench_close(&first);
    check_script(&second, "list.length", "4");
    bench_close(&second);

    cast(&first, image); /* the image is as it was */
    check_whole(&first);
    bench_close(&first);
}

static void test_a_limit_below_the_image_is_refused(void **state)
{
    (void)state;
    const struct engine_image *image = engine_image_make(fill, NULL);
    struct wire_slot slot = {0};
    struct engine_options options = {
        .slot = &slot, .heap_limit = 64 << 10, .external_limit = UINT64_MAX};
    assert_true(image == NULL || engine_cast(image, &options) == NULL);
}

static void test_what_depends_on_more_than_its_making_has_no_image(void **state)
{
    (void)state;
    assert_null(engine_image_make(fill_from_a_clock, NULL));
    assert_null(engine_image_make(fill_with_memory_outside, NULL));
    assert_null(engine_image_make(fill_and_fail, NULL));
}

/* What every worker loads makes an image: when something in it stops that, workers start slowly and
 * nothing else tells. */
static void test_the_mould_of_workers_is_made(void **state)
{
    (void)state;
    struct wire_slot slot = {0};
    const struct engine_options options = {
        .slot = &slot, .heap_limit = UINT64_MAX, .external_limit = UINT64_MAX};
    assert_null(mould_cast(&options, true)); /* the first worker's heap is built */
    struct engine *engine = mould_cast(&options, true);
#if defined(__SANITIZE_ADDRESS__)
    assert_null(engine);
#else
    assert_non_null(engine);
    duk_eval_string(engine_context(engine), "typeof Promise + Math.max(1, 2)");
    assert_string_equal(duk_get_string(engine_context(engine), -1), "function2");
    engine_free(&engine);
#endif
}

/* The first heap of a process learns what the engine ships, which makes it another than the rest. */
static int make_first_heap(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, NULL);
    bench_close(&bench);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cast_heaps_are_whole_and_apart),
        cmocka_unit_test(test_a_limit_below_the_image_is_refused),
        cmocka_unit_test(test_what_depends_on_more_than_its_making_has_no_image),
        cmocka_unit_test(test_the_mould_of_workers_is_made),
    };
    return cmocka_run_group_tests(tests, make_first_heap, NULL);
}
