/*
 * What an isolate's heap costs to create, to keep and to destroy, and what structured clone costs
 * each way for the four kinds of message that programs send. The least of a few rounds; memory is
 * the growth of the process over all heaps at once.
 */
#include "base/clock.h"
#include "runtime/engine/engine.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define HEAPS  200
#define ROUNDS 5

static const struct {
    const char *name, *source;
} values[] = {
    {"1e6_doubles", "var a=[];for(var i=0;i<1e6;i++)a[i]=i+0.5;a"},
    {"100k_objects", "var a=[];for(var i=0;i<1e5;i++)a[i]={id:i,name:'n'+i,ok:true};a"},
    {"10mb_string", "var s='x';while(s.length<10<<20)s+=s;s.substring(0,10<<20)"},
    {"10mb_buffer", "new Uint8Array(10<<20).buffer"},
};

struct heap {
    struct wire_slot slot;
    struct engine *engine;
};

static void die(const char *what)
{
    fprintf(stderr, "bench/engine: %s\n", what);
    exit(1);
}

static void open_heap(struct heap *heap)
{
    struct engine_options options = {
        .slot = &heap->slot, .heap_limit = UINT64_MAX, .external_limit = UINT64_MAX};
    heap->engine = engine_new(&options);
    if (heap->engine == NULL) {
        die("no memory for a heap");
    }
}

static long resident_bytes(void)
{
    long total, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%ld %ld", &total, &resident) != 2) {
        die("/proc/self/statm cannot be read");
    }
    fclose(file);
    return resident * sysconf(_SC_PAGESIZE);
}

static void measure_heaps(void)
{
    static struct heap heaps[HEAPS];
    open_heap(&heaps[0]); /* what only the first one pays */
    engine_free(&heaps[0].engine);

    long resident = resident_bytes();
    uint64_t begin = clock_now_ns();
    for (int i = 0; i < HEAPS; i++) {
        open_heap(&heaps[i]);
    }
    uint64_t created = clock_now_ns();
    resident = resident_bytes() - resident;
    uint64_t used = atomic_load(&heaps[0].slot.heap_used);
    uint64_t total = atomic_load(&heaps[0].slot.heap_total);
    uint64_t from = clock_now_ns();
    for (int i = 0; i < HEAPS; i++) {
        engine_free(&heaps[i].engine);
    }
    printf("{\"bench\":\"heap\",\"heaps\":%d,\"create_us\":%.1f,\"destroy_us\":%.1f,"
           "\"used_kb\":%.1f,\"total_kb\":%.1f,\"rss_kb\":%.1f}\n",
           HEAPS, (double)(created - begin) / HEAPS / 1e3,
           (double)(clock_now_ns() - from) / HEAPS / 1e3, (double)used / 1024, (double)total / 1024,
           (double)resident / HEAPS / 1024);
}

/* The value is on top of `from`; one way and the other, in ms. */
static void clone_once(duk_context *from, duk_context *to, double *write_ms, double *read_ms)
{
    struct message *message = NULL;
    uint64_t begin = clock_now_ns();
    if (engine_clone_write(from, -1, DUK_INVALID_INDEX, &message) != 0) {
        die(duk_safe_to_string(from, -1));
    }
    uint64_t written = clock_now_ns();
    if (engine_clone_read(to, message) != 0) {
        die(duk_safe_to_string(to, -1));
    }
    *write_ms = (double)(written - begin) / 1e6;
    *read_ms = (double)(clock_now_ns() - written) / 1e6;
    message_free(&message);
    duk_pop(to);
}

static void measure_clone(const char *name, const char *source)
{
    struct heap from, to;
    double write_ms = 0, read_ms = 0, least_write = 1e9, least_read = 1e9;
    open_heap(&from);
    open_heap(&to);
    if (duk_peval_string(engine_context(from.engine), source) != 0) {
        die(duk_safe_to_string(engine_context(from.engine), -1));
    }
    for (int i = 0; i < ROUNDS; i++) {
        clone_once(engine_context(from.engine), engine_context(to.engine), &write_ms, &read_ms);
        least_write = write_ms < least_write ? write_ms : least_write;
        least_read = read_ms < least_read ? read_ms : least_read;
    }
    printf("{\"bench\":\"clone\",\"value\":\"%s\",\"serialize_ms\":%.2f,\"deserialize_ms\":%.2f}\n",
           name, least_write, least_read);
    engine_free(&from.engine);
    engine_free(&to.engine);
}

int main(void)
{
    measure_heaps();
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        measure_clone(values[i].name, values[i].source);
    }
    return 0;
}
