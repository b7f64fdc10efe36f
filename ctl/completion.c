/*
 * Scripts for shells, made from the table of verbs, so that they cannot be older than it. Called
 * through that table. Owns nothing. Ids are asked of the daemon while the user types.
 */
#include "ctl/completion.h"

#include "base/log.h"

#include <stdio.h>
#include <string.h>

static const char bash_start[] =
    "# bash: source <(isoctl completion bash)\n"
    "_isoctl_ids() { isoctl --json isolates 2>/dev/null | grep -o '\"id\":\"[0-9.~]*\"' | cut "
    "-d'\"' -f4; }\n"
    "_isoctl() {\n"
    "  local word=${COMP_WORDS[COMP_CWORD]} verb= i\n"
    "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "    [[ ${COMP_WORDS[i]} == -* || ${COMP_WORDS[i]} == = || ${COMP_WORDS[i-1]} == = ]] || { "
    "verb=${COMP_WORDS[i]}; break; }\n"
    "  done\n"
    "  local options='--url= --json --help --version --log-level=' arguments=\n"
    "  case $verb in\n"
    "  '') arguments='%s' ;;\n";
static const char bash_end[] =
    "  esac\n"
    "  if [[ $word == -* ]]; then COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
    "  elif [[ $arguments == FILE ]]; then COMPREPLY=($(compgen -f -- \"$word\"))\n"
    "  elif [[ $arguments == ID ]]; then COMPREPLY=($(compgen -W \"$(_isoctl_ids)\" -- "
    "\"$word\"))\n"
    "  else COMPREPLY=($(compgen -W \"$arguments\" -- \"$word\")); fi\n"
    "  [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace\n"
    "}\n"
    "complete -F _isoctl isoctl\n";

/* What stands where a verb's first argument goes: ID, FILE, or words to choose from. */
static const char *argument_of(const struct verb *verb)
{
    const char *synopsis = verb->synopsis;

    if (strcmp(verb->name, "completion") == 0) {
        return "bash zsh fish";
    }
    return strncmp(synopsis, "ID", 2) == 0 || strncmp(synopsis, "[ID]", 4) == 0 ? "ID"
           : strncmp(synopsis, "FILE", 4) == 0                                  ? "FILE"
                                                                                : "";
}

/* Its options as words: "--follow --limit=". Which of them take a value stands in the synopsis. */
static void print_options(const struct verb *verb)
{
    for (const char *at = verb->options; *at != '\0';) {
        int length = (int)strcspn(at, " ");
        char word[64];
        snprintf(word, sizeof word, "--%.*s=", length, at);
        bool is_valued = strstr(verb->synopsis, word) != NULL ||
                         (strcmp(verb->name, "follow") != 0 && strncmp(at, "limit", 5) == 0);
        printf(" --%.*s%s", length, at, is_valued ? "=" : "");
        at += length + (at[length] == ' ');
    }
}

static void print_names(void)
{
    for (const struct verb *verb = verbs_table; verb->name != NULL; verb++) {
        printf("%s%s", verb == verbs_table ? "" : " ", verb->name);
    }
}

static void print_bash(void)
{
    const char *hole = strstr(bash_start, "%s");

    printf("%.*s", (int)(hole - bash_start), bash_start);
    print_names();
    printf("%s", hole + 2);
    for (const struct verb *verb = verbs_table; verb->name != NULL; verb++) {
        printf("  %s) options+='", verb->name);
        print_options(verb);
        printf("' arguments='%s' ;;\n", argument_of(verb));
    }
    printf("%s", bash_end);
}

/* zsh runs bash's. */
static void print_zsh(void)
{
    printf("# zsh: source <(isoctl completion zsh)\nautoload -Uz +X compinit && compinit\n"
           "autoload -Uz +X bashcompinit && bashcompinit\n");
    print_bash();
}

/* Text between single quotes, as fish reads it. */
static void print_quoted(const char *text)
{
    for (; *text != '\0'; text++) {
        printf(*text == '\'' || *text == '\\' ? "\\%c" : "%c", *text);
    }
}

static void print_fish(void)
{
    printf("# fish: isoctl completion fish | source\ncomplete -c isoctl -f\n");
    for (const struct verb *verb = verbs_table; verb->name != NULL; verb++) {
        printf("complete -c isoctl -n __fish_use_subcommand -a %s -d '", verb->name);
        print_quoted(verb->text);
        printf("'\n");
        for (const char *at = verb->options; *at != '\0';) {
            int length = (int)strcspn(at, " ");
            printf("complete -c isoctl -n '__fish_seen_subcommand_from %s' -l %.*s\n", verb->name,
                   length, at);
            at += length + (at[length] == ' ');
        }
        const char *argument = argument_of(verb);
        if (strcmp(argument, "ID") == 0) {
            printf("complete -c isoctl -n '__fish_seen_subcommand_from %s' -a \"(isoctl --json "
                   "isolates 2>/dev/null | string match -rag '\\\"id\\\":\\\"([0-9.~]+)')\"\n",
                   verb->name);
        } else if (strcmp(argument, "FILE") == 0) {
            printf("complete -c isoctl -n '__fish_seen_subcommand_from %s' -F\n", verb->name);
        }
    }
}

int completion_run(const struct invocation *invocation)
{
    const char *shell = invocation->arguments[0];

    if (strcmp(shell, "bash") == 0) {
        print_bash();
    } else if (strcmp(shell, "zsh") == 0) {
        print_zsh();
    } else if (strcmp(shell, "fish") == 0) {
        print_fish();
    } else {
        log_error("completion: bash, zsh or fish, not '%.20s'", shell);
        return 2;
    }
    return 0;
}
