/*
 * Tracks, their saving, retention, failures and what becomes of them. Called by archive.c on its
 * thread. Owns the tracks and the database. Invariant: sink.disk is the database while it can be
 * written, and NULL from a failure until a later attempt went well; reading goes on meanwhile.
 */
#include "daemon/history/keeper.h"

#include "base/clock.h"
#include "base/log.h"
#include "daemon/history/track.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNSEEN_BATCHES   240 /* after so many without it a series is over */
#define JUMP_S           60.0
#define JUMP_HOLD_NS     (3600 * CLOCK_NS_PER_S)
#define RETAIN_EVERY_NS  (60 * CLOCK_NS_PER_S)
#define FULL_SHARE       0.9 /* of max_bytes: from here on the oldest is forgotten */
#define ROOM_SHARE       0.8 /* until here */
#define CUTS_MAX         32
#define RAW_BLOCKS_LEAST 5 /* of raw blocks so many stay, until rollups go */

struct keeper {
    char directory[PATH_MAX];
    double steps[DISK_LEVELS];
    struct disk *disk;
    struct track_sink sink;
    struct track *tracks, *names; /* the same ones, by number and by name */
    uint64_t batch_count;
    struct keeper_limits limits;
    double t;        /* of the newest batch */
    uint64_t now_ns; /* likewise */
    uint64_t saved_ns, retained_ns;
    uint64_t hold_until_ns; /* after the clock jumped nothing is too old */
    struct keeper_status status;
};

struct keeper *keeper_new(const char *directory, const double steps[DISK_LEVELS])
{
    struct keeper *keeper = calloc(1, sizeof *keeper);

    if (keeper == NULL) {
        return NULL;
    }
    snprintf(keeper->directory, sizeof keeper->directory, "%s", directory);
    memcpy(keeper->steps, steps, sizeof keeper->steps);
    keeper->status.oldest = keeper->status.saved_at = NAN;
    return keeper;
}

static void remove_track(struct keeper *keeper, struct track *track)
{
    HASH_DELETE(by_number, keeper->tracks, track);
    HASH_DELETE(by_name, keeper->names, track);
    track_free(&track);
}

void keeper_free(struct keeper **pointer)
{
    struct keeper *keeper = *pointer;
    struct track *track, *next;

    *pointer = NULL;
    if (keeper == NULL) {
        return;
    }
    HASH_ITER(by_number, keeper->tracks, track, next)
    {
        remove_track(keeper, track);
    }
    disk_close(&keeper->disk);
    free(keeper);
}

/* ---- failure and recovery -------------------------------------------------------------------- */

static void set_state(struct keeper *keeper, enum keeper_state state, const char *why)
{
    struct keeper_status *status = &keeper->status;

    if (state == KEEPER_STOPPED) {
        snprintf(status->error, sizeof status->error, "%s", why);
    }
    if (status->state == state) {
        return;
    }
    if (state == KEEPER_STOPPED) {
        log_warn("history is not written: %s; watching goes on", why);
    } else if (status->state == KEEPER_STOPPED) {
        log_info("history is written again");
    }
    status->state = state;
    status->since = keeper->t;
}

/* Nothing since the last commit is there. */
static void take_back(struct keeper *keeper)
{
    struct track *track, *next;

    if (keeper->disk != NULL) {
        disk_rollback(keeper->disk);
    }
    keeper->sink.lost += keeper->sink.rolled;
    keeper->sink.written = keeper->sink.rolled = 0;
    keeper->sink.disk = NULL;
    HASH_ITER(by_number, keeper->tracks, track, next)
    {
        track_unsave(track);
    }
}

static void set_aside(struct keeper *keeper)
{
    disk_close(&keeper->disk);
    int code = disk_set_aside(keeper->directory);
    if (code < 0) {
        log_warn("history: %s/history.db cannot be renamed: %s", keeper->directory,
                 strerror(-code));
        return;
    }
    keeper->status.set_aside++;
    log_warn("history: %s/history.db is damaged; it is history.db.corrupt now, and a new one "
             "begins",
             keeper->directory);
}

