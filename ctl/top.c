/*
 * isoctl top: asks for a frame every second, draws it, obeys keys. Called through the table of
 * verbs.c. Owns nothing beyond a call. What goes wrong while it runs is told in its last line and
 * tried again; the terminal is given back whatever happens.
 */
#include "ctl/top.h"

#include "base/clock.h"
#include "base/log.h"
#include "ctl/answer.h"
#include "ctl/top_rows.h"
#include "ctl/top_screen.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EVERY_DEFAULT_S 1.0
#define PATH            "/api/v1/frame?isolates=all"

struct top {
    const struct invocation *invocation;
    struct top_rows rows;
    struct top_view view;
    char message[512];
    bool is_over;
};

static volatile sig_atomic_t was_told_to_end;

static void on_signal(int number)
{
    (void)number;
    was_told_to_end = 1;
}

static void say(struct top *top, const char *text)
{
    snprintf(top->message, sizeof top->message, "%s", text);
    top->view.message = top->message[0] != '\0' ? top->message : NULL;
}

/* ---- asking ---------------------------------------------------------------------------------- */

/* NULL with what went wrong in the last line. */
static json_t *ask(struct top *top, const char *method, const char *path)
{
    struct error error = {"the answer is not JSON; is it isoscoped?"};
    struct bytes body;
    json_t *answer = NULL;

    bytes_init(&body, 0);
    if (client_ask(top->invocation->client, method, path, &body, &error) == 0) {
        answer = json_loadb((const char *)body.data, body.size, 0, NULL);
    }
    bytes_fini(&body);
    say(top, answer != NULL ? "" : error.text);
    return answer;
}

static void look(struct top *top)
{
    json_t *frame = ask(top, "GET", PATH);

    if (frame != NULL) {
        top_rows_take(&top->rows, frame);
    }
}

static void collect(struct top *top)
{
    struct bytes path;

    if (top->rows.count == 0) {
        return;
    }
    const char *id = answer_text(top->rows.rows[top->view.chosen].isolate, NULL, "id");
    bytes_init(&path, 0);
    bytes_append_text(&path, "/api/v1/isolates/");
    client_escape(&path, id != NULL ? id : "");
    bytes_append(&path, "/gc", sizeof "/gc");
    json_t *answer = path.is_failed ? NULL : ask(top, "POST", (const char *)path.data);
    bytes_fini(&path);
    if (answer != NULL) {
        say(top, "collecting");
        json_decref(answer);
    }
}

/* ---- keys ------------------------------------------------------------------------------------ */

static void arrange(struct top *top)
{
    top_rows_arrange(&top->rows);
    top->view.chosen = 0;
}

static void take_filter_key(struct top *top, enum top_key key, char character)
{
    char *filter = top->rows.filter;
    size_t length = strlen(filter);

    if (key == TOP_KEY_ENTER || key == TOP_KEY_ESCAPE) {
        top->view.is_asking = false;
        filter[key == TOP_KEY_ESCAPE ? 0 : length] = '\0';
    } else if (key == TOP_KEY_BACKSPACE && length > 0) {
        filter[length - 1] = '\0';
    } else if (key == TOP_KEY_CHARACTER && length + 1 < sizeof top->rows.filter) {
        filter[length] = character;
        filter[length + 1] = '\0';
    }
    arrange(top);
}

static void sort_by(struct top *top, int step)
{
    top->rows.sort = (enum top_column)(((int)top->rows.sort + TOP_COLUMNS + step) % TOP_COLUMNS);
    arrange(top);
}

static void take_character(struct top *top, char character)
{
    switch (character) {
    case 'q':
        top->is_over = true;
        break;
    case '<':
        sort_by(top, -1);
        break;
    case '>':
        sort_by(top, 1);
        break;
    case 'r':
        top->rows.is_reversed = !top->rows.is_reversed;
        arrange(top);
        break;
    case '/':
        top->view.is_asking = true;
        break;
    case 'p':
        top->view.is_paused = !top->view.is_paused;
        break;
    case 'g':
        collect(top);
        break;
    default:
        break;
    }
}

static void choose(struct top *top, double row)
{
    double last = top->rows.count > 0 ? (double)top->rows.count - 1 : 0;

    top->view.chosen = (size_t)(row < 0 ? 0 : row > last ? last : row);
}

static void take_key(struct top *top, enum top_key key, char character)
{
    double chosen = (double)top->view.chosen, page = (double)top_screen_rows();

    if (top->view.is_asking) {
        take_filter_key(top, key, character);
        return;
    }
    switch (key) {
    case TOP_KEY_UP:
        choose(top, chosen - 1);
        break;
    case TOP_KEY_DOWN:
        choose(top, chosen + 1);
        break;
    case TOP_KEY_PAGE_UP:
        choose(top, chosen - page);
        break;
    case TOP_KEY_PAGE_DOWN:
        choose(top, chosen + page);
        break;
    case TOP_KEY_HOME:
        choose(top, 0);
        break;
    case TOP_KEY_END:
        choose(top, (double)top->rows.count);
        break;
    case TOP_KEY_LEFT:
        sort_by(top, -1);
        break;
    case TOP_KEY_RIGHT:
        sort_by(top, 1);
        break;
    case TOP_KEY_CHARACTER:
        take_character(top, character);
        break;
    default:
        break;
    }
}

/* ---- the loop -------------------------------------------------------------------------------- */

static void run(struct top *top, double every)
{
    uint64_t period = (uint64_t)(every * (double)CLOCK_NS_PER_S);
    uint64_t next = 0;

    while (!top->is_over && !was_told_to_end) {
        uint64_t now = clock_now_ns();
        if (now >= next && !top->view.is_paused && !top->view.is_asking) {
            look(top);
            next = now + period;
        }
        choose(top, (double)top->view.chosen);
        top_screen_draw(&top->view);
        char character = '\0';
        int wait_ms = next > now ? (int)((next - now) / 1000000) + 1 : 100;
        enum top_key key = top_screen_key(wait_ms, &character);
        if (key != TOP_KEY_NONE) {
            take_key(top, key, character);
        }
    }
}

int top_run(const struct invocation *invocation)
{
    struct top top = {.invocation = invocation};
    const char *every_text = answer_option(invocation, "every");
    double every = every_text != NULL ? strtod(every_text, NULL) : EVERY_DEFAULT_S;
    struct sigaction action = {.sa_handler = on_signal};
    struct error error;

    if (!(every >= 0.1 && every <= 3600)) {
        log_error("--every: seconds from 0.1 to 3600");
        return 2;
    }
    if (!isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO)) {
        log_error("top needs a terminal; isoctl isolates prints the same once");
        return 2;
    }
    if (top_screen_open(invocation->has_colours, &error) < 0) {
        log_error("%s", error.text);
        return 1;
    }
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    top_rows_init(&top.rows);
    top.view.rows = &top.rows;
    run(&top, every);
    top_screen_close();
    top_rows_fini(&top.rows);
    return 0;
}
