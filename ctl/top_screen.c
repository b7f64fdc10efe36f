/*
 * Drawing and keys by ncurses. Called by top.c. Owns the terminal between open and close.
 * Invariant: names of observed programs reach the terminal through table_clean() only.
 */
#include "ctl/top_screen.h"

#include "base/bytes.h"
#include "ctl/answer.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <curses.h>

#define BUDGETS_MAX 4
#define BAR_WIDTH   30
#define SPARK_WIDTH 20

static SCREEN *screen;
static int top_of_rows; /* line of the first row, as last drawn */
static size_t first;    /* row at the top */

static const struct {
    const char *title;
    int width; /* to the right, except for texts */
} columns[TOP_COLUMNS] = {
    [TOP_ID] = {"ID", 12},
    [TOP_NAME] = {"NAME", 18},
    [TOP_STATE] = {"STATE", 9},
    [TOP_USED] = {"USED", 9},
    [TOP_TOTAL] = {"TOTAL", 9},
    [TOP_LIMIT] = {"LIMIT", 9},
    [TOP_SHARE] = {"%LIM", 5},
    [TOP_LIVE] = {"LIVE", 9},
    [TOP_DRIFT] = {"GROWTH/JOB", 11},
    [TOP_EXTERNAL] = {"EXTERNAL", 9},
    [TOP_SHARED] = {"SHARED", 9},
    [TOP_JOBS] = {"JOBS", 8},
    [TOP_QUEUED] = {"QUEUED", 9},
    [TOP_BUSY] = {"BUSY", 5},
};

int top_screen_open(bool has_colours, struct error *error)
{
    screen = newterm(NULL, stdout, stdin);
    if (screen == NULL) {
        return error_set(error, -ENOTTY, "this terminal is not known; set TERM");
    }
    cbreak();
    noecho();
    keypad(stdscr, TRUE);
    set_escdelay(25);
    curs_set(0);
    if (has_colours && has_colors()) {
        start_color();
        use_default_colors();
        init_pair(TABLE_GREEN, COLOR_GREEN, -1);
        init_pair(TABLE_YELLOW, COLOR_YELLOW, -1);
        init_pair(TABLE_RED, COLOR_RED, -1);
    }
    return 0;
}

void top_screen_close(void)
{
    if (screen != NULL) {
        endwin();
        delscreen(screen);
        screen = NULL;
    }
}

static attr_t look_of(enum table_colour colour)
{
    return colour == TABLE_BOLD ? A_BOLD : colour == TABLE_PLAIN ? A_NORMAL : COLOR_PAIR(colour);
}

/* Whether that much fits into what is left of the line. */
static bool has_room(int width)
{
    return getcurx(stdscr) + width < COLS;
}

/* At most `width` columns of `text`, cleaned. */
static void put_text(const char *text, int width, bool is_right)
{
    struct bytes clean;
    int y, x;

    bytes_init(&clean, 0);
    table_clean(&clean, text != NULL && *text != '\0' ? text : "-");
    bytes_append(&clean, "", 1);
    getyx(stdscr, y, x);
    if (!clean.is_failed) {
        if (is_right && (int)clean.size - 1 < width) {
            move(y, x + width - (int)clean.size + 1);
        }
        addnstr((const char *)clean.data, width);
    }
    bytes_fini(&clean);
    move(y, x + width < COLS ? x + width : COLS - 1);
}

static void put_bytes(double bytes, int width)
{
    char text[32];

    table_format_bytes(text, sizeof text, bytes);
    put_text(text, width, true);
}

/* ---- head ------------------------------------------------------------------------------------ */

static void draw_line(int y, const char *text, attr_t look)
{
    move(y, 0);
    attron(look);
    put_text(text, COLS, false);
    attroff(look);
}

