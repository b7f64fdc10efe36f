/*
 * Unicode properties for regular expressions with the u flag: \p{Letter}, \p{Script=Greek}. The tables
 * are made by unicode.mjs at build time. A property stands in a rewritten pattern as a backslash, the
 * character 1, three hexadecimal digits of its set and 0, or 1 for \P; the compiler makes one
 * instruction of it, which takes a whole code point. Part of unity.c; called by pattern.c and the
 * patched compiler and matcher.
 */
#include "runtime/engine/parts.h"

enum property_kind { PROPERTY_CATEGORY, PROPERTY_BINARY, PROPERTY_SCRIPT, PROPERTY_EXTENSION };

struct property_set {
    uint32_t start, count; /* in property_ranges: from, behind, from, behind ... */
};

struct property_name {
    const char *name;
    enum property_kind kind;
    uint16_t set;
};

#include "unicode_properties.h"

/* Sets that no property is: what a dot matches. */
#define PROPERTY_ANY      0xffe
#define PROPERTY_NOT_LINE 0xfff

static bool is_text(const char *text, size_t size, const char *wanted)
{
    return strlen(wanted) == size && memcmp(text, wanted, size) == 0;
}

static int find_property(const char *name, size_t size, unsigned kinds)
{
    for (size_t i = 0; i < sizeof(property_names) / sizeof(property_names[0]); i++) {
        if ((kinds & (1u << property_names[i].kind)) && is_text(name, size, property_names[i].name)) {
            return property_names[i].set;
        }
    }
    return -1;
}

/* The set that is meant by what stands between the braces; -1 when there is none. */
static int property_of(const char *text, size_t size)
{
    static const struct {
        const char *name;
        unsigned kinds;
    } values[] = {{"General_Category", 1u << PROPERTY_CATEGORY}, {"gc", 1u << PROPERTY_CATEGORY},
                  {"Script", 1u << PROPERTY_SCRIPT},             {"sc", 1u << PROPERTY_SCRIPT},
                  {"Script_Extensions", 1u << PROPERTY_EXTENSION}, {"scx", 1u << PROPERTY_EXTENSION}};
    const char *equals = memchr(text, '=', size);
    if (!equals) {
        return find_property(text, size, 1u << PROPERTY_CATEGORY | 1u << PROPERTY_BINARY);
    }
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        if (is_text(text, (size_t)(equals - text), values[i].name)) {
            return find_property(equals + 1, size - (size_t)(equals + 1 - text), values[i].kinds);
        }
    }
    return -1;
}

static bool is_line_end(uint32_t code)
{
    return code == '\n' || code == '\r' || code == 0x2028 || code == 0x2029;
}

static bool property_has(unsigned set, uint32_t code)
{
    if (set >= PROPERTY_ANY) {
        return set == PROPERTY_ANY || !is_line_end(code);
    }
    const uint32_t *ranges = property_ranges + property_sets[set].start;
    uint32_t low = 0, high = property_sets[set].count;
    while (low < high) { /* how many bounds are not above the code point: odd is inside */
        uint32_t middle = (low + high) / 2;
        if (ranges[middle] <= code) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low & 1;
}

/* The code point in lower or upper case; itself when that is not one. */
static uint32_t cased(duk_hthread *thr, uint32_t code, bool is_upper)
{
    unsigned char bytes[DUK_UNICODE_MAX_XUTF8_LENGTH];
    if (code >= 0x10000) {
        return code;
    }
    duk_push_lstring(thr, (const char *)bytes,
                     (duk_size_t)duk_unicode_encode_xutf8((duk_ucodepoint_t)code, bytes));
    duk_unicode_case_convert_string(thr, is_upper);
    bool is_one = duk_get_length(thr, -1) == 1;
    uint32_t other = is_one ? (uint32_t)duk_char_code_at(thr, -1, 0) : code;
    duk_pop(thr);
    return other;
}

/* What the instruction asks: whether the code point, without regard to case if told so, is in the set
 * or, inverted, outside of it. */
static bool engine_matches_property(duk_hthread *thr, unsigned property, uint32_t code, bool is_caseless)
{
    unsigned set = property >> 1;
    bool is_inverted = property & 1;
    if (property_has(set, code) != is_inverted) {
        return true;
    }
    return is_caseless && set < PROPERTY_ANY &&
           (property_has(set, cased(thr, code, false)) != is_inverted ||
            property_has(set, cased(thr, code, true)) != is_inverted);
}
