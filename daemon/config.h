/*
 * The configuration: keys.def says what exists, this is what was chosen. Made once at start and
 * again at SIGHUP; immutable afterwards, passed down as const. Durations are seconds, sizes bytes,
 * shares 0 to 1. What is not given and has no default: NULL, and NaN for durations and numbers.
 */
#ifndef DAEMON_CONFIG_H
#define DAEMON_CONFIG_H

#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONFIG_TEXT(field)     char *field;
#define CONFIG_NAME(field)     char *field;
#define CONFIG_ENUM(field)     char *field;
#define CONFIG_BOOL(field)     bool field;
#define CONFIG_COUNT(field)    uint32_t field;
#define CONFIG_NUMBER(field)   double field;
#define CONFIG_MODE(field)     uint32_t field;
#define CONFIG_DURATION(field) double field;
#define CONFIG_SIZE(field)     uint64_t field;
#define CONFIG_SHARE(field)    double field;
#define CONFIG_LIMIT(field)    uint64_t field; /* 0: the container's */
#define CONFIG_WORDS(field)    char **field;   /* ends with NULL */
#define CONFIG_PROCESSES(field) char **field;  /* likewise */
/* A share, or bytes when those are not 0. */
#define CONFIG_HEADROOM(field)                                                                     \
    double field;                                                                                  \
    uint64_t field##_bytes;

/* struct config_budget, config_rule, config_notifier */
#define LIST(name, item, text)                                   struct config_##item {
#define ITEM(list, item, field, key, type, value, allowed, text) CONFIG_##type(field)
#define LIST_END(name, item)                                                                       \
    }                                                                                              \
    ;
#include "daemon/keys.def"

struct config {
#define SECTION(name, text)                                  struct {
#define KEY(section, field, key, type, value, allowed, text) CONFIG_##type(field)
#define SECTION_END(name)                                                                          \
    }                                                                                              \
    name;
#define LIST(name, item, text)                                                                     \
    struct config_##item *name;                                                                    \
    size_t item##_count;
#define LIST_END(name, item)
#include "daemon/keys.def"

    char *state_dir; /* NULL: the default for this user */
};

/* Defaults, then `path` when not NULL. 0, or a negative errno and *error "file:line:column: what is
 * wrong; what is allowed"; *config then needs no config_fini(). */
int config_load(struct config *config, const char *path, struct error *error);
void config_fini(struct config *config);

/* The defaults as a commented file: what --help-config prints and etc/isoscope.yaml holds. */
void config_write_yaml(struct bytes *out);
/* The keys as the body of isoscope.yaml(5), in man(7). */
void config_write_man(struct bytes *out);

#endif
