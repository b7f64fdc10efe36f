/*
 * Promise. Part of unity.c. Here is what runs often: the constructor, then, catch, resolve, reject
 * and the microtasks they leave (tasks.c); all, race, finally and so on are script (promise.js),
 * reached through functions made here. A promise made by the intrinsic constructor is settled
 * without resolving functions; those exist where a script can see them.
 *
 * Invariant: `first` is a list only while PENDING. A pair of resolving functions carries its number,
 * and has a say only while that number is `open`.
 */
#include "runtime/engine/promise.h"

#include "runtime/bind/script.h"

static void visit_promise(duk_heap *heap, struct cell *cell, cell_visit_fn visit)
{
    struct promise *promise = (struct promise *)cell;
    visit(heap, &promise->value);
    for (struct task *task = promise->first; task; task = task->next) {
        task_visit(heap, task, visit);
    }
}

static void free_promise(duk_heap *heap, struct cell *cell)
{
    struct promise *promise = (struct promise *)cell;
    while (promise->first) {
        struct task *task = promise->first;
        promise->first = task->next;
        DUK_FREE(heap, task);
    }
}

static const struct cell_type promise_type = {"Promise", sizeof(struct promise), visit_promise,
                                              NULL, free_promise};

/* What NewPromiseCapability makes for a constructor that is not ours. */
struct capability {
    struct cell cell;
    duk_tval promise, resolve, reject;
};

static void visit_capability(duk_heap *heap, struct cell *cell, cell_visit_fn visit)
{
    struct capability *capability = (struct capability *)cell;
    visit(heap, &capability->promise);
    visit(heap, &capability->resolve);
    visit(heap, &capability->reject);
}

static const struct cell_type capability_type = {"Capability", sizeof(struct capability),
                                                 visit_capability, NULL, NULL};

static struct promise *push_with(duk_hthread *thr, duk_hobject *prototype)
{
    struct promise *promise = cell_push(thr, &promise_type, prototype);
    DUK_TVAL_SET_UNDEFINED(&promise->value);
    return promise;
}

static struct promise *promise_push(duk_hthread *thr)
{
    return push_with(thr, intrinsic_get(thr, INTRINSIC_PROMISE_PROTOTYPE));
}

static struct promise *promise_get(duk_hthread *thr, duk_idx_t index)
{
    return cell_get(thr, index, &promise_type);
}

static struct promise *known_promise(duk_hthread *thr, duk_idx_t index)
{
    return (struct promise *)duk_known_hobject(thr, index);
}

/* ---- has a script changed what we take short cuts through? ----------------------------------------
 */

static bool is_value(duk_tval *place, const duk_hobject *value)
{
    return place && DUK_TVAL_IS_OBJECT(place) && DUK_TVAL_GET_OBJECT(place) == value;
}

/* `then` of this promise is the intrinsic one, found without side effects. */
static bool has_own_then(duk_hthread *thr, struct promise *promise)
{
    duk_heap *heap = thr->heap;
    duk_hobject *prototype = intrinsic_get(thr, INTRINSIC_PROMISE_PROTOTYPE);
    return DUK_HOBJECT_GET_PROTOTYPE(heap, &promise->cell.object) == prototype &&
           DUK_HOBJECT_GET_ENEXT(&promise->cell.object) == 0 &&
           is_value(duk_hobject_find_entry_tval_ptr(heap, prototype, intrinsic_name(thr, NAME_THEN)),
                    intrinsic_find(heap, INTRINSIC_PROMISE_THEN));
}

/* `constructor` of this promise is the intrinsic Promise. */
static bool has_own_constructor(duk_hthread *thr, struct promise *promise)
{
    duk_heap *heap = thr->heap;
    duk_hobject *prototype = intrinsic_get(thr, INTRINSIC_PROMISE_PROTOTYPE);
    return DUK_HOBJECT_GET_PROTOTYPE(heap, &promise->cell.object) == prototype &&
           DUK_HOBJECT_GET_ENEXT(&promise->cell.object) == 0 &&
           is_value(duk_hobject_find_entry_tval_ptr_stridx(heap, prototype, DUK_STRIDX_CONSTRUCTOR),
                    intrinsic_find(heap, INTRINSIC_PROMISE));
}

