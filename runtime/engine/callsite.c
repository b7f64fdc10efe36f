/*
 * What a place in a script was written like, for errors that name it: "obj.method is not a function".
 * Read out of the bytecode when the error is made, backwards from the call: registers are variables
 * (their names stand behind the line table, see the compiler's patch) or hold what the last
 * instruction put there. What a jump could have brought there is "(intermediate value)", as is all
 * else that has no short name. Part of unity.c; called by the patched call handling and by lowered.c.
 */
#include "runtime/engine/parts.h"

#define SITE_TEXT_MAX  200 /* bytes; longer ones are "(intermediate value)" */
#define SITE_DEPTH_MAX 24

#define SITE_UNNAMED "(intermediate value)"

#define CALL_ARGUMENTS 2 /* registers of a call before its arguments: the function and `this` */

/* Behind the line table: the names ("register,name;" as bytes and NUL), start, end, and the size of
 * all that. */
struct site_tail {
    uint32_t start, end; /* offsets in the compiled text, in bytes; or in the source, in UTF-16 units */
    uint32_t is_source;
    uint32_t size; /* bytes, this struct included; 4 and nothing else there: nothing is known */
};

struct site {
    duk_hthread *thr;
    duk_hcompfunc *function;
    const duk_instr_t *code;
    size_t size;
    char text[SITE_TEXT_MAX];
    bool is_failed;
};

/* ---- the tail of a line table -------------------------------------------------------------------
 */

static const unsigned char *find_tail(duk_hthread *thr, duk_hobject *function, struct site_tail *tail)
{
    duk_tval *table =
        duk_hobject_find_entry_tval_ptr_stridx(thr->heap, function, DUK_STRIDX_INT_PC2LINE);
    if (!table || !DUK_TVAL_IS_BUFFER(table)) {
        return NULL;
    }
    duk_hbuffer *buffer = DUK_TVAL_GET_BUFFER(table);
    const unsigned char *end =
        (const unsigned char *)DUK_HBUFFER_GET_DATA_PTR(thr->heap, buffer) + DUK_HBUFFER_GET_SIZE(buffer);
    memcpy(&tail->size, end - sizeof(uint32_t), sizeof(uint32_t));
    if (tail->size == sizeof(uint32_t)) {
        return NULL;
    }
    memcpy(tail, end - sizeof(*tail), sizeof(*tail));
    return end - tail->size;
}

static size_t name_size(duk_hobject *variables, duk_uint_fast32_t i)
{
    duk_hstring *key = DUK_HOBJECT_E_GET_KEY(NULL, variables, i);
    return key && DUK_TVAL_IS_NUMBER(DUK_HOBJECT_E_GET_VALUE_TVAL_PTR(NULL, variables, i))
               ? DUK_HSTRING_GET_BYTELEN(key) + 3
               : 0;
}

/* The register in two bytes, the name, NUL. */
static unsigned char *put_name(duk_hobject *variables, duk_uint_fast32_t i,
                               unsigned char *at)
{
    duk_hstring *key = DUK_HOBJECT_E_GET_KEY(NULL, variables, i);
    unsigned number = (unsigned)DUK_TVAL_GET_NUMBER(DUK_HOBJECT_E_GET_VALUE_TVAL_PTR(NULL, variables, i));
    size_t size = DUK_HSTRING_GET_BYTELEN(key);
    *at++ = (unsigned char)(number & 0xff);
    *at++ = (unsigned char)(number >> 8);
    memcpy(at, DUK_HSTRING_GET_DATA(key), size);
    at[size] = 0;
    return at + size + 1;
}

/* [ ... table ] -> [ ... table with its tail ]. variables: the compiler's map of names to registers. */
static void engine_add_site(duk_hthread *thr, duk_hobject *variables, bool is_ours, bool is_source,
                            uint32_t start, uint32_t end)
{
    struct site_tail tail = {start, end, is_source, sizeof(uint32_t)};
    duk_size_t size;
    duk_uint_fast32_t count = is_ours ? 0 : DUK_HOBJECT_GET_ENEXT(variables);
    if (!is_ours) {
        tail.size = sizeof(tail);
        for (duk_uint_fast32_t i = 0; i < count; i++) {
            tail.size += (uint32_t)name_size(variables, i);
        }
    }
    duk_size_t before = duk_get_length(thr, -1);
    unsigned char *to = duk_push_fixed_buffer(thr, before + tail.size);
    memcpy(to, duk_require_buffer(thr, -2, &size), before);
    to += before;
    for (duk_uint_fast32_t i = 0; i < count; i++) {
        to = name_size(variables, i) ? put_name(variables, i, to) : to;
    }
    if (is_ours) {
        memcpy(to, &tail.size, sizeof(tail.size));
    } else {
        memcpy(to, &tail, sizeof(tail));
    }
    duk_remove(thr, -2);
}

