/*
 * A heap as a file that Chrome DevTools opens (V8's .heapsnapshot). Part of unity.c. After a full
 * collection the heap is walked three times: to count, to write nodes, to write edges; strings of
 * the file are the heap's own, so nothing is copied but numbers. Costs about 3 % of the heap in
 * process memory and none in the heap. Invariant: the sizes of all nodes but stores add up to what
 * the arena says is used.
 *
 *   node 0 root, 1 its GC roots, then one for each kind of root, stores, and things by address
 */
#include "runtime/engine/map.h"
#include "runtime/engine/parts.h"
#include "runtime/engine/walk.h"
#include "runtime/sink.h"

#include <errno.h>

#define SNAPSHOT_FIELDS    7    /* of a node */
#define SNAPSHOT_TEXT_MAX  1024 /* bytes of a string that are shown */
#define SNAPSHOT_ID_WINDOW (UINT64_C(1) << 35)

/* Nodes that stand for no thing of the heap. */
static const enum walk_text snapshot_roots[] = {
    WALK_TEXT_NONE,  WALK_TEXT_GC_ROOTS,         WALK_TEXT_STACKS,
    WALK_TEXT_STASH, WALK_TEXT_BUILT_IN_STRINGS, WALK_TEXT_PENDING,
    WALK_TEXT_KEYS,  WALK_TEXT_OTHERS,           WALK_TEXT_TABLES,
};
#define SNAPSHOT_ROOTS (sizeof snapshot_roots / sizeof snapshot_roots[0])

struct snapshot {
    struct walk walk;
    struct map map;
    struct sink sink;
    uint32_t store_count;
    uint64_t edge_count;
    uint64_t own_bytes; /* of the things */
    uint64_t told;      /* edges of the node in hand */
    bool is_first;      /* nothing of this array is written yet */
    bool has_stable_ids;
    bool is_broken; /* a reference leads out of the heap */
};

static const char *const snapshot_texts[] = {
#define WALK_STRING(name, text) text,
    WALK_TEXTS(WALK_STRING)
#undef WALK_STRING
};

/* ---- numbers --------------------------------------------------------------------------------- */

static bool snapshot_add(void *context, const duk_heaphdr *thing)
{
    struct snapshot *snapshot = context;
    return map_add(&snapshot->map, thing, DUK_HEAPHDR_GET_TYPE(thing) == DUK_HTYPE_STRING) &&
           walk_add_code(&snapshot->walk, thing);
}

/* Each store is a node, a shared one once. */
static void snapshot_number_stores(struct snapshot *snapshot)
{
    struct engine *engine = snapshot->walk.engine;
    for (struct store_buffer *buffer = engine->buffers; buffer; buffer = buffer->next) {
        if (!store_is_shared(buffer->store)) {
            buffer->number = snapshot->store_count++;
        }
    }
    for (size_t i = 0; i < engine->hold_buckets; i++) {
        for (struct hold *hold = engine->holds[i]; hold; hold = hold->next) {
            hold->number = snapshot->store_count++;
        }
    }
}

static uint32_t snapshot_store_number(const struct snapshot *snapshot,
                                      const struct store_buffer *buffer)
{
    if (!store_is_shared(buffer->store)) {
        return buffer->number;
    }
    const struct hold *hold = *hold_bucket(snapshot->walk.engine, buffer->store);
    while (hold->store != buffer->store) {
        hold = hold->next;
    }
    return hold->number;
}

/* Ids say which nodes of two snapshots are the same thing: that of the same address. */
static uint64_t snapshot_id(const struct snapshot *snapshot, const void *thing, uint32_t index)
{
    uint64_t number = snapshot->has_stable_ids && thing
                          ? (uintptr_t)thing / MAP_GRAIN % (SNAPSHOT_ID_WINDOW / MAP_GRAIN)
                          : index;
    return thing ? 2 * number + 1 : 2 * number + 2;
}

/* ---- counting -------------------------------------------------------------------------------- */

