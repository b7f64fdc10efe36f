/*
 * Writes the valid seeds of the fuzz targets into DIRECTORY/TARGET/, made by the very code that
 * emitters run. Usage: seeds DIRECTORY.
 */
#include "runtime/engine/engine.h"
#include <nettle/sha2.h>
#include "wire/blackbox.h"
#include "wire/segment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MB_KIB 1024

static const char *directory;

static void write_seed(const char *target, const char *name, const void *data, size_t size)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", directory, target);
    mkdir(directory, 0755);
    mkdir(path, 0755);
    snprintf(path, sizeof path, "%s/%s/%s", directory, target, name);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(data, 1, size, file) != size || fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}

/* Fills every table of a small segment. */
static void fill(struct segment *segment)
{
    struct record record = {.kind = RECORD_job, .thread = 1};
    for (uint32_t i = 0; i < 2; i++) {
        struct wire_slot *slot = segment_take_slot(segment, i);
        atomic_store(&slot->name, segment_intern(segment, "thumb-1", 7));
        struct ring_writer writer = segment_ring_writer(segment, slot);
        for (int r = 0; r < 100 * (int)i + 10; r++) {
            record.t = (uint64_t)r;
            record.job.name = segment_intern(segment, "resize", 6);
            ring_push(&writer, &record);
        }
    }
    struct wire_store *store = segment_add_store(segment, 80 << 20, true);
    segment_add_pin(segment, store, 0);
    segment_add_pin(segment, store, 1);
}

/* As the target wants it: flags, patches (lapping counters behind the reader's back), bytes. */
static void write_segment(const char *name, unsigned char flags, uint64_t patch_word)
{
    const struct wire_counts counts = {.slot_count = 2,
                                       .store_count = 4,
                                       .pin_count = 4,
                                       .string_bytes = 4096,
                                       .ring_records = 64};
    struct segment *segment;
    struct wire_offsets at;
    if (segment_create(&segment, &counts, 1, NULL) < 0 || !layout_compute(&counts, &at)) {
        exit(1);
    }
    fill(segment);
    const size_t head = 2 + 2 * 12;
    unsigned char *seed = calloc(1, head + at.segment_bytes);
    void *memory = mmap(NULL, at.segment_bytes, PROT_READ, MAP_SHARED, segment_fd(segment), 0);
    if (seed == NULL || memory == MAP_FAILED) {
        exit(1);
    }
    uint32_t words[] = {(uint32_t)(at.rings / 8), (uint32_t)(at.rings / 8) + 1};
    seed[0] = flags;
    seed[1] = 2;
    for (int i = 0; i < 2; i++) {
        memcpy(seed + 2 + i * 12, &words[i], 4);
        memcpy(seed + 2 + i * 12 + 4, &patch_word, 8);
    }
    memcpy(seed + head, memory, at.segment_bytes);
    write_seed("segment", name, seed, head + at.segment_bytes);
    munmap(memory, at.segment_bytes);
    free(seed);
    segment_free(&segment);
}

static void write_rings(void)
{
    static const unsigned char honest[] = {0, 10, 1, 79, 0, 200, 1, 5, 1, 79, 0, 64, 1, 79, 1, 79};
    static const unsigned char lying[] = {0, 70, 2, 2, 1, 79, 3, 1, 1, 79, 3, 3, 2, 6, 1, 79, 0, 9};
    write_seed("ring", "honest", honest, sizeof honest);
    write_seed("ring", "lying", lying, sizeof lying);
}

static void write_doors(void)
{
    static const char hello[] =
        "\1\2{\"type\":\"hello\",\"version\":1,\"pid\":123,\"name\":\"api\","
        "\"kind\":\"v8\"}\n\0\1{\n\0\7}\n";
    static char longest[70000];
    write_seed("door", "hello", hello, sizeof hello - 1);
    memset(longest, 'x', sizeof longest);
    longest[0] = (char)255;
    longest[1] = 0;
    write_seed("door", "too-long", longest, sizeof longest);
    longest[16385] = '\n';
    write_seed("door", "blocks", longest, 40000);
}

static void write_drift(const char *name, int start, int per_job, int jobs, int names)
{
    unsigned char *seed = calloc(3, (size_t)jobs);
    if (seed == NULL) {
        exit(1);
    }
    for (int job = 0; job < jobs; job++) {
        int live = start + per_job * job + job * 7919 % 300;
        uint16_t value = (uint16_t)(live < 65535 ? live : 65535);
        seed[job * 3] = (unsigned char)(job % names);
        memcpy(seed + job * 3 + 1, &value, sizeof value);
    }
    write_seed("drift", name, seed, (size_t)jobs * 3);
    free(seed);
}

/* Steps over the slots, the used marks and the counters of a ring. */
static void write_handovers(void)
{
    unsigned char seed[24 * 12] = {0};
    for (uint32_t i = 0; i < 24; i++) {
        uint32_t word = i < 4 ? 8 + i : 512 + i * 5;
        uint64_t value = i % 3 == 0 ? UINT64_MAX : i % 3 == 1 ? i : UINT64_C(1) << (2 * i);
        memcpy(seed + i * 12, &word, sizeof word);
        memcpy(seed + i * 12 + 4, &value, sizeof value);
    }
    write_seed("handover", "steps", seed, sizeof seed);
}

