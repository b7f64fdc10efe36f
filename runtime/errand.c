/*
 * Errands (errand.h). The I/O thread owns the list of those under way, the isolate's mailbox the
 * letters, the isolate's thread the id of the profile that runs. Invariant: who takes the letter
 * out of the mailbox answers.
 */
#include "runtime/errand.h"

#include "base/clock.h"
#include "base/error.h"
#include "runtime/census.h"
#include "runtime/engine/engine.h"
#include "runtime/growth.h"
#include "runtime/heap_file.h"
#include "runtime/host.h"
#include "runtime/isolate.h"
#include "runtime/worker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct errand {
    struct errand *next;
    char id[sizeof((struct letter *)0)->id];
    uint32_t thread;
    const char *end; /* what ends it, and was not sent yet; NULL for what ends by itself */
    uint64_t due;    /* CLOCK_MONOTONIC ns; 0: over */
};

/* Of the isolate this thread runs; empty while none is taken for the collector. */
static _Thread_local char profile_id[sizeof((struct letter *)0)->id];

/* ---- of the I/O thread ----------------------------------------------------------------------- */

bool errand_is_verb(const char *verb)
{
    static const char *const verbs[] = {"gc", "snapshot", "profile", "census", "growth"};

    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(verb, verbs[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* What ends an errand that lasts; NULL for others. */
static const char *end_of(const char *verb)
{
    return strcmp(verb, "profile") == 0  ? "profile end"
           : strcmp(verb, "growth") == 0 ? "growth end"
                                         : NULL;
}

static struct letter *make_letter(const char *verb, const char *id)
{
    struct letter *letter = calloc(1, sizeof *letter);

    if (letter != NULL) {
        letter->kind = LETTER_ERRAND;
        snprintf(letter->verb, sizeof letter->verb, "%s", verb);
        snprintf(letter->id, sizeof letter->id, "%s", id);
    }
    return letter;
}

bool errands_send(struct errands *errands, uint32_t thread, const struct errand_order *order)
{
    struct letter *letter = make_letter(order->verb, order->id);
    struct errand *errand = calloc(1, sizeof *errand);

    if (letter != NULL && errand != NULL) {
        snprintf(errand->id, sizeof errand->id, "%s", order->id);
        errand->thread = thread;
        errand->end = end_of(order->verb);
        double seconds = errand->end != NULL ? order->seconds : ERRAND_SECONDS_MAX;
        errand->due = clock_now_ns() + (uint64_t)(seconds * (double)CLOCK_NS_PER_S);
        letter->interval = order->interval;
        letter->number = order->jobs;
        letter->due = errand->due + ERRAND_SECONDS_MAX * CLOCK_NS_PER_S;
        if (host_send_errand(errands->host, thread, letter)) {
            errand->next = errands->first;
            errands->first = errand;
            return true;
        }
    }
    mailbox_free_letter(&letter);
    free(errand);
    return false;
}

/* Its time is over: takes it back if the isolate has not come to it; asks for the end of what lasts. */
static void pass(struct errands *errands, struct errand *errand)
{
    errand->due = 0;
    if (host_take_errand(errands->host, errand->thread, errand->id)) {
        host_answer(errands->host, errand->id,
                    "the isolate did not come to a safe point in that time: it is in a long native "
                    "function, or waits in Atomics.wait");
        return;
    }
    struct letter *letter = errand->end != NULL ? make_letter(errand->end, errand->id) : NULL;
    errand->end = NULL;
    if (letter != NULL && host_send_errand(errands->host, errand->thread, letter)) {
        errand->due = clock_now_ns() + ERRAND_SECONDS_MAX * CLOCK_NS_PER_S;
    } else {
        mailbox_free_letter(&letter); /* the isolate has ended, and answered */
    }
}

bool errands_look(struct errands *errands)
{
    uint64_t now = clock_now_ns();

    for (struct errand **at = &errands->first; *at != NULL;) {
        struct errand *errand = *at;
        if (now >= errand->due) {
            pass(errands, errand);
        }
        if (errand->due != 0) {
            at = &errand->next;
            continue;
        }
        *at = errand->next;
        free(errand);
    }
    return errands->first != NULL;
}

void errands_fini(struct errands *errands)
{
    while (errands->first != NULL) {
        struct errand *errand = errands->first;
        errands->first = errand->next;
        free(errand);
    }
}

/* ---- of the isolate -------------------------------------------------------------------------- */

/* The file's size as the last of the figures. */
static void answer_file(struct host *host, const char *id, int fd, struct host_figure *figures,
                        size_t count)
{
    off_t size = lseek(fd, 0, SEEK_END);

    figures[count - 1] = (struct host_figure){"bytes", size < 0 ? 0 : (double)size};
    host_answer_file(host, id, fd, figures, count);
}

/* What the parent of the worker hears, which asked for it. `text` says why not, for a negative code. */
static void answer_parent(const struct letter *letter, int code, int fd, const char *text)
{
    struct letter *answer = calloc(1, sizeof *answer);

    if (answer == NULL) {
        close(fd); /* the parent gives up at the worker's end */
        return;
    }
    answer->kind = LETTER_HEAP;
    answer->worker = worker_ref(letter->worker);
    answer->number = letter->number;
    answer->code = code;
    answer->fd = code < 0 ? -1 : fd;
    if (code < 0 && (answer->bytes = (unsigned char *)strdup(text)) != NULL) {
        answer->size = strlen(text);
    }
    mailbox_push(letter->worker->parent, answer);
}

static void run_snapshot(struct isolate *isolate, const struct letter *letter)
{
    struct engine_snapshot taken;
    struct error error;
    uint64_t started = clock_now_ns();
    int fd = heap_file_open(&error);
    int code = fd < 0 ? fd : heap_file_snapshot(isolate_engine(isolate), fd, &taken, &error);

    if (letter->worker != NULL) {
        answer_parent(letter, code, fd, code < 0 ? error.text : "");
        if (code < 0 && fd >= 0) {
            close(fd);
        }
        return;
    }
    if (code < 0) {
        host_answer(isolate_host(isolate), letter->id, error.text);
        if (fd >= 0) {
            close(fd);
        }
        return;
    }
    struct host_figure figures[] = {
        {"nodes", (double)taken.nodes},
        {"edges", (double)taken.edges},
        {"memory", (double)taken.memory},
        {"seconds", (double)(clock_now_ns() - started) / (double)CLOCK_NS_PER_S},
        {"bytes", 0},
    };
    answer_file(isolate_host(isolate), letter->id, fd, figures, sizeof figures / sizeof *figures);
}

static void start_profile(struct isolate *isolate, const struct letter *letter)
{
    growth_yield(isolate);
    int code = engine_profile_start(isolate_engine(isolate), (double)letter->interval);

    if (code < 0) {
        host_answer(isolate_host(isolate), letter->id,
                    code == -EALREADY ? "a profile of this isolate is being taken already"
                                      : "not enough memory is left in the process");
        return;
    }
    memcpy(profile_id, letter->id, sizeof profile_id);
}

static void end_profile(struct isolate *isolate, const struct letter *letter)
{
    struct engine_profile taken;
    struct error error;

    if (strcmp(letter->id, profile_id) != 0) {
        return; /* it could not begin, and that was told */
    }
    profile_id[0] = '\0';
    int fd = heap_file_open(&error);
    int code = engine_profile_stop(isolate_engine(isolate), fd, &taken);
    if (fd >= 0 && heap_file_explain(code, &error) == 0) {
        struct host_figure figures[] = {
            {"samples", (double)taken.samples},
            {"taken", (double)taken.taken},
            {"lost", (double)taken.lost},
            {"live", (double)taken.live},
            {"bytes", 0},
        };
        answer_file(isolate_host(isolate), letter->id, fd, figures,
                    sizeof figures / sizeof *figures);
        return;
    }
    host_answer(isolate_host(isolate), letter->id, error.text);
    if (fd >= 0) {
        close(fd);
    }
}

static void run_census(struct isolate *isolate, const struct letter *letter)
{
    struct census *census = NULL;
    struct error error;
    int fd = heap_file_open(&error);
    int code = fd < 0 ? fd : heap_file_explain(isolate_take_census(isolate, true, &census), &error);

    if (code == 0) {
        struct host_figure figures[] = {
            {"seconds", (double)census->lasted / (double)CLOCK_NS_PER_S}, {"bytes", 0}};
        code = heap_file_census(census, isolate_baseline(isolate), fd, &error);
        if (code == 0) {
            answer_file(isolate_host(isolate), letter->id, fd, figures,
                        sizeof figures / sizeof *figures);
        }
        isolate_keep_census(isolate, &census);
    }
    census_free(&census);
    if (code < 0) {
        host_answer(isolate_host(isolate), letter->id, error.text);
        if (fd >= 0) {
            close(fd);
        }
    }
}

static void run_one(struct isolate *isolate, const struct letter *letter)
{
    struct host *host = isolate_host(isolate);

    if (strcmp(letter->verb, "gc") == 0) {
        engine_collect(isolate_engine(isolate));
        host_answer(host, letter->id, NULL);
    } else if (strcmp(letter->verb, "snapshot") == 0) {
        run_snapshot(isolate, letter);
    } else if (strcmp(letter->verb, "profile") == 0) {
        start_profile(isolate, letter);
    } else if (strcmp(letter->verb, "profile end") == 0) {
        end_profile(isolate, letter);
    } else if (strcmp(letter->verb, "growth") == 0) {
        growth_ask(isolate, letter);
    } else if (strcmp(letter->verb, "growth end") == 0) {
        growth_end(isolate, letter);
    } else {
        run_census(isolate, letter);
    }
}

void errands_run(struct isolate *isolate)
{
    struct letter *letter;

    while ((letter = mailbox_take_errand(isolate_mailbox(isolate), NULL)) != NULL) {
        run_one(isolate, letter);
        mailbox_free_letter(&letter);
    }
}

void errand_refuse(struct isolate *isolate, const struct letter *letter)
{
    if (letter->worker != NULL) {
        answer_parent(letter, -ECANCELED, -1, "");
    } else if (strcmp(letter->id, profile_id) != 0 && !growth_is_of(letter->id)) {
        /* those are answered with the rest */
        host_answer(isolate_host(isolate), letter->id, "the isolate ended meanwhile");
    }
}

void errands_close(struct isolate *isolate)
{
    struct host *host = isolate_host(isolate);
    struct letter *letter;

    while ((letter = mailbox_take_errand(isolate_mailbox(isolate), NULL)) != NULL) {
        errand_refuse(isolate, letter);
        mailbox_free_letter(&letter);
    }
    if (profile_id[0] != '\0') {
        host_answer(host, profile_id, "the isolate ended while its profile was taken");
        profile_id[0] = '\0';
    }
    growth_close(isolate);
}
