/*
 * Deals the journal's records out to those they belong to, and gathers them again. Called by the
 * loop. Owns nothing.
 */
#include "daemon/remember.h"

#include "daemon/daemon.h"
#include "daemon/notify/notify.h"

static void take_record(void *context, const json_t *record)
{
    struct daemon *daemon = context;

    silences_replay(daemon->silences, record);
    notify_replay(daemon->notify, record);
}

static void write_all(void *context, struct journal *journal)
{
    struct daemon *daemon = context;

    silences_write(daemon->silences, journal);
    notify_write(daemon->notify, journal);
}

void remember_replay(struct daemon *daemon)
{
    journal_replay(daemon->journal, take_record, daemon);
}

void remember_tick(struct daemon *daemon)
{
    const struct journal_stats *stats = journal_get_stats(daemon->journal);
    struct status *status = &daemon->model.status;

    if (journal_is_due(daemon->journal, daemon->model.t)) {
        journal_rewrite(daemon->journal, daemon->model.t, write_all, daemon);
    }
    status->journal_bytes = stats->bytes;
    status->journal_failures = stats->failures;
    status->journal_skipped = stats->skipped;
}
