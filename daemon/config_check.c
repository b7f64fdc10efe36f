/*
 * A notifier has what its kind needs, nothing else, and a name of its own; a budget's line can be crossed in
 * both directions; a rule's threshold is within what the rule counts in. Called by config.c. Owns nothing.
 */
#include "daemon/config_check.h"

#include "daemon/model/model.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_LENGTH 32
#define URL_MAX_LENGTH  2000
#define USERNAME_MAX_LENGTH 128

static int check_name(struct config_notifier *notifiers, size_t index, struct error *error)
{
    struct config_notifier *notifier = &notifiers[index];
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

    if (notifier->name == NULL && (notifier->name = strdup(notifier->kind)) == NULL) {
        return -ENOMEM;
    }
    size_t length = strlen(notifier->name);
    if (length == 0 || length > NAME_MAX_LENGTH || strspn(notifier->name, letters) != length) {
        return error_set(error, -EINVAL,
                         "notify.name: '%.64s' is not allowed; write 1 to %d of A-Z a-z 0-9 . _ -",
                         notifier->name, NAME_MAX_LENGTH);
    }
    for (size_t i = 0; i < index; i++) {
        if (strcmp(notifiers[i].name, notifier->name) == 0) {
            return error_set(error, -EINVAL,
                             "notify: there are two with the name '%s'; give each a name of its own",
                             notifier->name);
        }
    }
    return 0;
}

static int check_url(const struct config_notifier *notifier, struct error *error)
{
    const char *url = notifier->url;
    size_t scheme = strncmp(url, "http://", 7) == 0 ? 7 : strncmp(url, "https://", 8) == 0 ? 8 : 0;
    size_t length = strlen(url);
    bool is_plain = true;

    for (const char *at = url; *at != '\0'; at++) {
        is_plain &= *at > ' ' && *at < 0x7f;
    }
    if (scheme != 0 && memchr(url + scheme, '@', strcspn(url + scheme, "/?#")) != NULL) {
        return error_set(error, -EINVAL, "notify.url: a name and a password do not belong there; write "
                                         "username and password_file");
    }
    if (scheme == 0 || !is_plain || strcspn(url + scheme, "/?#") == 0 || length > URL_MAX_LENGTH) {
        return error_set(error, -EINVAL,
                         "notify.url: '%.100s' is not allowed; write http://HOST[:PORT][/PATH] or "
                         "https://, at most %d bytes",
                         url, URL_MAX_LENGTH);
    }
    return 0;
}

/* The first of the keys that only those with a URL have; NULL when none is given. */
static const char *find_access(const struct config_notifier *notifier)
{
    return notifier->token_file != NULL      ? "token_file"
           : notifier->username != NULL      ? "username"
           : notifier->password_file != NULL ? "password_file"
           : notifier->ca_file != NULL       ? "ca_file"
                                             : NULL;
}

static int check_name_and_password(const struct config_notifier *notifier, const char **key,
                                   struct error *error)
{
    const char *name = notifier->username;

    *key = name != NULL ? "username" : "password_file";
    if ((name == NULL) != (notifier->password_file == NULL)) {
        return error_set(error, -EINVAL, "notify: username and password_file go together");
    }
    if (name != NULL && notifier->token_file != NULL) {
        return error_set(error, -EINVAL, "notify: token_file and username exclude each other; keep "
                                         "one");
    }
    size_t length = name != NULL ? strlen(name) : 1;
    bool is_plain = length > 0 && length <= USERNAME_MAX_LENGTH;
    for (const char *at = name; at != NULL && *at != '\0'; at++) {
        is_plain &= (unsigned char)*at >= ' ' && *at != 0x7f && *at != ':';
    }
    return is_plain ? 0
                    : error_set(error, -EINVAL, "notify.username: write 1 to %d characters without "
                                                "a colon",
                                USERNAME_MAX_LENGTH);
}

static int check_access(const struct config_notifier *notifier, const char **key,
                        struct error *error)
{
    int code = check_name_and_password(notifier, key, error);

    if (code == 0 && notifier->ca_file != NULL && strncmp(notifier->url, "https://", 8) != 0) {
        *key = "ca_file";
        code = error_set(error, -EINVAL, "notify.ca_file: only an https:// url has one");
    }
    return code;
}

