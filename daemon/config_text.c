/*
 * The table of keys.def as texts: the commented default file and the body of the manual page.
 * Called by --help-config and by the build. Owns nothing.
 */
#include "daemon/config.h"
#include "daemon/config_table.h"

#include <string.h>

#define COMMENT_WIDTH 92
#define MAN_TAG_MAX   70 /* characters of what is allowed, in the line of a key */

/* `text` as comment lines of at most COMMENT_WIDTH characters, broken at spaces. */
static void write_comment(struct bytes *out, const char *indent, const char *text)
{
    while (*text != '\0') {
        size_t length = strlen(text);
        if (length > COMMENT_WIDTH) {
            length = COMMENT_WIDTH;
            while (length > 0 && text[length] != ' ') {
                length--;
            }
        }
        bytes_append_format(out, "%s# %.*s\n", indent, (int)length, text);
        text += length;
        text += *text == ' ';
    }
}

static void write_allowed(struct bytes *out, const struct config_key *key)
{
    bytes_append_format(out, "  # %s%s\n", key->allowed,
                        config_table_is_required(key) ? "; has to be given" : "");
}

/* A default that YAML would read as something else stands in quotes. */
static void write_default(struct bytes *out, const struct config_key *key)
{
    const char *quote = key->type == CONFIG_TYPE_MODE ? "'" : "";
    if (key->value != NULL) {
        bytes_append_format(out, " %s%s%s", quote, key->value, quote);
    }
}

void config_write_yaml(struct bytes *out)
{
    bytes_append_text(out, "# The configuration of isoscoped: every key with its default.\n"
                           "# Sizes: B, KiB, MiB, GiB, TiB. Durations: ms, s, m, h, d. Shares: 5% "
                           "or 0.05.\n");
    for (size_t i = 0; i < config_table_group_count; i++) {
        const struct config_group *group = &config_table_groups[i];
        bool is_list = group->item_bytes != 0;
        bytes_append_text(out, "\n");
        write_comment(out, "", group->text);
        bytes_append_format(out, "%s:%s\n", group->name, is_list ? " []" : "");
        for (size_t k = 0; k < group->key_count; k++) {
            const struct config_key *key = &group->keys[k];
            write_comment(out, is_list ? "#   " : "  ", key->text);
            const char *lead = is_list ? k == 0 ? "# - " : "#   " : "  ";
            bool is_shown = is_list || key->value != NULL;
            bytes_append_format(out, "%s%s%s:", lead, is_shown ? "" : "#", key->name);
            write_default(out, key);
            write_allowed(out, key);
        }
    }
}

/* In man(7) a dot or quote at the start of a line is a request, a backslash an escape. */
static void write_man_text(struct bytes *out, const char *text)
{
    if (*text == '.' || *text == '\'') {
        bytes_append_text(out, "\\&");
    }
    for (; *text != '\0'; text++) {
        if (*text == '\\') {
            bytes_append_text(out, "\\e");
        } else if (*text == '-') {
            bytes_append_text(out, "\\-");
        } else if (*text == '|') {
            bytes_append_text(out, "|\\:"); /* a line may end here */
        } else {
            bytes_append(out, text, 1);
        }
    }
}

/* What is too long for the line of a key stands below it, word by word. */
static bool is_long(const struct config_key *key)
{
    return strlen(key->allowed) > MAN_TAG_MAX && strchr(key->allowed, '|') != NULL;
}

static void write_man_words(struct bytes *out, const char *words)
{
    bytes_append_text(out, "; one of");
    while (*words != '\0') {
        size_t size = strcspn(words, "|");
        bytes_append_format(out, "\n.BR %.*s%s", (int)size, words, words[size] == '|' ? " ," : "");
        words += size + (words[size] == '|');
    }
}

static void write_man_tag(struct bytes *out, const struct config_key *key)
{
    bytes_append_format(out, ".TP\n.BR %s \" (", key->name);
    write_man_text(out, is_long(key) ? "a word" : key->allowed);
    if (key->value != NULL) {
        bytes_append_text(out, "; default ");
        write_man_text(out, key->value);
    }
    bytes_append_text(out, ")\"\n");
}

void config_write_man(struct bytes *out)
{
    for (size_t i = 0; i < config_table_group_count; i++) {
        const struct config_group *group = &config_table_groups[i];
        bytes_append_format(out, ".SS %s\n", group->name);
        write_man_text(out, group->text);
        bytes_append_text(out, group->item_bytes != 0 ? " (a list)\n" : "\n");
        for (size_t k = 0; k < group->key_count; k++) {
            const struct config_key *key = &group->keys[k];
            write_man_tag(out, key);
            write_man_text(out, key->text);
            if (is_long(key)) {
                write_man_words(out, key->allowed);
            }
            bytes_append_text(out, "\n");
        }
    }
}
