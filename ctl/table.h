/*
 * Text for terminals: figures as people read them, and tables whose columns line up. What is not
 * known is "-", never 0. Names come from observed programs: control characters never reach the
 * terminal. One thread.
 */
#ifndef CTL_TABLE_H
#define CTL_TABLE_H

#include "base/bytes.h"

#include <stdbool.h>

#define TABLE_COLUMNS_MAX 13

enum table_colour { TABLE_PLAIN, TABLE_BOLD, TABLE_GREEN, TABLE_YELLOW, TABLE_RED };

struct table {
    const char *const *titles; /* TABLE_COLUMNS_MAX at most; NULL ends them */
    const char *right;         /* a letter for each column: 'r' right, 'l' left */
    int column_count;
    struct bytes cells; /* owned: texts one after another, NUL-terminated */
    struct {
        size_t offset;
        enum table_colour colour;
    } * marks; /* owned: where each cell begins */
    size_t cell_count, cell_room;
    bool is_failed;
};

void table_init(struct table *table, const char *const *titles, const char *alignment);
void table_fini(struct table *table);

/* The next cell, row by row. */
void table_text(struct table *table, const char *text, enum table_colour colour);
/* 9.23 MiB, 92.3 MiB, 923 MiB; NaN is "-". */
void table_bytes(struct table *table, double bytes);
void table_count(struct table *table, double count);
void table_percent(struct table *table, double share);
void table_seconds(struct table *table, double seconds);

/* Prints it on stdout, with colours when `has_colours`. */
void table_print(const struct table *table, bool has_colours);

/* The same figures as texts. */
void table_format_bytes(char *text, int size, double bytes);
void table_format_seconds(char *text, int size, double seconds);

/* `text` with control characters and invalid UTF-8 shown as '?', appended to `out`. */
void table_clean(struct bytes *out, const char *text);
/* Colour on or off for what follows; "" when there are none. */
const char *table_colour_code(enum table_colour colour, bool has_colours);

#endif
