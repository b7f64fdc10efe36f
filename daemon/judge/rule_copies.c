/*
 * Rule `buffer_copy`: the same large buffer was sent to several isolates as a copy for each. What one
 * shared store would save is all copies but one. Counted are receivers that live and can still hold
 * theirs. One alert a process, for the content that costs most.
 */
#include "daemon/judge/rule.h"

#include "daemon/judge/words.h"
#include "daemon/model/copies.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define BYTES       ((double)(8 << 20))
#define FRESH_S     10.0 /* since it was sent: on its way, or about to be read */
#define NAMES_SHOWN 3

static const struct isolate *find_holder(const struct model *model, const struct process *process,
                                         const struct copied *copied,
                                         const struct copies_reader *reader)
{
    const struct isolate *isolate = model_find_thread(model, process, reader->thread);
    bool is_holding = isolate != NULL && !isolate->has_ended &&
                      (model->t - reader->t <= FRESH_S ||
                       (isolate->external != MODEL_UNKNOWN && isolate->external >= copied->bytes));

    return is_holding ? isolate : NULL;
}

static double wasted(const struct model *model, const struct process *process,
                     const struct copied *copied, size_t *holders)
{
    *holders = 0;
    for (size_t i = 0; i < copied->reader_count; i++) {
        *holders += find_holder(model, process, copied, &copied->readers[i]) != NULL;
    }
    return *holders > 1 ? (double)(*holders - 1) * (double)copied->bytes : 0;
}

static void say(char summary[RULE_SUMMARY_MAX], const struct rule_view *view,
                const struct process *process, const struct copied *copied, size_t holders)
{
    const struct isolate *from = model_find_thread(view->model, process, copied->from);
    char sender[WORDS_MAX], bytes[WORDS_MAX], total[WORDS_MAX], names[4 * WORDS_MAX] = "";
    size_t shown = 0, length = 0;

    for (size_t i = 0; i < copied->reader_count && shown < NAMES_SHOWN; i++) {
        const struct isolate *to = find_holder(view->model, process, copied, &copied->readers[i]);
        char name[WORDS_MAX];
        if (to != NULL) {
            length += (size_t)snprintf(names + length, sizeof names - length, "%s%s",
                                       shown++ > 0 ? ", " : "", words_name(name, to));
        }
    }
    snprintf(summary, RULE_SUMMARY_MAX,
             "%s sent the same %s to %zu isolates, a copy to each. %s%s hold %s together.",
             from != NULL ? words_name(sender, from) : process->name,
             words_bytes(bytes, (double)copied->bytes), holders, names,
             holders > shown ? " and others" : "",
             words_bytes(total, (double)holders * (double)copied->bytes));
}

static void check(const struct rule_view *view, const struct process *process)
{
    char summary[RULE_SUMMARY_MAX] = "", subject[32], id[MODEL_ID_MAX] = "";
    const struct copied *copied, *worst = NULL;
    double least = rule_threshold(view, BYTES), most = 0;
    size_t holders, most_holders = 0;

    for (size_t i = 0; (copied = copies_at(process->copies, i)) != NULL; i++) {
        double bytes = wasted(view->model, process, copied, &holders);
        if (bytes > most) {
            most = bytes;
            most_holders = holders;
            worst = copied;
        }
    }
    bool is_met = most >= least;
    if (!is_met && !view->has_alerts) {
        return;
    }
    if (is_met) {
        say(summary, view, process, worst, most_holders);
        model_format_id(process, worst->from, id);
    }
    snprintf(subject, sizeof subject, "%" PRIu64, process->pid);
    struct alert_report report = {
        .rule = view->kind,
        .subject = subject,
        .is_met = is_met,
        .is_cleared = !is_met,
        .for_seconds = rule_for(view, 0),
        .severity = rule_severity(view, ALERT_WARNING),
        .isolate = id,
        .pid = process->pid,
        .value = most,
        .threshold = least,
        .summary = summary,
        .culprit = id,
        .cause = "postMessage and workerData clone a buffer that is neither shared nor in the "
                 "transferList, once for each receiver.",
        .action = "Put the data into one SharedArrayBuffer and post that: every receiver sees the "
                  "same memory.",
        .cost = most,
    };
    rule_report(view, &report);
}

void rule_copies(const struct rule_view *view)
{
    for (size_t i = 0; i < view->model->process_count; i++) {
        const struct process *process = view->model->processes[i];
        if (process->ended_at == 0 && process->copies != NULL) {
            check(view, process);
        }
    }
}