static const char *reason_of(const struct keeper *keeper, int code, char *text, size_t size)
{
    if (code == -ENOSPC) {
        snprintf(text, size, "no room in %.200s", keeper->directory);
    } else if (code == -EBUSY) {
        snprintf(text, size, "another process has %.200s/history.db", keeper->directory);
    } else {
        snprintf(text, size, "%.200s/history.db: %.200s", keeper->directory,
                 keeper->disk != NULL ? disk_error(keeper->disk) : strerror(-code));
    }
    return text;
}

/* Writing failed: from now on memory alone, until the next attempt. */
static void stop(struct keeper *keeper, int code)
{
    char text[ERROR_TEXT_MAX];

    reason_of(keeper, code, text, sizeof text);
    take_back(keeper);
    if (code == -EBADMSG) {
        set_aside(keeper);
    } else if (code != -ENOSPC && code != -ENOMEM) {
        disk_close(&keeper->disk);
    }
    set_state(keeper, KEEPER_STOPPED, text);
}

/* The database, opened when it is not; one that is damaged is renamed and another begun. */
static bool need_disk(struct keeper *keeper)
{
    struct error error = {""};
    int code = 0;

    for (int i = 0; i < 2 && keeper->disk == NULL; i++) {
        code = disk_open(&keeper->disk, keeper->directory, keeper->limits.max_bytes, &error);
        if (code == -EBADMSG && i == 0) {
            set_aside(keeper);
        }
    }
    if (keeper->disk == NULL) {
        char text[ERROR_TEXT_MAX];
        bool has_words = code == -EBUSY || code == -ENOSPC;
        set_state(keeper, KEEPER_STOPPED,
                  has_words ? reason_of(keeper, code, text, sizeof text) : error.text);
        return false;
    }
    keeper->sink.disk = keeper->disk;
    return true;
}

/* ---- retention ------------------------------------------------------------------------------- */

/* By age. */
static int forget_old(struct keeper *keeper)
{
    int code = 0;

    for (unsigned level = 0; level < DISK_LEVELS && code == 0; level++) {
        double before = floor((keeper->t - keeper->limits.keep[level]) / track_spans[level]);
        int64_t oldest, newest;
        if (disk_get_range(keeper->disk, level, &oldest, &newest) && (double)oldest < before) {
            code = disk_cut(keeper->disk, level, (int64_t)before);
        }
    }
    return code;
}

/* The oldest of one level: a quarter of the raw blocks while there are many, else rollups. */
static int cut_oldest(struct keeper *keeper)
{
    int64_t oldest, newest;

    if (disk_get_range(keeper->disk, TRACK_RAW, &oldest, &newest) &&
        newest - oldest >= RAW_BLOCKS_LEAST) {
        return disk_cut(keeper->disk, TRACK_RAW, oldest + 1 + (newest - oldest) / 4);
    }
    if (disk_get_range(keeper->disk, TRACK_ROLLUP, &oldest, &newest) && newest > oldest) {
        return disk_cut(keeper->disk, TRACK_ROLLUP, oldest + 1 + (newest - oldest) / 4);
    }
    return -ENOENT;
}

/* By size. */
static int forget_much(struct keeper *keeper)
{
    double max = (double)keeper->limits.max_bytes;
    int code = 0;

    if ((double)disk_used_bytes(keeper->disk) <= max * FULL_SHARE) {
        return 0;
    }
    for (int i = 0; i < CUTS_MAX && code == 0; i++) {
        if ((double)disk_used_bytes(keeper->disk) <= max * ROOM_SHARE) {
            break;
        }
        code = cut_oldest(keeper);
    }
    return code == -ENOENT ? 0 : code;
}

