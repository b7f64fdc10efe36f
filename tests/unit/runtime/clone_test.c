/*
 * What one engine serializes another reads back as Node would: values, shapes, identities, buffers;
 * what cannot be cloned is refused in Node's words with nothing moved; and no damaged message does
 * more than throw.
 */
#include "runtime/engine/clone.h"
#include "tests/unit/runtime/engine_support.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const struct clone_case {
    const char *source;   /* the value, made by the sender */
    const char *question; /* asked of `v` at the receiver */
    const char *answer;
} cases[] = {
    {"-0", "1/v", "-Infinity"},
    {"NaN", "v!==v", "true"},
    {"[1,2.5,-7,4294967296,1e300]", "v.join()", "1,2.5,-7,4294967296,1e+300"},
    {"'h\\u00e9\\u2028\\ud800'", "v==='h\\u00e9\\u2028\\ud800'", "true"},
    {"[undefined,null,true,false]", "v.map(String).join()", "undefined,null,true,false"},
    {"(function(){var a=[1,,3];a.x=7;return a})()", "[v.length,1 in v,v.x].join()", "3,false,7"},
    {"(function(){var a=[];a[1000000]=1;a.length=2e6;return a})()",
     "[v.length,Object.keys(v)].join()", "2000000,1000000"},
    {"(function(){var o={a:{}};o.self=o;o.a.up=o;return o})()", "v.self===v&&v.a.up===v", "true"},
    {"(function(){var s={};return [s,s]})()", "v[0]===v[1]", "true"},
    {"(function(){var a={n:'a'},b={n:'b'},c={n:'c'};return [a,b,c,c,b,a,'tail']})()",
     "v[0]===v[5]&&v[1]===v[4]&&v[2]===v[3]&&v[0].n+v[1].n+v[2].n", "abc"},
    {"(function(){var a=[];for(var i=0;i<40;i++)a.push({i:i});return a.concat(a)})()",
     "v.every(function(o,i){return o.i===i%40&&o===v[i%40]})", "true"},
    {"(function(){var a=[];for(var i=0;i<40;i++){var o={};o['first'+i%7]=i;a.push(o)}return a})()",
     "v.every(function(o,i){return Object.keys(o).join()==='first'+i%7})", "true"},
    {"(function(){var a=new SharedArrayBuffer(1),b=new SharedArrayBuffer(2);"
     "return [a,b,new Uint8Array(b),new Uint8Array(a)]})()",
     "v[0].byteLength+10*v[1].byteLength+100*v[2].length+1000*v[3].length+"
     "(v[2].buffer===v[1]&&v[3].buffer===v[0])",
     "1222"},
    {"(function(){var o={};for(var i=0;i<50;i++)o['k'+i]=i;return o})()",
     "Object.keys(v).length+v.k49", "99"},
    {"({2:'b',1:'a',z:1})", "JSON.stringify(v)", "{\"1\":\"a\",\"2\":\"b\",\"z\":1}"},
    {"JSON.parse('{\"__proto__\":{\"x\":1}}')", "v.x+Object.keys(v).join()", "undefined__proto__"},
    {"new Date(5)", "v instanceof Date&&v.getTime()", "5"},
    {"new Date(NaN)", "isNaN(v.getTime())", "true"},
    {"(function(){var r=/a\\/b+/gi;r.lastIndex=3;return r})()", "String(v)+v.lastIndex",
     "/a\\/b+/gi0"},
    {"[Object(5),Object(true),Object('abc')]",
     "[typeof v[0],+v[0],v[1].valueOf(),v[2].length,v[2][1]].join()", "object,5,true,3,b"},
    {"(function(){var e=new TypeError('m');e.extra=1;e.cause={a:2};return e})()",
     "[v instanceof TypeError,v.message,v.extra,v.cause.a,Object.keys(v).length].join()",
     "true,m,,2,0"},
    {"(function(){var e=new Error('m');e.name='Own';return e})()", "v.name", "Error"},
    {"({get x(){return 42},y:{get z(){return [1]}}})", "JSON.stringify(v)",
     "{\"x\":42,\"y\":{\"z\":[1]}}"},
    {"(function(){var m={a:{},get b(){delete m.c;m.d=5;m.a=null;return 1},c:1};return m})()",
     "JSON.stringify(v)", "{\"a\":{},\"b\":1}"},
    {"(function(){function K(){this.a=1}K.prototype.m=1;return new K})()",
     "v.a+String(v.m)+(Object.getPrototypeOf(v)===Object.prototype)", "1undefinedtrue"},
    {"(function(){var b=new ArrayBuffer(16),u=new Uint8Array(b,4,8);u[0]=9;"
     "return {b:b,u:u,d:new DataView(b,2,6)}})()",
     "[v.u.buffer===v.b,v.d.buffer===v.b,v.u.byteOffset,v.u.length,v.u[0],v.d.getUint8(2)].join()",
     "true,true,4,8,9,9"},
    {"(function(){var u=new Float64Array(20000);u[19999]=2.5;return u})()", "v[19999]", "2.5"},
    {"(function(){var s=new SharedArrayBuffer(8);return {s:s,v:new Int32Array(s)}})()",
     "v.s instanceof SharedArrayBuffer&&v.v.buffer===v.s", "true"},
};

