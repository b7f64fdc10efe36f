/*
 * Makes the mould, once for the process (mould.h). Called where workers start, on their threads. Owns
 * the image, which lives as long as the process. Invariant: one thread makes it, the others do without
 * meanwhile and never wait.
 */
#include "runtime/bind/mould.h"

#include "runtime/bind/script.h"

#include <stdatomic.h>

/* The modules in it may have been compiled by the first attempt, and their bytecode be read by the
 * second: only from then on two heaps are made by the same steps. */
#define ATTEMPTS 2

static _Atomic(struct engine_image *) mould;
static _Atomic unsigned workers;

static void make(bool can_collect)
{
    struct engine_image *image = NULL;
    for (int i = 0; i < ATTEMPTS && image == NULL; i++) {
        image = engine_image_make(script_fill_mould, &can_collect);
    }
    atomic_store_explicit(&mould, image, memory_order_release);
}

struct engine *mould_cast(const struct engine_options *options, bool can_collect)
{
    if (atomic_fetch_add_explicit(&workers, 1, memory_order_relaxed) == 1) {
        make(can_collect);
    }
    const struct engine_image *image = atomic_load_explicit(&mould, memory_order_acquire);
    return image != NULL ? engine_cast(image, options) : NULL;
}
