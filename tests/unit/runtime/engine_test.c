/*
 * An engine counts exactly, dies when it is told to or has no memory left whatever its script does
 * about it, and leaves nothing behind.
 */
#include "tests/unit/runtime/engine_support.h"

#include "wire/segment.h"
#include "wire/view.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static uint64_t word(_Atomic uint64_t *place)
{
    return atomic_load(place);
}

/* ---- termination
 * --------------------------------------------------------------------------------- */

static _Thread_local struct engine *interrupted;

static void on_signal(int number)
{
    (void)number;
    if (interrupted) {
        engine_interrupt(interrupted);
    }
}

struct killer {
    pthread_t victim;
    struct engine *engine;
    atomic_bool is_over;
    pthread_t thread;
};

static void *kill_it(void *argument)
{
    struct killer *killer = argument;
    usleep(30000);
    engine_terminate(killer->engine);
    /* The runtime's own way: until it is noticed, and then until the stack has unwound. */
    while (!atomic_load(&killer->is_over)) {
        pthread_kill(killer->victim, SIGUSR1);
        usleep(1000);
    }
    return NULL;
}

/* Scripts that refuse to end, each in its own way. */
static const char *const stubborn[] = {
    "for(;;);",
    "while(true){try{for(;;);}catch(e){}finally{for(;;);}}",
    "L:for(;;){try{for(;;);}finally{continue L}}",
    "function f(){try{f()}catch(e){f()}} for(;;){try{f()}catch(e){}}",
    "var t=new Duktape.Thread(function(){for(;;){try{for(;;);}catch(e){}}});"
    "for(;;){try{Duktape.Thread.resume(t)}catch(e){}}",
    "var p=new Proxy({},{get:function(){for(;;){try{for(;;);}catch(e){}}}});"
    "for(;;){try{p.x}catch(e){}}",
    "var o={toString:function(){for(;;){try{for(;;);}catch(e){}}}};for(;;){try{''+o}catch(e){}}",
    "Duktape.errThrow=function(e){for(;;){try{for(;;);}catch(x){}}};"
    "for(;;)try{null.x}catch(e){}",
    /* Natives that neither run script nor allocate for long. */
    "for(;;){try{Array.prototype.indexOf.call({length:4000000000},1)}catch(e){}}",
    "var a=[];a.length=4294967295;for(;;){try{a.forEach(function(){})}catch(e){}}",
    "var a=[];a.length=4294967295;for(;;){try{a.reverse()}catch(e){}}",
    "var a=[];a.length=4294967295;for(;;){try{a.join('')}catch(e){}}",
    "/(a+)+b/.test('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa');for(;;);",
    "var s='a';while(s.length<4e6)s+=s;var q=s.substring(0,2e6)+'b';for(;;)s.indexOf(q);",
    "var s='a';while(s.length<4e6)s+=s;var q=s.substring(0,2e6)+'b';for(;;)s.split(q);",
    "var s='a';while(s.length<4e6)s+=s;var q=s.substring(0,2e6)+'b';for(;;)s.replace(q,'');",
    "var f=new Float64Array(1<<24);for(;;){new Float32Array(f)}",
    "var u=new Uint8Array(1<<24);for(;;)new TextDecoder().decode(u)",
    "for(;;)try{JSON.parse('['+new Array(1e5).join('1,')+'1]')}catch(e){}",
    "var a=[];for(var i=0;i<1e5;i++)a.push({i:i});for(;;)structuredClone(a);",
    "var a={get x(){for(;;){try{for(;;);}catch(e){}}}};for(;;){try{structuredClone(a)}catch(e){}}",
};