/* Promise[Symbol.species] is still the getter it was made with. */
static bool has_own_species(duk_hthread *thr)
{
    duk_propvalue *value;
    duk_int_t entry, hash;
    duk_hobject *constructor = intrinsic_get(thr, INTRINSIC_PROMISE);
    if (!duk_hobject_find_entry(thr->heap, constructor, intrinsic_name(thr, NAME_SPECIES), &entry,
                                &hash) ||
        !DUK_HOBJECT_E_SLOT_IS_ACCESSOR(thr->heap, constructor, entry)) {
        return false;
    }
    value = DUK_HOBJECT_E_GET_VALUE_PTR(thr->heap, constructor, entry);
    return value->a.get && DUK_HOBJECT_IS_NATFUNC(value->a.get) &&
           ((duk_hnatfunc *)value->a.get)->func == get_species;
}

/* ---- settling ------------------------------------------------------------------------------------
 */

static bool settle_promise(duk_hthread *thr, duk_idx_t index, duk_idx_t value,
                           enum promise_state state)
{
    struct promise *promise = known_promise(thr, index);
    struct task *list = promise->first;
    if (promise->state != PROMISE_PENDING) {
        return false;
    }
    promise->state = state;
    promise->first = promise->last = NULL;
    promise->open = 0;
    tasks_settle(thr->heap, list, duk_require_tval(thr, value), state == PROMISE_REJECTED);
    cell_set(thr, &promise->value, value);
    return true;
}

#define STASH_ON_RESOLVE DUK_HIDDEN_SYMBOL("onResolve")

void engine_on_resolve(duk_context *ctx, duk_idx_t function)
{
    function = duk_normalize_index(ctx, function);
    duk_push_heap_stash(ctx);
    duk_dup(ctx, function);
    duk_put_prop_literal(ctx, -2, STASH_ON_RESOLVE);
    duk_pop(ctx);
    engine_in(ctx->heap)->on_resolve = duk_get_heapptr(ctx, function);
}

/* Not of promises that the hook itself settles. */
static void tell_resolve(duk_hthread *thr)
{
    struct engine *engine = engine_in(thr->heap);
    duk_hobject *hook = engine->on_resolve;
    engine->on_resolve = NULL;
    duk_push_hobject(thr, hook);
    duk_int_t failed = duk_pcall(thr, 0);
    duk_pop(thr);
    if (!engine->on_resolve) {
        duk_push_heap_stash(thr); /* it may have been changed or taken away */
        duk_get_prop_literal(thr, -1, STASH_ON_RESOLVE);
        engine->on_resolve = duk_get_heapptr(thr, -1);
        duk_pop_2(thr);
    }
    if (failed) {
        engine_check_stop(thr);
    }
}

static void promise_reject(duk_hthread *thr, duk_idx_t index, duk_idx_t reason)
{
    index = duk_normalize_index(thr, index);
    reason = duk_normalize_index(thr, reason);
    if (DUK_UNLIKELY(engine_in(thr->heap)->on_resolve != NULL)) {
        tell_resolve(thr);
    }
    if (settle_promise(thr, index, reason, PROMISE_REJECTED) &&
        !known_promise(thr, index)->is_handled) {
        tasks_reject(thr, index, false);
    }
}

/* [ object ] -> [ then ] */
static duk_ret_t get_then(duk_context *ctx, void *udata)
{
    (void)udata;
    duk_get_prop_literal(ctx, -1, "then");
    return 1;
}

/* Pushes `then` of the thenable, or the error its getter threw; whether it threw. */
static bool push_then(duk_hthread *thr, duk_idx_t value)
{
    struct promise *promise = promise_get(thr, value);
    if (promise && has_own_then(thr, promise)) {
        duk_push_hobject(thr, intrinsic_find(thr->heap, INTRINSIC_PROMISE_THEN));
        return false;
    }
    duk_dup(thr, value);
    bool has_thrown = duk_safe_call(thr, get_then, NULL, 1, 1) != DUK_EXEC_SUCCESS;
    engine_check_stop(thr);
    return has_thrown;
}

