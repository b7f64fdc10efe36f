/*
 * What grew (growth.h). Called by errands and at the end of jobs. Owns the request under way, of the
 * isolate that this thread runs. Invariant: a request is answered once, and not later than the I/O
 * thread waits for it.
 */
#include "runtime/growth.h"

#include "base/clock.h"
#include "base/headroom.h"
#include "runtime/census.h"
#include "runtime/engine/engine.h"
#include "runtime/errand.h"
#include "runtime/host.h"
#include "runtime/isolate.h"
#include "runtime/profile.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define ROOM_LEAST  ((uint64_t)4 << 20) /* bytes that must be left to the process */
#define ROOM_SHARE  32                  /* and this part of the heap, for samples of it */
#define FILE_SCHEME "file://"

static _Thread_local struct {
    char id[sizeof((struct letter *)0)->id]; /* "": nothing is asked */
    uint64_t jobs_wanted, jobs, interval;
    struct census *before; /* owned; NULL: not begun */
    uint64_t live;         /* bytes, behind the first census */
    uint64_t begun, paused, due;
    const char *no_site;
} request;

void growth_yield(struct isolate *isolate)
{
    struct engine_profile taken;

    if (request.before != NULL && request.no_site == NULL) {
        (void)engine_profile_stop(isolate_engine(isolate), -1, &taken);
        request.no_site = "somebody else took a profile of this isolate meanwhile";
    }
}

/* Ends it without an answer: that was given. */
static void forget(struct isolate *isolate)
{
    growth_yield(isolate);
    if (request.before != NULL) {
        isolate_keep_census(isolate, &request.before);
    }
    census_free(&request.before);
    request.id[0] = '\0';
}

static void refuse(struct isolate *isolate, const char *why)
{
    if (clock_now_ns() < request.due) {
        host_answer(isolate_host(isolate), request.id, why);
    }
    forget(isolate);
}

static bool has_room(const struct isolate *isolate)
{
    uint64_t total =
        atomic_load_explicit(&isolate_slot(isolate)->heap_total, memory_order_relaxed);

    return headroom_bytes() >= ROOM_LEAST + total / ROOM_SHARE;
}

void growth_ask(struct isolate *isolate, const struct letter *letter)
{
    const char *why = request.id[0] != '\0' ? "what grows in this isolate is looked for already"
                      : !has_room(isolate)
                          ? "too little memory is left to look for what grows"
                          : NULL;

    if (why != NULL) {
        host_answer(isolate_host(isolate), letter->id, why);
        return;
    }
    memset(&request, 0, sizeof request);
    memcpy(request.id, letter->id, sizeof request.id);
    request.jobs_wanted = letter->number;
    request.interval = letter->interval;
    request.due = letter->due;
}

bool growth_is_wanted(void)
{
    return request.id[0] != '\0';
}

bool growth_is_of(const char *id)
{
    return growth_is_wanted() && strcmp(request.id, id) == 0;
}

/* ---- the report ------------------------------------------------------------------------------ */

/* The end of a text that has no room, from the start of a character. */
static void keep_tail(char *to, size_t size, const char *text, size_t length)
{
    size_t skipped = length < size ? 0 : length - size + 1;

    while (skipped > 0 && skipped < length && ((unsigned char)text[skipped] & 0xc0) == 0x80) {
        skipped++;
    }
    memcpy(to, text + skipped, length - skipped);
    to[length - skipped] = '\0';
}

static void fill_site(struct growth_site *site, const struct profile_site *found)
{
    const char *file = found->file;
    size_t scheme = sizeof FILE_SCHEME - 1, size = found->file_size;

    if (size > scheme && memcmp(file, FILE_SCHEME, scheme) == 0) {
        file += scheme;
        size -= scheme;
    }
    keep_tail(site->file, sizeof site->file, file, size);
    keep_tail(site->function, sizeof site->function, found->name, found->name_size);
    site->line = found->line;
    site->bytes = found->bytes;
    site->samples = found->count;
}

static int fill_sites(const struct isolate *isolate, struct growth_report *report)
{
    struct profile_site found[GROWTH_SITES_MAX];

    if (request.no_site != NULL) {
        report->no_site = request.no_site;
        return 0;
    }
    int count = engine_profile_sites(isolate_engine(isolate), found, GROWTH_SITES_MAX);
    for (int i = 0; i < count; i++) {
        fill_site(&report->sites[i], &found[i]);
    }
    if (count == 0) {
        report->no_site = "nothing that was sampled is still there";
    }
    return count == -ENOENT ? 0 : count;
}

static int fill_kinds(const struct census *after, struct growth_report *report)
{
    struct census_growth grown[GROWTH_KINDS_MAX];
    int count = census_grown(after, request.before, grown, GROWTH_KINDS_MAX);

    for (int i = 0; i < count; i++) {
        memcpy(report->kinds[i].name, grown[i].row->name, sizeof report->kinds[i].name);
        report->kinds[i].count = grown[i].count;
        report->kinds[i].bytes = grown[i].bytes;
    }
    return count;
}

static const char *explain(int code)
{
    return code == -ECANCELED ? "the isolate ended meanwhile"
                              : "not enough memory is left in the process";
}

/* ---- its course ------------------------------------------------------------------------------ */

static void begin(struct isolate *isolate, bool is_collected)
{
    uint64_t started = clock_now_ns();
    int code = isolate_take_census(isolate, !is_collected, &request.before);

    if (code < 0) {
        refuse(isolate, explain(code));
        return;
    }
    request.live = engine_live(isolate_engine(isolate));
    code = engine_profile_start(isolate_engine(isolate), (double)request.interval);
    request.no_site = code == 0          ? NULL
                      : code == -EALREADY ? "a profile of this isolate is being taken already"
                                          : explain(code);
    request.begun = clock_now_ns();
    request.paused = request.begun - started;
}

static void finish(struct isolate *isolate, bool is_collected)
{
    struct growth_report report = {.jobs = request.jobs};
    struct census *after = NULL;
    uint64_t started = clock_now_ns();
    int code = isolate_take_census(isolate, !is_collected, &after);

    if (code == 0 && (code = fill_kinds(after, &report)) >= 0 &&
        (code = fill_sites(isolate, &report)) >= 0) {
        report.bytes = (int64_t)(engine_live(isolate_engine(isolate)) - request.live);
        report.seconds = (double)(started - request.begun) / (double)CLOCK_NS_PER_S;
        request.paused += clock_now_ns() - started;
        report.pause_seconds = (double)request.paused / (double)CLOCK_NS_PER_S;
        if (started < request.due) {
            host_answer_growth(isolate_host(isolate), request.id, &report);
        }
        forget(isolate);
    } else {
        refuse(isolate, explain(code));
    }
    census_free(&after);
}

void growth_take_job(struct isolate *isolate, bool is_collected)
{
    if (engine_end(isolate_engine(isolate)) != ENGINE_ALIVE) {
        return; /* growth_close() comes */
    }
    if (request.before == NULL) {
        begin(isolate, is_collected);
    } else if (++request.jobs >= request.jobs_wanted) {
        finish(isolate, is_collected);
    }
}

void growth_end(struct isolate *isolate, const struct letter *letter)
{
    if (!growth_is_of(letter->id)) {
        return; /* it was answered */
    }
    if (request.jobs == 0) {
        refuse(isolate, "no two jobs ended in the time that was given");
    } else {
        finish(isolate, false);
    }
}

void growth_close(struct isolate *isolate)
{
    if (growth_is_wanted()) {
        refuse(isolate, "the isolate ended while what grows in it was looked for");
    }
}
