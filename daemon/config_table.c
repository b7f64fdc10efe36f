/*
 * The table of keys.def as data, and the reading of single values. Called by config.c and
 * config_text.c. Owns nothing. Invariant: every default of the table is a value the table allows.
 */
#include "daemon/config_table.h"

#include "base/check.h"
#include "daemon/config.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
#define SECTION(name, text) static const struct config_key name##_keys[] = {
#define KEY(section, field, key, type, value, allowed, text) \
    {key, CONFIG_TYPE_##type, value, allowed, text, offsetof(struct config, section.field)},
#define SECTION_END(name) };
#define LIST(name, item, text) static const struct config_key name##_keys[] = {
#define ITEM(list, item, field, key, type, value, allowed, text) \
    {key, CONFIG_TYPE_##type, value, allowed, text, offsetof(struct config_##item, field)},
#define LIST_END(name, item) };
#include "daemon/keys.def"

#define KEY_COUNT(name) (sizeof name##_keys / sizeof name##_keys[0])

const struct config_group config_table_groups[] = {
#define SECTION(name, text) {#name, text, name##_keys, KEY_COUNT(name), 0, 0, 0},
#define LIST(name, item, text) \
    {#name, text, name##_keys, KEY_COUNT(name), sizeof(struct config_##item), \
     offsetof(struct config, name), offsetof(struct config, item##_count)},
#include "daemon/keys.def"
};
/* clang-format on */

const size_t config_table_group_count = sizeof config_table_groups / sizeof config_table_groups[0];

struct unit {
    const char *name;
    double factor;
};

static const struct unit duration_units[] = {{"ms", 1e-3}, {"s", 1},     {"m", 60},
                                             {"h", 3600},  {"d", 86400}, {NULL, 0}};
static const struct unit size_units[] = {
    {"B", 1},    {"KiB", 0x1p10}, {"MiB", 0x1p20}, {"GiB", 0x1p30}, {"TiB", 0x1p40}, {"kB", 1e3},
    {"KB", 1e3}, {"MB", 1e6},     {"GB", 1e9},     {"TB", 1e12},    {"", 1},         {NULL, 0}};
static const struct unit share_units[] = {{"%", 1e-2}, {"", 1}, {NULL, 0}};
static const struct unit no_units[] = {{"", 1}, {NULL, 0}};

bool config_table_is_required(const struct config_key *key)
{
    return key->value == NULL && (key->type == CONFIG_TYPE_NAME || key->type == CONFIG_TYPE_ENUM);
}

bool config_table_is_text(enum config_type type)
{
    return type == CONFIG_TYPE_TEXT || type == CONFIG_TYPE_NAME || type == CONFIG_TYPE_ENUM;
}

/* A plain decimal number, then one of the units and nothing else. */
static bool parse_quantity(const char *text, size_t length, const struct unit *units, double *value)
{
    size_t digits = 0;
    while (digits < length && (isdigit((unsigned char)text[digits]) || text[digits] == '.')) {
        digits++;
    }
    char number[32];
    if (digits == 0 || digits >= sizeof number) {
        return false;
    }
    memcpy(number, text, digits);
    number[digits] = '\0';
    char *end;
    double parsed = strtod(number, &end);
    if (*end != '\0') {
        return false;
    }
    while (digits < length && text[digits] == ' ') {
        digits++;
    }
    for (; units->name != NULL; units++) {
        if (strlen(units->name) == length - digits &&
            memcmp(units->name, text + digits, length - digits) == 0) {
            *value = parsed * units->factor;
            return true;
        }
    }
    return false;
}

/* `text` within the two ends of `range` ("low..high"); a range that has none allows all. */
static bool parse_within(const char *text, const char *range, const struct unit *units,
                         double *value)
{
    double parsed, low, high;
    if (!parse_quantity(text, strlen(text), units, &parsed)) {
        return false;
    }
    const char *dots = strstr(range, "..");
    if (dots != NULL && parse_quantity(range, (size_t)(dots - range), units, &low)) {
        size_t rest = strcspn(dots + 2, " ");
        if (parsed < low || (parse_quantity(dots + 2, rest, units, &high) && parsed > high)) {
            return false;
        }
    }
    *value = parsed;
    return true;
}

static bool parse_number(const char *text, double *value)
{
    char *end;
    double parsed = strtod(text, &end);
    if (end == text || *end != '\0' || !isfinite(parsed)) {
        return false;
    }
    *value = parsed;
    return true;
}

static bool is_one_of(const char *text, const char *choices)
{
    size_t length = strlen(text);
    while (length > 0 && *choices != '\0') {
        size_t choice = strcspn(choices, "|");
        if (choice == length && memcmp(choices, text, length) == 0) {
            return true;
        }
        choices += choice + (choices[choice] == '|');
    }
    return false;
}

static bool is_name(const char *text)
{
    size_t length = strlen(text);
    return length > 0 && length <= 64 &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") ==
               length;
}

static int parse_text(const struct config_key *key, const char *text, char **field)
{
    bool is_right = key->type == CONFIG_TYPE_ENUM   ? is_one_of(text, key->allowed)
                    : key->type == CONFIG_TYPE_NAME ? is_name(text)
                                                    : *text != '\0';
    if (!is_right) {
        return -EINVAL;
    }
    char *copy = strdup(text);
    if (copy == NULL) {
        return -ENOMEM;
    }
    free(*field);
    *field = copy;
    return 0;
}

static bool parse_mode(const char *text, uint32_t *mode)
{
    size_t length = strlen(text);
    if (length < 3 || length > 4 || strspn(text, "01234567") != length ||
        (length == 4 && text[0] != '0')) {
        return false;
    }
    *mode = (uint32_t)strtoul(text, NULL, 8);
    return true;
}

/* The numeric types, through a double: exact below 2^53, far beyond any range of the table. */
static bool parse_scaled(const struct config_key *key, const char *text, void *field)
{
    double value;
    switch (key->type) {
    case CONFIG_TYPE_COUNT:
        if (!parse_within(text, key->allowed, no_units, &value) || value != floor(value)) {
            return false;
        }
        *(uint32_t *)field = (uint32_t)value;
        return true;
    case CONFIG_TYPE_DURATION:
        return parse_within(text, key->allowed, duration_units, field);
    case CONFIG_TYPE_SHARE:
        return parse_within(text, key->allowed, share_units, field);
    case CONFIG_TYPE_SIZE:
        if (!parse_within(text, key->allowed, size_units, &value)) {
            return false;
        }
        *(uint64_t *)field = (uint64_t)value;
        return true;
    case CONFIG_TYPE_LIMIT:
        if (strcmp(text, "cgroup") == 0) {
            *(uint64_t *)field = 0;
            return true;
        }
        if (!parse_within(text, strstr(key->allowed, " or ") + 4, size_units, &value)) {
            return false;
        }
        *(uint64_t *)field = (uint64_t)value;
        return true;
    default:
        return false;
    }
}

struct headroom {
    double share;
    uint64_t bytes;
};
_Static_assert(offsetof(struct config_budget, headroom_bytes) -
                       offsetof(struct config_budget, headroom) ==
                   offsetof(struct headroom, bytes),
               "both fields of a HEADROOM are written through struct headroom");

/* A size needs its unit here: a bare number is a share. */
static bool parse_headroom(const struct config_key *key, const char *text, struct headroom *field)
{
    double value;
    if (parse_quantity(text, strlen(text), share_units, &value)) {
        field->bytes = 0;
        return parse_within(text, key->allowed, share_units, &field->share);
    }
    if (!parse_quantity(text, strlen(text), size_units, &value) || value < 1 || value > 0x1p50) {
        return false;
    }
    field->share = 0;
    field->bytes = (uint64_t)value;
    return true;
}

int config_table_parse(const struct config_key *key, const char *text, void *field)
{
    bool is_right = false;
    switch (key->type) {
    case CONFIG_TYPE_TEXT:
    case CONFIG_TYPE_NAME:
    case CONFIG_TYPE_ENUM:
        return parse_text(key, text, field);
    case CONFIG_TYPE_BOOL:
        is_right = is_one_of(text, "true|false");
        *(bool *)field = strcmp(text, "true") == 0;
        break;
    case CONFIG_TYPE_NUMBER:
        is_right = parse_number(text, field);
        break;
    case CONFIG_TYPE_MODE:
        is_right = parse_mode(text, field);
        break;
    case CONFIG_TYPE_HEADROOM:
        is_right = parse_headroom(key, text, field);
        break;
    case CONFIG_TYPE_WORDS:
    case CONFIG_TYPE_PROCESSES:
        break;
    default:
        is_right = parse_scaled(key, text, field);
        break;
    }
    return is_right ? 0 : -EINVAL;
}

int config_table_set_default(const struct config_key *key, void *field)
{
    if (key->value != NULL) {
        int code = config_table_parse(key, key->value, field);
        CHECK(code != -EINVAL); /* the table contradicts itself */
        return code;
    }
    if (key->type == CONFIG_TYPE_DURATION || key->type == CONFIG_TYPE_NUMBER) {
        *(double *)field = NAN;
    }
    return 0;
}

/* Levenshtein, of short words. */
static size_t distance(const char *a, const char *b)
{
    enum { WORD_MAX = 32 };
    size_t row[WORD_MAX + 1];
    size_t a_length = strlen(a), b_length = strlen(b);

    if (a_length > WORD_MAX || b_length > WORD_MAX) {
        return WORD_MAX;
    }
    for (size_t j = 0; j <= b_length; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= a_length; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t changed = diagonal + (a[i - 1] != b[j - 1]);
            size_t shorter = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            diagonal = row[j];
            row[j] = changed < shorter ? changed : shorter;
        }
    }
    return row[b_length];
}

const char *config_table_nearest(const char *text, const char *const *names, size_t stride,
                                 size_t count)
{
    const char *best = NULL;
    size_t best_distance = 3 + strlen(text) / 6;

    for (size_t i = 0; i < count; i++) {
        const char *name = *(const char *const *)((const char *)names + i * stride);
        size_t this_distance = distance(text, name);
        if (this_distance < best_distance) {
            best = name;
            best_distance = this_distance;
        }
    }
    return best;
}