static void promise_resolve(duk_hthread *thr, duk_idx_t index, duk_idx_t value)
{
    index = duk_normalize_index(thr, index);
    value = duk_normalize_index(thr, value);
    if (DUK_UNLIKELY(engine_in(thr->heap)->on_resolve != NULL)) {
        tell_resolve(thr);
    }
    if (!duk_is_object(thr, value)) {
        settle_promise(thr, index, value, PROMISE_FULFILLED);
        return;
    }
    if (duk_get_heapptr(thr, value) == duk_get_heapptr(thr, index)) {
        duk_push_error_object(thr, DUK_ERR_TYPE_ERROR,
                              "Chaining cycle detected for promise #<Promise>");
        promise_reject(thr, index, -1);
    } else if (push_then(thr, value)) {
        promise_reject(thr, index, -1);
    } else if (!duk_is_callable(thr, -1)) {
        settle_promise(thr, index, value, PROMISE_FULFILLED);
    } else {
        known_promise(thr, index)->open = 0;
        struct task *task = task_new(thr, TASK_THENABLE, -1, DUK_INVALID_INDEX);
        cell_set(thr, &task->argument, value);
        cell_set(thr, &task->target, index);
        tasks_add(thr->heap, task);
    }
    duk_pop(thr);
}

static void promise_subscribe(duk_hthread *thr, duk_idx_t index, struct task *task)
{
    struct promise *promise = known_promise(thr, index);
    bool was_handled = promise->is_handled;
    promise->is_handled = true;
    if (promise->state != PROMISE_PENDING) {
        tasks_settle(thr->heap, task, &promise->value, promise->state == PROMISE_REJECTED);
        if (promise->is_reported && !was_handled) {
            tasks_reject(thr, index, true);
        }
        return;
    }
    if (promise->last) {
        promise->last->next = task;
    } else {
        promise->first = task;
    }
    promise->last = task;
}

/* ---- functions that resolve ------------------------------------------------------------------------
 */

/* resolve(value) or reject(reason), by magic. */
static duk_ret_t run_resolving(duk_context *ctx)
{
    struct closure *closure = closure_current(ctx);
    struct promise *promise = cell_of(&closure->slots[0], &promise_type);
    if (promise->open != closure->number) {
        return 0;
    }
    promise->open = 0;
    duk_push_hobject(ctx, &promise->cell.object);
    if (duk_get_current_magic(ctx)) {
        promise_reject(ctx, -1, 0);
    } else {
        promise_resolve(ctx, -1, 0);
    }
    return 0;
}

static void push_resolving(duk_hthread *thr, duk_idx_t promise, uint32_t number, bool is_reject)
{
    struct closure *closure = closure_push(thr, run_resolving, 1);
    closure->function.magic = is_reject;
    closure->number = number;
    cell_set(thr, &closure->slots[0], promise);
}

/* Pushes a new pair, the one that now decides. */
static void push_pair(duk_hthread *thr, duk_idx_t index)
{
    index = duk_normalize_index(thr, index);
    struct promise *promise = known_promise(thr, index);
    uint32_t number = promise->open = ++promise->pairs;
    push_resolving(thr, index, number, false);
    push_resolving(thr, index, number, true);
}

/* The executor's: (resolve, reject) */
static duk_ret_t run_executor(duk_context *ctx)
{
    struct capability *capability = cell_of(&closure_current(ctx)->slots[0], &capability_type);
    if (!DUK_TVAL_IS_UNDEFINED(&capability->resolve) ||
        !DUK_TVAL_IS_UNDEFINED(&capability->reject)) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR,
                         "Promise executor has already been invoked with non-undefined arguments");
    }
    cell_set(ctx, &capability->resolve, 0);
    cell_set(ctx, &capability->reject, 1);
    return 0;
}

