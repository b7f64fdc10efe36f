/*
 * What isoctl can do: one function a verb, found in one table. Each asks the daemon, prints on
 * stdout and returns the program's exit code; what went wrong is told once on stderr.
 */
#ifndef CTL_VERBS_H
#define CTL_VERBS_H

#include "ctl/client.h"

#include <stdbool.h>

struct invocation {
    struct client *client;
    char **arguments; /* after the verb, options taken out; NULL ends them */
    int argument_count;
    bool is_json;
    bool has_colours;
    bool is_following;     /* --follow */
    const char *output;    /* -o; NULL when not given */
    const char *config;    /* --config; NULL when not given */
    const char *query[16]; /* key, value, key, value of options that become a query */
    int query_count;
};

struct verb {
    const char *name;
    const char *synopsis; /* arguments and options of its own */
    const char *text;
    int min_arguments, max_arguments;
    const char *options; /* those it takes, separated by spaces: "follow limit" */
    int (*run)(const struct invocation *invocation);
};

/* Ends with a NULL name. */
extern const struct verb verbs_table[];

#endif