static void terminate_while_running(const char *source)
{
    struct bench bench;
    bench_open(&bench, NULL);
    struct killer killer = {.victim = pthread_self(), .engine = bench.engine};
    interrupted = bench.engine;
    pthread_create(&killer.thread, NULL, kill_it, &killer);
    int rc = duk_peval_string(bench.ctx, source);
    atomic_store(&killer.is_over, true);
    pthread_join(killer.thread, NULL);
    interrupted = NULL;
    assert_int_not_equal(rc, 0);
    assert_int_equal(engine_end(bench.engine), ENGINE_TERMINATED);
    assert_true(engine_is_dying(bench.engine));
    /* Nothing runs any more, and nothing is collected. */
    assert_int_not_equal(duk_peval_string(bench.ctx, "1"), 0);
    engine_collect(bench.engine);
    bench_close(&bench);
}

static void test_no_script_outlives_its_termination(void **state)
{
    (void)state;
    signal(SIGUSR1, on_signal);
    for (size_t i = 0; i < LENGTH(stubborn); i++) {
        terminate_while_running(stubborn[i]);
    }
}

static void test_termination_before_running_is_kept(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, NULL);
    engine_terminate(bench.engine);
    assert_false(engine_is_dying(bench.engine));
    assert_int_not_equal(duk_peval_string(bench.ctx, "for(;;);"), 0);
    assert_int_equal(engine_end(bench.engine), ENGINE_TERMINATED);
    bench_close(&bench);
}

/* ---- exhaustion
 * ------------------------------------------------------------------------------------ */

static const char *const greedy[] = {
    "var a=[];for(;;){try{for(;;)a.push({x:a.length,s:'str'+a.length})}catch(e){}}",
    "var s='x';for(;;){try{s=s+s}catch(e){}}",
    "var a=[];function f(n){a.push(new Array(1000));return f(n+1)}for(;;){try{f(0)}catch(e){}}",
    "var m={};for(var i=0;;i++){try{m['k'+i]=function(){return i}}catch(e){}}",
    "var a=[];for(;;){try{a.push(new Uint8Array(65536))}catch(e){}}",
    "var a=[];for(;;){try{a.push(new ArrayBuffer(10))}catch(e){}}",
    "try{new Uint8Array(1<<30)}catch(e){} for(;;);",
    "var a=[];for(;;){try{a.push(structuredClone(new Uint8Array(100000)))}catch(e){}}",
    "var a=[];for(;;){try{a.push(structuredClone([a.length,'x'+a.length,{}]))}catch(e){}}",
};

static void test_exhaustion_cannot_be_caught(void **state)
{
    (void)state;
    const struct engine_options options = {.heap_limit = 8 << 20, .external_limit = 8 << 20};
    for (size_t i = 0; i < LENGTH(greedy); i++) {
        struct bench bench;
        bench_open(&bench, &options);
        assert_int_not_equal(duk_peval_string(bench.ctx, greedy[i]), 0);
        assert_int_equal(engine_end(bench.engine), ENGINE_OUT_OF_MEMORY);
        assert_true(engine_end_committed(bench.engine) <= options.heap_limit);
        assert_true(word(&bench.slot.heap_peak) <= options.heap_limit);
        bench_close(&bench);
    }
}

static void test_garbage_is_collected_before_the_limit_kills(void **state)
{
    (void)state;
    struct bench bench;
    const struct engine_options options = {.heap_limit = 4 << 20, .external_limit = 1 << 20};
    bench_open(&bench, &options);
    check_script(&bench,
                 "for(var i=0;i<300;i++){var a={b:new Array(100)},c={};a.c=c;c.a=a;"
                 "c.u=new Uint8Array(50000)} i",
                 "300");
    assert_int_equal(engine_end(bench.engine), ENGINE_ALIVE);
    bench_close(&bench);
}

static void test_dropped_buffers_are_collected_without_a_limit(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, NULL);
    for (int i = 0; i < 100; i++) {
        evaluate(&bench, "var a={u:new Uint8Array(10<<20)};a.self=a;a=null");
        assert_true(word(&bench.slot.external) <= 80 << 20);
    }
    bench_close(&bench);
}

