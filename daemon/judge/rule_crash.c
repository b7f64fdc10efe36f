/*
 * Rule `worker_crash`: workers of one pool of one process died of their heap limit lately. One
 * alert a pool; several deaths make it critical.
 */
#include "daemon/judge/rule.h"

#include "daemon/judge/words.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define WINDOW_S   300.0
#define LOOP_COUNT 3
#define GROUPS_MAX 64

/* Workers of one pool of one process that died of their limit lately. */
struct group {
    const struct isolate *last;
    char name[WORDS_MAX];
    int count;
};

static void name_group(char text[WORDS_MAX], const struct isolate *isolate)
{
    snprintf(text, WORDS_MAX, "%.64s", isolate->pool[0] != '\0' ? isolate->pool : "worker");
}

static size_t find_groups(const struct model *model, struct group groups[GROUPS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < model->isolate_count; i++) {
        const struct isolate *isolate = model->isolates[i];
        char name[WORDS_MAX];
        if (isolate->state != MODEL_OOM || model->t - isolate->ended_at > WINDOW_S) {
            continue;
        }
        name_group(name, isolate);
        size_t g = 0;
        while (g < count &&
               (groups[g].last->process != isolate->process || strcmp(groups[g].name, name) != 0)) {
            g++;
        }
        if (g == GROUPS_MAX) {
            continue;
        }
        if (g == count) {
            count++;
            memcpy(groups[g].name, name, sizeof name);
            groups[g].count = 0;
        }
        groups[g].last = isolate;
        groups[g].count++;
    }
    return count;
}

static void check_group(const struct rule_view *view, const struct group *group)
{
    char summary[RULE_SUMMARY_MAX], subject[2 * WORDS_MAX], name[WORDS_MAX], limit[WORDS_MAX];
    const struct isolate *last = group->last;

    snprintf(subject, sizeof subject, "%" PRIu64 ":%s", last->process->pid, group->name);
    words_name(name, last);
    if (last->heap.limit == MODEL_UNKNOWN) {
        snprintf(limit, sizeof limit, "not known");
    } else {
        words_bytes(limit, (double)last->heap.limit);
    }
    if (group->count == 1) {
        snprintf(summary, sizeof summary, "%s died of its heap limit. The limit was %s.", name,
                 limit);
    } else {
        snprintf(summary, sizeof summary,
                 "%s workers died of their heap limit %d times within 5 min. Last: %s, limit %s.",
                 group->name, group->count, name, limit);
    }
    double threshold = rule_threshold(view, 1);
    struct alert_report report = {
        .rule = view->kind,
        .subject = subject,
        .is_met = group->count >= threshold,
        .is_cleared = group->count < threshold,
        .for_seconds = rule_for(view, 0),
        .severity = rule_severity(view, group->count >= LOOP_COUNT ? ALERT_CRITICAL : ALERT_WARNING),
        .isolate = last->id,
        .pid = last->process->pid,
        .value = group->count,
        .threshold = threshold,
        .summary = summary,
        .culprit = name,
        .cause = "Its jobs need more than the limit, or keep what they should let go.",
        .action = "Raise resourceLimits.maxOldGenerationSizeMb; when live heap rises from job to job, "
                  "mend that instead.",
        .cost = NAN,
    };
    rule_report(view, &report);
}

void rule_crash(const struct rule_view *view)
{
    struct group groups[GROUPS_MAX];
    size_t count = find_groups(view->model, groups);

    for (size_t i = 0; i < count; i++) {
        check_group(view, &groups[i]);
    }
}
