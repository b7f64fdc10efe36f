/*
 * The picture of isoctl top. Fences ncurses: nothing else knows it. One thread, one screen.
 */
#ifndef CTL_TOP_SCREEN_H
#define CTL_TOP_SCREEN_H

#include "base/error.h"
#include "ctl/top_rows.h"

#include <stdbool.h>

enum top_key {
    TOP_KEY_NONE, /* nothing within the time */
    TOP_KEY_UP,
    TOP_KEY_DOWN,
    TOP_KEY_LEFT,
    TOP_KEY_RIGHT,
    TOP_KEY_PAGE_UP,
    TOP_KEY_PAGE_DOWN,
    TOP_KEY_HOME,
    TOP_KEY_END,
    TOP_KEY_ENTER,
    TOP_KEY_ESCAPE,
    TOP_KEY_BACKSPACE,
    TOP_KEY_RESIZE,
    TOP_KEY_CHARACTER, /* 32 to 126 */
};

struct top_view {
    const struct top_rows *rows;
    size_t chosen;             /* row */
    bool is_paused, is_asking; /* the filter is being typed */
    const char *message;       /* of what just happened; NULL for none */
};

/* Takes the terminal over; a negative errno with *error when there is none. */
int top_screen_open(bool has_colours, struct error *error);
/* Gives it back as it was. */
void top_screen_close(void);

void top_screen_draw(const struct top_view *view);
/* Rows that fit. */
size_t top_screen_rows(void);

/* Waits for a key; *character is set for TOP_KEY_CHARACTER. */
enum top_key top_screen_key(int wait_ms, char *character);

#endif