static void draw_bar(double used, double limit, double headroom)
{
    int full = limit > 0 && isfinite(used) ? (int)lround(used / limit * BAR_WIDTH) : 0;
    int mark = limit > 0 ? (int)lround((limit - headroom) / limit * BAR_WIDTH) : BAR_WIDTH;

    addch('[');
    for (int i = 0; i < BAR_WIDTH; i++) {
        addch((chtype)(i < full ? '#' : i == mark ? '|' : ' '));
    }
    addstr("] ");
}

static int draw_budgets(int y, const json_t *frame)
{
    json_t *budget;
    size_t i;

    json_array_foreach(json_object_get(frame, "budgets"), i, budget)
    {
        double used = answer_number(budget, NULL, "used");
        double limit = answer_number(budget, NULL, "limit");
        double projected = answer_number(budget, NULL, "projected_seconds");
        char text[32];
        if (i == BUDGETS_MAX) {
            break;
        }
        attr_t look = look_of(answer_colour(answer_text(budget, NULL, "state")));
        move(y, 0);
        put_text(answer_text(budget, NULL, "name"), 18, false);
        addch(' ');
        attron(look);
        draw_bar(used, limit, answer_number(budget, NULL, "headroom"));
        put_bytes(used, 9);
        attroff(look);
        addstr(" of ");
        put_bytes(limit, 9);
        if (isfinite(projected)) {
            table_format_seconds(text, sizeof text, projected);
            printw("  full in %s", text);
        }
        y++;
    }
    return y;
}

/* ---- rows ------------------------------------------------------------------------------------ */

static void draw_titles(const struct top_rows *rows)
{
    move(top_of_rows - 1, 0);
    attron(A_REVERSE);
    hline(' ', COLS);
    for (int i = 0; i < TOP_COLUMNS && has_room(columns[i].width + 1); i++) {
        char title[24];
        bool is_sort = i == (int)rows->sort;
        snprintf(title, sizeof title, "%s%s", is_sort ? rows->is_reversed ? "^" : "v" : "",
                 columns[i].title);
        attron(is_sort ? A_BOLD : A_NORMAL);
        put_text(title, columns[i].width, !top_rows_is_text((enum top_column)i));
        attroff(is_sort ? A_BOLD : A_NORMAL);
        addch(' ');
    }
    if (has_room(SPARK_WIDTH)) {
        addstr("USED");
    }
    attroff(A_REVERSE);
}

