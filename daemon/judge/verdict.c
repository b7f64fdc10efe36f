/*
 * Chooses the sentence. Called by the tick after the rules: what fires or is pending decides, so
 * that page, alert and verdict agree. Owns nothing. Invariant: text and evidence are never empty.
 */
#include "daemon/judge/verdict.h"

#include "daemon/judge/budget.h"
#include "daemon/judge/words.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define STALE_SHARE 0.01 /* of the budget hidden behind silent emitters is worth a sentence */
#define CONFIDENT   0.9  /* below this no time to a limit is told */

static void say(struct model *model, enum verdict_state state, const char *text,
                const char *evidence)
{
    model->verdict.state = state;
    snprintf(model->verdict.text, sizeof model->verdict.text, "%s", text);
    snprintf(model->verdict.evidence, sizeof model->verdict.evidence, "%s", evidence);
}

/* Appends to a text that may be full already. */
__attribute__((format(printf, 2, 3))) static void append(char text[2 * MODEL_TEXT_MAX],
                                                         const char *format, ...)
{
    size_t length = strlen(text);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text + length, 2 * MODEL_TEXT_MAX - length, format, arguments);
    va_end(arguments);
}

static void append_more(char text[2 * MODEL_TEXT_MAX], size_t more)
{
    size_t length = strlen(text);

    if (more > 0 && length > 0 && text[length - 1] == '.') {
        text[length - 1] = '\0';
        append(text, ", and %zu more.", more);
    }
}

/* The budgets' line in one sentence, for evidence of something else. */
static void append_budget(char text[2 * MODEL_TEXT_MAX], const struct model *model)
{
    char who[WORDS_MAX], share[WORDS_MAX];

    if (model->budget_count > 0 && model->budgets[0].limit != MODEL_UNKNOWN) {
        const struct budget *budget = &model->budgets[0];
        append(text, "%s%s uses %s.", text[0] != '\0' ? " " : "", words_budget(who, budget),
               words_share(share, (double)budget->used, (double)budget->limit));
    }
}

/* The first alert of a rule that says something now, and how many more do. A line that is crossed
 * is said at once, what is only foretold when it fires. */
static const struct alert *find_alert(const struct model *model, const char *rule, size_t *more)
{
    const struct alert *found = NULL;
    size_t count = 0;

    for (size_t i = 0; i < model->alert_count; i++) {
        const struct alert *alert = &model->alerts[i];
        bool is_now = alert->state == ALERT_FIRING ||
                      (alert->state == ALERT_PENDING && alert->value > alert->threshold);
        if (strcmp(alert->rule, rule) == 0 && is_now) {
            count++;
            found = found == NULL || alert->severity > found->severity ? alert : found;
        }
    }
    *more = count > 0 ? count - 1 : 0;
    return found;
}

/* An alert's summary is its two sentences: the first ends at the first ". ". */
static void say_alert(struct model *model, enum verdict_state state, const struct alert *alert,
                      size_t more)
{
    char text[2 * MODEL_TEXT_MAX], evidence[2 * MODEL_TEXT_MAX];
    const char *end = strstr(alert->summary, ". ");
    size_t length = end != NULL ? (size_t)(end - alert->summary) + 1 : strlen(alert->summary);

    snprintf(text, sizeof text, "%.*s", (int)length, alert->summary);
    snprintf(evidence, sizeof evidence, "%s", end != NULL ? end + 2 : "");
    append_more(text, more);
    say(model, state, text, evidence);
}

static bool say_budget(struct model *model)
{
    size_t more;
    const struct alert *alert = find_alert(model, "budget", &more);

    if (alert == NULL) {
        return false;
    }
    bool is_over = alert->value > alert->threshold;
    say_alert(model, is_over ? VERDICT_OVER : VERDICT_RISING, alert, more);
    return true;
}

static bool is_rising(const struct isolate *isolate, struct drift_verdict *verdict)
{
    if (isolate->has_ended || isolate->drift == NULL) {
        return false;
    }
    drift_get(isolate->drift, verdict);
    return verdict->state == DRIFT_RISING;
}

/* The rising isolate that meets its limit first; without any such, the steepest. */
static const struct isolate *find_rising(const struct model *model, size_t *count)
{
    const struct isolate *found = NULL;
    double nearest = INFINITY, steepest = -INFINITY;

    *count = 0;
    for (size_t i = 0; i < model->isolate_count; i++) {
        const struct isolate *isolate = model->isolates[i];
        struct drift_verdict verdict;
        if (!is_rising(isolate, &verdict)) {
            continue;
        }
        ++*count;
        bool is_nearer = isolate->seconds_to_limit < nearest;
        bool is_steeper = isinf(nearest) && verdict.bytes_per_job > steepest;
        if (is_nearer || is_steeper) {
            found = isolate;
            steepest = verdict.bytes_per_job;
            nearest = is_nearer ? isolate->seconds_to_limit : nearest;
        }
    }
    return found;
}