/* ---- names --------------------------------------------------------------------------------------
 */

static void site_add(struct site *site, const char *text, size_t size)
{
    if (site->size + size >= SITE_TEXT_MAX) {
        site->is_failed = true;
        return;
    }
    memcpy(site->text + site->size, text, size);
    site->size += size;
}

static void site_add_text(struct site *site, const char *text)
{
    site_add(site, text, strlen(text));
}

/* The lowerer adds $1 to names that would shadow others, and calls what it needs itself $1 alone. */
static size_t written_size(const char *name, size_t size)
{
    size_t at = size;
    while (at > 0 && name[at - 1] >= '0' && name[at - 1] <= '9') {
        at--;
    }
    return at > 0 && at < size && name[at - 1] == '$' ? at - 1 : size;
}

/* The name of the variable in a register; false when it is none of the source's. */
static bool add_variable(struct site *site, unsigned number)
{
    struct site_tail tail;
    const unsigned char *at = find_tail(site->thr, (duk_hobject *)site->function, &tail);
    const unsigned char *end = at ? at + tail.size - sizeof(tail) : NULL;
    for (; at && at < end; at += strlen((const char *)at + 2) + 3) {
        if ((unsigned)at[0] + ((unsigned)at[1] << 8) == number) {
            const char *name = (const char *)at + 2;
            size_t size = written_size(name, strlen(name));
            if (size > 0) {
                site_add(site, name, size);
            }
            return size > 0;
        }
    }
    return false;
}

static void add_key(struct site *site, duk_tval *value)
{
    char number[40];
    if (DUK_TVAL_IS_STRING(value) && !DUK_HSTRING_HAS_SYMBOL(DUK_TVAL_GET_STRING(value))) {
        duk_hstring *key = DUK_TVAL_GET_STRING(value);
        site_add(site, ".", 1);
        site_add(site, (const char *)DUK_HSTRING_GET_DATA(key), DUK_HSTRING_GET_BYTELEN(key));
    } else if (DUK_TVAL_IS_NUMBER(value)) {
        snprintf(number, sizeof(number), "[%g]", DUK_TVAL_GET_NUMBER(value));
        site_add_text(site, number);
    } else {
        site_add_text(site, "." SITE_UNNAMED);
    }
}

/* ---- instructions -------------------------------------------------------------------------------
 */

/* Whether the instruction writes the register, as far as it matters here. */
static bool writes(duk_instr_t ins, unsigned number)
{
    unsigned op = (unsigned)DUK_DEC_OP(ins);
    if (op == DUK_OP_STREG) {
        return DUK_DEC_BC(ins) == number;
    }
    if (op == DUK_OP_CSREG) {
        return DUK_DEC_BC(ins) == number || DUK_DEC_BC(ins) + 1 == number;
    }
    if (op >= DUK_OP_CALL0 && op <= DUK_OP_CALL15) {
        return DUK_DEC_BC(ins) <= number; /* what was above is overwritten too */
    }
    if (op >= DUK_OP_CSVAR && op <= DUK_OP_CSVAR_CC) {
        return DUK_DEC_A(ins) == number || DUK_DEC_A(ins) + 1 == number;
    }
    if (op == DUK_OP_NEWOBJ || op == DUK_OP_NEWARR) {
        return DUK_DEC_BC(ins) == number;
    }
    if (op == DUK_OP_JUMP || (op >= DUK_OP_IFTRUE && op <= DUK_OP_IFFALSE_C) ||
        (op >= DUK_OP_PUTPROP && op <= DUK_OP_PUTPROP_CC) || op == DUK_OP_PUTVAR ||
        (op >= DUK_OP_DECLVAR && op <= DUK_OP_DECLVAR_CC) || (op >= DUK_OP_RETREG && op <= DUK_OP_INVLHS) ||
        (op >= DUK_OP_MPUTOBJ && op <= DUK_OP_SETALEN)) {
        return false;
    }
    return DUK_DEC_A(ins) == number;
}