static void snapshot_count_edge(void *context, const struct walk_edge *edge)
{
    struct snapshot *snapshot = context;
    snapshot->told++;
    if (edge->to) {
        map_reach(&snapshot->map, edge->to);
    }
}

static void snapshot_tell_edge(void *context, const struct walk_edge *edge)
{
    (void)edge;
    ((struct snapshot *)context)->told++;
}

/* Things nothing leads to: names of properties for WALK_TEXT_KEYS, else what natives hold. */
static void snapshot_lost(struct snapshot *snapshot, enum walk_text root, walk_edge_fn fn)
{
    struct map_cursor cursor = {0};
    const duk_heaphdr *thing;
    uint32_t index = 0;
    while ((thing = map_next(&snapshot->map, &cursor, true)) != NULL) {
        bool is_string = DUK_HEAPHDR_GET_TYPE(thing) == DUK_HTYPE_STRING;
        if (is_string == (root == WALK_TEXT_KEYS)) {
            struct walk_edge edge = {.kind = WALK_ELEMENT, .index = index++, .to = thing};
            fn(snapshot, &edge);
        }
    }
}

/* The edges of the root with this number, but for those among roots. */
static void snapshot_root_edges(struct snapshot *snapshot, size_t root, walk_edge_fn fn)
{
    enum walk_text text = snapshot_roots[root];
    if (text == WALK_TEXT_NONE) {
        struct walk_edge edge = {
            .kind = WALK_SHORTCUT,
            .text = WALK_TEXT_GLOBAL,
            .to = (const duk_heaphdr *)snapshot->walk.heap->heap_thread->builtins[DUK_BIDX_GLOBAL],
        };
        fn(snapshot, &edge);
    } else if (text == WALK_TEXT_KEYS || text == WALK_TEXT_OTHERS) {
        snapshot_lost(snapshot, text, fn);
    } else if (text != WALK_TEXT_GC_ROOTS && text != WALK_TEXT_TABLES) {
        walk_roots(&snapshot->walk, text, fn, snapshot);
    }
}

static uint64_t snapshot_count_root(struct snapshot *snapshot, size_t root)
{
    snapshot->told = root == 0 ? 1 : root == 1 ? SNAPSHOT_ROOTS - 2 : 0;
    snapshot_root_edges(snapshot, root, snapshot_tell_edge);
    return snapshot->told;
}

static int snapshot_stop(const struct snapshot *snapshot)
{
    return atomic_load_explicit(&snapshot->walk.engine->asked, memory_order_relaxed) ? -ECANCELED
           : snapshot->is_broken                                                     ? -EFAULT
                                                                                     : 0;
}

static int snapshot_count(struct snapshot *snapshot)
{
    struct map_cursor cursor = {0};
    struct walk_node node;
    const duk_heaphdr *thing;
    snapshot->told = 0;
    while ((thing = map_next(&snapshot->map, &cursor, false)) != NULL) {
        walk_describe(&snapshot->walk, thing, &node);
        walk_edges(&snapshot->walk, thing, snapshot_count_edge, snapshot);
        snapshot->own_bytes += node.bytes;
    }
    for (size_t root = 0; root < SNAPSHOT_ROOTS; root++) {
        enum walk_text text = snapshot_roots[root];
        if (text != WALK_TEXT_KEYS && text != WALK_TEXT_OTHERS) { /* these depend on the others */
            snapshot_root_edges(snapshot, root, snapshot_count_edge);
        }
    }
    snapshot->told = 0;
    cursor = (struct map_cursor){0};
    while ((thing = map_next(&snapshot->map, &cursor, false)) != NULL) {
        walk_edges(&snapshot->walk, thing, snapshot_tell_edge, snapshot);
    }
    snapshot->edge_count = snapshot->told;
    for (size_t root = 0; root < SNAPSHOT_ROOTS; root++) {
        snapshot->edge_count += snapshot_count_root(snapshot, root);
    }
    return snapshot_stop(snapshot);
}

