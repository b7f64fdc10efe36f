/*
 * Rule `limit_audit`: what heaps may grow to and the rest add up to more than the budget's line, or
 * one of them has no limit that is known. Told before anything is short. One alert a budget. One for a
 * budget whose glob matches no process: it watches nothing. And one for a process whose workers may take
 * more than they were given, because a flag of the engine has the last word.
 */
#include "daemon/judge/rule.h"

#include "daemon/judge/budget.h"
#include "daemon/judge/words.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define FOR_S         30.0
#define NAMES_SHOWN   4
#define OVERRIDE_BYTES ((double)(4 << 20))
#define OVERRIDE_SHARE 0.1
#define DEFAULT_LIMIT (UINT64_C(4) << 30) /* of an isolate that was given none */

struct audit {
    size_t heaps;
    double limits;                  /* their sum */
    const struct isolate *largest;  /* by its limit */
    const struct isolate *unlimited; /* one without; NULL when there is none */
};

static struct audit look(const struct budget *budget)
{
    struct audit audit = {0};

    for (size_t i = 0; i < budget->part_count; i++) {
        const struct isolate *isolate = budget->parts[i].isolate;
        if (budget->parts[i].kind != PART_HEAP || isolate == NULL || isolate->has_ended) {
            continue;
        }
        audit.heaps++;
        if (isolate->heap.limit == MODEL_UNKNOWN) {
            audit.unlimited = isolate;
            continue;
        }
        audit.limits += (double)isolate->heap.limit;
        if (audit.largest == NULL || isolate->heap.limit > audit.largest->heap.limit) {
            audit.largest = isolate;
        }
    }
    return audit;
}

static void say(const struct budget *budget, const struct audit *audit, double over,
                char summary[RULE_SUMMARY_MAX], char cause[MODEL_TEXT_MAX],
                char action[MODEL_TEXT_MAX])
{
    char who[WORDS_MAX], name[WORDS_MAX], sum[WORDS_MAX], most[WORDS_MAX], line[WORDS_MAX];
    double rest = (double)budget->committed - audit->limits;
    double each = ((double)budget_line(budget) - rest) / (double)audit->heaps;

    words_budget(who, budget);
    words_bytes(sum, over);
    words_bytes(most, audit->limits);
    words_bytes(line, (double)budget_line(budget));
    snprintf(summary, RULE_SUMMARY_MAX,
             "%s may be overrun by %s. %zu heaps may grow to %s together, its line is %s.", who, sum,
             audit->heaps, most, line);
    words_name(name, audit->largest);
    words_bytes(most, (double)audit->largest->heap.limit);
    snprintf(cause, MODEL_TEXT_MAX, "Heap limits promise more than there is; %s may take %.40s%s.",
             name, most,
             audit->largest->heap.limit == DEFAULT_LIMIT ? ", as it was given no limit" : "");
    if (each >= 1 << 20) {
        snprintf(action, MODEL_TEXT_MAX,
                 "Give each of them at most %.0f MB: resourceLimits.maxOldGenerationSizeMb for "
                 "workers, --max-old-space-size for the main isolate.",
                 floor(each / (1 << 20)));
    } else {
        snprintf(action, MODEL_TEXT_MAX, "Run fewer isolates, or raise the limit.");
    }
}

static void check(const struct rule_view *view, const struct budget *budget)
{
    char summary[RULE_SUMMARY_MAX] = "", cause[MODEL_TEXT_MAX] = "", action[MODEL_TEXT_MAX] = "";
    char name[WORDS_MAX] = "";
    struct audit audit = look(budget);
    bool is_known = budget->committed != MODEL_UNKNOWN;
    double over = is_known ? (double)budget->committed - (double)budget_line(budget) : NAN;

    if (budget->limit == MODEL_UNKNOWN || (is_known && audit.largest == NULL)) {
        return;
    }
    if (is_known && over > 0) {
        say(budget, &audit, over, summary, cause, action);
        words_name(name, audit.largest);
    } else if (audit.unlimited != NULL) {
        words_name(name, audit.unlimited);
        snprintf(summary, sizeof summary,
                 "%s has no heap limit that is known. What it may take is bounded by nothing here.",
                 name);
        snprintf(cause, sizeof cause, "Its emitter tells no limit.");
        snprintf(action, sizeof action, "Start it with a limit, such as --max-old-space-size=MB.");
    }
    const struct isolate *culprit = over > 0 ? audit.largest : audit.unlimited;
    struct alert_report report = {
        .rule = view->kind,
        .subject = budget->name,
        .is_met = over > 0 || audit.unlimited != NULL,
        .is_cleared = true,
        .for_seconds = rule_for(view, FOR_S),
        .severity = rule_severity(view, ALERT_INFO),
        .isolate = culprit != NULL ? culprit->id : NULL,
        .pid = culprit != NULL ? culprit->process->pid : 0,
        .value = is_known ? (double)budget->committed : NAN,
        .threshold = (double)budget_line(budget),
        .summary = summary,
        .culprit = name,
        .cause = cause,
        .action = action,
        .cost = is_known ? fmax(over, 0) : NAN,
    };
    rule_report(view, &report);
}

