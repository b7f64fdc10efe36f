/*
 * What the keys of an item must be beside one another; config.c asks for each it has read.
 */
#ifndef DAEMON_CONFIG_CHECK_H
#define DAEMON_CONFIG_CHECK_H

#include "daemon/config.h"

#define CONFIG_NOTIFIERS_MAX 16

/* Each: 0, -ENOMEM, or -EINVAL with *error and the key at fault ("" for the whole). */

/* Checks notifiers[index] beside those before it and gives it a name when it has none. */
int config_check_notifier(struct config_notifier *notifiers, size_t index, const char **key,
                          struct error *error);
/* Its line lies above nothing, and an alert about it can end. */
int config_check_budget(const struct config_budget *budget, const char **key, struct error *error);
/* A threshold is one the rule can meet. */
int config_check_rule(const struct config_rule *rule, const char **key, struct error *error);

#endif
