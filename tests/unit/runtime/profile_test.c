/* The arithmetic of sampling, without an engine; and the engine's hooks with one. */
#include "tests/unit/runtime/engine_support.h"

#include "runtime/profile.h"

#include <errno.h>
#include <math.h>
#include <sys/mman.h>
#include <unistd.h>

#include <jansson.h>

static const struct profile_frame here = {"f", "file.js", 1, 7, 3, false};

/* Over many profiles the estimate's mean is what is alive, for small and large blocks alike. */
static void check_unbiased(size_t bytes, size_t blocks, double interval)
{
    double sum = 0, squares = 0;
    enum { RUNS = 400 };
    for (uint64_t run = 1; run <= RUNS; run++) {
        struct profile *profile = profile_new(interval, run * UINT64_C(0x9E3779B97F4A7C15));
        for (size_t i = 1; i <= 2 * blocks; i++) {
            if (profile_take(profile, bytes)) {
                profile_add(profile, (const void *)(i * 16), bytes, &here, 1);
            }
        }
        for (size_t i = 1; i <= 2 * blocks; i += 2) { /* half of them are freed again */
            profile_remove(profile, (const void *)(i * 16));
        }
        double estimate = profile_bytes(profile);
        sum += estimate;
        squares += estimate * estimate;
        profile_free(&profile);
    }
    double mean = sum / RUNS, deviation = sqrt((squares / RUNS - mean * mean) / RUNS);
    double truth = (double)bytes * (double)blocks;
    if (fabs(mean - truth) > 4 * deviation + 1e-6 * truth) {
        print_error("%zu blocks of %zu: %.0f, not %.0f (+- %.0f)\n", blocks, bytes, mean, truth,
                    deviation);
        fail();
    }
}

static void profile_is_unbiased(void **state)
{
    (void)state;
    check_unbiased(16, 4000, 4096);
    check_unbiased(1000, 500, 4096);
    check_unbiased(4096, 200, 4096);
    check_unbiased(100000, 20, 4096);
    check_unbiased(64, 100, 1);
}

/* Blocks that grow by doubling, move as they do, and lose a half at the end. */
static void growth_is_unbiased(void **state)
{
    double sum = 0;
    enum { RUNS = 400, BLOCKS = 200, LAST = 4096 };
    (void)state;
    for (uint64_t run = 1; run <= RUNS; run++) {
        struct profile *profile = profile_new(4096, run * UINT64_C(0x9E3779B97F4A7C15));
        uintptr_t at = 16;
        for (size_t i = 0; i < BLOCKS; i++) {
            for (size_t size = 16; size <= LAST; size *= 2, at += 16) {
                if (size > 16) {
                    profile_move(profile, (const void *)(at - 16), (const void *)at, 1);
                }
                if (profile_take(profile, size > 16 ? size / 2 : size)) {
                    profile_add(profile, (const void *)at, size > 16 ? size / 2 : size, &here, 1);
                }
            }
            profile_move(profile, (const void *)(at - 16), (const void *)(at - 16), 0.5);
        }
        sum += profile_bytes(profile);
        profile_free(&profile);
    }
    double truth = (double)BLOCKS * LAST / 2;
    assert_true(fabs(sum / RUNS - truth) < truth / 50);
}

/* A table that is made anew with twice the room is only more by what was added. */
static void replacement_is_unbiased(void **state)
{
    double sum = 0;
    enum { RUNS = 2000, SIZE = 2048 };
    (void)state;
    for (uint64_t run = 1; run <= RUNS; run++) {
        struct profile *profile = profile_new(4096, run * UINT64_C(0x9E3779B97F4A7C15));
        for (size_t at = 1; at <= 4; at++) { /* the first replaces one of before */
            size_t size = SIZE << at;
            if (profile_take(profile, size)) {
                profile_add(profile, (const void *)(16 * at), size, &here, 1);
            }
            profile_replace(profile, (const void *)(16 * (at - 1) + 1), (const void *)(16 * at), 0.5);
            profile_replace(profile, (const void *)(16 * (at - 1)), (const void *)(16 * at), 1);
        }
        sum += profile_bytes(profile);
        profile_free(&profile);
    }
    assert_true(fabs(sum / RUNS - SIZE * 15) < SIZE * 15 / 20.0);
}