/* Whether a jump from elsewhere leads to behind `from` and not behind `to`: two histories meet. */
static bool is_joined(const struct site *site, size_t from, size_t to)
{
    size_t count = (size_t)(((const unsigned char *)DUK_HCOMPFUNC_GET_CODE_END(site->thr->heap, site->function) -
                             (const unsigned char *)site->code) / sizeof(duk_instr_t));
    for (size_t i = 0; i < count; i++) {
        if (DUK_DEC_OP(site->code[i]) == DUK_OP_JUMP) {
            int64_t target = (int64_t)i + 1 + (int64_t)DUK_DEC_ABC(site->code[i]) - (int64_t)DUK_BC_JUMP_BIAS;
            bool is_from_outside = i < from || i > to;
            if (is_from_outside && target > (int64_t)from && target <= (int64_t)to) {
                return true;
            }
        }
    }
    return false;
}

static void add_register(struct site *site, unsigned number, size_t before, int depth);

static duk_tval *constant(const struct site *site, size_t index)
{
    return DUK_HCOMPFUNC_GET_CONSTS_BASE(site->thr->heap, site->function) + index;
}

static void add_constant(struct site *site, duk_tval *value)
{
    if (!DUK_TVAL_IS_STRING(value)) {
        site_add_text(site, SITE_UNNAMED);
        return;
    }
    duk_hstring *text = DUK_TVAL_GET_STRING(value);
    site_add(site, "\"", 1);
    site_add(site, (const char *)DUK_HSTRING_GET_DATA(text), DUK_HSTRING_GET_BYTELEN(text));
    site_add(site, "\"", 1);
}

static void add_property(struct site *site, duk_instr_t ins, size_t at, int depth)
{
    if (DUK_DEC_OP(ins) & DUK_BC_REGCONST_B) {
        add_constant(site, constant(site, DUK_DEC_B(ins)));
    } else {
        add_register(site, (unsigned)DUK_DEC_B(ins), at, depth);
    }
    if (DUK_DEC_OP(ins) & DUK_BC_REGCONST_C) {
        add_key(site, constant(site, DUK_DEC_C(ins)));
        return;
    }
    site_add(site, "[", 1);
    add_register(site, (unsigned)DUK_DEC_C(ins), at, depth);
    site_add(site, "]", 1);
}

static void add_name(struct site *site, size_t index)
{
    duk_hstring *name = DUK_TVAL_GET_STRING(constant(site, index));
    const char *data = (const char *)DUK_HSTRING_GET_DATA(name);
    size_t size = written_size(data, DUK_HSTRING_GET_BYTELEN(name));
    if (size == 0 || (size == 8 && memcmp(data, "$lowered", 8) == 0)) {
        site->is_failed = true;
    }
    site_add(site, data, size);
}

static void add_value_of(struct site *site, size_t at, int depth)
{
    char number[24];
    duk_instr_t ins = site->code[at];
    unsigned op = (unsigned)DUK_DEC_OP(ins);
    if (op == DUK_OP_LDREG) {
        add_register(site, (unsigned)DUK_DEC_BC(ins), at, depth);
    } else if (op == DUK_OP_STREG || op == DUK_OP_CSREG) {
        add_register(site, (unsigned)DUK_DEC_A(ins), at, depth);
    } else if (op == DUK_OP_GETVAR) {
        add_name(site, DUK_DEC_BC(ins));
    } else if (op >= DUK_OP_CSVAR && op <= DUK_OP_CSVAR_CC && (op & DUK_BC_REGCONST_B)) {
        add_name(site, DUK_DEC_B(ins));
    } else if (op == DUK_OP_LDCONST) {
        add_constant(site, constant(site, DUK_DEC_BC(ins)));
    } else if (op == DUK_OP_LDTHIS) {
        site_add_text(site, "this");
    } else if (op == DUK_OP_LDINT) {
        snprintf(number, sizeof(number), "%d", (int)DUK_DEC_BC(ins) - (int)DUK_BC_LDINT_BIAS);
        site_add_text(site, number);
    } else if ((op >= DUK_OP_GETPROP && op <= DUK_OP_GETPROP_CC) ||
               (op >= DUK_OP_GETPROPC && op <= DUK_OP_GETPROPC_CC)) {
        add_property(site, ins, at, depth);
    } else if (op >= DUK_OP_CALL0 && op <= DUK_OP_CALL15 && !(op & DUK_CALL_FLAG_CONSTRUCT)) {
        add_register(site, (unsigned)DUK_DEC_BC(ins), at, depth);
        site_add_text(site, "(...)");
    } else {
        site_add_text(site, SITE_UNNAMED);
    }
}