static void test_a_limit_too_small_for_a_heap_is_refused(void **state)
{
    (void)state;
    struct wire_slot slot = {0};
    for (uint64_t limit = 4096; limit < 160 << 10; limit += 4096) {
        struct engine_options options = {
            .slot = &slot, .heap_limit = limit, .external_limit = UINT64_MAX};
        struct engine *engine = engine_new(&options);
        engine_free(&engine);
        assert_int_equal(word(&slot.heap_total), 0);
    }
}

static void test_impossible_lengths_are_range_errors(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, NULL);
    check_script(&bench, "error(function(){new ArrayBuffer(1e15)})",
                 "RangeError: Array buffer allocation failed");
    check_script(&bench, "error(function(){new ArrayBuffer(-1)})",
                 "RangeError: Invalid array buffer length");
    check_script(&bench, "error(function(){new Uint8Array(1e15)})",
                 "RangeError: Invalid typed array length: 1000000000000000");
    check_script(&bench, "error(function(){new Float64Array(2e9)})",
                 "RangeError: Invalid typed array length: 2000000000");
    check_script(&bench, "error(function(){new SharedArrayBuffer(1e15)})",
                 "RangeError: Array buffer allocation failed");
    assert_int_equal(engine_end(bench.engine), ENGINE_ALIVE);
    bench_close(&bench);
}

/* ---- collections
 * ------------------------------------------------------------------------------------ */

static struct engine_gc last_gc;
static unsigned gc_count;

static void on_collected(void *owner, const struct engine_gc *gc)
{
    assert_ptr_equal(owner, &last_gc);
    last_gc = *gc;
    gc_count++;
}

static void test_collections_are_told(void **state)
{
    (void)state;
    struct bench bench;
    const struct engine_options options = {.heap_limit = UINT64_MAX,
                                           .external_limit = UINT64_MAX,
                                           .owner = &last_gc,
                                           .hooks.collected = on_collected};
    bench_open(&bench, &options);
    assert_ptr_equal(engine_owner(bench.ctx), &last_gc);
    evaluate(&bench, "var a={b:new Array(5000).join('x')};a.a=a;a=null");
    engine_collect(bench.engine);
    assert_int_equal(last_gc.kind, WIRE_GC_FORCED);
    assert_true(last_gc.before >= last_gc.after + 5000);
    assert_true(last_gc.started > 0);
    assert_int_equal(engine_live(bench.engine), last_gc.after);
    assert_int_equal(word(&bench.slot.heap_live), last_gc.after);
    unsigned forced = gc_count;
    evaluate(&bench, "for(var i=0;i<400000;i++){var o={};o.o=o}");
    assert_true(gc_count > forced);
    assert_int_equal(last_gc.kind, WIRE_GC_FULL);
    bench_close(&bench);
}

static void test_deep_structures_are_collected_in_linear_time(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, NULL);
    /* Oldest first: the order in which scanning the heap for each part would never end. */
    evaluate(&bench, "var h={},p=h;for(var i=0;i<200000;i++){p.n={};p=p.n}");
    engine_collect(bench.engine);
    check_script(&bench, "var n=0;while(h.n){h=h.n;n++} n", "200000");
    bench_close(&bench);
}

/* ---- the stack
 * ------------------------------------------------------------------------------------------ */

/* ThreadSanitizer keeps most of a megabyte of its own at the end of each stack. */
#ifdef __SANITIZE_THREAD__
#define DEEP_STACK_BYTES (4 << 20)
#else
#define DEEP_STACK_BYTES (1 << 20)
#endif

