/* The snapshot's own arithmetic, read back with a JSON parser. */
#include "tests/unit/runtime/engine_support.h"

#include "runtime/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <jansson.h>

#define FIELDS 7

struct shot {
    json_t *root, *nodes, *edges, *strings;
    size_t node_count, edge_count;
    struct engine_snapshot figures;
};

static json_int_t number_at(const json_t *array, size_t index)
{
    return json_integer_value(json_array_get(array, index));
}

static json_t *read_all(int fd)
{
    json_error_t why;
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    json_t *root = json_loadfd(fd, JSON_ALLOW_NUL, &why);
    if (root == NULL) {
        print_error("%s at line %d\n", why.text, why.line);
    }
    assert_non_null(root);
    return root;
}

static void take(struct shot *shot, struct bench *bench)
{
    int fd = memfd_create("snapshot", MFD_CLOEXEC);
    assert_int_equal(engine_snapshot(bench->engine, fd, UINT64_MAX, &shot->figures), 0);
    shot->root = read_all(fd);
    close(fd);
    json_t *head = json_object_get(shot->root, "snapshot");
    shot->node_count = (size_t)json_integer_value(json_object_get(head, "node_count"));
    shot->edge_count = (size_t)json_integer_value(json_object_get(head, "edge_count"));
    shot->nodes = json_object_get(shot->root, "nodes");
    shot->edges = json_object_get(shot->root, "edges");
    shot->strings = json_object_get(shot->root, "strings");
}

static json_int_t field(const struct shot *shot, size_t node, size_t which)
{
    return number_at(shot->nodes, node * FIELDS + which);
}

static const char *name_of(const struct shot *shot, size_t node)
{
    return json_string_value(json_array_get(shot->strings, (size_t)field(shot, node, 1)));
}

/* Sum of the sizes of nodes that are (or are not) stores. */
static json_int_t sum(const struct shot *shot, bool of_stores)
{
    json_int_t bytes = 0;
    for (size_t node = 0; node < shot->node_count; node++) {
        bytes += (field(shot, node, 0) == 8) == of_stores ? field(shot, node, 3) : 0;
    }
    return bytes;
}

/* The node with this name and type; the first one. */
static size_t find(const struct shot *shot, const char *name, int type)
{
    for (size_t node = 0; node < shot->node_count; node++) {
        if (field(shot, node, 0) == type && strcmp(name_of(shot, node), name) == 0) {
            return node;
        }
    }
    print_error("no node %s\n", name);
    fail();
    return 0;
}

static size_t first_edge(const struct shot *shot, size_t of)
{
    json_int_t edge = 0;
    for (size_t node = 0; node < of; node++) {
        edge += field(shot, node, 4);
    }
    return (size_t)edge;
}

/* Where the edge of this name or index leads; 0 (the root) when there is none. */
static size_t follow(const struct shot *shot, size_t from, const char *name, json_int_t index)
{
    size_t edge = first_edge(shot, from);
    for (json_int_t i = 0; i < field(shot, from, 4); i++, edge++) {
        json_int_t label = number_at(shot->edges, edge * 3 + 1);
        bool is_element = number_at(shot->edges, edge * 3) == 1;
        if (name ? !is_element &&
                       strcmp(json_string_value(json_array_get(shot->strings, (size_t)label)),
                              name) == 0
                 : is_element && label == index) {
            return (size_t)number_at(shot->edges, edge * 3 + 2) / FIELDS;
        }
    }
    return 0;
}

static void check_shape(const struct shot *shot)
{
    size_t told = 0;
    char *reached = calloc(shot->node_count, 1);
    assert_int_equal(json_array_size(shot->nodes), shot->node_count * FIELDS);
    assert_int_equal(json_array_size(shot->edges), shot->edge_count * 3);
    for (size_t node = 0; node < shot->node_count; node++) {
        told += (size_t)field(shot, node, 4);
        assert_in_range(field(shot, node, 1), 0, json_array_size(shot->strings) - 1);
    }
    assert_int_equal(told, shot->edge_count);
    for (size_t edge = 0; edge < shot->edge_count; edge++) {
        json_int_t to = number_at(shot->edges, edge * 3 + 2);
        assert_int_equal(to % FIELDS, 0);
        assert_in_range(to / FIELDS, 1, shot->node_count - 1);
        reached[to / FIELDS] = 1;
        if (number_at(shot->edges, edge * 3) != 1) {
            assert_in_range(number_at(shot->edges, edge * 3 + 1), 0,
                            json_array_size(shot->strings) - 1);
        }
    }
    for (size_t node = 1; node < shot->node_count; node++) {
        assert_true(reached[node]); /* nothing is without a retainer */
    }
    free(reached);
}

