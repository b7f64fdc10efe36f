/*
 * band, min_jobs and bytes_per_job of the section `drift`. Called by replay_print.c, so that a
 * replay judges as the daemon with that file does. Owns nothing beyond a call.
 */
#include "ctl/replay_config.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct reader {
    const char *path;
    yaml_document_t *document;
    struct error *error;
};

static int refuse(const struct reader *reader, const yaml_node_t *node, const char *key,
                  const char *allowed)
{
    return error_set(reader->error, -EINVAL, "%s:%zu:%zu: %s: write %s", reader->path,
                     node->start_mark.line + 1, node->start_mark.column + 1, key, allowed);
}

/* A number with one of `units`, each a suffix with its factor; NAN: it is none. */
static double parse(const char *text, const char *const *suffixes, const double *factors)
{
    char *end;
    double value = strtod(text, &end);
    if (end == text) {
        return NAN;
    }
    for (size_t i = 0; suffixes[i] != NULL; i++) {
        if (strcmp(end, suffixes[i]) == 0) {
            return value * factors[i];
        }
    }
    return NAN;
}

static double parse_share(const char *text)
{
    static const char *const suffixes[] = {"%", "", NULL};
    static const double factors[] = {0.01, 1};
    return parse(text, suffixes, factors);
}

static double parse_count(const char *text)
{
    static const char *const suffixes[] = {"", NULL};
    static const double factors[] = {1};
    double count = parse(text, suffixes, factors);
    return count == floor(count) ? count : NAN;
}

static double parse_size(const char *text)
{
    static const char *const suffixes[] = {"B", "KiB", "MiB", "GiB", "TiB", NULL};
    static const double factors[] = {1, 0x1p10, 0x1p20, 0x1p30, 0x1p40};
    return parse(text, suffixes, factors);
}

static int take_key(const struct reader *reader, const yaml_node_t *name, const yaml_node_t *value,
                    struct drift_options *options)
{
    static const struct {
        const char *name, *allowed;
        double (*parse)(const char *text);
        double least, most;
    } keys[] = {{"band", "0.1%..50%", parse_share, 0.001, 0.5},
                {"min_jobs", "4..10000", parse_count, 4, 10000},
                {"bytes_per_job", "0B..1TiB", parse_size, 0, 0x1p40}};
    const char *key = (const char *)name->data.scalar.value;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strcmp(key, keys[i].name) != 0) {
            continue;
        }
        double number = value->type == YAML_SCALAR_NODE
                            ? keys[i].parse((const char *)value->data.scalar.value)
                            : NAN;
        if (!(number >= keys[i].least && number <= keys[i].most)) {
            return refuse(reader, value, key, keys[i].allowed);
        }
        if (i == 0) {
            options->band = number;
        } else if (i == 1) {
            options->min_jobs = (uint32_t)number;
        } else {
            options->min_bytes_per_job = number;
        }
    }
    return 0;
}

static bool is_section(const yaml_node_t *name)
{
    return name->type == YAML_SCALAR_NODE &&
           strcmp((const char *)name->data.scalar.value, "drift") == 0;
}

static int take_section(const struct reader *reader, const yaml_node_t *section,
                        struct drift_options *options)
{
    int code = 0;
    if (section->type != YAML_MAPPING_NODE) {
        bool is_empty = section->type == YAML_SCALAR_NODE && section->data.scalar.length == 0;
        return is_empty ? 0 : refuse(reader, section, "drift", "keys and values");
    }
    for (yaml_node_pair_t *pair = section->data.mapping.pairs.start;
         pair < section->data.mapping.pairs.top && code == 0; pair++) {
        const yaml_node_t *name = yaml_document_get_node(reader->document, pair->key);
        const yaml_node_t *value = yaml_document_get_node(reader->document, pair->value);
        code = name->type == YAML_SCALAR_NODE ? take_key(reader, name, value, options)
                                              : refuse(reader, name, "drift", "keys and values");
    }
    return code;
}

static int take_root(const struct reader *reader, struct drift_options *options)
{
    const yaml_node_t *root = yaml_document_get_root_node(reader->document);
    int code = 0;
    if (root == NULL) {
        return 0;
    }
    if (root->type != YAML_MAPPING_NODE) {
        return refuse(reader, root, "the file", "sections, such as 'drift:'");
    }
    for (yaml_node_pair_t *pair = root->data.mapping.pairs.start;
         pair < root->data.mapping.pairs.top && code == 0; pair++) {
        if (is_section(yaml_document_get_node(reader->document, pair->key))) {
            code = take_section(reader, yaml_document_get_node(reader->document, pair->value),
                                options);
        }
    }
    return code;
}

int replay_config_load(const char *path, struct drift_options *options, struct error *error)
{
    yaml_parser_t parser;
    yaml_document_t document;
    FILE *file = fopen(path, "re");

    if (file == NULL) {
        return error_set(error, -errno, "%s: %s", path, strerror(errno));
    }
    if (!yaml_parser_initialize(&parser)) {
        fclose(file);
        return error_set(error, -ENOMEM, "%s: out of memory", path);
    }
    yaml_parser_set_input_file(&parser, file);
    int code = 0;
    if (yaml_parser_load(&parser, &document)) {
        code = take_root(&(struct reader){path, &document, error}, options);
        yaml_document_delete(&document);
    } else {
        code = error_set(error, -EINVAL, "%s:%zu:%zu: not YAML: %s", path,
                         parser.problem_mark.line + 1, parser.problem_mark.column + 1,
                         parser.problem != NULL ? parser.problem : "syntax error");
    }
    yaml_parser_delete(&parser);
    fclose(file);
    return code;
}