/* Pushes a new capability of the constructor at `index`; throws. */
static struct capability *push_capability(duk_hthread *thr, duk_idx_t index)
{
    index = duk_normalize_index(thr, index);
    if (!duk_is_constructable(thr, index)) {
        (void)duk_error(thr, DUK_ERR_TYPE_ERROR, "%s is not a constructor",
                        push_value_name(thr, index));
    }
    struct capability *capability = cell_push(thr, &capability_type, NULL);
    DUK_TVAL_SET_UNDEFINED(&capability->promise);
    DUK_TVAL_SET_UNDEFINED(&capability->resolve);
    DUK_TVAL_SET_UNDEFINED(&capability->reject);
    duk_dup(thr, index);
    struct closure *executor = closure_push(thr, run_executor, 2);
    cell_set(thr, &executor->slots[0], -3);
    duk_new(thr, 1);
    cell_set(thr, &capability->promise, -1);
    duk_pop(thr);
    duk_push_tval(thr, &capability->resolve);
    duk_push_tval(thr, &capability->reject);
    if (!duk_is_callable(thr, -2) || !duk_is_callable(thr, -1)) {
        (void)duk_error(thr, DUK_ERR_TYPE_ERROR,
                        "Promise resolve or reject function is not callable");
    }
    duk_pop_2(thr);
    return capability;
}

/* ---- microtasks ------------------------------------------------------------------------------------
 */

/* [ handler argument target ] -> [ handler argument target outcome ]: whether the outcome is a
 * reason. */
static bool run_handler(duk_hthread *thr, bool is_rejected)
{
    if (!duk_is_callable(thr, -3)) {
        duk_dup(thr, -2);
        return is_rejected;
    }
    duk_dup(thr, -3);
    duk_dup(thr, -3);
    is_rejected = duk_pcall(thr, 1) != DUK_EXEC_SUCCESS;
    engine_check_stop(thr);
    return is_rejected;
}

/* [ ... target outcome ] -> [ ... ]: hands the outcome to a capability's functions. */
static void tell_capability(duk_hthread *thr, bool is_rejected)
{
    struct capability *capability = cell_get(thr, -2, &capability_type);
    duk_push_tval(thr, is_rejected ? &capability->reject : &capability->resolve);
    duk_insert(thr, -2);
    duk_call(thr, 1);
    duk_pop_2(thr);
}

static void promise_run_reaction(duk_hthread *thr, enum task_kind kind, bool is_rejected)
{
    if (kind == TASK_AWAIT && duk_is_undefined(thr, -1)) {
        duk_pop(thr);
        duk_call(thr, 1);
        return;
    }
    if (kind == TASK_AWAIT) {
        duk_swap_top(thr, -2);
        duk_push_boolean(thr, is_rejected);
        duk_call_method(thr, 2);
        return;
    }
    is_rejected = run_handler(thr, is_rejected);
    if (kind == TASK_FOREIGN) {
        tell_capability(thr, is_rejected);
    } else if (is_rejected) {
        promise_reject(thr, -2, -1);
    } else {
        promise_resolve(thr, -2, -1);
    }
}

/* [ then thenable target ] */
static void promise_run_thenable(duk_hthread *thr)
{
    struct promise *promise = promise_get(thr, -2);
    if (promise && has_own_constructor(thr, promise) && has_own_species(thr) &&
        duk_get_heapptr(thr, -3) == intrinsic_find(thr->heap, INTRINSIC_PROMISE_THEN)) {
        struct task *task = task_new(thr, TASK_PASS, DUK_INVALID_INDEX, DUK_INVALID_INDEX);
        cell_set(thr, &task->target, -1);
        promise_subscribe(thr, -2, task);
        return;
    }
    push_pair(thr, -1); /* [ then thenable target resolve reject ] */
    uint32_t number = known_promise(thr, -3)->open;
    duk_dup(thr, -3);
    duk_insert(thr, -6);
    duk_remove(thr, -3); /* [ target then thenable resolve reject ] */
    if (duk_pcall_method(thr, 2) != DUK_EXEC_SUCCESS) {
        engine_check_stop(thr);
        if (known_promise(thr, -2)->open == number) {
            promise_reject(thr, -2, -1);
        }
    }
}