/* When the oldest block of any level begins; NaN when there is none. */
static double find_oldest(struct keeper *keeper)
{
    double oldest_t = NAN;
    int64_t oldest, newest;

    for (unsigned level = 0; level < DISK_LEVELS; level++) {
        if (disk_get_range(keeper->disk, level, &oldest, &newest)) {
            oldest_t = fmin(oldest_t, (double)(oldest * track_spans[level]));
        }
    }
    return oldest_t;
}

/* When the first step of all begins, as far as the first block of each level tells; NaN for none.
 */
static double find_first_step(struct keeper *keeper)
{
    struct pack_reader reader;
    struct bytes data;
    double first = NAN;

    bytes_init(&data, 0);
    for (unsigned level = 0; level < DISK_LEVELS; level++) {
        bytes_clear(&data);
        if (disk_get_first(keeper->disk, level, &data) == 0 &&
            pack_open(&reader, data.data, data.size) == 0) {
            first = fmin(first, (double)reader.first * (double)reader.step_us / 1e6);
        }
    }
    bytes_fini(&data);
    return first;
}

static int retain(struct keeper *keeper)
{
    int code = forget_much(keeper);

    if (keeper->now_ns - keeper->retained_ns < RETAIN_EVERY_NS) {
        return code;
    }
    keeper->retained_ns = keeper->now_ns;
    if (code == 0 && keeper->now_ns >= keeper->hold_until_ns) {
        code = forget_old(keeper);
    }
    double oldest = find_oldest(keeper);
    if (code == 0 && !isnan(oldest)) {
        code = disk_forget_series(keeper->disk, oldest);
    }
    return code;
}

/* ---- saving ---------------------------------------------------------------------------------- */

static int save_tracks(struct keeper *keeper, bool is_last)
{
    struct track *track, *next;
    int code = 0;

    HASH_ITER(by_number, keeper->tracks, track, next)
    {
        bool is_over = keeper->batch_count - track->seen > UNSEEN_BATCHES;
        if (code == 0) {
            code = track_save(track, is_last || is_over, &keeper->sink);
        }
        if (is_over) {
            remove_track(keeper, track);
        }
    }
    return code;
}

static int write_all(struct keeper *keeper, bool is_last)
{
    int code = save_tracks(keeper, is_last);

    if (code == 0) {
        code = retain(keeper);
    }
    if (code == 0) {
        code = disk_commit(keeper->disk);
    }
    return code;
}

static void note_saved(struct keeper *keeper)
{
    keeper->status.rows += keeper->sink.written;
    keeper->sink.written = keeper->sink.rolled = 0;
    keeper->status.saved_at = keeper->t;
    keeper->status.oldest = find_first_step(keeper);
    keeper->status.bytes = disk_file_bytes(keeper->disk);
    set_state(keeper, KEEPER_OK, "");
}

void keeper_save(struct keeper *keeper, bool is_last)
{
    keeper->saved_ns = keeper->now_ns;
    if (keeper->batch_count == 0 || !need_disk(keeper)) {
        return;
    }
    int code = write_all(keeper, is_last);
    if (code < 0) {
        stop(keeper, code);
        return;
    }
    note_saved(keeper);
    if ((code = disk_shrink(keeper->disk)) < 0) {
        stop(keeper, code);
    }
}

/* ---- batches --------------------------------------------------------------------------------- */

static struct track *find_number(struct keeper *keeper, uint32_t number)
{
    struct track *track = NULL;

    HASH_FIND(by_number, keeper->tracks, &number, sizeof number, track);
    return track;
}

/* True when it is in the table afterwards. */
static bool enter_number(struct keeper *keeper, struct track *track, uint32_t number)
{
    track->number = number;
    HASH_ADD(by_number, keeper->tracks, number, sizeof track->number, track);
    return track->by_number.tbl != NULL;
}