static void *recurse(void *argument)
{
    struct bench bench;
    (void)argument;
    bench_open(&bench, NULL);
    static const char *const deep[] = {
        "(function f(){[1].forEach(f)})()",
        "JSON.parse(new Array(100000).join('['))",
        "var a=[];for(var i=0;i<100000;i++)a=[a];JSON.stringify(a)",
        "new RegExp(new Array(100000).join('('))",
        "/(?:(?:a|b)|c)*d/.test(new Array(200000).join('ab'))",
        "eval(new Array(50000).join('(')+'1')",
        "var o={};o.toString=function(){return ''+o};''+o",
        "(function f(){return structuredClone({get x(){return f()}})})()",
    };
    for (size_t i = 0; i < LENGTH(deep); i++) {
        assert_int_not_equal(duk_peval_string(bench.ctx, deep[i]), 0);
        duk_set_top(bench.ctx, 0);
        assert_int_equal(engine_end(bench.engine), ENGINE_ALIVE);
    }
    check_script(&bench,
                 "var d=[];for(var i=0;i<100000;i++)d=[d];d=structuredClone(d);"
                 "var n=0;while(d.length){d=d[0];n++} n",
                 "100000");
    bench_close(&bench);
    return NULL;
}

static void test_depth_is_an_error_and_not_a_crash(void **state)
{
    (void)state;
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, DEEP_STACK_BYTES);
    assert_int_equal(pthread_create(&thread, &attributes, recurse, NULL), 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
}

/* ---- buffers
 * ---------------------------------------------------------------------------------------------- */

static void test_buffers_are_counted_where_they_are(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, NULL);
    evaluate(&bench, "var a=new ArrayBuffer(1000),u=new Uint8Array(a),f=new Float64Array(10)");
    assert_int_equal(word(&bench.slot.array_buffers), 1080);
    assert_int_equal(word(&bench.slot.external), 1080);
    evaluate(&bench, "var s=new SharedArrayBuffer(500),i=new Int32Array(s)");
    assert_int_equal(word(&bench.slot.array_buffers), 1080);
    assert_int_equal(word(&bench.slot.shared), 500);
    evaluate(&bench, "var t=structuredClone({s:s,t:s})");
    assert_int_equal(word(&bench.slot.shared), 500);
    evaluate(&bench, "detach(a)");
    assert_int_equal(word(&bench.slot.array_buffers), 80);
    evaluate(&bench, "a=u=f=s=i=null");
    assert_int_equal(word(&bench.slot.array_buffers), 0);
    assert_int_equal(word(&bench.slot.shared), 500);
    evaluate(&bench, "t=null");
    assert_int_equal(word(&bench.slot.shared), 0);
    bench_close(&bench);
}

static const struct script_case {
    const char *source, *expected;
} detached[] = {
    {"u.length+','+sub.length+','+f.length+','+u.byteLength+','+a.byteLength", "0,0,0,0,0"},
    {"u.byteOffset+','+sub.byteOffset", "0,0"},
    {"u[0]", "undefined"},
    {"u[0]=5;u[100]=5;u['2']={};u[0]+','+u[100]+','+u[2]+','+Object.keys(u)",
     "undefined,undefined,undefined,"},
    {"(function(){'use strict';sub[0]=1;return 'ignored'})()", "ignored"},
    {"0 in u", "false"},
    {"JSON.stringify(u)", "{}"},
    {"error(function(){u.set([1])})",
     "TypeError: Cannot perform %TypedArray%.prototype.set on a detached ArrayBuffer"},
    {"error(function(){u.subarray(0)})",
     "TypeError: Cannot perform Construct on a detached ArrayBuffer"},
    {"error(function(){a.slice(0)})",
     "TypeError: Cannot perform ArrayBuffer.prototype.slice on a detached ArrayBuffer"},
    {"error(function(){d.getInt8(0)})",
     "TypeError: Cannot perform DataView.prototype.getInt8 on a detached ArrayBuffer"},
    {"error(function(){d.setFloat64(0,1)})",
     "TypeError: Cannot perform DataView.prototype.setFloat64 on a detached ArrayBuffer"},
    {"error(function(){d.byteLength})",
     "TypeError: Cannot perform DataView.prototype.byteLength on a detached ArrayBuffer"},
    {"error(function(){new Uint8Array(a)})",
     "TypeError: Cannot perform Construct on a detached ArrayBuffer"},
    {"error(function(){new DataView(a)})",
     "TypeError: Cannot perform DataView constructor on a detached ArrayBuffer"},
    {"u.buffer===a&&sub.buffer===a", "true"},
};

