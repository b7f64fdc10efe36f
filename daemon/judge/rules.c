/*
 * Which rules there are. Called by the tick. Owns nothing. Invariant: a rule that is switched off
 * reports nothing, so what it had raised is resolved.
 */
#include "daemon/judge/rules.h"

#include "daemon/judge/rule.h"

#include <fnmatch.h>
#include <string.h>

static const struct {
    const char *kind;
    void (*check)(const struct rule_view *view);
} table[] = {
    {"budget", rule_budget},
    {"limit_audit", rule_limits},
    {"drift", rule_drift},
    {"clone_tax", rule_clones},
    {"queue_backlog", rule_queues},
    {"worker_crash", rule_crash},
    {"spawn_per_request", rule_spawns},
    {"break_even", rule_break_even},
    {"main_blocked", rule_blocked},
    {"oversubscribed", rule_oversubscribed},
    {"chatty", rule_chatty},
    {"buffer_copy", rule_copies},
    {"external_growth", rule_growth},
    {"fragmentation", rule_fragments},
    {"rss_gap", rule_gap},
    {"history", rule_history},
    {"recycling", rule_recycling},
};

#define RULE_COUNT (sizeof table / sizeof table[0])

static const struct config_rule *find_config(const struct config *config, const char *kind)
{
    for (size_t i = 0; i < config->rule_count; i++) {
        if (strcmp(config->rules[i].kind, kind) == 0) {
            return &config->rules[i];
        }
    }
    return NULL;
}

static bool has_alerts(const struct model *model, const char *kind)
{
    for (size_t i = 0; i < model->alert_count; i++) {
        if (strcmp(model->alerts[i].rule, kind) == 0) {
            return true;
        }
    }
    return false;
}

void rules_tick(struct alerts *alerts, struct model *model, const struct config *config)
{
    alerts_begin(alerts);
    for (size_t i = 0; i < RULE_COUNT; i++) {
        struct rule_view view = {
            .kind = table[i].kind,
            .alerts = alerts,
            .model = model,
            .config = config,
            .own = find_config(config, table[i].kind),
            .has_alerts = has_alerts(model, table[i].kind),
        };
        if (view.own == NULL || view.own->is_enabled) {
            table[i].check(&view);
        }
    }
    alerts_end(alerts, model);
}

bool rules_has(const char *pattern)
{
    for (size_t i = 0; i < RULE_COUNT; i++) {
        if (fnmatch(pattern, table[i].kind, 0) == 0) {
            return true;
        }
    }
    return false;
}