static struct message *write_value(struct bench *bench, const char *source)
{
    struct message *message = NULL;
    duk_set_top(bench->ctx, 0);
    duk_eval_string(bench->ctx, source);
    if (engine_clone_write(bench->ctx, -1, DUK_INVALID_INDEX, &message) != 0) {
        fail_msg("%s: %s", source, duk_safe_to_string(bench->ctx, -1));
    }
    return message;
}

static void test_values_arrive_as_they_left(void **state)
{
    (void)state;
    struct bench from, to;
    bench_open(&from, NULL);
    bench_open(&to, NULL);
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct message *message = write_value(&from, cases[i].source);
        duk_set_top(to.ctx, 0);
        assert_int_equal(engine_clone_read(to.ctx, message), 0);
        duk_put_global_string(to.ctx, "v");
        message_free(&message);
        check_script(&to, cases[i].question, cases[i].answer);
    }
    bench_close(&from);
    bench_close(&to);
}

static const struct {
    const char *source, *expected;
} refused[] = {
    {"structuredClone({f:Math.max})",
     "DataCloneError: function max() { [native code] } could not be cloned."},
    {"structuredClone([Symbol('x')])", "DataCloneError: Symbol(x) could not be cloned."},
    {"structuredClone(new Proxy({},{}))", "DataCloneError: #<Object> could not be cloned."},
    {"structuredClone({get x(){throw new Error('bang')}},[t])", "Error: bang"},
    {"structuredClone(1,[t,t])", "DataCloneError: Transfer list contains duplicate ArrayBuffer"},
    {"structuredClone(1,[t,1])", "TypeError: Found invalid object in transferList"},
    {"structuredClone(1,[t,new SharedArrayBuffer(1)])",
     "TypeError: Found invalid object in transferList"},
};

static void test_refusals_move_nothing(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, NULL);
    evaluate(&bench, "var t=new ArrayBuffer(8)");
    for (size_t i = 0; i < LENGTH(refused); i++) {
        char source[300];
        snprintf(source, sizeof(source), "error(function(){%s})", refused[i].source);
        check_script(&bench, source, refused[i].expected);
        check_script(&bench, "t.byteLength", "8");
    }
    check_script(&bench,
                 "try{structuredClone(Math.max)}catch(e){e.code+String(e instanceof Error)}",
                 "25true");
    check_script(&bench, "structuredClone({v:new Uint8Array(t)},[t]).v.length+t.byteLength", "8");
    check_script(&bench, "error(function(){structuredClone(t)})",
                 "DataCloneError: An ArrayBuffer is detached and could not be cloned.");
    bench_close(&bench);
}

static void check_bytes(struct bench *bench, const char *source, uint64_t bytes)
{
    struct message *message = write_value(bench, source);
    assert_true(message->bytes >= bytes && message->bytes <= bytes + 200);
    message_free(&message);
}

static void test_bytes_are_what_was_cloned(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, NULL);
    check_bytes(&bench, "new Uint8Array(10000000)", 10000000);
    check_bytes(&bench, "new Array(2000001).join('x')", 2000000);
    check_bytes(&bench, "new Uint8Array(new SharedArrayBuffer(100000))", 0);
    bench_close(&bench);
}

/* Every byte changed, and every length: it throws or reads something, and nothing leaks. */
static void test_damage_is_survived(void **state)
{
    (void)state;
    struct bench from, to;
    bench_open(&from, NULL);
    bench_open(&to, NULL);
    struct message *message = write_value(
        &from, "[{a:1,b:'text',c:[1,,{}]},new Date(1),/x/g,new Uint8Array([1,2,3]),Object('s'),"
               "new Error('e'),[1,2,3,4,5,6,7,8,9]]");
    size_t size = message->size;
    for (size_t i = 0; i < size; i++) {
        const unsigned char flips[] = {0x01, 0x80, 0xff};
        for (size_t flip = 0; flip < LENGTH(flips); flip++) {
            message->data[i] ^= flips[flip];
            (void)engine_clone_read(to.ctx, message);
            duk_set_top(to.ctx, 0);
            message->data[i] ^= flips[flip];
        }
        message->size = i;
        assert_int_equal(engine_clone_read(to.ctx, message), -1);
        duk_set_top(to.ctx, 0);
        message->size = size;
    }
    assert_int_equal(engine_end(to.engine), ENGINE_ALIVE);
    assert_int_equal(engine_clone_read(to.ctx, message), 0);
    message_free(&message);
    bench_close(&from);
    bench_close(&to);
}