static bool say_rising(struct model *model)
{
    char text[2 * MODEL_TEXT_MAX], evidence[2 * MODEL_TEXT_MAX];
    char name[WORDS_MAX], a[WORDS_MAX];
    struct drift_verdict verdict;
    size_t count;
    const struct isolate *isolate = find_rising(model, &count);

    if (isolate == NULL) {
        return false;
    }
    drift_get(isolate->drift, &verdict);
    snprintf(text, sizeof text, "%s keeps %s more after every %.64s job.",
             words_name(name, isolate), words_bytes(a, verdict.bytes_per_job), isolate->drift_job);
    if (!isnan(isolate->seconds_to_limit) && verdict.confidence >= CONFIDENT) {
        text[strlen(text) - 1] = '\0';
        append(text, " and meets its limit in %s.", words_time(a, isolate->seconds_to_limit));
    }
    append_more(text, count - 1);
    evidence[0] = '\0';
    words_rise(evidence, sizeof evidence, &verdict);
    append_budget(evidence, model);
    say(model, VERDICT_RISING, text, evidence);
    return true;
}

static bool say_stale(struct model *model)
{
    char text[2 * MODEL_TEXT_MAX], evidence[2 * MODEL_TEXT_MAX], bytes[WORDS_MAX];
    size_t stale = 0, living = 0;
    double hidden = 0;
    double limit = model->budget_count > 0 && model->budgets[0].limit != MODEL_UNKNOWN
                       ? (double)model->budgets[0].limit
                       : 0;

    for (size_t i = 0; i < model->process_count; i++) {
        const struct process *process = model->processes[i];
        if (process->ended_at != 0) {
            continue;
        }
        living++;
        if (process->is_stale) {
            stale++;
            hidden += process->rss != MODEL_UNKNOWN ? (double)process->rss : limit;
        }
    }
    if (stale == 0 || hidden <= STALE_SHARE * limit) {
        return false;
    }
    snprintf(text, sizeof text, "No word from %zu of %zu processes.", stale, living);
    snprintf(evidence, sizeof evidence, "They hold %s; their last figures are shown.",
             words_bytes(bytes, hidden));
    append_budget(evidence, model);
    say(model, VERDICT_STALE, text, evidence);
    return true;
}

static bool say_crash(struct model *model)
{
    size_t more;
    const struct alert *alert = find_alert(model, "worker_crash", &more);

    if (alert == NULL) {
        return false;
    }
    say_alert(model, VERDICT_ADVICE, alert, more);
    append_budget(model->verdict.evidence, model);
    return true;
}

/* More was promised to heaps than the line allows, though nothing is near it now. */
static bool say_promised(struct model *model)
{
    char evidence[2 * MODEL_TEXT_MAX], who[WORDS_MAX], a[WORDS_MAX], b[WORDS_MAX];

    for (size_t i = 0; i < model->budget_count; i++) {
        const struct budget *budget = &model->budgets[i];
        if (budget->committed == MODEL_UNKNOWN || budget->committed <= budget_line(budget)) {
            continue;
        }
        snprintf(evidence, sizeof evidence, "Heap limits and the rest add up to %s. %s uses %s.",
                 words_bytes(a, (double)budget->committed), words_budget(who, budget),
                 words_share(b, (double)budget->used, (double)budget->limit));
        say(model, VERDICT_ADVICE, "The caps promise more than there is.", evidence);
        return true;
    }
    return false;
}

static void say_safe(struct model *model)
{
    char evidence[2 * MODEL_TEXT_MAX], heap[WORDS_MAX];
    size_t living = 0;
    double total = 0;

    for (size_t i = 0; i < model->isolate_count; i++) {
        const struct isolate *isolate = model->isolates[i];
        living += !isolate->has_ended;
        total += isolate->heap.total != MODEL_UNKNOWN ? (double)isolate->heap.total : 0;
    }
    if (living == 0) {
        say(model, VERDICT_SAFE, "Nothing runs that is watched.",
            "Start a program with isorun, or connect an emitter to the socket.");
        return;
    }
    snprintf(evidence, sizeof evidence, "%zu isolate%s hold%s %s of heap; none rises.", living,
             living == 1 ? "" : "s", living == 1 ? "s" : "", words_bytes(heap, total));
    append_budget(evidence, model);
    say(model, VERDICT_SAFE, "Memory is safe.", evidence);
}

void verdict_tick(struct model *model)
{
    if (!say_budget(model) && !say_rising(model) && !say_stale(model) && !say_crash(model) &&
        !say_promised(model)) {
        say_safe(model);
    }
}