/* ---- writing --------------------------------------------------------------------------------- */

static uint32_t snapshot_string(struct snapshot *snapshot, const duk_hstring *name,
                                enum walk_text text)
{
    return name ? WALK_TEXT_COUNT + map_place(&snapshot->map, name, MAP_STRINGS) : text;
}

static void snapshot_row(struct snapshot *snapshot, const uint64_t *values, size_t count)
{
    struct sink *sink = &snapshot->sink;
    if (!snapshot->is_first) {
        sink_byte(sink, ',');
    }
    snapshot->is_first = false;
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            sink_byte(sink, ',');
        }
        sink_uint(sink, values[i]);
    }
    sink_byte(sink, '\n');
}

static void snapshot_write_node(struct snapshot *snapshot, const struct walk_node *node,
                                uint64_t id, uint64_t edges)
{
    uint64_t row[SNAPSHOT_FIELDS] = {node->type, snapshot_string(snapshot, node->name, node->text),
                                     id, node->bytes, edges};
    snapshot_row(snapshot, row, SNAPSHOT_FIELDS);
}

static void snapshot_write_roots(struct snapshot *snapshot)
{
    for (size_t root = 0; root < SNAPSHOT_ROOTS; root++) {
        struct walk_node node = {.type = WALK_SYNTHETIC, .text = snapshot_roots[root]};
        if (node.text == WALK_TEXT_TABLES) {
            uint64_t used = arena_used(snapshot->walk.engine->arena);
            node.type = WALK_HIDDEN;
            node.bytes = used > snapshot->own_bytes ? used - snapshot->own_bytes : 0;
        }
        snapshot_write_node(snapshot, &node, snapshot_id(snapshot, NULL, (uint32_t)root),
                            snapshot_count_root(snapshot, root));
    }
}

static void snapshot_write_store(struct snapshot *snapshot, const struct store *store,
                                 uint32_t number)
{
    struct walk_node node = {
        .type = WALK_NATIVE,
        .text = store_is_shared(store) ? WALK_TEXT_SHARED_STORE : WALK_TEXT_STORE,
        .bytes = store_bytes(store),
    };
    snapshot_write_node(snapshot, &node,
                        snapshot_id(snapshot, NULL, (uint32_t)SNAPSHOT_ROOTS + number), 0);
}

static void snapshot_write_stores(struct snapshot *snapshot)
{
    struct engine *engine = snapshot->walk.engine;
    for (struct store_buffer *buffer = engine->buffers; buffer; buffer = buffer->next) {
        if (!store_is_shared(buffer->store)) {
            snapshot_write_store(snapshot, buffer->store, buffer->number);
        }
    }
    for (size_t i = 0; i < engine->hold_buckets; i++) {
        for (struct hold *hold = engine->holds[i]; hold; hold = hold->next) {
            snapshot_write_store(snapshot, hold->store, hold->number);
        }
    }
}

static int snapshot_write_nodes(struct snapshot *snapshot)
{
    struct map_cursor cursor = {0};
    struct walk_node node;
    const duk_heaphdr *thing;
    uint32_t index = (uint32_t)SNAPSHOT_ROOTS + snapshot->store_count;
    snapshot->is_first = true;
    snapshot_write_roots(snapshot);
    snapshot_write_stores(snapshot);
    while ((thing = map_next(&snapshot->map, &cursor, false)) != NULL && !snapshot->sink.error) {
        walk_describe(&snapshot->walk, thing, &node);
        snapshot->told = 0;
        walk_edges(&snapshot->walk, thing, snapshot_tell_edge, snapshot);
        snapshot_write_node(snapshot, &node, snapshot_id(snapshot, thing, index++), snapshot->told);
    }
    return snapshot_stop(snapshot);
}