/* Little-endian, as the receiver reads them. */
#define U32(value)  (value), 0, 0, 0
#define KEY(letter) CLONE_STRING, U32(1), (letter)
#define ONE         CLONE_INT, U32(1)
#define PART        CLONE_OBJECT | CLONE_NUMBERED, U32(0)

/* No sender writes these: a key that stands twice, whose first value may have a number; an index past
 * the length; the length; a key of the engine's own; a collection's list with a hole. */
static void test_nothing_read_is_replaced(void **state)
{
    (void)state;
    static const struct {
        size_t size;
        unsigned char bytes[80];
    } messages[] = {
#define MESSAGE(...) {sizeof((unsigned char[]){__VA_ARGS__}), {__VA_ARGS__}}
        MESSAGE(CLONE_ARRAY, U32(1), U32(1), PART, U32(2), KEY('0'), ONE, KEY('x'), CLONE_REF, U32(0)),
        MESSAGE(CLONE_SPARSE, U32(1), U32(2), KEY('0'), PART, KEY('0'), CLONE_REF, U32(0)),
        MESSAGE(CLONE_SPARSE, U32(1), U32(1), KEY('1'), ONE),
        MESSAGE(CLONE_SPARSE, U32(9), U32(1), CLONE_STRING, U32(6), 'l', 'e', 'n', 'g', 't', 'h', ONE),
        MESSAGE(CLONE_OBJECT, U32(2), KEY('a'), ONE, KEY('a'), ONE),
        MESSAGE(CLONE_OBJECT, U32(8), KEY('a'), PART, KEY('a'), ONE, KEY('b'), CLONE_REF, U32(0),
                KEY('c'), ONE, KEY('d'), CLONE_NULL, KEY('e'), CLONE_NULL, KEY('f'), CLONE_NULL),
        MESSAGE(CLONE_OBJECT, U32(1), KEY(0xff), ONE),
        MESSAGE(CLONE_SET, CLONE_ARRAY, U32(2), U32(1), ONE, U32(0)),
    };
    struct bench bench;
    bench_open(&bench, NULL);
    for (size_t i = 0; i < LENGTH(messages); i++) {
        struct message *message = write_value(&bench, "new Array(100).join('x')");
        assert_true(message->size >= messages[i].size);
        memcpy(message->data, messages[i].bytes, messages[i].size);
        message->size = messages[i].size;
        if (engine_clone_read(bench.ctx, message) == 0) {
            fail_msg("message %zu was read", i);
        }
        duk_set_top(bench.ctx, 0);
        message_free(&message);
    }
    bench_close(&bench);
}

/* What a collection holds is written once: two tags, length and count of the list, its strings, and
 * that nothing follows them. */
static void test_a_collection_is_written_once(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, NULL);
    engine_push_constructor(bench.ctx, "Set");
    duk_put_global_string(bench.ctx, "Set");
    struct message *message = write_value(&bench, "new Set(['a','b','c','d'])");
    assert_int_equal(message->size, 1 + 1 + 4 + 4 + 4 * 6 + 4);
    message_free(&message);
    bench_close(&bench);
}

static void test_a_receiver_without_room_dies_clean(void **state)
{
    (void)state;
    struct bench from, to;
    bench_open(&from, NULL);
    struct message *message = write_value(
        &from, "var a=[];for(var i=0;i<20000;i++)a.push({i:i,b:new ArrayBuffer(5000)});a");
    for (uint64_t limit = 400 << 10; limit < 4 << 20; limit += 500 << 10) {
        const struct engine_options options = {.heap_limit = limit, .external_limit = 4 << 20};
        bench_open(&to, &options);
        assert_int_equal(engine_clone_read(to.ctx, message), -1);
        assert_int_equal(engine_end(to.engine), ENGINE_OUT_OF_MEMORY);
        bench_close(&to);
        message_free(&message);
        message = write_value(&from, "a");
    }
    message_free(&message);
    bench_close(&from);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_arrive_as_they_left),
        cmocka_unit_test(test_refusals_move_nothing),
        cmocka_unit_test(test_damage_is_survived),
        cmocka_unit_test(test_nothing_read_is_replaced),
        cmocka_unit_test(test_a_collection_is_written_once),
#ifndef ENGINE_TORTURE
        /* Collecting at every allocation, these would take minutes. */
        cmocka_unit_test(test_bytes_are_what_was_cloned),
        cmocka_unit_test(test_a_receiver_without_room_dies_clean),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