static void test_detached_buffers_read_as_node_reads_them(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, NULL);
    evaluate(&bench, "var u=new Uint8Array(16),sub=u.subarray(2,6),a=u.buffer,"
                     "f=new Float64Array(a),d=new DataView(a,1,4);detach(a)");
    for (size_t i = 0; i < LENGTH(detached); i++) {
        check_script(&bench, detached[i].source, detached[i].expected);
    }
    bench_close(&bench);
}

/* Each detaches while a native is on its way through the buffer: `bye` is its length argument. */
static const char *const treacherous[] = {
    "a.set(new Uint8Array(10),bye)",
    "a.set([1,bye,3])",
    "new Uint8Array(a.buffer,bye)",
    "new Uint8Array(a.buffer,0,bye)",
    "new DataView(a.buffer,bye)",
    "new DataView(a.buffer).setInt8(0,bye)",
    "new DataView(a.buffer).getInt8(bye)",
    "a[5]=bye",
    "a.subarray(bye)",
    "a.buffer.slice(bye)",
    "new Buffer(a.buffer).fill(1,bye)",
    "new Buffer(a.buffer).copy(new Buffer(1000),bye)",
    "new Buffer(a.buffer).write('abc',bye)",
    "new Buffer(a.buffer).writeUInt8(1,bye)",
    "new Buffer(a.buffer).readUInt32LE(bye)",
    "new Buffer(a.buffer).toString('utf8',bye)",
    "Buffer.concat([new Buffer(a.buffer),{get length(){return +bye}}])",
    "new Uint16Array({length:3,get 0(){return +bye}})",
    "Array.prototype.sort.call(a,function(){return +bye})",
    "structuredClone({a:a,get x(){return +bye},b:a})",
    "structuredClone({get x(){return +bye}},[a.buffer])",
};

/* Collecting at every allocation, a collection for each of these bytes is too long. */
#ifdef ENGINE_TORTURE
#define BYTES_UNDER_A_NATIVE "200"
#else
#define BYTES_UNDER_A_NATIVE "200000"
#endif

static void test_detaching_under_a_native_is_harmless(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(treacherous); i++) {
        struct bench bench;
        bench_open(&bench, NULL);
        evaluate(&bench, "var a=new Uint8Array(" BYTES_UNDER_A_NATIVE ");"
                         "var bye={valueOf:function(){if(a.length)detach(a.buffer);return 7}}");
        (void)duk_peval_string(bench.ctx, treacherous[i]);
        /* Some never ask for it: then it is detached now. */
        check_script(&bench, "+bye;a.length", "0");
        assert_int_equal(engine_end(bench.engine), ENGINE_ALIVE);
        bench_close(&bench);
    }
}

static void test_writes_outside_make_no_properties(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, NULL);
    check_script(&bench,
                 "var u=new Uint8Array(2);u[5]=1;u[-1]=3;u[1.5]=2;u['7']='a';u.foo=1;"
                 "Object.keys(u).join()",
                 "0,1,foo");
    bench_close(&bench);
}

static unsigned seen_first, seen_last;

static void on_shared(void *owner, const struct store *store, uint64_t refs)
{
    (void)owner;
    assert_int_equal(store_bytes(store), 64);
    assert_true(refs >= 1);
    seen_first++;
}

static void on_released(void *owner, const struct store *store, uint64_t refs)
{
    (void)owner;
    (void)refs;
    assert_int_equal(store_bytes(store), 64);
    seen_last++;
}

