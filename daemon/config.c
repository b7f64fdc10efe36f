/*
 * Reading the configuration: libyaml makes a node tree that keeps marks, this walks it along the
 * table of keys.def. Called by main at start and at SIGHUP, and by --check-config. Invariant: a
 * struct config that config_load() handed out holds a checked value for every key of the table.
 */
#include "daemon/config.h"

#include "daemon/config_check.h"
#include "daemon/config_table.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#define CONFIG_FILE_MAX  (1 << 20) /* bytes */
#define CONFIG_ITEMS_MAX 1000

struct reader {
    struct config *config;
    const char *path;
    yaml_document_t *document;
    struct error *error;
};

/* "path:line:column: ..." and -EINVAL. */
__attribute__((format(printf, 3, 4))) static int
refuse(const struct reader *reader, const yaml_node_t *node, const char *format, ...)
{
    char text[ERROR_TEXT_MAX];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return error_set(reader->error, -EINVAL, "%s:%zu:%zu: %s", reader->path,
                     node->start_mark.line + 1, node->start_mark.column + 1, text);
}

static const yaml_node_t *get_node(const struct reader *reader, int index)
{
    return yaml_document_get_node(reader->document, index);
}

/* The text of a scalar; NULL for a list, a mapping, or one with a zero byte in it. */
static const char *get_scalar(const yaml_node_t *node)
{
    if (node->type != YAML_SCALAR_NODE ||
        strlen((const char *)node->data.scalar.value) != node->data.scalar.length) {
        return NULL;
    }
    return (const char *)node->data.scalar.value;
}

/* "listen, max_clients, ..." of names `stride` bytes apart. */
static void list_names(char *out, size_t size, const char *const *names, size_t stride,
                       size_t count)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < count && used < size; i++) {
        const char *name = *(const char *const *)((const char *)names + i * stride);
        int more = snprintf(out + used, size - used, "%s%s", i > 0 ? ", " : "", name);
        used += more > 0 ? (size_t)more : 0;
    }
}

static int refuse_unknown(const struct reader *reader, const yaml_node_t *node,
                          const struct config_group *group, const char *name)
{
    const char *const *names = group != NULL ? &group->keys[0].name : &config_table_groups[0].name;
    size_t stride = group != NULL ? sizeof group->keys[0] : sizeof config_table_groups[0];
    size_t count = group != NULL ? group->key_count : config_table_group_count;
    char allowed[ERROR_TEXT_MAX / 2];

    list_names(allowed, sizeof allowed, names, stride, count);
    const char *nearest = config_table_nearest(name, names, stride, count);
    return refuse(reader, node, "%s%s%.64s: unknown key%s%s%s (known: %s)",
                  group != NULL ? group->name : "", group != NULL ? "." : "", name,
                  nearest != NULL ? "; did you mean " : "", nearest != NULL ? nearest : "",
                  nearest != NULL ? "?" : "", allowed);
}

static const struct config_key *find_key(const struct config_group *group, const char *name,
                                         size_t *index)
{
    for (size_t i = 0; i < group->key_count; i++) {
        if (strcmp(group->keys[i].name, name) == 0) {
            *index = i;
            return &group->keys[i];
        }
    }
    return NULL;
}

static void free_words(char ***words)
{
    for (char **word = *words; word != NULL && *word != NULL; word++) {
        free(*word);
    }
    free(*words);
    *words = NULL;
}

/* The one value of {process: ...}; anything else as it is. */
static const yaml_node_t *get_process(const struct reader *reader, const yaml_node_t *node)
{
    const yaml_node_pair_t *pair = node->data.mapping.pairs.start;

    if (node->type != YAML_MAPPING_NODE || node->data.mapping.pairs.top != pair + 1) {
        return node;
    }
    const char *name = get_scalar(get_node(reader, pair->key));
    return name != NULL && strcmp(name, "process") == 0 ? get_node(reader, pair->value) : node;
}