static int check_exec(const struct config_notifier *notifier, const char **key, struct error *error)
{
    if (notifier->url != NULL) {
        *key = "url";
        return error_set(error, -EINVAL, "notify.url: a notifier of kind exec has none; leave it "
                                         "out, or write kind: webhook");
    }
    if (find_access(notifier) != NULL) {
        *key = find_access(notifier);
        return error_set(error, -EINVAL, "notify.%s: a notifier of kind exec has none", *key);
    }
    if (notifier->command == NULL) {
        return error_set(error, -EINVAL, "notify: 'command' is missing; write command: "
                                         "[/PATH/PROGRAM, ARGUMENT, ...]");
    }
    *key = "command";
    if (notifier->command[0] == NULL || notifier->command[0][0] != '/') {
        return error_set(error, -EINVAL,
                         "notify.command: '%.100s' is not the full path of a program; write "
                         "[/PATH/PROGRAM, ARGUMENT, ...]",
                         notifier->command[0] != NULL ? notifier->command[0] : "");
    }
    return 0;
}

static int check_address(const struct config_notifier *notifier, const char **key,
                         struct error *error)
{
    if (notifier->command != NULL) {
        *key = "command";
        return error_set(error, -EINVAL, "notify.command: only a notifier of kind exec has one");
    }
    if (notifier->url == NULL) {
        return error_set(error, -EINVAL, "notify: 'url' is missing; write url: "
                                         "http://HOST[:PORT][/PATH]");
    }
    *key = "url";
    int code = check_url(notifier, error);
    return code == 0 ? check_access(notifier, key, error) : code;
}

int config_check_notifier(struct config_notifier *notifiers, size_t index, const char **key,
                          struct error *error)
{
    const struct config_notifier *notifier = &notifiers[index];

    if (index >= CONFIG_NOTIFIERS_MAX) {
        return error_set(error, -EINVAL, "notify: more than %d notifiers; keep the first",
                         CONFIG_NOTIFIERS_MAX);
    }
    int code = strcmp(notifier->kind, "exec") == 0 ? check_exec(notifier, key, error)
                                                   : check_address(notifier, key, error);
    if (code == 0) {
        *key = "name";
        code = check_name(notifiers, index, error);
    }
    return code;
}

/* A container's limit is not known yet: head-room in bytes is compared when it is. */
int config_check_budget(const struct config_budget *budget, const char **key, struct error *error)
{
    double limit = (double)budget->limit, bytes = (double)budget->headroom_bytes;
    double headroom = bytes == 0 ? budget->headroom : limit > 0 ? bytes / limit : 0;

    if (headroom >= 1) {
        *key = "headroom";
        return error_set(error, -EINVAL, "budgets.headroom: it is all of the limit, so the alert would fire "
                                         "for ever; write less than the limit");
    }
    if (headroom + budget->hysteresis >= 1) {
        *key = "hysteresis";
        return error_set(error, -EINVAL,
                         "budgets.hysteresis: below a head-room of %.0f %% no alert could ever end; write "
                         "less than %.0f%%",
                         100 * headroom, 100 * (1 - headroom));
    }
    return 0;
}

int config_check_rule(const struct config_rule *rule, const char **key, struct error *error)
{
    static const struct {
        const char *kind;
        double low, high;
        const char *words;
    } ranges[] = {
        {"budget", 0, 7 * 86400.0, "seconds ahead, 0 to 604800"},
        {"drift", 0.5, 1, "a confidence, 0.5 to 1"},
        {"clone_tax", 0.01, 1, "a share of time, 0.01 to 1"},
        {"queue_backlog", 0.1, 86400, "seconds, 0.1 to 86400"},
        {"worker_crash", 1, 1e6, "deaths in five minutes, at least 1"},
        {"spawn_per_request", 1, 1000, "times the start, 1 to 1000"},
        {"main_blocked", 0.01, 1, "a share of time, 0.01 to 1"},
        {"oversubscribed", 1, 1000, "runnable isolates for each CPU, 1 to 1000"},
        {"chatty", 0.001, 10, "a share of job time, 0.001 to 10"},
        {"buffer_copy", 65536, 0x1p50, "bytes, at least 65536"},
        {"external_growth", 3, GROWTH_LOWS - 1, "rises in a row, 3 to 30"},
        {"fragmentation", 0.05, 0.99, "a share of the heap's pages, 0.05 to 0.99"},
        {"rss_gap", 1048576, 0x1p50, "bytes, at least 1048576"},
        {"break_even", 0.1, 100, "times what sending costs, 0.1 to 100"},
    };

    size_t i = 0, count = sizeof ranges / sizeof ranges[0];
    while (i < count && strcmp(rule->kind, ranges[i].kind) != 0) {
        i++;
    }
    if (isnan(rule->threshold) ||
        (i < count && rule->threshold >= ranges[i].low && rule->threshold <= ranges[i].high)) {
        return 0;
    }
    *key = "threshold";
    if (i == count) {
        return error_set(error, -EINVAL, "rules.threshold: rule %s has none; leave it out",
                         rule->kind);
    }
    return error_set(error, -EINVAL, "rules.threshold: %g is not allowed; write %s",
                     rule->threshold, ranges[i].words);
}