/* A series that comes back under another number goes on. */
static struct track *add_track(struct keeper *keeper, const struct keeper_entry *entry,
                               const char *name)
{
    struct track *track = NULL;

    HASH_FIND(by_name, keeper->names, name, strlen(name), track);
    if (track != NULL) {
        HASH_DELETE(by_number, keeper->tracks, track);
    } else if ((track = track_new(name, (enum history_kind)entry->kind, keeper->steps)) != NULL) {
        HASH_ADD_KEYPTR(by_name, keeper->names, track->name, strlen(track->name), track);
        if (track->by_name.tbl == NULL) {
            track_free(&track);
        }
    }
    if (track != NULL && !enter_number(keeper, track, entry->number)) {
        HASH_DELETE(by_name, keeper->names, track);
        track_free(&track);
    }
    return track;
}

static int take_entry(struct keeper *keeper, const struct keeper_entry *entry, double t)
{
    const double *values = (const double *)(entry + 1);
    struct track *track = find_number(keeper, entry->number);

    if (track == NULL && entry->name_bytes > 0) {
        track = add_track(keeper, entry, (const char *)(values + entry->metric_count));
    }
    if (track == NULL) {
        keeper->status.strangers++;
        return 0;
    }
    track->seen = keeper->batch_count;
    return track_add(track, t, values, &keeper->sink);
}

static void note_time(struct keeper *keeper, const struct keeper_batch *batch)
{
    double passed = (double)(batch->now_ns - keeper->now_ns) / (double)CLOCK_NS_PER_S;

    if (keeper->batch_count > 0 && fabs(batch->t - keeper->t - passed) > JUMP_S) {
        keeper->hold_until_ns = batch->now_ns + JUMP_HOLD_NS;
        log_info("history: the clock jumped by %.0f s; nothing is forgotten for its age for an "
                 "hour",
                 batch->t - keeper->t - passed);
    }
    keeper->t = batch->t;
    keeper->now_ns = batch->now_ns;
    keeper->batch_count++;
}

void keeper_take(struct keeper *keeper, const struct keeper_batch *batch)
{
    const unsigned char *at = batch->data.data;
    bool is_first = keeper->batch_count == 0;
    int code = 0;

    note_time(keeper, batch);
    if (keeper->disk != NULL && batch->limits.max_bytes != keeper->limits.max_bytes) {
        disk_limit(keeper->disk, batch->limits.max_bytes);
    }
    keeper->limits = batch->limits;
    if (is_first && need_disk(keeper)) {
        set_state(keeper, KEEPER_OK, "");
        keeper->saved_ns = batch->now_ns;
        keeper->status.oldest = find_first_step(keeper);
        keeper->status.bytes = disk_file_bytes(keeper->disk);
    }
    for (uint32_t i = 0; i < batch->entry_count; i++) {
        const struct keeper_entry *entry = (const struct keeper_entry *)at;
        int taken = take_entry(keeper, entry, batch->t);
        code = code < 0 ? code : taken;
        at +=
            sizeof *entry + entry->metric_count * sizeof(double) + (entry->name_bytes + 7u) / 8 * 8;
    }
    if (code < 0) {
        stop(keeper, code);
    }
    if ((double)(batch->now_ns - keeper->saved_ns) >= batch->limits.save_every * 1e9) {
        keeper_save(keeper, false);
    }
}

/* ---- told to others -------------------------------------------------------------------------- */

void keeper_distrust(struct keeper *keeper)
{
    stop(keeper, -EBADMSG);
}

void keeper_get_status(const struct keeper *keeper, struct keeper_status *status)
{
    *status = keeper->status;
    status->lost = keeper->sink.lost;
    status->damaged += keeper->sink.damaged;
}

struct disk *keeper_disk(struct keeper *keeper)
{
    return keeper->disk;
}

struct track *keeper_find_track(struct keeper *keeper, const char *name)
{
    struct track *track = NULL;

    HASH_FIND(by_name, keeper->names, name, strlen(name), track);
    return track;
}

double keeper_step(const struct keeper *keeper, unsigned level)
{
    return keeper->steps[level];
}

void keeper_count_damaged(struct keeper *keeper)
{
    keeper->status.damaged++;
}
