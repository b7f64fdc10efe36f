/*
 * Structured clone, the receiver's half: what is left of a message's bytes, the numbers of what was read
 * from it, and strings. Part of unity.c; clone_read.c builds values of it.
 */
#include "runtime/engine/parts.h"

#include "runtime/engine/clone.h"

enum read_kind { READ_ELEMENTS, READ_ENTRIES, READ_COLLECTION };

/* A container whose children are being read. */
struct read_frame {
    duk_hobject *object;
    uint32_t next, end;
    enum read_kind kind;
    unsigned flags;   /* READ_ENTRIES: of the properties */
    uint32_t entries; /* READ_COLLECTION: index of the array in `kept` */
    bool has_entries; /* READ_ELEMENTS: entries follow */
};

/* So many of each a message may have without allocations for the reader's own use; and the bytes that
 * each takes at least. */
#define READ_FEW   40
#define READ_LEAST 5

struct reader {
    duk_hthread *thr;
    struct engine *engine;
    struct message *message;
    const unsigned char *at, *end;
    duk_idx_t kept; /* array of strings and of collections in the making, once needed */
    uint32_t kept_count;
    unsigned base_flags; /* of the heap's collections, to be restored */

    duk_hobject **objects; /* by number; alive, for they hang on the root */
    uint32_t object_count, object_room;
    duk_hstring **strings; /* by number; alive likewise, or kept */
    uint32_t string_count, string_room;
    struct read_frame *frames;
    size_t depth, frame_room;

    duk_hobject *few_objects[READ_FEW];
    duk_hstring *few_strings[READ_FEW];
    struct read_frame few_frames[READ_FEW];
};

static void damaged(struct reader *r)
{
    (void)duk_error(r->thr, DUK_ERR_ERROR, "Unable to deserialize cloned data.");
}

/* The table with room for `room` items, `count` of which it has; it may still be `few`. Throws. */
static void *grow_table(struct reader *r, void *table, const void *few, size_t count, size_t room,
                        size_t item)
{
    void *grown = realloc(table == few ? NULL : table, room * item);
    if (!grown) {
        die_of_stores(r->thr);
    }
    if (table == few) {
        memcpy(grown, few, count * item);
    }
    return grown;
}

/* ---- bytes --------------------------------------------------------------------------------------
 */

static inline size_t left(const struct reader *r)
{
    return (size_t)(r->end - r->at);
}

static inline const unsigned char *take(struct reader *r, size_t bytes)
{
    if (DUK_UNLIKELY(left(r) < bytes)) {
        damaged(r);
    }
    const unsigned char *at = r->at;
    r->at += bytes;
    return at;
}

static inline unsigned take_u8(struct reader *r)
{
    return *take(r, 1);
}

static inline uint32_t take_u32(struct reader *r)
{
    uint32_t value;
    memcpy(&value, take(r, sizeof(value)), sizeof(value));
    return value;
}

static inline double take_double(struct reader *r)
{
    double value;
    memcpy(&value, take(r, sizeof(value)), sizeof(value));
    return value;
}

/* A count of things that take at least `bytes` each. */
static inline uint32_t take_count(struct reader *r, size_t bytes)
{
    uint32_t count = take_u32(r);
    if (count > left(r) / bytes) {
        damaged(r);
    }
    return count;
}

/* ---- numbers
 * --------------------------------------------------------------------------------------- */

#define NO_NUMBER UINT32_MAX

/* The number an object gets; its pointer follows when it exists. */
static uint32_t reserve_number(struct reader *r, unsigned tag)
{
    if (!(tag & CLONE_NUMBERED)) {
        return NO_NUMBER;
    }
    if (r->object_count == r->object_room) {
        uint32_t room = r->object_room * 4;
        r->objects =
            grow_table(r, r->objects, r->few_objects, r->object_count, room, sizeof(*r->objects));
        r->object_room = room;
    }
    r->objects[r->object_count] = NULL;
    return r->object_count++;
}

static inline duk_hobject *top_object(struct reader *r)
{
    return DUK_TVAL_GET_OBJECT(r->thr->valstack_top - 1);
}

/* The object on the top of the stack has this number. */
static inline void set_number(struct reader *r, uint32_t number)
{
    if (number != NO_NUMBER) {
        r->objects[number] = top_object(r);
    }
}

/* Keeps the value on the top of the stack, and pops it. */
static uint32_t keep_value(struct reader *r)
{
    if (r->kept_count == 0) {
        duk_push_array(r->thr);
        duk_replace(r->thr, r->kept);
    }
    put_fresh(r->thr, r->kept, r->kept_count);
    return r->kept_count++;
}

/* The string on the top of the stack gets the next number. */
static void number_string(struct reader *r)
{
    if (r->string_count == r->string_room) {
        uint32_t room = r->string_room * 4;
        r->strings =
            grow_table(r, r->strings, r->few_strings, r->string_count, room, sizeof(*r->strings));
        r->string_room = room;
    }
    r->strings[r->string_count++] = DUK_TVAL_GET_STRING(r->thr->valstack_top - 1);
}

/* Pushes the string whose tag was just read. What it is put into keeps it alive. */
static void push_string(struct reader *r, unsigned tag)
{
    uint32_t value = take_u32(r);
    if (tag == CLONE_STRING_REF) {
        if (value >= r->string_count) {
            damaged(r);
        }
        duk_push_hstring(r->thr, r->strings[value]);
        return;
    }
    if ((tag & ~(unsigned)CLONE_NUMBERED) != CLONE_STRING) {
        damaged(r);
    }
    const void *bytes = take(r, value);
    duk_hstring *string = duk_heap_strtable_intern_checked(r->thr, bytes, value);
    duk_tval *top = r->thr->valstack_top++;
    DUK_TVAL_SET_STRING(top, string);
    DUK_HSTRING_INCREF(r->thr, string);
    if (DUK_HSTRING_HAS_SYMBOL(string)) {
        damaged(r); /* the engine's own keys begin with such bytes */
    }
    if (tag & CLONE_NUMBERED) {
        number_string(r);
    }
}

static void push_next_string(struct reader *r)
{
    push_string(r, take_u8(r));
}

/* A string that may stand in nothing: an array's key that is an index, what a RegExp is made of. */
static void push_kept_string(struct reader *r)
{
    uint32_t count = r->string_count;
    push_next_string(r);
    if (r->string_count != count) {
        duk_dup(r->thr, -1);
        keep_value(r);
    }
}