/* Adds what the register holds before the instruction at `before`. */
static void add_register(struct site *site, unsigned number, size_t before, int depth)
{
    if (depth > SITE_DEPTH_MAX || site->is_failed) {
        site->is_failed = true;
        return;
    }
    if (add_variable(site, number)) {
        return;
    }
    size_t at = before;
    while (at > 0 && !writes(site->code[at - 1], number)) {
        at--;
    }
    if (at == 0 || is_joined(site, at - 1, before)) {
        site_add_text(site, SITE_UNNAMED);
        return;
    }
    bool is_above = DUK_DEC_OP(site->code[at - 1]) >= DUK_OP_CALL0 &&
                    DUK_DEC_OP(site->code[at - 1]) <= DUK_OP_CALL15 && DUK_DEC_BC(site->code[at - 1]) != number;
    if (is_above) {
        site_add_text(site, SITE_UNNAMED);
    } else {
        add_value_of(site, at - 1, depth + 1);
    }
}

/* ---- what the errors ask ------------------------------------------------------------------------
 */

/* The instruction that `activation` is at; false when it is none of a script's. */
static bool site_open(struct site *site, duk_hthread *thr, duk_activation *activation, size_t *at)
{
    duk_hobject *function = activation ? DUK_ACT_GET_FUNC(activation) : NULL;
    if (!function || !DUK_HOBJECT_IS_COMPFUNC(function)) {
        return false;
    }
    memset(site, 0, offsetof(struct site, text));
    site->is_failed = false;
    site->thr = thr;
    site->function = (duk_hcompfunc *)function;
    site->code = DUK_HCOMPFUNC_GET_CODE_BASE(thr->heap, site->function);
    const duk_instr_t *pc = activation->curr_pc;
    if (activation == thr->callstack_curr && thr->ptr_curr_pc) {
        pc = *thr->ptr_curr_pc;
    }
    if (!pc || pc <= site->code) {
        return false;
    }
    *at = (size_t)(pc - site->code) - 1;
    return true;
}

/* Pushes what was found. */
static const char *push_site(struct site *site)
{
    if (site->is_failed) {
        duk_push_literal(site->thr, SITE_UNNAMED);
    } else {
        duk_push_lstring(site->thr, site->text, site->size);
    }
    return duk_get_string(site->thr, -1);
}

/* Throws that the called value, which stands in the call the running script is at, can't be called
 * like that. */
static void engine_throw_callee(duk_hthread *thr, duk_tval *callee)
{
    struct site site;
    size_t at;
    if (site_open(&site, thr, thr->callstack_curr, &at)) {
        unsigned op = (unsigned)DUK_DEC_OP(site.code[at]);
        if (op >= DUK_OP_CALL0 && op < DUK_OP_CALL8) {
            unsigned base = (unsigned)DUK_DEC_BC(site.code[at]);
            add_register(&site, base, at, 0);
            if (site.is_failed) { /* $lowered.apply(callee, ...) */
                site.is_failed = false;
                site.size = 0;
                add_register(&site, base + CALL_ARGUMENTS, at, 0);
            }
            (void)duk_error(thr, DUK_ERR_TYPE_ERROR, "%s is not a %s", push_site(&site),
                            op & DUK_CALL_FLAG_CONSTRUCT ? "constructor" : "function");
        }
    }
    duk_push_tval(thr, callee);
    bool is_callable = duk_is_callable(thr, -1);
    (void)duk_error(thr, DUK_ERR_TYPE_ERROR, "%s is not a %s", push_described(thr, -1),
                    is_callable ? "constructor" : "function");
}

