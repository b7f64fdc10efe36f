/*
 * A batch of every tick. Called by the loop. Owns nothing. Invariant: nothing here waits or touches
 * the database.
 */
#include "daemon/history/feed.h"

#include "daemon/model/past.h"

#include <inttypes.h>
#include <stdio.h>

#define BYTES_LEAST (UINT64_C(1) << 20) /* of the database: less holds nothing */

void feed_name(char name[QUERY_NAME_MAX], enum history_kind kind, const void *subject)
{
    const struct process *process = subject;

    switch (kind) {
    case HISTORY_ISOLATE:
        snprintf(name, QUERY_NAME_MAX, "isolate:%s", ((const struct isolate *)subject)->id);
        break;
    case HISTORY_PROCESS:
        if (process->has_long_ids) {
            snprintf(name, QUERY_NAME_MAX, "process:%" PRIu64 "~%" PRIu64, process->pid,
                     process->start_time);
        } else {
            snprintf(name, QUERY_NAME_MAX, "process:%" PRIu64, process->pid);
        }
        break;
    default:
        snprintf(name, QUERY_NAME_MAX, "budget:%s", ((const struct budget *)subject)->name);
        break;
    }
}

static void hand_over(void *context, const struct past_item *item)
{
    struct archive *archive = context;
    struct history *history = *item->history;
    char name[QUERY_NAME_MAX];

    if (history == NULL) {
        return; /* no memory for it yet */
    }
    bool wants_name = archive_wants_name(archive, history);
    if (wants_name) {
        feed_name(name, item->kind, item->subject);
    }
    archive_add(archive, history, wants_name ? name : NULL, item->values);
}

void feed_tick(struct archive *archive, const struct model *model, const struct config *config)
{
    struct keeper_limits limits = {
        .keep = {config->history.raw_keep, config->history.rollup_keep},
        .save_every = config->history.save_every,
        .max_bytes =
            config->history.max_bytes > BYTES_LEAST ? config->history.max_bytes : BYTES_LEAST,
    };

    if (archive_begin(archive, model->t, &limits)) {
        past_visit(model, hand_over, archive);
        archive_end(archive);
    }
}

void feed_status(struct archive *archive, struct status *status)
{
    static const enum model_archive states[] = {
        [KEEPER_STARTING] = MODEL_ARCHIVE_STARTING,
        [KEEPER_OK] = MODEL_ARCHIVE_OK,
        [KEEPER_STOPPED] = MODEL_ARCHIVE_STOPPED,
    };
    struct archive_status now;

    archive_get_status(archive, &now);
    status->archive.state = states[now.disk.state];
    snprintf(status->archive.error, sizeof status->archive.error, "%s", now.disk.error);
    status->archive.since = now.disk.since;
    status->archive.oldest = now.disk.oldest;
    status->archive.saved_at = now.disk.saved_at;
    status->archive.bytes = now.disk.bytes;
    status->archive.rows = now.disk.rows;
    status->archive.dropped = now.dropped;
    status->archive.lost = now.disk.lost;
    status->archive.damaged = now.disk.damaged;
    status->archive.set_aside = now.disk.set_aside;
}