static int compare(const void *left, const void *right)
{
    json_int_t a = *(const json_int_t *)left, b = *(const json_int_t *)right;
    return a < b ? -1 : a > b;
}

static void check_ids(const struct shot *shot)
{
    json_int_t *ids = calloc(shot->node_count, sizeof *ids);
    for (size_t node = 0; node < shot->node_count; node++) {
        ids[node] = field(shot, node, 2);
        assert_in_range(ids[node], 1, UINT32_MAX);
    }
    qsort(ids, shot->node_count, sizeof *ids, compare);
    for (size_t node = 1; node < shot->node_count; node++) {
        assert_true(ids[node] > ids[node - 1]);
    }
    free(ids);
}

static const char program[] =
    "function Leak(n) { this.payload = new Array(n); for (var i = 0; i < n; i++) "
    "this.payload[i] = { index: i, text: 'leak ' + i }; }\n"
    "var holder = { leak: new Leak(100), 'odd \\u00e9\\ud83d\\ude00\\ud800 \"\\\\\\n': 'value' };\n"
    "function counter() { var count = { own: 1 }; return function step() { return count; }; }\n"
    "var closure = counter();\n"
    "var bytes = new Uint8Array(100000), words = new Uint16Array(bytes.buffer, 2, 10);\n"
    "var proxy = new Proxy({ inside: 1 }, {}), bound = closure.bind({ self: 1 }, 'argument');\n"
    "var symbol = {}; symbol[Symbol('mark')] = 'by symbol'; var when = new Date(); var re = /x+/;\n"
    "Object.defineProperty(holder, 'both', { get: function reader() {}, set: function writer(v) {}"
    " });\n"
    "var thread = new Duktape.Thread(function run() { Duktape.Thread.yield({ yielded: 1 }); });\n"
    "Duktape.Thread.resume(thread); holder.sparse = []; holder.sparse[100000] = { far: 1 };\n"
    "var map = new Map(); for (var i = 0; i < 1000; i++) map.set({ key: i }, { value: i });\n"
    "undefined";

static void run_program(struct bench *bench)
{
    engine_push_constructor(bench->ctx, "Map");
    duk_put_global_string(bench->ctx, "Map");
    check_script(bench, program, "undefined");
}

static void snapshot_adds_up(void **state)
{
    struct bench bench;
    struct shot shot;
    (void)state;
    bench_open(&bench, NULL);
    run_program(&bench);
    take(&shot, &bench);
    check_shape(&shot);
    check_ids(&shot);
    assert_int_equal(sum(&shot, false), atomic_load(&bench.slot.heap_used));
    assert_int_equal(sum(&shot, true), atomic_load(&bench.slot.external));
    assert_int_equal(shot.figures.nodes, shot.node_count);
    assert_int_equal(shot.figures.edges, shot.edge_count);
    json_decref(shot.root);
    bench_close(&bench);
}

static void snapshot_names_things(void **state)
{
    struct bench bench;
    struct shot shot;
    (void)state;
    bench_open(&bench, NULL);
    run_program(&bench);
    take(&shot, &bench);
    size_t global = follow(&shot, 0, "global", 0);
    size_t holder = follow(&shot, global, "holder", 0);
    size_t leak = follow(&shot, holder, "leak", 0);
    assert_string_equal(name_of(&shot, leak), "Leak");
    size_t payload = follow(&shot, leak, "payload", 0);
    assert_string_equal(name_of(&shot, payload), "Array");
    size_t item = follow(&shot, payload, NULL, 42);
    assert_string_equal(name_of(&shot, follow(&shot, item, "text", 0)), "leak 42");
    size_t step = follow(&shot, global, "closure", 0);
    assert_int_equal(field(&shot, step, 0), 5);
    assert_string_equal(name_of(&shot, step), "step");
    /* Around the function its own name, around that what counter() left. */
    size_t scope = follow(&shot, follow(&shot, step, "context", 0), "context", 0);
    assert_string_equal(name_of(&shot, scope), "system / Context");
    assert_true(follow(&shot, scope, "count", 0) > 0);
    assert_true(follow(&shot, follow(&shot, step, "(code)", 0), "constant", 0) > 0);
    size_t store =
        follow(&shot, follow(&shot, follow(&shot, global, "bytes", 0), "backing_store", 0),
               "backing_store", 0);
    assert_int_equal(field(&shot, store, 0), 8);
    assert_int_equal(field(&shot, store, 3), 100000);
    size_t words = follow(&shot, global, "words", 0);
    assert_int_equal(follow(&shot, follow(&shot, words, "backing_store", 0), "backing_store", 0),
                     store);
    assert_string_equal(
        name_of(&shot, follow(&shot, follow(&shot, global, "symbol", 0), "<symbol mark>", 0)),
        "by symbol");
    assert_string_equal(
        name_of(&shot, follow(&shot, holder, "odd \u00e9\U0001f600\ufffd \"\\\n", 0)), "value");
    assert_true(follow(&shot, follow(&shot, global, "proxy", 0), "target", 0) > 0);
    assert_true(follow(&shot, follow(&shot, global, "bound", 0), "bound_this", 0) > 0);
    assert_int_equal(field(&shot, follow(&shot, global, "re", 0), 0), 6);
    find(&shot, "Date", 3);
    size_t map = follow(&shot, global, "map", 0);
    assert_true(field(&shot, map, 3) > 1000 * 32);
    assert_true(follow(&shot, map, "held", 0) > 0);
    find(&shot, "system / Thread", 3);
    json_decref(shot.root);
    bench_close(&bench);
}

