/*
 * Source text of any kind: the scan in front of the lowerer, then the lowerer itself in its heap. It
 * must answer, with code or with an error that says what is wrong, and the heap goes on or is spent.
 *
 *   byte 0   the goal; bit 7: the text is cut in two, parameters and body
 *   the rest the text, as it comes from a file: any bytes
 */
#include "runtime/bind/text.h"
#include "runtime/engine/engine.h"
#include "runtime/lower_heap.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#define INPUT_MAX 2000 /* a text takes milliseconds */

static struct wire_slot slot;
static struct engine *engine; /* only converts the text */
static struct lower_heap *heap;

/* The bytes as the engine has them once they are a string. */
static struct lower_text convert(duk_context *ctx, const uint8_t *data, size_t size)
{
    struct lower_text text;
    text_push(ctx, data, size);
    text.data = duk_get_lstring(ctx, -1, &text.size);
    return text;
}

static void check(const struct lower_result *result)
{
    FUZZ_CHECK(result != NULL);
    struct lower_text about = lower_about(result);
    FUZZ_CHECK(about.size >= 2 && about.data[0] == '{' && about.data[about.size - 1] == '}');
    FUZZ_CHECK(!result->is_error || result->code_size == 0);
    FUZZ_CHECK(!result->is_error || memmem(about.data, about.size, "\"message\"", 9) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > INPUT_MAX) {
        return 0;
    }
    if (engine == NULL) {
        engine = engine_new(&(struct engine_options){
            .slot = &slot, .heap_limit = UINT64_MAX, .external_limit = UINT64_MAX});
    }
    if (heap == NULL) {
        heap = lower_heap_new();
    }
    FUZZ_CHECK(engine != NULL && heap != NULL);
    duk_context *ctx = engine_context(engine);
    size_t cut = data[0] & 0x80 ? 1 + (size - 1) / 2 : 1;
    struct lower_request request = {.goal = data[0] & 3, .file = {"fuzz.js", 7}};
    request.source = convert(ctx, data + cut, size - cut);
    request.parameters = convert(ctx, data + 1, cut - 1);
    lower_is_needed(request.source.data, request.source.size);
    struct lower_result *result = lower_heap_run(heap, &request);
    check(result);
    lower_unref(&result);
    duk_set_top(ctx, 0);
    if (lower_heap_is_spent(heap)) {
        lower_heap_free(&heap);
    }
    return 0;
}