/* Lines of the program, whatever natives and built-in modules lie above them and on whatever way. */
static void sites_are_lines_of_the_program(void **state)
{
    const struct profile_frame native = {"push", "", 4, 0, 0, false};
    const struct profile_frame module = {"add", "node:events", 3, 11, 120, false};
    const struct profile_frame caller = {"main", "file.js", 4, 7, 9, false};
    const struct profile_frame other = {"g", "file.js", 1, 7, 5, false};
    const struct profile_frame made = {"Tile", "tile.js", 4, 7, 2, true};
    const struct profile_frame stacks[][4] = {{here, caller},
                                              {native, made, here, caller},
                                              {module, native, here, other},
                                              {other, caller}};
    const size_t depths[] = {2, 4, 4, 2};
    struct profile *profile = profile_new(1, 1);
    struct profile_site sites[3];
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        profile_add(profile, (const void *)(16 * (i + 1)), 1000, stacks[i], depths[i]);
    }
    profile_add(profile, (const void *)16000, 100, NULL, 0);
    assert_int_equal(profile_sites(profile, sites, 3), 3);
    assert_int_equal(sites[0].line, 3);
    assert_int_equal(sites[0].count, 3);
    assert_true(fabs(sites[0].bytes - 3000) < 1);
    assert_memory_equal(sites[0].file, "file.js", sites[0].file_size);
    assert_int_equal(sites[1].line, 5);
    assert_int_equal(sites[2].line, 0);
    assert_int_equal(sites[2].file_size, 0);
    assert_int_equal(profile_sites(profile, sites, 1), 1);
    profile_free(&profile);
    profile = profile_new(1, 1);
    assert_int_equal(profile_sites(profile, sites, 3), 0);
    profile_free(&profile);
}

static json_t *read_all(int fd)
{
    json_error_t why;
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    json_t *root = json_loadfd(fd, 0, &why);
    if (root == NULL) {
        print_error("%s at line %d\n", why.text, why.line);
    }
    assert_non_null(root);
    close(fd);
    return root;
}

/* Adds what frames named `name` at `line` (0: any) hold themselves, and counts ids. */
static json_int_t held_by(const json_t *node, const char *name, int line, json_int_t *total)
{
    const json_t *frame = json_object_get(node, "callFrame");
    json_int_t own = json_integer_value(json_object_get(node, "selfSize"));
    json_int_t held = 0;
    size_t i;
    json_t *child;
    *total += own;
    bool is_here =
        strcmp(json_string_value(json_object_get(frame, "functionName")), name) == 0 &&
        (line == 0 || json_integer_value(json_object_get(frame, "lineNumber")) == line - 1);
    held = is_here ? own : 0;
    json_array_foreach(json_object_get(node, "children"), i, child)
    {
        held += held_by(child, name, line, total);
    }
    return held;
}

static void profile_of_an_engine(void **state)
{
    struct bench bench;
    struct engine_profile figures;
    json_int_t total = 0, sampled = 0;
    (void)state;
    bench_open(&bench, NULL);
    assert_int_equal(engine_profile_stop(bench.engine, -1, &figures), -ENOENT);
    assert_int_equal(engine_profile_start(bench.engine, 2048), 0);
    assert_int_equal(engine_profile_start(bench.engine, 2048), -EALREADY);
    uint64_t before = atomic_load(&bench.slot.heap_used);
    check_script(&bench,
                 "var kept = [];\n"
                 "function small() { return { a: 1,\n b: 2 }; }\n"
                 "function keep() { for (var i = 0; i < 20000; i++) kept.push(small()); }\n"
                 "function lose() { for (var i = 0; i < 20000; i++) small(); }\n"
                 "keep(); lose(); var bytes = new Uint8Array(3000000);\n"
                 "var coroutine = new Duktape.Thread(function inside() { kept.push('x'.repeat ? 1 "
                 ": 2); for (var i = 0; i < 2000; i++) kept.push({ c: i }); });\n"
                 "Duktape.Thread.resume(coroutine); 'done'",
                 "done");
    double grown = (double)(atomic_load(&bench.slot.heap_used) - before) + 3000000;
    int fd = memfd_create("profile", MFD_CLOEXEC);
    assert_int_equal(engine_profile_stop(bench.engine, fd, &figures), 0);
    json_t *root = read_all(fd);
    json_t *head = json_object_get(root, "head");
    json_int_t small = held_by(head, "small", 0, &total);
    assert_true(small > 20000 * 100);
    total = 0;
    assert_int_equal(held_by(head, "lose", 0, &total), 0);
    total = 0;
    assert_true(held_by(head, "inside", 0, &total) > 0);
    /* The whole within a tenth of what the arena counts: about 2,000 samples. */
    assert_true(fabs((double)total - grown) < grown / 10);
    assert_in_range(figures.live, (uint64_t)total - 1000, (uint64_t)total + 1000);
    size_t i;
    json_t *sample;
    json_array_foreach(json_object_get(root, "samples"), i, sample)
    {
        sampled += json_integer_value(json_object_get(sample, "size"));
    }
    assert_int_equal(i, figures.samples);
    assert_true(llabs(sampled - total) < 10000);
    json_decref(root);
    check_script(&bench, "kept = null; 1", "1");
    bench_close(&bench);
}