/* ---- the constructor -------------------------------------------------------------------------------
 */

static duk_ret_t promise_construct(duk_context *ctx)
{
    if (!duk_is_constructor_call(ctx)) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR, "Promise constructor cannot be invoked without "
                                                  "'new'");
    }
    if (!duk_is_callable(ctx, 0)) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR, "Promise resolver %s is not a function",
                         push_value_name(ctx, 0));
    }
    push_with(ctx, cell_push_prototype(ctx, INTRINSIC_PROMISE_PROTOTYPE));
    duk_dup(ctx, 0);
    push_pair(ctx, -2);
    uint32_t number = known_promise(ctx, -4)->open;
    if (duk_pcall(ctx, 2) != DUK_EXEC_SUCCESS) {
        engine_check_stop(ctx);
        if (known_promise(ctx, -2)->open == number) {
            promise_reject(ctx, -2, -1);
        }
    }
    duk_pop(ctx);
    return 1;
}

/* Pushes the species constructor of the promise at `index`; throws. */
static void push_species(duk_hthread *thr, duk_idx_t index)
{
    duk_get_prop_literal(thr, index, "constructor");
    if (duk_is_undefined(thr, -1)) {
        duk_push_hobject(thr, intrinsic_get(thr, INTRINSIC_PROMISE));
        return;
    }
    if (!duk_is_object(thr, -1)) {
        (void)duk_error(thr, DUK_ERR_TYPE_ERROR,
                        "The .constructor property is not an object");
    }
    duk_get_prop_string(thr, -1, DUK_WELLKNOWN_SYMBOL("Symbol.species"));
    if (duk_is_null_or_undefined(thr, -1)) {
        duk_push_hobject(thr, intrinsic_get(thr, INTRINSIC_PROMISE));
    } else if (!duk_is_constructable(thr, -1)) {
        (void)duk_error(thr, DUK_ERR_TYPE_ERROR, "object.constructor[Symbol.species] is not a "
                                                 "constructor");
    }
}

static bool is_intrinsic(duk_hthread *thr, duk_idx_t index, enum intrinsic which)
{
    return duk_get_heapptr(thr, index) == intrinsic_get(thr, which);
}

/* The then of the promise at `index`; pushes the derived promise. */
static duk_ret_t then(duk_hthread *thr, duk_idx_t index, duk_idx_t fulfilled, duk_idx_t rejected)
{
    struct promise *promise = known_promise(thr, index);
    enum task_kind kind = TASK_THEN;
    struct capability *capability = NULL;
    if (!has_own_constructor(thr, promise) || !has_own_species(thr)) {
        push_species(thr, index);
        if (!is_intrinsic(thr, -1, INTRINSIC_PROMISE)) {
            capability = push_capability(thr, -1);
            kind = TASK_FOREIGN;
        }
    }
    if (!capability) {
        promise_push(thr);
    }
    struct task *task = task_new(thr, kind, fulfilled, rejected);
    cell_set(thr, &task->target, -1);
    promise_subscribe(thr, index, task);
    if (capability) {
        duk_push_tval(thr, &capability->promise);
    }
    return 1;
}

static duk_ret_t promise_then(duk_context *ctx)
{
    cell_require_this(ctx, &promise_type, "Promise.prototype.then");
    return then(ctx, 2, 0, 1);
}

static duk_ret_t promise_catch(duk_context *ctx)
{
    duk_push_this(ctx);
    struct promise *promise = promise_get(ctx, 1);
    if (promise && has_own_then(ctx, promise)) {
        return then(ctx, 1, DUK_INVALID_INDEX, 0);
    }
    duk_get_prop_literal(ctx, 1, "then");
    duk_dup(ctx, 1);
    duk_push_undefined(ctx);
    duk_dup(ctx, 0);
    duk_call_method(ctx, 2);
    return 1;
}

