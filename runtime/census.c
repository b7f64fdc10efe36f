/*
 * Rows of a census (census.h). Filled by the engine's walk, read by scripts and errands.
 */
#include "runtime/census.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct census *census_new(void)
{
    return calloc(1, sizeof(struct census));
}

void census_free(struct census **place)
{
    if (*place != NULL) {
        free((*place)->rows);
        free(*place);
        *place = NULL;
    }
}

int census_add(struct census *census, const void *name, size_t size, uint64_t count, uint64_t bytes)
{
    if (census->count == census->room) {
        size_t room = census->room > 0 ? census->room * 2 : 64;
        struct census_row *rows = realloc(census->rows, room * sizeof *rows);
        if (rows == NULL) {
            return -ENOMEM;
        }
        census->rows = rows;
        census->room = room;
    }
    struct census_row *row = &census->rows[census->count++];
    memset(row, 0, sizeof *row);
    memcpy(row->name, name, size < CENSUS_NAME_MAX ? size : CENSUS_NAME_MAX);
    row->count = count;
    row->bytes = bytes;
    return 0;
}

static int compare_names(const void *left, const void *right)
{
    return strcmp(((const struct census_row *)left)->name,
                  ((const struct census_row *)right)->name);
}

void census_finish(struct census *census)
{
    size_t kept = 0;

    if (census->count > 0) {
        qsort(census->rows, census->count, sizeof *census->rows, compare_names);
    }
    for (size_t i = 0; i < census->count; i++) {
        struct census_row *last = kept > 0 ? &census->rows[kept - 1] : NULL;
        if (last != NULL && strcmp(last->name, census->rows[i].name) == 0) {
            last->count += census->rows[i].count;
            last->bytes += census->rows[i].bytes;
        } else {
            census->rows[kept++] = census->rows[i];
        }
    }
    census->count = kept;
}

const struct census_row *census_find(const struct census *census, const char *name)
{
    struct census_row key = {.count = 0};

    strncpy(key.name, name, CENSUS_NAME_MAX);
    return census->count == 0
               ? NULL
               : bsearch(&key, census->rows, census->count, sizeof key, compare_names);
}


static int compare_growth(const void *left, const void *right)
{
    const struct census_growth *a = left, *b = right;

    if (a->bytes != b->bytes) {
        return a->bytes < b->bytes ? 1 : -1;
    }
    return a->row->bytes < b->row->bytes ? 1 : a->row->bytes > b->row->bytes ? -1 : 0;
}

static void write_signed(struct sink *sink, int64_t value)
{
    if (value < 0) {
        sink_byte(sink, '-');
    }
    sink_uint(sink, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

static void write_pair(struct sink *sink, const struct census_growth *pair, int has_baseline)
{
    sink_text(sink, "{\"name\":");
    sink_string(sink, pair->row->name, strlen(pair->row->name));
    sink_text(sink, ",\"count\":");
    sink_uint(sink, pair->row->count);
    sink_text(sink, ",\"bytes\":");
    sink_uint(sink, pair->row->bytes);
    if (has_baseline) {
        sink_text(sink, ",\"count_grown\":");
        write_signed(sink, pair->count);
        sink_text(sink, ",\"bytes_grown\":");
        write_signed(sink, pair->bytes);
        sink_byte(sink, '}');
    } else {
        sink_text(sink, ",\"count_grown\":null,\"bytes_grown\":null}");
    }
}

/* Every row beside what it was, most grown first; the caller's. NULL without memory. */
static struct census_growth *compare(const struct census *census, const struct census *baseline)
{
    static const struct census_row none;
    struct census_growth *pairs = calloc(census->count + 1, sizeof *pairs);

    for (size_t i = 0; pairs != NULL && i < census->count; i++) {
        const struct census_row *row = &census->rows[i];
        const struct census_row *before = baseline != NULL ? census_find(baseline, row->name) : row;
        before = before != NULL ? before : &none;
        pairs[i] = (struct census_growth){row, (int64_t)(row->count - before->count),
                                          (int64_t)(row->bytes - before->bytes)};
    }
    if (pairs != NULL) {
        qsort(pairs, census->count, sizeof *pairs, compare_growth);
    }
    return pairs;
}

int census_grown(const struct census *census, const struct census *baseline,
                 struct census_growth *grown, size_t max)
{
    struct census_growth *pairs = compare(census, baseline);
    size_t count = 0;

    if (pairs == NULL) {
        return -ENOMEM;
    }
    while (count < max && count < census->count && pairs[count].bytes > 0) {
        grown[count] = pairs[count];
        count++;
    }
    free(pairs);
    return (int)count;
}

int census_write(const struct census *census, const struct census *baseline, struct sink *sink)
{
    struct census_growth *pairs = compare(census, baseline);

    if (pairs == NULL) {
        return -ENOMEM;
    }
    sink_text(sink, "{\"rows\":[");
    for (size_t i = 0; i < census->count; i++) {
        sink_text(sink, i > 0 ? ",\n" : "\n");
        write_pair(sink, &pairs[i], baseline != NULL);
    }
    sink_text(sink, "]}\n");
    free(pairs);
    return 0;
}