static void draw_spark(const struct top_rows *rows, const char *id)
{
    static const char *const steps[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    double samples[SPARK_WIDTH], high = 0;
    size_t count = id != NULL ? top_rows_past(rows, id, samples, SPARK_WIDTH) : 0;

    for (size_t i = 0; i < count; i++) {
        high = fmax(high, samples[i]);
    }
    for (size_t i = 0; i < count; i++) {
        int step = high > 0 && isfinite(samples[i]) ? (int)(samples[i] / high * 7.99) : 0;
        addstr(steps[step]);
    }
}

static void draw_cell(const json_t *isolate, enum top_column column)
{
    int width = columns[column].width;
    double figure = top_rows_figure(isolate, column);
    char text[32] = "-";

    switch (column) {
    case TOP_ID:
    case TOP_NAME:
    case TOP_STATE:
        put_text(top_rows_text(isolate, column), width, false);
        break;
    case TOP_SHARE:
    case TOP_BUSY:
        if (isfinite(figure)) {
            snprintf(text, sizeof text, "%.0f%%", figure * 100);
        }
        put_text(text, width, true);
        break;
    case TOP_JOBS:
        if (isfinite(figure)) {
            snprintf(text, sizeof text, "%.0f", figure);
        }
        put_text(text, width, true);
        break;
    default:
        put_bytes(figure, width);
        break;
    }
}

static void draw_row(const struct top_rows *rows, size_t i, bool is_chosen)
{
    const json_t *isolate = rows->rows[i].isolate;
    const char *drift = answer_text(isolate, "drift", "state");
    const char *state = answer_text(isolate, NULL, "state");
    enum table_colour colour = answer_colour(drift);
    attr_t look = look_of(colour != TABLE_PLAIN ? colour : answer_colour(state));

    look |= is_chosen ? A_REVERSE : A_NORMAL;
    attron(look);
    for (int column = 0; column < TOP_COLUMNS && has_room(columns[column].width + 1); column++) {
        draw_cell(isolate, (enum top_column)column);
        addch(' ');
    }
    attroff(look);
    if (has_room(SPARK_WIDTH)) {
        draw_spark(rows, answer_text(isolate, NULL, "id"));
    }
}

size_t top_screen_rows(void)
{
    int count = LINES - top_of_rows - 1;
    return count > 0 ? (size_t)count : 1;
}

static void draw_rows(const struct top_view *view)
{
    const struct top_rows *rows = view->rows;
    size_t room = top_screen_rows();

    first = view->chosen < first ? view->chosen : first;
    first = view->chosen >= first + room ? view->chosen - room + 1 : first;
    for (size_t i = 0; i < room && first + i < rows->count; i++) {
        move(top_of_rows + (int)i, 0);
        draw_row(rows, first + i, first + i == view->chosen);
    }
}

static void draw_foot(const struct top_view *view)
{
    const struct top_rows *rows = view->rows;
    char text[256];

    if (view->is_asking) {
        snprintf(text, sizeof text, "filter: %s_", rows->filter);
    } else if (view->message != NULL) {
        snprintf(text, sizeof text, "%s", view->message);
    } else {
        snprintf(text, sizeof text,
                 "%zu isolates%s%s%s%s  q quit  < > sort by  r reverse  / filter  p pause  g "
                 "collect garbage",
                 rows->count, rows->filter[0] != '\0' ? " with '" : "", rows->filter,
                 rows->filter[0] != '\0' ? "'" : "", view->is_paused ? "  PAUSED" : "");
    }
    draw_line(LINES - 1, text, A_BOLD);
}

void top_screen_draw(const struct top_view *view)
{
    const json_t *frame = view->rows->frame;
    const char *state = answer_text(frame, "verdict", "state");

    erase();
    draw_line(0, answer_text(frame, "verdict", "text"), look_of(answer_colour(state)) | A_BOLD);
    draw_line(1, answer_text(frame, "verdict", "evidence"), A_NORMAL);
    top_of_rows = draw_budgets(2, frame) + 2;
    draw_titles(view->rows);
    draw_rows(view);
    draw_foot(view);
    refresh();
}

/* ---- keys ------------------------------------------------------------------------------------ */

enum top_key top_screen_key(int wait_ms, char *character)
{
    static const struct {
        int code;
        enum top_key key;
    } keys[] = {
        {ERR, TOP_KEY_NONE},
        {KEY_UP, TOP_KEY_UP},
        {KEY_DOWN, TOP_KEY_DOWN},
        {KEY_LEFT, TOP_KEY_LEFT},
        {KEY_RIGHT, TOP_KEY_RIGHT},
        {KEY_PPAGE, TOP_KEY_PAGE_UP},
        {KEY_NPAGE, TOP_KEY_PAGE_DOWN},
        {KEY_HOME, TOP_KEY_HOME},
        {KEY_END, TOP_KEY_END},
        {'\n', TOP_KEY_ENTER},
        {KEY_ENTER, TOP_KEY_ENTER},
        {27, TOP_KEY_ESCAPE},
        {KEY_BACKSPACE, TOP_KEY_BACKSPACE},
        {127, TOP_KEY_BACKSPACE},
        {KEY_RESIZE, TOP_KEY_RESIZE},
    };
    timeout(wait_ms);
    int code = getch();

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (keys[i].code == code) {
            return keys[i].key;
        }
    }
    if (code < 32 || code > 126) {
        return TOP_KEY_NONE;
    }
    *character = (char)code;
    return TOP_KEY_CHARACTER;
}
