/*
 * Called by rules and verdict. Owns nothing; every text goes into the caller's room.
 */
#include "daemon/judge/words.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define NAME_SHOWN 40 /* bytes */
#define MINUTE     60.0
#define HOUR       3600.0
#define DAY        86400.0

static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

/* The unit in which `bytes` has at most three digits before the point. */
static int unit_of(double bytes, double *scale)
{
    int unit = 0;

    *scale = 1;
    while (fabs(bytes) / *scale >= 999.5 && unit < 5) {
        *scale *= 1024;
        unit++;
    }
    return unit;
}

/* Decimals that make three significant digits. */
static int decimals_of(double value, int unit)
{
    double size = fabs(value);
    return unit == 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
}

const char *words_bytes(char text[WORDS_MAX], double bytes)
{
    double scale;
    int unit = unit_of(bytes, &scale);

    snprintf(text, WORDS_MAX, "%.*f %s", decimals_of(bytes / scale, unit), bytes / scale,
             units[unit]);
    return text;
}

const char *words_share(char text[WORDS_MAX], double part, double whole)
{
    double scale;
    int unit = unit_of(whole, &scale);

    snprintf(text, WORDS_MAX, "%.*f of %.*f %s", decimals_of(part / scale, unit), part / scale,
             decimals_of(whole / scale, unit), whole / scale, units[unit]);
    return text;
}

const char *words_span(char text[WORDS_MAX], double seconds)
{
    double value = seconds < 1e-4 ? seconds * 1e6 : seconds < 1 ? seconds * 1e3 : seconds;
    const char *unit = seconds < 1e-4 ? "µs" : seconds < 1 ? "ms" : "s";

    snprintf(text, WORDS_MAX, "%.*f %s", decimals_of(value, 1), value, unit);
    return text;
}

const char *words_time(char text[WORDS_MAX], double seconds)
{
    if (seconds < MINUTE) {
        double step = seconds < 10 ? 1 : 5;
        snprintf(text, WORDS_MAX, "about %.0f s", fmax(1, round(seconds / step) * step));
    } else if (seconds < 1.5 * HOUR) {
        snprintf(text, WORDS_MAX, "about %.0f min", seconds / MINUTE);
    } else if (seconds < 1.5 * DAY) {
        snprintf(text, WORDS_MAX, "about %.0f h", seconds / HOUR);
    } else if (seconds <= 7 * DAY) {
        snprintf(text, WORDS_MAX, "about %.0f days", seconds / DAY);
    } else {
        snprintf(text, WORDS_MAX, "more than 7 days");
    }
    return text;
}

/* Steps back to the start of a UTF-8 character. */
static size_t char_start(const char *text, size_t at)
{
    while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80) {
        at--;
    }
    return at;
}

const char *words_name(char text[WORDS_MAX], const struct isolate *isolate)
{
    const char *name = isolate->name[0] != '\0' ? isolate->name : isolate->id;
    size_t length = strlen(name);

    if (length <= NAME_SHOWN) {
        snprintf(text, WORDS_MAX, "%s", name);
    } else {
        size_t head = char_start(name, NAME_SHOWN / 2);
        size_t tail = char_start(name, length - NAME_SHOWN / 2 + 1);
        snprintf(text, WORDS_MAX, "%.*s…%s", (int)head, name, name + tail);
    }
    return text;
}

const char *words_budget(char text[WORDS_MAX], const struct budget *budget)
{
    if (strcmp(budget->name, "machine") == 0) {
        snprintf(text, WORDS_MAX, "The machine");
    } else if (strncmp(budget->scope, "container:", 10) == 0) {
        snprintf(text, WORDS_MAX, "The container");
    } else {
        snprintf(text, WORDS_MAX, "Budget %.64s", budget->name);
    }
    return text;
}

void words_rise(char *text, size_t size, const struct drift_verdict *verdict)
{
    char from[WORDS_MAX], to[WORDS_MAX];
    size_t length = strlen(text);
    bool is_settled = !isnan(verdict->baseline);

    snprintf(text + length, size - length,
             "Live heap %s%s%s over %" PRIu64 " jobs, confidence %.0f %%.",
             is_settled ? words_bytes(from, verdict->baseline) : "", is_settled ? " → " : "",
             words_bytes(to, verdict->live), verdict->jobs, 100 * verdict->confidence);
}

const char *words_tail(char text[WORDS_MAX], const char *file)
{
    size_t length = strlen(file), start = length;

    if (length < WORDS_MAX) {
        snprintf(text, WORDS_MAX, "%s", file);
        return text;
    }
    size_t least = length - (WORDS_MAX - 8);
    for (size_t i = least; i < length && start == length; i++) {
        start = file[i] == '/' ? i : start; /* whole names, where there are */
    }
    start = start < length ? start : char_start(file, least);
    snprintf(text, WORDS_MAX, "…%.*s", WORDS_MAX - 4, file + start);
    return text;
}

/* Kinds that have no constructor, in the plural. */
static const char *kind_of(const struct growth *growth)
{
    static const struct {
        const char *kind, *word;
    } words[] = {
        {"(string)", "strings"},
        {"(closure)", "functions"},
        {"(array buffer)", "array buffers"},
        {"(shared buffer)", "shared buffers"},
        {"(buffer)", "buffers"},
        {"(symbol)", "symbols"},
        {"(compiled code)", "pieces of code"},
        {"system / Context", "scopes of functions"},
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(growth->kind, words[i].kind) == 0) {
            return words[i].word;
        }
    }
    return growth->kind;
}

void words_growth(char *text, size_t size, const struct growth *growth)
{
    char bytes[WORDS_MAX], file[WORDS_MAX], line[64] = "";
    size_t length = strlen(text);

    bool is_place = growth->kind[0] == '\0' && growth->file[0] != '\0'; /* V8 does not say what it is */
    double most = is_place ? growth->site_bytes : growth->kind_bytes;
    if (!model_growth_is_known(growth) || !(most > 0)) {
        return;
    }
    words_bytes(bytes, most);
    if (is_place) {
        snprintf(text + length, size - length, " In %.0f jobs about %s more", growth->jobs, bytes);
    } else if (growth->kind_count >= 1) {
        snprintf(text + length, size - length, " In %.0f jobs %.0f more %s with %s", growth->jobs,
                 growth->kind_count, kind_of(growth), bytes);
    } else {
        snprintf(text + length, size - length, " In %.0f jobs %s in what is %s", growth->jobs, bytes,
                 kind_of(growth));
    }
    if (growth->file[0] != '\0') {
        snprintf(line, sizeof line, ":%.0f in %.40s", growth->line, growth->function);
    }
    length = strlen(text);
    snprintf(text + length, size - length, "%s%s%s.", line[0] != '\0' ? ", made at " : "",
             line[0] != '\0' ? words_tail(file, growth->file) : "", line);
}
