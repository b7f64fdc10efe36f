/*
 * An allocator that fails when told to, for tests that visit every allocation in turn. Include it
 * in one file of a test program: it takes the place of the C library's. Not with sanitizers, which
 * own the allocator: FAILING_MEMORY_SKIPPED is defined then, and the test must say that it is
 * skipped.
 */
#ifndef TESTS_FAILING_MEMORY_H
#define TESTS_FAILING_MEMORY_H

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define FAILING_MEMORY_SKIPPED 1
#else

#include <stdbool.h>
#include <stdlib.h>

static long fail_after = -1; /* allocations until one fails; -1: none does */
static long outstanding;

static bool has_to_fail(void)
{
    return fail_after >= 0 && fail_after-- == 0;
}

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void __libc_free(void *memory);

void *malloc(size_t size)
{
    void *memory = has_to_fail() ? NULL : __libc_malloc(size);
    outstanding += memory != NULL;
    return memory;
}

void *calloc(size_t count, size_t size)
{
    void *memory = has_to_fail() ? NULL : __libc_calloc(count, size);
    outstanding += memory != NULL;
    return memory;
}

void *realloc(void *old, size_t size)
{
    void *memory = has_to_fail() ? NULL : __libc_realloc(old, size);
    outstanding += memory != NULL && old == NULL;
    return memory;
}

void free(void *memory)
{
    outstanding -= memory != NULL;
    __libc_free(memory);
}

/* Runs `use` again and again, each time failing one allocation later, until none fails: then it
 * must return true (everything worked). `check` is told after each run whether all memory was given
 * back. Returns how many allocations were visited. */
static inline long fail_each_allocation(bool (*use)(void), void (*check)(bool is_balanced))
{
    use(); /* what the libraries keep for themselves is taken now */
    for (long nth = 0;; nth++) {
        long before = outstanding;
        fail_after = nth;
        bool is_whole = use();
        bool has_failed = fail_after == -1;
        fail_after = -1;
        check(outstanding == before);
        if (!has_failed) {
            check(is_whole);
            return nth;
        }
    }
}

#endif
#endif
