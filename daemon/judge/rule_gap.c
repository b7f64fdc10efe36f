/*
 * Rule `rss_gap`: resident memory of a process that belongs to nothing known has grown above the least
 * it ever was, and stays so. The stacks of its threads are allowed for. It is told apart as far as the
 * emitter says: what malloc() holds unused, what is being taken down, the rest. One alert a process.
 */
#include "daemon/judge/rule.h"

#include "daemon/judge/words.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#define BYTES     ((double)(64 << 20))
#define SHARE     0.25 /* of the least it was */
#define FOR_S     30.0
#define EACH      ((double)(256 << 10)) /* stack and books of an isolate */
#define SETTLED_S 5.0  /* so old a process has to be for a least */

/* Bytes that nobody knows the owner of; NaN when the process's size is not known. */
static double gap_of(const struct process *process)
{
    return process->unattributed == INT64_MIN
               ? NAN
               : fmax(0, (double)process->unattributed - EACH * process->isolate_count);
}

static double known_or_0(uint64_t bytes)
{
    return bytes != MODEL_UNKNOWN ? (double)bytes : 0;
}

static unsigned count_leaving(const struct model *model, const struct process *process)
{
    unsigned count = 0;

    for (size_t i = 0; i < model->isolate_count; i++) {
        const struct isolate *isolate = model->isolates[i];
        count += isolate->process == process && isolate->state == MODEL_DRAINING;
    }
    return count;
}

struct gap {
    double now, low, retained, unknown;
};

static struct gap split(const struct process *process)
{
    struct gap gap = {.now = gap_of(process), .low = process->gap_low};
    double grown = gap.now - gap.low;

    gap.retained = fmin(grown, known_or_0(process->totals.malloc_free));
    gap.unknown = grown - gap.retained;
    return gap;
}

static void say(char summary[RULE_SUMMARY_MAX], const struct model *model,
                const struct process *process, const struct gap *gap)
{
    char grown[WORDS_MAX], from[WORDS_MAX], to[WORDS_MAX], kept[WORDS_MAX], rest[WORDS_MAX];
    char flight[WORDS_MAX];

    snprintf(summary, RULE_SUMMARY_MAX,
             "%.64s has %s more in memory than anybody accounts for. %s → %s: %s retained by the "
             "allocator, %s unknown; %u isolates being taken down; %s in flight are counted apart.",
             process->name, words_bytes(grown, gap->now - gap->low), words_bytes(from, gap->low),
             words_bytes(to, gap->now), words_bytes(kept, gap->retained),
             words_bytes(rest, gap->unknown), count_leaving(model, process),
             words_bytes(flight, known_or_0(process->queued_bytes)));
}

static void check(const struct rule_view *view, struct process *process)
{
    char summary[RULE_SUMMARY_MAX] = "", subject[32];
    struct gap gap = split(process);
    double least = rule_threshold(view, BYTES), grown = gap.now - gap.low;
    bool is_met = grown >= least && grown >= SHARE * gap.low;

    if (!is_met && !view->has_alerts) {
        return;
    }
    if (is_met) {
        say(summary, view->model, process, &gap);
    }
    bool is_retained = gap.retained > gap.unknown;
    snprintf(subject, sizeof subject, "%" PRIu64, process->pid);
    struct alert_report report = {
        .rule = view->kind,
        .subject = subject,
        .is_met = is_met,
        .is_cleared = !(grown >= least / 2),
        .for_seconds = rule_for(view, FOR_S),
        .severity = rule_severity(view, ALERT_INFO),
        .pid = process->pid,
        .value = gap.now,
        .threshold = gap.low + least,
        .summary = summary,
        .culprit = process->name,
        .cause = is_retained ? "Much native memory was in use at once, such as messages that "
                               "waited; the allocator keeps it between what is still used."
                             : "Native memory that no emitter tells of: libraries, the engine's "
                               "own, thread stacks, files mapped.",
        .action = is_retained ? "Bound what may wait at once: have senders wait for answers. "
                                "MALLOC_TRIM_THRESHOLD_ and MALLOC_ARENA_MAX make the allocator "
                                "keep less."
                              : "Compare /proc/PID/smaps now and later: the mapping that grew names "
                                "the owner.",
        .cost = fmax(0, grown),
    };
    rule_report(view, &report);
}

static void follow(struct process *process, double t)
{
    double now = gap_of(process);

    if (!isnan(now) && t - process->started_at >= SETTLED_S) {
        process->gap_low = isnan(process->gap_low) ? now : fmin(process->gap_low, now);
    }
}

void rule_gap(const struct rule_view *view)
{
    for (size_t i = 0; i < view->model->process_count; i++) {
        struct process *process = view->model->processes[i];
        if (process->ended_at != 0) {
            continue;
        }
        follow(process, view->model->t);
        if (!isnan(process->gap_low) && !isnan(gap_of(process))) {
            check(view, process);
        }
    }
}