/* Two snapshots tell the same thing apart from another by its id. */
static void snapshot_ids_are_stable(void **state)
{
    struct bench bench;
    struct shot first, second;
    (void)state;
    bench_open(&bench, NULL);
    run_program(&bench);
    take(&first, &bench);
    check_script(&bench, "for (var i = 0, more = []; i < 50000; i++) more.push({ i: i });",
                 "50000");
    take(&second, &bench);
    check_shape(&second);
    check_ids(&second);
    assert_true(second.node_count > first.node_count + 50000);
    assert_int_equal(field(&first, find(&first, "Leak", 3), 2),
                     field(&second, find(&second, "Leak", 3), 2));
    /* Some 3 % of the heap, and a constant. */
    assert_true(second.figures.memory < atomic_load(&bench.slot.heap_used) / 20 + 200000);
    json_decref(first.root);
    json_decref(second.root);
    bench_close(&bench);
}

static void snapshot_fails_in_words(void **state)
{
    struct bench bench;
    struct engine_snapshot figures;
    (void)state;
    bench_open(&bench, NULL);
    int fd = memfd_create("snapshot", MFD_CLOEXEC);
    assert_int_equal(engine_snapshot(bench.engine, fd, 1000, &figures), -ENOMEM);
    assert_int_equal(engine_snapshot(bench.engine, -1, UINT64_MAX, &figures), -EBADF);
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_int_equal(engine_snapshot(bench.engine, full, UINT64_MAX, &figures), -ENOSPC);
    check_script(&bench, "1 + 1", "2");
    engine_terminate(bench.engine);
    assert_int_equal(engine_snapshot(bench.engine, fd, UINT64_MAX, &figures), -ECANCELED);
    close(full);
    close(fd);
    bench_close(&bench);
}

/* A heap with no room left is where it is wanted most. */
static void snapshot_of_a_full_heap(void **state)
{
    struct bench bench;
    struct shot shot;
    struct engine_options options = {.heap_limit = 4 << 20, .external_limit = UINT64_MAX};
    (void)state;
    bench_open(&bench, &options);
    check_script(&bench, "var list = null; undefined", "undefined");
    for (int i = 0; i < 10000 && atomic_load(&bench.slot.heap_used) < (4 << 20) * 9 / 10; i++) {
        check_script(&bench, "for (var i = 0; i < 50; i++) list = { n: i, next: list }; 1", "1");
    }
    assert_int_equal(engine_end(bench.engine), ENGINE_ALIVE);
    uint64_t peak = atomic_load(&bench.slot.heap_peak);
    take(&shot, &bench);
    check_shape(&shot);
    assert_int_equal(sum(&shot, false), atomic_load(&bench.slot.heap_used));
    assert_int_equal(atomic_load(&bench.slot.heap_peak), peak);
    assert_int_equal(engine_end(bench.engine), ENGINE_ALIVE);
    json_decref(shot.root);
    bench_close(&bench);
}

int main(void)
{
#ifdef ENGINE_TORTURE
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(snapshot_adds_up),
        cmocka_unit_test(snapshot_names_things),
        cmocka_unit_test(snapshot_fails_in_words),
    };
#else
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(snapshot_adds_up),        cmocka_unit_test(snapshot_names_things),
        cmocka_unit_test(snapshot_ids_are_stable), cmocka_unit_test(snapshot_fails_in_words),
        cmocka_unit_test(snapshot_of_a_full_heap),
    };
#endif
    return cmocka_run_group_tests(tests, NULL, NULL);
}
