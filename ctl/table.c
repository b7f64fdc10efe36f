/*
 * Figures and tables for terminals. Called by verbs.c. Owns the cells until table_fini().
 * Invariant: nothing that could move the cursor gets into a cell.
 */
#include "ctl/table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

void table_init(struct table *table, const char *const *titles, const char *alignment)
{
    memset(table, 0, sizeof *table);
    table->titles = titles;
    table->right = alignment;
    while (table->column_count < TABLE_COLUMNS_MAX && titles[table->column_count] != NULL) {
        table->column_count++;
    }
    bytes_init(&table->cells, 0);
}

void table_fini(struct table *table)
{
    bytes_fini(&table->cells);
    free(table->marks);
    table->marks = NULL;
}

/* Characters that would turn the direction of what follows. */
static bool is_bidi(wchar_t wide)
{
    return (wide >= 0x202a && wide <= 0x202e) || (wide >= 0x2066 && wide <= 0x2069) ||
           wide == 0x200e || wide == 0x200f;
}

void table_clean(struct bytes *out, const char *text)
{
    mbstate_t state;
    size_t length = strlen(text);

    memset(&state, 0, sizeof state);
    while (length > 0) {
        wchar_t wide;
        size_t size = mbrtowc(&wide, text, length, &state);
        bool is_valid = size != (size_t)-1 && size != (size_t)-2;
        if (is_valid && wcwidth(wide) >= 0 && !is_bidi(wide)) {
            bytes_append(out, text, size);
        } else {
            bytes_append_text(out, "?");
            memset(&state, 0, sizeof state);
        }
        size = is_valid ? size : 1;
        text += size;
        length -= size;
    }
}

void table_text(struct table *table, const char *text, enum table_colour colour)
{
    if (table->cell_count == table->cell_room) {
        size_t room = table->cell_room == 0 ? 64 : table->cell_room * 2;
        void *marks = realloc(table->marks, room * sizeof *table->marks);
        if (marks == NULL) {
            table->is_failed = true;
            return;
        }
        table->marks = marks;
        table->cell_room = room;
    }
    table->marks[table->cell_count].offset = table->cells.size;
    table->marks[table->cell_count++].colour = colour;
    table_clean(&table->cells, text != NULL && *text != '\0' ? text : "-");
    bytes_append(&table->cells, "", 1);
    table->is_failed = table->is_failed || table->cells.is_failed;
}

/* Three digits that count, never four. */
static void format_three(char *text, int size, double value, const char *unit)
{
    int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    snprintf(text, (size_t)size, "%.*f%s", decimals, value, unit);
}

void table_format_bytes(char *text, int size, double bytes)
{
    static const char *const units[] = {" B", " KiB", " MiB", " GiB", " TiB"};
    double magnitude = fabs(bytes);
    int unit = 0;

    if (!isfinite(bytes)) {
        snprintf(text, (size_t)size, "-");
        return;
    }
    while (magnitude >= 999.5 && unit < 4) {
        magnitude /= 1024;
        unit++;
    }
    const char *sign = bytes < 0 ? "-" : "";
    snprintf(text, (size_t)size, "%s", sign);
    int used = (int)strlen(sign);
    if (unit == 0) {
        snprintf(text + used, (size_t)(size - used), "%.0f B", magnitude);
    } else {
        format_three(text + used, size - used, magnitude, units[unit]);
    }
}

void table_format_seconds(char *text, int size, double seconds)
{
    if (!isfinite(seconds)) {
        snprintf(text, (size_t)size, "-");
    } else if (seconds == 0) {
        snprintf(text, (size_t)size, "0 s");
    } else if (seconds < 0.0009995) {
        format_three(text, size, seconds * 1e6, " us");
    } else if (seconds < 0.9995) {
        format_three(text, size, seconds * 1e3, " ms");
    } else if (seconds < 120) {
        format_three(text, size, seconds, " s");
    } else if (seconds < 7200) {
        snprintf(text, (size_t)size, "%.0f min", seconds / 60);
    } else if (seconds < 172800) {
        snprintf(text, (size_t)size, "%.0f h", seconds / 3600);
    } else {
        snprintf(text, (size_t)size, "%.0f d", seconds / 86400);
    }
}

void table_bytes(struct table *table, double bytes)
{
    char text[32];
    table_format_bytes(text, sizeof text, bytes);
    table_text(table, text, TABLE_PLAIN);
}

void table_seconds(struct table *table, double seconds)
{
    char text[32];
    table_format_seconds(text, sizeof text, seconds);
    table_text(table, text, TABLE_PLAIN);
}

void table_count(struct table *table, double count)
{
    char text[32] = "-";
    if (isfinite(count)) {
        snprintf(text, sizeof text, "%.0f", count);
    }
    table_text(table, text, TABLE_PLAIN);
}

void table_percent(struct table *table, double share)
{
    char text[32] = "-";
    if (isfinite(share)) {
        snprintf(text, sizeof text, "%.0f %%", share * 100);
    }
    table_text(table, text, TABLE_PLAIN);
}

const char *table_colour_code(enum table_colour colour, bool has_colours)
{
    static const char *const codes[] = {"\033[0m", "\033[1m", "\033[32m", "\033[33m", "\033[31m"};
    return has_colours ? codes[colour] : "";
}

/* Columns a text takes on the screen. */
static int width_of(const char *text)
{
    mbstate_t state;
    size_t length = strlen(text);
    int width = 0;

    memset(&state, 0, sizeof state);
    while (length > 0) {
        wchar_t wide;
        size_t size = mbrtowc(&wide, text, length, &state);
        if (size == 0 || size > length) {
            break; /* table_clean() let nothing like that in */
        }
        int columns = wcwidth(wide);
        width += columns > 0 ? columns : 0;
        text += size;
        length -= size;
    }
    return width;
}

static const char *cell_of(const struct table *table, size_t cell)
{
    return (const char *)table->cells.data + table->marks[cell].offset;
}

static void print_cell(const struct table *table, int column, int width, const char *text,
                       const char *colour, const char *end)
{
    int padding = width - width_of(text);
    bool is_right = table->right[column] == 'r';
    bool is_last = column == table->column_count - 1;

    printf("%s%*s%s%s%s%*s", column > 0 ? "  " : "", is_right ? padding : 0, "", colour, text, end,
           is_right || is_last ? 0 : padding, "");
}

void table_print(const struct table *table, bool has_colours)
{
    int widths[TABLE_COLUMNS_MAX] = {0};
    const char *end = table_colour_code(TABLE_PLAIN, has_colours);

    if (table->is_failed) {
        return;
    }
    for (int column = 0; column < table->column_count; column++) {
        widths[column] = width_of(table->titles[column]);
    }
    for (size_t cell = 0; cell < table->cell_count; cell++) {
        int column = (int)(cell % (size_t)table->column_count);
        int width = width_of(cell_of(table, cell));
        widths[column] = width > widths[column] ? width : widths[column];
    }
    for (int column = 0; column < table->column_count; column++) {
        print_cell(table, column, widths[column], table->titles[column],
                   table_colour_code(TABLE_BOLD, has_colours), end);
    }
    printf("\n");
    for (size_t cell = 0; cell < table->cell_count; cell++) {
        int column = (int)(cell % (size_t)table->column_count);
        enum table_colour colour = table->marks[cell].colour;
        bool is_plain = colour == TABLE_PLAIN;
        print_cell(table, column, widths[column], cell_of(table, cell),
                   is_plain ? "" : table_colour_code(colour, has_colours), is_plain ? "" : end);
        if (column == table->column_count - 1) {
            printf("\n");
        }
    }
}