/* "api, batch, web and 3 more" */
static size_t name_processes(const struct model *model, char text[MODEL_TEXT_MAX])
{
    size_t living = 0, length = 0;

    text[0] = '\0';
    for (size_t i = 0; i < model->process_count; i++) {
        const struct process *process = model->processes[i];
        if (process->ended_at == 0 && living++ < NAMES_SHOWN) {
            length += (size_t)snprintf(text + length, MODEL_TEXT_MAX - length, "%s%.40s",
                                       length > 0 ? ", " : "", process->name);
        }
    }
    if (living > NAMES_SHOWN) {
        snprintf(text + length, MODEL_TEXT_MAX - length, " and %zu more", living - NAMES_SHOWN);
    }
    return living;
}

static void check_match(const struct rule_view *view, const struct budget *budget)
{
    char subject[MODEL_TEXT_MAX + 8], summary[RULE_SUMMARY_MAX], names[MODEL_TEXT_MAX];

    if (budget->has_matched || name_processes(view->model, names) == 0) {
        return;
    }
    snprintf(subject, sizeof subject, "%.64s:match", budget->name);
    snprintf(summary, sizeof summary,
             "Budget %.64s watches nothing. Its glob %.64s matches no process; there are: %.200s.",
             budget->name, strchr(budget->scope, ':') + 1, names);
    struct alert_report report = {
        .rule = view->kind,
        .subject = subject,
        .is_met = true,
        .for_seconds = rule_for(view, FOR_S),
        .severity = rule_severity(view, ALERT_INFO),
        .value = 0,
        .threshold = 1,
        .summary = summary,
        .cause = "No process that is watched had a name which the glob matches.",
        .action = "Correct budgets.match in the configuration, or start the program with that "
                  "--name.",
        .cost = NAN,
    };
    rule_report(view, &report);
}

/* ---- limits that are overridden -------------------------------------------------------------- */

struct override {
    size_t workers;              /* that may take more than they were given */
    double bytes;                /* by so much together */
    const struct isolate *worst; /* by most; NULL for nobody */
};

static double beyond(const struct isolate *isolate)
{
    bool is_known = isolate->heap.asked != MODEL_UNKNOWN && isolate->heap.limit != MODEL_UNKNOWN;
    double asked = (double)isolate->heap.asked;
    double more = is_known && !isolate->has_ended ? (double)isolate->heap.limit - asked : 0;

    return more > fmax(OVERRIDE_BYTES, OVERRIDE_SHARE * asked) ? more : 0; /* engines round up */
}

static struct override find_override(const struct model *model, const struct process *process)
{
    struct override override = {0};

    for (size_t i = 0; i < model->isolate_count; i++) {
        const struct isolate *isolate = model->isolates[i];
        double more = isolate->process == process ? beyond(isolate) : 0;
        if (more > 0) {
            override.workers++;
            override.bytes += more;
            override.worst = override.worst == NULL || more > beyond(override.worst) ? isolate
                                                                                     : override.worst;
        }
    }
    return override;
}

static void check_override(const struct rule_view *view, const struct process *process)
{
    char subject[48], summary[RULE_SUMMARY_MAX], name[WORDS_MAX], may[WORDS_MAX], given[WORDS_MAX];
    struct override override = find_override(view->model, process);
    const struct isolate *worst = override.worst;

    if (worst == NULL) {
        return;
    }
    snprintf(subject, sizeof subject, "%" PRIu64 ":flag", process->pid);
    snprintf(summary, sizeof summary,
             "%s of %.64s may take %s of heap, though it was given %s. %s overrides resourceLimits, of "
             "%zu worker%s.",
             words_name(name, worst), process->name, words_bytes(may, (double)worst->heap.limit),
             words_bytes(given, (double)worst->heap.asked),
             process->limit_flag[0] != '\0' ? process->limit_flag : "A flag of the engine",
             override.workers, override.workers == 1 ? "" : "s");
    struct alert_report report = {
        .rule = view->kind,
        .subject = subject,
        .is_met = true,
        .for_seconds = rule_for(view, FOR_S),
        .severity = rule_severity(view, ALERT_INFO),
        .isolate = worst->id,
        .pid = process->pid,
        .value = (double)worst->heap.limit,
        .threshold = (double)worst->heap.asked,
        .summary = summary,
        .culprit = name,
        .cause = "The engine takes a limit from the command line or NODE_OPTIONS for every heap of the "
                 "process and looks at resourceLimits no more.",
        .action = "Start without the flag, so that resourceLimits hold, and leave the main isolate its "
                  "default; or plan with the flag's size for each worker.",
        .cost = override.bytes,
    };
    rule_report(view, &report);
}

void rule_limits(const struct rule_view *view)
{
    for (size_t i = 0; i < view->model->process_count; i++) {
        if (view->model->processes[i]->kind == MODEL_V8) {
            check_override(view, view->model->processes[i]);
        }
    }
    for (size_t i = 0; i < view->model->budget_count; i++) {
        check_match(view, &view->model->budgets[i]);
        check(view, &view->model->budgets[i]);
    }
}
