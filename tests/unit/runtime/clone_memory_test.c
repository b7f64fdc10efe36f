/*
 * Structured clone while memory outside the heap runs out: every allocation of writing and reading
 * fails once, and every page that the receiver's heap needs is refused once. Each time there is an
 * error and no message, or the receiver dies; nothing is leaked and nothing half moved.
 */
#include "tests/unit/runtime/engine_support.h"

#include "tests/unit/failing_memory.h"

/* Deep, wide, with shared and repeated objects, small, large, shared and moved buffers. */
static const char source[] =
    "var moved=new ArrayBuffer(70000);"
    "var v=[moved,new Uint8Array(10),new Uint8Array(9000),new Float64Array(3).buffer];"
    "for(var i=0;i<20;i++)v.push(new SharedArrayBuffer(8));"
    "for(var i=0;i<100;i++){var o={i:i,name:'n'+i,list:[i,i+0.5]};v.push(o,o)}"
    "var deep=[];for(var i=0;i<200;i++)deep=[deep];v.push(deep,new Array(5000).join('x'));"
    "v.push(new Date(1),/x/g,new Error('e'),Object('s'));v";

static bool read_message(struct message *message, uint64_t heap_limit)
{
    struct wire_slot slot = {0};
    struct engine_options options = {
        .slot = &slot, .heap_limit = heap_limit, .external_limit = UINT64_MAX};
    struct engine *to = engine_new(&options);
    if (!to) {
        return false;
    }
    duk_context *ctx = engine_context(to);
    int rc = engine_clone_read(ctx, message);
    assert_int_equal(duk_get_top(ctx), 1);
    if (rc == 0) {
        duk_get_prop_literal(ctx, -1, "length");
        assert_int_equal(duk_get_int(ctx, -1), 230);
    }
    engine_free(&to);
    return rc == 0;
}

static bool clone_value(duk_context *ctx)
{
    struct message *message = NULL;
    duk_get_global_literal(ctx, "list");
    duk_idx_t top = duk_get_top(ctx);
    int rc = engine_clone_write(ctx, 0, 1, &message);
    if (rc != 0) {
        assert_null(message);
        assert_int_equal(duk_get_top(ctx), top + 1);
        /* It has not moved; a dead engine answers nothing. */
        if (engine_end(engine_of(ctx)) == ENGINE_ALIVE) {
            duk_get_prop_index(ctx, 0, 0);
            struct store *store = engine_get_store(ctx, -1);
            assert_true(store && store_bytes(store) == 70000);
        }
        return false;
    }
    bool is_read = read_message(message, UINT64_MAX);
    message_free(&message);
    return is_read;
}

static bool use(void)
{
    struct wire_slot slot = {0};
    struct engine_options options = {
        .slot = &slot, .heap_limit = UINT64_MAX, .external_limit = UINT64_MAX};
    struct engine *from = engine_new(&options);
    if (!from) {
        return false;
    }
    duk_context *ctx = engine_context(from);
    bool is_whole = duk_peval_string(ctx, source) == 0 &&
                    duk_peval_string_noresult(ctx, "var list=[moved]") == 0 && clone_value(ctx);
    engine_free(&from);
    return is_whole;
}

static void check(bool is_right)
{
    assert_true(is_right);
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
#ifdef FAILING_MEMORY_SKIPPED
    (void)use;
    (void)check;
    skip();
#else
    assert_true(fail_each_allocation(use, check) > 30);
#endif
}

static void test_every_page_of_the_receiver_may_be_refused(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, NULL);
    bool is_read = false;
    unsigned refusals = 0;
    for (uint64_t limit = 120 << 10; !is_read; limit += 4096) {
        struct message *message = NULL;
        duk_set_top(bench.ctx, 0);
        assert_int_equal(duk_peval_string(bench.ctx, source), 0);
        assert_int_equal(engine_clone_write(bench.ctx, 0, DUK_INVALID_INDEX, &message), 0);
        is_read = read_message(message, limit);
        message_free(&message);
        refusals += !is_read;
    }
    assert_true(refusals > 5);
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_allocation_may_fail),
        cmocka_unit_test(test_every_page_of_the_receiver_may_be_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