static void require_object_this(duk_hthread *thr, const char *method)
{
    duk_push_this(thr);
    if (!duk_is_object(thr, -1)) {
        (void)duk_error(thr, DUK_ERR_TYPE_ERROR, "%s called on non-object", method);
    }
}

/* Promise.resolve(value), or reject(reason) by magic. */
static duk_ret_t promise_resolve_static(duk_context *ctx)
{
    bool is_reject = duk_get_current_magic(ctx) != 0;
    require_object_this(ctx, is_reject ? "PromiseReject" : "PromiseResolve");
    struct promise *promise = is_reject ? NULL : promise_get(ctx, 0);
    if (promise) {
        duk_get_prop_literal(ctx, 0, "constructor");
        if (duk_strict_equals(ctx, -1, 1)) {
            duk_dup(ctx, 0);
            return 1;
        }
    }
    if (is_intrinsic(ctx, 1, INTRINSIC_PROMISE)) {
        promise_push(ctx);
        if (is_reject) {
            promise_reject(ctx, -1, 0);
        } else {
            promise_resolve(ctx, -1, 0);
        }
        return 1;
    }
    push_capability(ctx, 1);
    duk_dup(ctx, -1);
    duk_dup(ctx, 0);
    tell_capability(ctx, is_reject);
    duk_push_tval(ctx, &((struct capability *)cell_get(ctx, -1, &capability_type))->promise);
    return 1;
}

static void promise_push_for(duk_hthread *thr, duk_idx_t value)
{
    value = duk_normalize_index(thr, value);
    struct promise *promise = promise_get(thr, value);
    if (promise) {
        if (has_own_constructor(thr, promise)) {
            duk_dup(thr, value);
            return;
        }
        duk_get_prop_literal(thr, value, "constructor");
        bool is_own = is_intrinsic(thr, -1, INTRINSIC_PROMISE);
        duk_pop(thr);
        if (is_own) {
            duk_dup(thr, value);
            return;
        }
    }
    promise_push(thr);
    promise_resolve(thr, -1, value);
}

/* ---- what is written in script -------------------------------------------------------------------- */

enum { IN_ALL, IN_ALL_SETTLED, IN_ANY, IN_RACE, IN_WITH_RESOLVERS, IN_FINALLY };

/* Calls the function of promise.js with this and the arguments. */
static duk_ret_t promise_in_script(duk_context *ctx)
{
    static const char *const names[] = {"all",  "allSettled",    "any",
                                        "race", "withResolvers", "finally"};
    duk_idx_t count = duk_get_top(ctx);
    script_push_builtin(ctx, "promise");
    duk_get_prop_string(ctx, -1, names[duk_get_current_magic(ctx)]);
    duk_replace(ctx, -2);
    duk_insert(ctx, 0);
    duk_push_this(ctx);
    duk_insert(ctx, 1);
    duk_call_method(ctx, count);
    return 1;
}

void engine_push_capability(duk_context *ctx, duk_idx_t index)
{
    index = duk_normalize_index(ctx, index);
    struct capability *capability = push_capability(ctx, index);
    duk_push_object(ctx);
    duk_push_tval(ctx, &capability->promise);
    duk_put_prop_literal(ctx, -2, "promise");
    duk_push_tval(ctx, &capability->resolve);
    duk_put_prop_literal(ctx, -2, "resolve");
    duk_push_tval(ctx, &capability->reject);
    duk_put_prop_literal(ctx, -2, "reject");
    duk_remove(ctx, -2);
}

bool engine_push_promise_state(duk_context *ctx, duk_idx_t index, const char **state)
{
    static const char *const states[] = {"pending", "fulfilled", "rejected"};
    struct promise *promise = promise_get(ctx, index);
    if (!promise) {
        return false;
    }
    *state = states[promise->state];
    duk_push_tval(ctx, &promise->value);
    return true;
}