/* A list of texts, or one text. -EINVAL when it is neither. */
static int read_words(const struct reader *reader, const yaml_node_t *node, bool is_processes,
                      char ***field)
{
    bool is_list = node->type == YAML_SEQUENCE_NODE;
    size_t count =
        is_list ? (size_t)(node->data.sequence.items.top - node->data.sequence.items.start) : 1;
    char **words = count <= CONFIG_ITEMS_MAX ? calloc(count + 1, sizeof *words) : NULL;
    int code = words != NULL ? 0 : count <= CONFIG_ITEMS_MAX ? -ENOMEM : -EINVAL;

    for (size_t i = 0; code == 0 && i < count; i++) {
        const yaml_node_t *item =
            is_list ? get_node(reader, node->data.sequence.items.start[i]) : node;
        const char *text = get_scalar(is_processes ? get_process(reader, item) : item);
        words[i] = text != NULL ? strdup(text) : NULL;
        code = text == NULL ? -EINVAL : words[i] == NULL ? -ENOMEM : 0;
    }
    if (code < 0) {
        free_words(&words);
        return code;
    }
    *field = words;
    return 0;
}

static int read_value(const struct reader *reader, const struct config_group *group,
                      const struct config_key *key, const yaml_node_t *node, char *base)
{
    const char *text = get_scalar(node);
    int code = -EINVAL;

    if (key->type == CONFIG_TYPE_WORDS || key->type == CONFIG_TYPE_PROCESSES) {
        code = read_words(reader, node, key->type == CONFIG_TYPE_PROCESSES,
                          (char ***)(base + key->offset));
    } else if (text != NULL) {
        code = config_table_parse(key, text, base + key->offset);
    }
    if (code == -ENOMEM) {
        return error_set(reader->error, code, "%s: out of memory", reader->path);
    }
    if (code < 0) {
        return refuse(reader, node, "%s.%s: '%.64s' is not allowed; write %s", group->name,
                      key->name, text != NULL ? text : "a list or mapping", key->allowed);
    }
    return 0;
}

/* The keys of one section or one item into the struct at `base`. */
static int read_mapping(const struct reader *reader, const struct config_group *group,
                        const yaml_node_t *node, char *base)
{
    uint64_t seen = 0; /* a bit for each key */

    if (node->type != YAML_MAPPING_NODE) {
        return refuse(reader, node, "%s: expected keys and values, such as '%s: ...'", group->name,
                      group->keys[0].name);
    }
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++) {
        const yaml_node_t *name_node = get_node(reader, pair->key);
        const char *name = get_scalar(name_node);
        size_t index = 0;
        const struct config_key *key = name != NULL ? find_key(group, name, &index) : NULL;
        if (key == NULL) {
            return refuse_unknown(reader, name_node, group, name != NULL ? name : "?");
        }
        if ((seen >> index & 1) != 0) {
            return refuse(reader, name_node, "%s.%s: given twice; keep one", group->name, name);
        }
        seen |= UINT64_C(1) << index;
        int code = read_value(reader, group, key, get_node(reader, pair->value), base);
        if (code < 0) {
            return code;
        }
    }
    for (size_t i = 0; i < group->key_count; i++) {
        if (config_table_is_required(&group->keys[i]) && (seen >> i & 1) == 0) {
            return refuse(reader, node, "%s: '%s' is missing; write %s", group->name,
                          group->keys[i].name, group->keys[i].allowed);
        }
    }
    return 0;
}

/* The name of an item: its first required key. */
static const char *get_item_name(const struct config_group *group, const char *item)
{
    return *(char *const *)(item + group->keys[0].offset);
}

/* The value of `key` in a mapping; the mapping itself when it is not there. */
static const yaml_node_t *get_value_node(const struct reader *reader, const yaml_node_t *node,
                                         const char *key)
{
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++) {
        const char *name = get_scalar(get_node(reader, pair->key));
        if (name != NULL && strcmp(name, key) == 0) {
            return get_node(reader, pair->value);
        }
    }
    return node;
}

/* What has to be looked at beside the rest of its item, or of its list. */
static int check_item(const struct reader *reader, const yaml_node_t *node, const char *items,
                      size_t count)
{
    struct config *config = reader->config;
    const char *key = "";
    struct error problem;
    int code = 0;

    if (items == (const char *)config->notify) {
        code = config_check_notifier(config->notify, count, &key, &problem);
    } else if (items == (const char *)config->budgets) {
        code = config_check_budget(&config->budgets[count], &key, &problem);
    } else if (items == (const char *)config->rules) {
        code = config_check_rule(&config->rules[count], &key, &problem);
    }
    if (code == -EINVAL) {
        return refuse(reader, get_value_node(reader, node, key), "%s", problem.text);
    }
    return code < 0 ? error_set(reader->error, code, "%s: out of memory", reader->path) : 0;
}