/* Whether the function is a script's own, not one of the built-in modules'. */
static bool is_of_script(duk_hthread *thr, duk_hobject *function)
{
    if (!function || !DUK_HOBJECT_IS_COMPFUNC(function)) {
        return false;
    }
    duk_tval *name = duk_hobject_find_entry_tval_ptr_stridx(thr->heap, function, DUK_STRIDX_FILE_NAME);
    if (!name || !DUK_TVAL_IS_STRING(name)) {
        return true;
    }
    return strncmp((const char *)DUK_HSTRING_GET_DATA(DUK_TVAL_GET_STRING(name)), "node:", 5) != 0;
}

/* Pushes how the script wrote argument `index` of the call into the built-in that runs now; NULL, and
 * pushes nothing, when that has no short name. */
static const char *engine_push_argument(duk_hthread *thr, unsigned index)
{
    struct site site;
    size_t at;
    duk_activation *activation = thr->callstack_curr;
    while (activation && !is_of_script(thr, DUK_ACT_GET_FUNC(activation))) {
        activation = activation->parent;
    }
    if (!site_open(&site, thr, activation, &at)) {
        return NULL;
    }
    unsigned op = (unsigned)DUK_DEC_OP(site.code[at]);
    if (op >= DUK_OP_CALL0 && op < DUK_OP_CALL8) {
        add_register(&site, (unsigned)DUK_DEC_BC(site.code[at]) + CALL_ARGUMENTS + index, at, 0);
    }
    bool is_named = site.size > 0 && !site.is_failed &&
                    !memmem(site.text, site.size, SITE_UNNAMED, strlen(SITE_UNNAMED));
    return is_named ? push_site(&site) : NULL;
}

/* Pushes what the property the running script reads at this instruction was written as. */
static const char *engine_push_property(duk_hthread *thr, duk_tval *key)
{
    struct site site;
    size_t at;
    if (site_open(&site, thr, thr->callstack_curr, &at)) {
        unsigned op = (unsigned)DUK_DEC_OP(site.code[at]);
        if (op >= DUK_OP_GETPROPC && op <= DUK_OP_GETPROPC_CC) {
            add_property(&site, site.code[at], at, 0);
        }
        if (site.size > 0 && !site.is_failed) {
            return push_site(&site);
        }
    }
    duk_push_literal(thr, SITE_UNNAMED ".");
    duk_push_string_tval_key(thr, key);
    duk_concat(thr, 2);
    return duk_get_string(thr, -1);
}

/* ---- Function.prototype.toString ----------------------------------------------------------------
 */

/* [ ... ] -> [ ... text ]: cut out of what was compiled under the function's file name. */
static bool push_text_of(duk_hthread *thr, duk_hobject *function, const struct site_tail *tail)
{
    const struct engine_options *options = &engine_of(thr)->options;
    duk_tval *name = duk_hobject_find_entry_tval_ptr_stridx(thr->heap, function, DUK_STRIDX_FILE_NAME);
    if (!options->hooks.text || !name || !DUK_TVAL_IS_STRING(name)) {
        return false;
    }
    duk_push_tval(thr, name);
    options->hooks.text(options->owner, thr, tail->is_source != 0);
    duk_size_t size = 0;
    const char *text = duk_get_lstring(thr, -1, &size);
    if (!text || tail->start >= tail->end || (!tail->is_source && tail->end > size)) {
        duk_pop(thr);
        return false;
    }
    if (tail->is_source) {
        duk_substring(thr, -1, tail->start, tail->end);
    } else {
        duk_push_lstring(thr, text + tail->start, tail->end - tail->start);
        duk_remove(thr, -2);
    }
    return true;
}

/* Pushes the text of the function at the top, which is called `name`. */
static void engine_push_function(duk_hthread *thr, const char *name)
{
    struct site_tail tail;
    duk_hobject *function = duk_require_hobject(thr, -2);
    if (DUK_HOBJECT_IS_COMPFUNC(function) && find_tail(thr, function, &tail) &&
        push_text_of(thr, function, &tail)) {
        return;
    }
    duk_push_sprintf(thr, "function %s() { [native code] }", name);
}