/* With every allocation a sample, nothing that is freed may stay. */
static void profile_forgets_what_is_freed(void **state)
{
    struct bench bench;
    struct engine_profile figures;
    (void)state;
    bench_open(&bench, NULL);
    uint64_t before = atomic_load(&bench.slot.heap_used);
    assert_int_equal(engine_profile_start(bench.engine, 1), 0);
    check_script(&bench,
                 "function deep(n) { return n ? { next: deep(n - 1) } : null; }\n"
                 "for (var i = 0; i < 50; i++) { var x = deep(100); x = JSON.stringify(x); "
                 "x = new Function('return ' + i)(); new Uint8Array(1000); [3, 1, 2].sort(); }\n"
                 "try { deep(1e9); } catch (e) { x = null; } i = 0; 'done'",
                 "done");
    engine_collect(bench.engine);
    assert_int_equal(engine_profile_stop(bench.engine, -1, &figures), 0);
    assert_int_equal(figures.lost, 0);
    assert_true(figures.taken > 10000);
    /* What is left of the deep recursion is the stack of values; blocks are rounded up. */
    uint64_t grown = atomic_load(&bench.slot.heap_used) - before;
    if (figures.live > grown + 20000 || figures.live < grown / 2) {
        print_error("%lu sampled, %lu grown\n", figures.live, grown);
        fail();
    }
    check_script(&bench, "deep(10); 1", "1");
    /* An engine may end while one is taken. */
    assert_int_equal(engine_profile_start(bench.engine, 64), 0);
    bench_close(&bench);
}

/* Every allocation is a sample whose stack is read, while everything moves. */
static void profile_in_every_state(void **state)
{
    struct bench bench;
    struct engine_profile figures;
    (void)state;
    bench_open(&bench, NULL);
    assert_int_equal(engine_profile_start(bench.engine, 1), 0);
    check_script(
        &bench,
        "function many(n) { var o = {}; for (var i = 0; i < n; i++) o['k' + i] = [i]; return o; }\n"
        "var kept = many(40), text = JSON.stringify(kept); kept = JSON.parse(text);\n"
        "kept = [3, 1, 2].sort(function compare(a, b) { return a - b; }).map(function (x) { "
        "return { x: x }; });\n"
        "'aXbXc'.replace(/X/g, function () { return kept[0].x; });\n"
        "new Function('a', 'return function inner() { return a; }')(1)();\n"
        "var proxy = new Proxy({}, { get: function get(t, key) { return key + '!'; } }); proxy.a;\n"
        "var coroutine = new Duktape.Thread(function run(x) { Duktape.Thread.yield([x]); });\n"
        "Duktape.Thread.resume(coroutine, 1); try { null.x; } catch (e) { kept = e.stack; }\n"
        "(function bound() { return this; }).bind({}, 1)(); 'done'",
        "done");
    int fd = memfd_create("profile", MFD_CLOEXEC);
    assert_int_equal(engine_profile_stop(bench.engine, fd, &figures), 0);
    assert_true(figures.taken > 100);
    json_decref(read_all(fd));
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(profile_in_every_state),
#ifndef ENGINE_TORTURE
        cmocka_unit_test(profile_is_unbiased),
        cmocka_unit_test(growth_is_unbiased),
        cmocka_unit_test(replacement_is_unbiased),
        cmocka_unit_test(sites_are_lines_of_the_program),
        cmocka_unit_test(profile_of_an_engine),
        cmocka_unit_test(profile_forgets_what_is_freed),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