static void snapshot_write_edge(void *context, const struct walk_edge *edge)
{
    struct snapshot *snapshot = context;
    uint64_t to = SNAPSHOT_ROOTS;
    if (edge->to) {
        uint32_t place = map_place(&snapshot->map, edge->to, MAP_ALL);
        snapshot->is_broken |= place == UINT32_MAX;
        to += (uint64_t)snapshot->store_count + place;
    } else {
        to += snapshot_store_number(snapshot, edge->store);
    }
    uint64_t row[] = {edge->kind,
                      edge->kind == WALK_ELEMENT
                          ? edge->index
                          : snapshot_string(snapshot, edge->name, edge->text),
                      to * SNAPSHOT_FIELDS};
    snapshot_row(snapshot, row, 3);
}

static int snapshot_write_edges(struct snapshot *snapshot)
{
    struct map_cursor cursor = {0};
    const duk_heaphdr *thing;
    snapshot->is_first = true;
    for (size_t root = 0; root < SNAPSHOT_ROOTS; root++) {
        snapshot_root_edges(snapshot, root, snapshot_write_edge);
        size_t first = root == 0 ? 1 : 2, end = root == 0 ? 2 : root == 1 ? SNAPSHOT_ROOTS : 0;
        for (size_t to = first; to < end; to++) {
            uint64_t row[] = {WALK_ELEMENT, to, to * SNAPSHOT_FIELDS};
            snapshot_row(snapshot, row, 3);
        }
    }
    while ((thing = map_next(&snapshot->map, &cursor, false)) != NULL && !snapshot->sink.error &&
           !snapshot->is_broken) {
        walk_edges(&snapshot->walk, thing, snapshot_write_edge, snapshot);
    }
    return snapshot_stop(snapshot);
}

/* Symbols lie in the heap as their description behind a mark; hidden ones are shown by name. */
static void snapshot_write_string(struct snapshot *snapshot, const duk_hstring *string)
{
    const unsigned char *text = DUK_HSTRING_GET_DATA(string);
    size_t size = DUK_HSTRING_GET_BYTELEN(string);
    char symbol[SNAPSHOT_TEXT_MAX + 16];
    if (DUK_HSTRING_HAS_SYMBOL(string)) {
        const unsigned char *end = memchr(text + 1, 0xff, size - 1);
        size = (end ? (size_t)(end - text) : size) - 1;
        text++;
        if (!DUK_HSTRING_HAS_HIDDEN(string)) {
            int length = snprintf(symbol, sizeof symbol, "<symbol %.*s>",
                                  (int)(size < SNAPSHOT_TEXT_MAX ? size : SNAPSHOT_TEXT_MAX),
                                  (const char *)text);
            sink_string(&snapshot->sink, symbol, (size_t)length);
            return;
        }
    }
    sink_string(&snapshot->sink, text, size < SNAPSHOT_TEXT_MAX ? size : SNAPSHOT_TEXT_MAX);
}

static int snapshot_write_strings(struct snapshot *snapshot)
{
    struct map_cursor cursor = {0};
    const duk_heaphdr *thing;
    for (size_t i = 0; i < WALK_TEXT_COUNT; i++) {
        sink_text(&snapshot->sink, i > 0 ? ",\n" : "");
        sink_string(&snapshot->sink, snapshot_texts[i], strlen(snapshot_texts[i]));
    }
    while ((thing = map_next(&snapshot->map, &cursor, false)) != NULL && !snapshot->sink.error) {
        if (DUK_HEAPHDR_GET_TYPE(thing) == DUK_HTYPE_STRING) {
            sink_text(&snapshot->sink, ",\n");
            snapshot_write_string(snapshot, (const duk_hstring *)thing);
        }
    }
    return snapshot_stop(snapshot);
}