static int read_item(const struct reader *reader, const struct config_group *group,
                     const yaml_node_t *node, char *items, size_t count)
{
    char *item = items + count * group->item_bytes;

    for (size_t i = 0; i < group->key_count; i++) {
        if (config_table_set_default(&group->keys[i], item + group->keys[i].offset) < 0) {
            return error_set(reader->error, -ENOMEM, "%s: out of memory", reader->path);
        }
    }
    int code = read_mapping(reader, group, node, item);
    if (code == 0) {
        code = check_item(reader, node, items, count);
    }
    if (code < 0) {
        return code;
    }
    for (size_t i = 0; items != (char *)reader->config->notify && i < count; i++) {
        if (strcmp(get_item_name(group, items + i * group->item_bytes),
                   get_item_name(group, item)) == 0) {
            return refuse(reader, node, "%s: there are two with the %s '%s'; keep one", group->name,
                          group->keys[0].name, get_item_name(group, item));
        }
    }
    return 0;
}

static int read_list(const struct reader *reader, const struct config_group *group,
                     const yaml_node_t *node)
{
    if (node->type != YAML_SEQUENCE_NODE) {
        return refuse(reader, node, "%s: expected a list, such as '- %s: ...'", group->name,
                      group->keys[0].name);
    }
    size_t count = (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
    if (count > CONFIG_ITEMS_MAX) {
        return refuse(reader, node, "%s: %zu entries; %d are allowed", group->name, count,
                      CONFIG_ITEMS_MAX);
    }
    char *items = calloc(count > 0 ? count : 1, group->item_bytes);
    if (items == NULL) {
        return error_set(reader->error, -ENOMEM, "%s: out of memory", reader->path);
    }
    *(void **)((char *)reader->config + group->items_offset) = items;
    size_t *kept = (size_t *)((char *)reader->config + group->count_offset);
    for (size_t i = 0; i < count; i++) {
        *kept = i + 1; /* config_fini() frees a half-read item too */
        int code = read_item(reader, group, get_node(reader, node->data.sequence.items.start[i]),
                             items, i);
        if (code < 0) {
            return code;
        }
    }
    return 0;
}

static bool is_empty(const yaml_node_t *node)
{
    return node->type == YAML_SCALAR_NODE && node->data.scalar.length == 0 &&
           node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

static int read_root(const struct reader *reader, const yaml_node_t *root)
{
    uint64_t seen = 0;

    if (root->type != YAML_MAPPING_NODE) {
        return refuse(reader, root, "expected sections, such as 'http:'");
    }
    for (yaml_node_pair_t *pair = root->data.mapping.pairs.start;
         pair < root->data.mapping.pairs.top; pair++) {
        const yaml_node_t *name_node = get_node(reader, pair->key);
        const yaml_node_t *value = get_node(reader, pair->value);
        const char *name = get_scalar(name_node);
        size_t i = 0;
        while (name != NULL && i < config_table_group_count &&
               strcmp(config_table_groups[i].name, name) != 0) {
            i++;
        }
        if (name == NULL || i == config_table_group_count) {
            return refuse_unknown(reader, name_node, NULL, name != NULL ? name : "?");
        }
        if ((seen >> i & 1) != 0) {
            return refuse(reader, name_node, "%s: given twice; keep one", name);
        }
        seen |= UINT64_C(1) << i;
        const struct config_group *group = &config_table_groups[i];
        int code = is_empty(value) ? 0 /* a section with all its keys commented out */
                   : group->item_bytes == 0
                       ? read_mapping(reader, group, value, (char *)reader->config)
                       : read_list(reader, group, value);
        if (code < 0) {
            return code;
        }
    }
    return 0;
}

static int refuse_syntax(const yaml_parser_t *parser, const char *path, struct error *error)
{
    if (parser->error == YAML_MEMORY_ERROR) {
        return error_set(error, -ENOMEM, "%s: out of memory", path);
    }
    if (parser->error == YAML_READER_ERROR) {
        return error_set(error, -EINVAL, "%s: %s at byte %zu; write UTF-8 text", path,
                         parser->problem, parser->problem_offset);
    }
    return error_set(error, -EINVAL, "%s:%zu:%zu: not YAML: %s", path,
                     parser->problem_mark.line + 1, parser->problem_mark.column + 1,
                     parser->problem != NULL ? parser->problem : "syntax error");
}

static int read_document(struct config *config, yaml_parser_t *parser, const char *path,
                         struct error *error)
{
    yaml_document_t document;

    if (!yaml_parser_load(parser, &document)) {
        return refuse_syntax(parser, path, error);
    }
    struct reader reader = {config, path, &document, error};
    const yaml_node_t *root = yaml_document_get_root_node(&document);
    int code = root == NULL || is_empty(root) ? 0 : read_root(&reader, root);
    yaml_document_delete(&document);
    if (code < 0 || root == NULL) {
        return code;
    }
    if (!yaml_parser_load(parser, &document)) {
        return refuse_syntax(parser, path, error);
    }
    reader.document = &document;
    root = yaml_document_get_root_node(&document);
    if (root != NULL) {
        code = refuse(&reader, root, "a second document; one file holds one");
    }
    yaml_document_delete(&document);
    return code;
}

/* The whole file; the cap keeps a device or a mistake from filling memory. */
static int read_file(const char *path, struct bytes *content, struct error *error)
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return error_set(error, -errno, "%s: cannot be read: %s", path, strerror(errno));
    }
    while (bytes_reserve(content, 4096)) {
        size_t got = fread(content->data + content->size, 1, 4096, file);
        content->size += got;
        if (got == 0) {
            break;
        }
    }
    int code = 0;
    if (ferror(file)) {
        code = error_set(error, -EIO, "%s: cannot be read: %s", path, strerror(errno));
    } else if (content->is_failed) {
        code = error_set(error, -EFBIG, "%s: larger than %d bytes", path, CONFIG_FILE_MAX);
    }
    fclose(file);
    return code;
}