static void test_shared_stores_are_told_once(void **state)
{
    (void)state;
    struct bench bench;
    const struct engine_options options = {.heap_limit = UINT64_MAX,
                                           .external_limit = UINT64_MAX,
                                           .hooks.shared = on_shared,
                                           .hooks.released = on_released};
    bench_open(&bench, &options);
    struct store *store = store_new(NULL, 64, true);
    engine_push_store(bench.ctx, store_ref(store));
    duk_put_global_string(bench.ctx, "a");
    engine_push_store(bench.ctx, store_ref(store));
    duk_put_global_string(bench.ctx, "b");
    evaluate(&bench, "var v=new Int32Array(a),w=new Int32Array(b);v[0]=9");
    assert_int_equal(seen_first, 1);
    check_script(&bench, "a!==b&&w[0]===9&&a instanceof SharedArrayBuffer", "true");
    assert_int_equal(word(&bench.slot.shared), 64);
    evaluate(&bench, "a=v=null");
    assert_int_equal(seen_last, 0);
    evaluate(&bench, "b=w=null");
    assert_int_equal(seen_last, 1);
    assert_int_equal(store_refs(store), 1);
    store_unref(&store);
    bench_close(&bench);
}

static unsigned pins_of(const struct view *view, uint32_t wanted)
{
    unsigned found = 0;
    for (uint32_t i = 0; i < view_pin_count(view); i++) {
        uint32_t store, thread;
        found += view_read_pin(view, i, &store, &thread) && thread == wanted;
    }
    return found;
}

static void test_a_heap_pins_what_it_holds(void **state)
{
    (void)state;
    struct segment *segment;
    struct view *view;
    struct bench bench;
    assert_int_equal(segment_create(&segment, &segment_counts_default, 0, NULL), 0);
    assert_int_equal(view_open(&view, segment_fd(segment), NULL), 0);
    const struct engine_options options = {
        .segment = segment, .heap_limit = UINT64_MAX, .external_limit = UINT64_MAX};
    bench_open(&bench, &options);
    atomic_store(&bench.slot.thread, 5);
    evaluate(&bench, "var a=new SharedArrayBuffer(8),b=structuredClone(a),"
                     "large=new ArrayBuffer(70000),small=new ArrayBuffer(8)");
    assert_int_equal(pins_of(view, 5), 2);
    evaluate(&bench, "var moved=structuredClone(large,[large])");
    assert_int_equal(pins_of(view, 5), 2);
    evaluate(&bench, "moved=null");
    assert_int_equal(pins_of(view, 5), 1);
    evaluate(&bench, "a=null");
    assert_int_equal(pins_of(view, 5), 1);
    evaluate(&bench, "b=null");
    assert_int_equal(pins_of(view, 5), 0);
    evaluate(&bench, "a=new SharedArrayBuffer(8),large=new ArrayBuffer(70000)");
    assert_int_equal(pins_of(view, 5), 2);
    bench_close(&bench);
    assert_int_equal(pins_of(view, 5), 0);
    view_close(&view);
    segment_free(&segment);
}

static void test_scripts_cannot_register_finalizers(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, NULL);
    check_script(&bench, "typeof Duktape.fin", "undefined");
    /* Nor is the property a finalizer when natives set it. */
    evaluate(&bench, "var ran=0,o={}");
    duk_get_global_string(bench.ctx, "o");
    duk_eval_string(bench.ctx, "(function(){ran++})");
    duk_put_prop_literal(bench.ctx, -2, DUK_INTERNAL_SYMBOL("Finalizer"));
    check_script(&bench, "o=null;0", "0");
    engine_collect(bench.engine);
    check_script(&bench, "ran", "0");
    bench_close(&bench);
}

