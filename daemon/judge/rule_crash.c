/*
 * Rule `worker_crash`: workers of one pool of one process died of their heap limit lately, or of an
 * error nobody caught. One alert for each pool and kind of death; several deaths make it critical.
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

/* Workers of one pool of one process that died lately, of their limit or of an error. */
struct group {
    const struct isolate *last;
    bool is_oom;
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
        bool is_oom = isolate->state == MODEL_OOM;
        if (!(is_oom || (isolate->has_ended && isolate->error[0] != '\0')) ||
            model->t - isolate->ended_at > WINDOW_S) {
            continue;
        }
        name_group(name, isolate);
        size_t g = 0;
        while (g < count &&
               (groups[g].last->process != isolate->process || groups[g].is_oom != is_oom ||
                strcmp(groups[g].name, name) != 0)) {
            g++;
        }
        if (g == GROUPS_MAX) {
            continue;
        }
        if (g == count) {
            count++;
            memcpy(groups[g].name, name, sizeof name);
            groups[g].is_oom = is_oom;
            groups[g].count = 0;
        }
        groups[g].last = isolate;
        groups[g].count++;
    }
    return count;
}

static void say_oom(char summary[RULE_SUMMARY_MAX], const struct group *group)
{
    const struct isolate *last = group->last;
    char name[WORDS_MAX], limit[WORDS_MAX];

    words_name(name, last);
    if (last->heap.limit == MODEL_UNKNOWN) {
        snprintf(limit, sizeof limit, "not known");
    } else {
        words_bytes(limit, (double)last->heap.limit);
    }
    if (group->count == 1) {
        snprintf(summary, RULE_SUMMARY_MAX, "%s died of its heap limit. The limit was %s.", name,
                 limit);
    } else {
        snprintf(summary, RULE_SUMMARY_MAX,
                 "%s workers died of their heap limit %d times within 5 min. Last: %s, limit %s.",
                 group->name, group->count, name, limit);
    }
}

/* The kernel's OOM killer chose the whole process. */
static bool is_kill(const struct isolate *isolate)
{
    return isolate->state == MODEL_OOM && isolate->thread == 0 && isolate->process->killed_at > 0;
}

static void say_kill(char summary[RULE_SUMMARY_MAX], const struct group *group)
{
    const struct process *process = group->last->process;
    const struct wire_process_copy *totals = &process->totals;
    char held[WORDS_MAX], heaps[WORDS_MAX];

    words_bytes(held, (double)(totals->rss_anon + totals->rss_file + totals->rss_shmem));
    words_bytes(heaps, process->heap_killed != MODEL_UNKNOWN ? (double)process->heap_killed : 0);
    snprintf(summary, RULE_SUMMARY_MAX,
             "%.64s was killed by the kernel because memory ran out. It held %s, its heaps %s of that.",
             process->name, held, heaps);
}

static void say_error(char summary[RULE_SUMMARY_MAX], const struct group *group)
{
    const struct isolate *last = group->last;
    char name[WORDS_MAX];

    words_name(name, last);
    if (group->count == 1) {
        snprintf(summary, RULE_SUMMARY_MAX,
                 "%s ended with an error that nobody caught. It was a %s, the exit code %" PRId64
                 ".",
                 name, last->error, last->exit_code);
    } else {
        snprintf(summary, RULE_SUMMARY_MAX,
                 "%s workers ended with an error that nobody caught %d times within 5 min. Last: "
                 "%s, a %s.",
                 group->name, group->count, name, last->error);
    }
}

static void check_group(const struct rule_view *view, const struct group *group)
{
    char summary[RULE_SUMMARY_MAX], subject[2 * WORDS_MAX], name[WORDS_MAX];
    const struct isolate *last = group->last;
    double threshold = rule_threshold(view, 1);

    snprintf(subject, sizeof subject, "%" PRIu64 ":%s%s", last->process->pid, group->name,
             group->is_oom ? "" : ":error");
    bool was_killed = is_kill(last);
    (was_killed ? say_kill : group->is_oom ? say_oom : say_error)(summary, group);
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
        .culprit = words_name(name, last),
        .cause = was_killed ? "Its container, or the machine, had no memory left; of all processes "
                              "there the kernel chose this one."
                 : group->is_oom
                     ? "Its jobs need more than the limit, or keep what they should let go."
                     : "A job threw and nothing in the worker caught it: the worker is gone with "
                       "what it had loaded, and so are the jobs it held.",
        .action = was_killed ? "Raise the container's limit, or give its isolates less: their limits "
                               "and what is outside of heaps have to fit in together."
                  : group->is_oom
                      ? "Raise resourceLimits.maxOldGenerationSizeMb; when live heap rises from "
                        "job to job, mend that instead."
                      : "Catch it inside the job and answer with it. Restart the worker after a "
                        "pause that grows, so that one bad job is no crash loop.",
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