void engine_await(duk_context *ctx, duk_idx_t value, duk_idx_t fulfilled, duk_idx_t rejected)
{
    value = duk_normalize_index(ctx, value);
    struct task *task;
    promise_push_for(ctx, value);
    task = task_new(ctx, TASK_AWAIT, fulfilled, rejected);
    promise_subscribe(ctx, -1, task);
    duk_pop(ctx);
}

void engine_await_for(duk_context *ctx, duk_idx_t value, duk_idx_t function, duk_idx_t object)
{
    value = duk_normalize_index(ctx, value);
    promise_push_for(ctx, value);
    struct task *task = task_new(ctx, TASK_AWAIT, function, function);
    cell_set(ctx, &task->target, object);
    promise_subscribe(ctx, -1, task);
    duk_pop(ctx);
}

void engine_push_promise_for(duk_context *ctx, duk_idx_t constructor, duk_idx_t value)
{
    constructor = duk_normalize_index(ctx, constructor);
    value = duk_normalize_index(ctx, value);
    duk_push_c_function(ctx, promise_resolve_static, 1);
    duk_dup(ctx, constructor);
    duk_dup(ctx, value);
    duk_call_method(ctx, 1);
}

void engine_push_promise(duk_context *ctx)
{
    promise_push(ctx);
}

void engine_settle_promise(duk_context *ctx, duk_idx_t promise, duk_idx_t value, bool is_rejected)
{
    if (promise_get(ctx, promise)) {
        (is_rejected ? promise_reject : promise_resolve)(ctx, promise, value);
    }
}

void engine_push_species(duk_context *ctx, duk_idx_t index)
{
    duk_idx_t top = duk_get_top(ctx);
    push_species(ctx, duk_normalize_index(ctx, index));
    duk_insert(ctx, top);
    duk_set_top(ctx, top + 1);
}

bool engine_is_promise_handled(duk_context *ctx, duk_idx_t index, bool is_reported)
{
    struct promise *promise = promise_get(ctx, index);
    if (promise && is_reported) {
        promise->is_reported = true;
    }
    return promise && promise->is_handled;
}

static void promise_make(duk_hthread *thr)
{
    static const struct cell_method methods[] = {
        {"then", promise_then, 2, 2, 0},
        {"catch", promise_catch, 1, 1, 0},
        {"finally", promise_in_script, 1, 1, IN_FINALLY},
        {NULL, NULL, 0, 0, 0},
    };
    static const struct cell_method statics[] = {
        {"all", promise_in_script, 1, 1, IN_ALL},
        {"allSettled", promise_in_script, 1, 1, IN_ALL_SETTLED},
        {"any", promise_in_script, 1, 1, IN_ANY},
        {"race", promise_in_script, 1, 1, IN_RACE},
        {"withResolvers", promise_in_script, 0, 0, IN_WITH_RESOLVERS},
        {"resolve", promise_resolve_static, 1, 1, 0},
        {"reject", promise_resolve_static, 1, 1, 1},
        {DUK_WELLKNOWN_SYMBOL("Symbol.species"), get_species, 0, CELL_GETTER, 0},
        {NULL, NULL, 0, 0, 0},
    };
    static const struct cell_class class = {
        "Promise", promise_construct,         1, 1, methods, statics, INTRINSIC_PROMISE,
        INTRINSIC_PROMISE_PROTOTYPE};
    cell_make_class(thr, &class);
    duk_get_prop_literal(thr, -1, "prototype");
    duk_get_prop_literal(thr, -1, "then");
    intrinsic_set(thr, INTRINSIC_PROMISE_THEN);
    intrinsic_get(thr, INTRINSIC_TASKS);
}

/* ---- for natives of the runtime ------------------------------------------------------------------
 */

void engine_promise_push(duk_context *ctx)
{
    promise_push(ctx);
}

void engine_promise_settle(duk_context *ctx, duk_idx_t promise, duk_idx_t value, bool is_rejected)
{
    promise = duk_require_normalize_index(ctx, promise);
    value = duk_require_normalize_index(ctx, value);
    (is_rejected ? promise_reject : promise_resolve)(ctx, promise, value);
}