static void test_views_are_described(void **state)
{
    (void)state;
    struct bench bench;
    struct engine_view view;
    bench_open(&bench, NULL);
    evaluate(&bench, "new Int16Array(new SharedArrayBuffer(20),4,3)");
    duk_eval_string(bench.ctx, "new Int16Array(new SharedArrayBuffer(20),4,3)");
    assert_true(engine_get_view(bench.ctx, -1, &view));
    assert_int_equal(view.length, 3);
    assert_int_equal(view.element_bytes, 2);
    assert_true(view.is_signed && view.is_shared && !view.is_float);
    assert_ptr_equal(view.data, (char *)store_data(view.store) + 4);
    duk_eval_string(bench.ctx, "new Float32Array(2)");
    assert_true(engine_get_view(bench.ctx, -1, &view) && view.is_float);
    duk_eval_string(bench.ctx, "new ArrayBuffer(2)");
    assert_false(engine_get_view(bench.ctx, -1, &view));
    assert_int_equal(store_bytes(engine_get_store(bench.ctx, -1)), 2);
    duk_eval_string(bench.ctx, "var g=new Uint8Array(2);detach(g.buffer);g");
    assert_false(engine_get_view(bench.ctx, -1, &view));
    assert_null(engine_get_store(bench.ctx, -1));
    duk_eval_string(bench.ctx, "({})");
    assert_null(engine_get_store(bench.ctx, -1));
    bench_close(&bench);
}

/* ---- threads
 * ------------------------------------------------------------------------------------------------
 */

static void *live_and_die(void *argument)
{
    for (int i = 0; i < 3; i++) {
        struct bench bench;
        const struct engine_options options = {
            .segment = argument, .heap_limit = 16 << 20, .external_limit = 16 << 20};
        bench_open(&bench, &options);
        check_script(&bench,
                     "var a=[];for(var i=0;i<3000;i++)a.push({i:i,s:'s'+i});"
                     "structuredClone(a).length+new SharedArrayBuffer(8).byteLength",
                     "3008");
        bench_close(&bench);
    }
    return NULL;
}

static void test_every_thread_has_its_own(void **state)
{
    (void)state;
    struct segment *segment;
    assert_int_equal(segment_create(&segment, &segment_counts_default, 0, NULL), 0);
    pthread_t threads[8];
    for (size_t i = 0; i < LENGTH(threads); i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, live_and_die, segment), 0);
    }
    for (size_t i = 0; i < LENGTH(threads); i++) {
        pthread_join(threads[i], NULL);
    }
    assert_int_equal(atomic_load(&segment_process(segment)->shared), 0);
    segment_free(&segment);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifndef ENGINE_TORTURE
        /* Collecting at every allocation, these would take minutes. */
        cmocka_unit_test(test_no_script_outlives_its_termination),
        cmocka_unit_test(test_exhaustion_cannot_be_caught),
        cmocka_unit_test(test_dropped_buffers_are_collected_without_a_limit),
        cmocka_unit_test(test_a_limit_too_small_for_a_heap_is_refused),
        cmocka_unit_test(test_collections_are_told),
        cmocka_unit_test(test_deep_structures_are_collected_in_linear_time),
        cmocka_unit_test(test_depth_is_an_error_and_not_a_crash),
        cmocka_unit_test(test_garbage_is_collected_before_the_limit_kills),
        cmocka_unit_test(test_every_thread_has_its_own),
#endif
        cmocka_unit_test(test_termination_before_running_is_kept),
        cmocka_unit_test(test_impossible_lengths_are_range_errors),
        cmocka_unit_test(test_buffers_are_counted_where_they_are),
        cmocka_unit_test(test_detached_buffers_read_as_node_reads_them),
        cmocka_unit_test(test_detaching_under_a_native_is_harmless),
        cmocka_unit_test(test_writes_outside_make_no_properties),
        cmocka_unit_test(test_shared_stores_are_told_once),
        cmocka_unit_test(test_a_heap_pins_what_it_holds),
        cmocka_unit_test(test_scripts_cannot_register_finalizers),
        cmocka_unit_test(test_views_are_described),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