static int set_defaults(struct config *config)
{
    for (size_t i = 0; i < config_table_group_count; i++) {
        const struct config_group *group = &config_table_groups[i];
        for (size_t k = 0; group->item_bytes == 0 && k < group->key_count; k++) {
            const struct config_key *key = &group->keys[k];
            if (config_table_set_default(key, (char *)config + key->offset) < 0) {
                return -ENOMEM;
            }
        }
    }
    return 0;
}

int config_load(struct config *config, const char *path, struct error *error)
{
    memset(config, 0, sizeof *config);
    int code = set_defaults(config);
    if (code < 0) {
        error_set(error, code, "out of memory");
    } else if (path != NULL) {
        struct bytes content;
        yaml_parser_t parser;
        bytes_init(&content, CONFIG_FILE_MAX);
        code = read_file(path, &content, error);
        if (code == 0 && !yaml_parser_initialize(&parser)) {
            code = error_set(error, -ENOMEM, "%s: out of memory", path);
        } else if (code == 0) {
            yaml_parser_set_input_string(&parser, content.data, content.size);
            code = read_document(config, &parser, path, error);
            yaml_parser_delete(&parser);
        }
        bytes_fini(&content);
    }
    if (code < 0) {
        config_fini(config);
    }
    return code;
}

static void free_texts(const struct config_group *group, char *base)
{
    for (size_t k = 0; k < group->key_count; k++) {
        if (config_table_is_text(group->keys[k].type)) {
            char **text = (char **)(base + group->keys[k].offset);
            free(*text);
            *text = NULL;
        } else if (group->keys[k].type == CONFIG_TYPE_WORDS ||
                   group->keys[k].type == CONFIG_TYPE_PROCESSES) {
            free_words((char ***)(base + group->keys[k].offset));
        }
    }
}

void config_fini(struct config *config)
{
    for (size_t i = 0; i < config_table_group_count; i++) {
        const struct config_group *group = &config_table_groups[i];
        if (group->item_bytes == 0) {
            free_texts(group, (char *)config);
            continue;
        }
        char **items = (char **)((char *)config + group->items_offset);
        size_t *count = (size_t *)((char *)config + group->count_offset);
        for (size_t k = 0; k < *count; k++) {
            free_texts(group, *items + k * group->item_bytes);
        }
        free(*items);
        *items = NULL;
        *count = 0;
    }
    free(config->state_dir);
    config->state_dir = NULL;
}