static void snapshot_write_head(struct snapshot *snapshot)
{
    struct sink *sink = &snapshot->sink;
    sink_text(
        sink,
        "{\"snapshot\":{\"meta\":{\"node_fields\":[\"type\",\"name\",\"id\",\"self_size\","
        "\"edge_count\",\"trace_node_id\",\"detachedness\"],\"node_types\":[[\"hidden\",\"array\","
        "\"string\",\"object\",\"code\",\"closure\",\"regexp\",\"number\",\"native\",\"synthetic\","
        "\"concatenated string\",\"sliced string\",\"symbol\",\"bigint\",\"object shape\"],"
        "\"string\",\"number\",\"number\",\"number\",\"number\",\"number\"],\"edge_fields\":["
        "\"type\",\"name_or_index\",\"to_node\"],\"edge_types\":[[\"context\",\"element\","
        "\"property\",\"internal\",\"hidden\",\"shortcut\",\"weak\"],\"string_or_number\",\"node\"]"
        ",\"trace_function_info_fields\":[\"function_id\",\"name\",\"script_name\",\"script_id\","
        "\"line\",\"column\"],\"trace_node_fields\":[\"id\",\"function_info_index\",\"count\","
        "\"size\",\"children\"],\"sample_fields\":[\"timestamp_us\",\"last_assigned_id\"],"
        "\"location_fields\":[\"object_index\",\"script_id\",\"line\",\"column\"]},"
        "\"node_count\":");
    sink_uint(sink,
              SNAPSHOT_ROOTS + (uint64_t)snapshot->store_count + snapshot->map.total[MAP_ALL]);
    sink_text(sink, ",\"edge_count\":");
    sink_uint(sink, snapshot->edge_count);
    sink_text(sink, ",\"trace_function_count\":0},\n\"nodes\":[");
}

static int snapshot_write(struct snapshot *snapshot)
{
    snapshot_write_head(snapshot);
    int code = snapshot_write_nodes(snapshot);
    sink_text(&snapshot->sink, "],\n\"edges\":[");
    code = code == 0 ? snapshot_write_edges(snapshot) : code;
    sink_text(&snapshot->sink, "],\n\"trace_function_infos\":[],\n\"trace_tree\":[],\n"
                               "\"samples\":[],\n\"locations\":[],\n\"strings\":[");
    code = code == 0 ? snapshot_write_strings(snapshot) : code;
    sink_text(&snapshot->sink, "]}\n");
    int error = sink_finish(&snapshot->sink);
    return error < 0 ? error : code;
}

static int snapshot_take(struct snapshot *snapshot, struct engine_snapshot *figures)
{
    if (!walk_things(&snapshot->walk, snapshot_add, snapshot)) {
        return -ENOMEM;
    }
    struct map *map = &snapshot->map;
    map_number(map);
    snapshot_number_stores(snapshot);
    snapshot->has_stable_ids =
        map->count == 0 ||
        map->regions[map->count - 1]->start - map->regions[0]->start < SNAPSHOT_ID_WINDOW;
    int code = snapshot_count(snapshot);
    code = code == 0 ? snapshot_write(snapshot) : code;
    *figures = (struct engine_snapshot){
        .nodes = SNAPSHOT_ROOTS + (uint64_t)snapshot->store_count + map->total[MAP_ALL],
        .edges = snapshot->edge_count,
        .bytes = snapshot->sink.written,
        .memory =
            map->bytes + snapshot->walk.code_room * sizeof(struct walk_code) + sizeof *snapshot,
    };
    return code;
}

int engine_snapshot(struct engine *engine, int fd, uint64_t memory_max,
                    struct engine_snapshot *figures)
{
    engine_collect(engine);
    if (engine_must_stop(engine)) {
        return -ECANCELED;
    }
    struct snapshot *snapshot = calloc(1, sizeof *snapshot);
    if (!snapshot) {
        return -ENOMEM;
    }
    walk_init(&snapshot->walk, engine);
    snapshot->map.bytes_max = memory_max < SIZE_MAX ? (size_t)memory_max : SIZE_MAX;
    sink_init(&snapshot->sink, fd);
    int code = snapshot_take(snapshot, figures);
    map_fini(&snapshot->map);
    walk_fini(&snapshot->walk);
    free(snapshot);
    return code;
}
