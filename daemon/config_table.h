/*
 * The table made of keys.def and the reading of one value. config.c walks files with it,
 * config_text.c prints it. Everything is constant; any thread.
 */
#ifndef DAEMON_CONFIG_TABLE_H
#define DAEMON_CONFIG_TABLE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum config_type {
    CONFIG_TYPE_TEXT,
    CONFIG_TYPE_NAME,
    CONFIG_TYPE_ENUM,
    CONFIG_TYPE_BOOL,
    CONFIG_TYPE_COUNT,
    CONFIG_TYPE_NUMBER,
    CONFIG_TYPE_MODE,
    CONFIG_TYPE_DURATION,
    CONFIG_TYPE_SIZE,
    CONFIG_TYPE_SHARE,
    CONFIG_TYPE_LIMIT,
    CONFIG_TYPE_HEADROOM,
    CONFIG_TYPE_WORDS, /* char **; a list, which config.c reads and frees */
    CONFIG_TYPE_PROCESSES, /* likewise, of mappings */
};

struct config_key {
    const char *name;
    enum config_type type;
    const char *value;   /* the default as written; NULL for none */
    const char *allowed; /* as in keys.def */
    const char *text;
    size_t offset; /* in struct config, or in the item of a list */
};

/* A section, or a list of items. */
struct config_group {
    const char *name;
    const char *text;
    const struct config_key *keys;
    size_t key_count;
    size_t item_bytes; /* 0: a section */
    size_t items_offset, count_offset;
};

extern const struct config_group config_table_groups[];
extern const size_t config_table_group_count;

/* True when a file has to give it: no default, and nothing works without it. */
bool config_table_is_required(const struct config_key *key);
/* True when the value is a text the configuration owns. */
bool config_table_is_text(enum config_type type);

/* Reads `text` into `field`, replacing what is there (texts are freed). 0, -EINVAL when it is not
 * what is allowed, or -ENOMEM. */
int config_table_parse(const struct config_key *key, const char *text, void *field);
/* Sets the default, or the type's "not given". 0 or -ENOMEM. */
int config_table_set_default(const struct config_key *key, void *field);

/* The name of `names` most like `text`; NULL when none is near. `stride` bytes from one to the
 * next. */
const char *config_table_nearest(const char *text, const char *const *names, size_t stride,
                                 size_t count);

#endif
