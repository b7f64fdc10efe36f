/*
 * Lowering: modern JavaScript to what the engine runs (runtime/lower/). The lowerer is a script that
 * runs in heaps of its own, on threads of its own: an isolate asks and waits, so that it can be
 * killed while it waits and nothing it holds is in the way of others. What was lowered is kept for
 * the process, so a thousand workers of one file lower it once, and on disk (lower_cache.h).
 *
 *   isolate thread:  lower_is_needed() ── lower_get() ─ table ─ disk ─┐ waits
 *   crew thread:     heap with the lowerer (lower_heap.h) ◄───────────┘ ends when idle for a while
 *
 * All functions are for any thread unless they say otherwise.
 */
#ifndef RUNTIME_LOWER_H
#define RUNTIME_LOWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the text is; decides how it is parsed. */
enum lower_goal {
    LOWER_COMMONJS, /* the body of a module's wrapper */
    LOWER_MODULE,   /* an ES module */
    LOWER_SCRIPT,   /* for eval */
    LOWER_FUNCTION  /* the body of new Function; `parameters` are its parameters' text */
};

/* Texts are as the engine holds them (runtime/bind/text.h); borrowed for the call. */
struct lower_text {
    const char *data;
    size_t size; /* bytes */
};

struct lower_request {
    enum lower_goal goal;
    struct lower_text source;
    struct lower_text file; /* what import() in it is relative to */
    struct lower_text parameters; /* of a function; of a script, how names are called around it */
};

/*
 * What came of it; counted, never changed. `about` is JSON: of lowered code what else the lowerer
 * says ({isAsync, imports, exports}), of an error its name, message, line, column and feature.
 */
struct lower_result {
    _Atomic uint32_t refs;
    bool is_error;
    size_t about_size, code_size; /* bytes */
    char text[];                  /* about, then code */
};

struct lower_text lower_about(const struct lower_result *result);
struct lower_text lower_code(const struct lower_result *result);

/* Whether the engine would refuse or misread the text. Yes without need only costs time. */
bool lower_is_needed(const char *text, size_t size);

/*
 * The lowered text, from where it is had soonest. Blocks; `is_interrupted` is asked whenever a
 * signal came, and ends the wait when it says yes. A reference, or NULL: interrupted, or no memory.
 */
struct lower_result *lower_get(const struct lower_request *request,
                               bool (*is_interrupted)(void *owner), void *owner);
void lower_unref(struct lower_result **result);

/* Once per process, before the first isolate: whether the cache on disk is used. */
void lower_open(bool has_disk);
/* No isolate is left: waits for what is being written, frees everything. */
void lower_close(void);

#endif