/* [ value ] -> []: its serialization; the target makes stores of its own. */
static void write_clone(duk_context *ctx, const char *name)
{
    struct message *message;
    if (engine_clone_write(ctx, -1, DUK_INVALID_INDEX, &message) < 0) {
        exit(1);
    }
    unsigned char *seed = malloc(message->size + 1);
    if (seed == NULL) {
        exit(1);
    }
    seed[0] = 7 | 3 << 3;
    memcpy(seed + 1, message->data, message->size);
    write_seed("clone", name, seed, message->size + 1);
    free(seed);
    message_free(&message);
    duk_pop(ctx);
}

static duk_ret_t put_collections(duk_context *ctx, void *unused)
{
    (void)unused;
    engine_push_constructor(ctx, "Map");
    duk_put_global_literal(ctx, "Map");
    engine_push_constructor(ctx, "Set");
    duk_put_global_literal(ctx, "Set");
    return 0;
}

static void write_clones(void)
{
    static const char *const values[][2] = {
        {"plain", "({a:[1,2.5,'x',null,undefined,true],b:{c:-1},e:''})"},
        {"shared-parts", "(function(){var o={n:1},l=[o,o,'t','t',[o]];l.push(l);return l})()"},
        {"holes", "(function(){var a=[1,,3];a.x=1;var s=[];s[9e8]=1;return [a,s]})()"},
        {"doubles", "[1,2,3,4,5,6,7,8.5,NaN,-0]"},
        {"boxes", "[new Date(5),/x/gi,Object(1),Object('s'),Object(true)]"},
        {"errors", "[new Error('e'),new RangeError('r'),new TypeError('t')]"},
        {"collections", "new Map([[1,{a:1}],['k',new Set([1,'s',[2]])]])"},
        {"buffers", "(function(){var b=new ArrayBuffer(20),v=new Uint8Array(b,4,8);"
                    "return [b,v,new DataView(b,2),new Float64Array(2)]})()"},
        {"stores", "[new ArrayBuffer(9000),new SharedArrayBuffer(64),new Float32Array(3000)]"},
        {"resizable", "(function(){var b=new ArrayBuffer(50,{maxByteLength:5000});"
                      "return [new ArrayBuffer(9000),new SharedArrayBuffer(8),b,new Uint8Array(b)]})()"},
        {"keys", "(function(){var o={};for(var i=0;i<40;i++)o['k'+i]=i;return o})()"},
    };
    struct wire_slot slot = {0};
    struct engine *engine = engine_new(&(struct engine_options){
        .slot = &slot, .heap_limit = UINT64_MAX, .external_limit = UINT64_MAX});
    if (engine == NULL ||
        duk_safe_call(engine_context(engine), put_collections, NULL, 0, 0) != DUK_EXEC_SUCCESS) {
        exit(1);
    }
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        if (duk_peval_string(engine_context(engine), values[i][1]) != 0) {
            fprintf(stderr, "%s: %s\n", values[i][0],
                    duk_safe_to_string(engine_context(engine), -1));
            exit(1);
        }
        write_clone(engine_context(engine), values[i][0]);
    }
    engine_free(&engine);
}

/* Without the checksum at its end: the target makes it. */
static void write_blackbox(void)
{
    const struct wire_counts counts = {
        .slot_count = 2, .store_count = 4, .pin_count = 4, .string_bytes = 4096, .ring_records = 64};
    struct blackbox_head head = {.ended_ns = 200, .ended_wall_ns = 1000000000, .state = "died",
                                 .name = "api"};
    static unsigned char data[1 << 16];
    struct segment *segment;
    struct view *view;
    int fd = memfd_create("seed", 0);

    if (fd < 0 || segment_create(&segment, &counts, 0, NULL) < 0) {
        perror("segment");
        exit(1);
    }
    fill(segment);
    if (view_open(&view, segment_fd(segment), NULL) < 0 || blackbox_write(view, &head, fd) < 0) {
        perror("blackbox");
        exit(1);
    }
    ssize_t size = pread(fd, data, sizeof data, 0);
    write_seed("blackbox", "valid", data, (size_t)size - SHA256_DIGEST_SIZE);
    write_seed("blackbox", "cut", data, (size_t)size / 2);
    view_close(&view);
    segment_free(&segment);
    close(fd);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: seeds DIRECTORY\n");
        return 2;
    }
    directory = argv[1];
    write_segment("valid", 0, 0);
    write_segment("valid-header", 1, 5);
    write_segment("lapped", 1, 1000);
    write_segment("huge-counters", 1, UINT64_MAX);
    write_rings();
    write_doors();
    write_handovers();
    write_clones();
    write_blackbox();
    write_drift("flat", 10 * MB_KIB, 0, 100, 1);
    write_drift("leak", 10 * MB_KIB, 1536, 40, 1);
    write_drift("names", 10 * MB_KIB, 300, 120, 12);
    return 0;
}
