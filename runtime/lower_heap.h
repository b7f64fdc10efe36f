/*
 * A heap that runs the lowerer. It never sees a script's values, only its text, and is thrown away
 * when it has grown or was not needed for a while. Owned and used by one thread.
 */
#ifndef RUNTIME_LOWER_HEAP_H
#define RUNTIME_LOWER_HEAP_H

#include "runtime/lower.h"

#include <stdint.h>

struct lower_heap;

/* NULL when there is no memory for it. */
struct lower_heap *lower_heap_new(void);
void lower_heap_free(struct lower_heap **heap);

/* Lowers, whatever the text is: a result with one reference, NULL when memory is exhausted. */
struct lower_result *lower_heap_run(struct lower_heap *heap, const struct lower_request *request);

/* It is dead, or so large that a new one costs less than keeping it. */
bool lower_heap_is_spent(const struct lower_heap *heap);
uint64_t lower_heap_bytes(const struct lower_heap *heap);

/* Ends a run from another thread; the heap is spent then. */
void lower_heap_stop(struct lower_heap *heap);

#endif
