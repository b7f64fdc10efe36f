/*
 * isoctl: the client of isoscoped's HTTP API for terminals and scripts. Reads the command line,
 * finds the verb (verbs.c), runs it. Exit codes: 0 done, 1 the work failed, 2 bad usage.
 */
#include "base/log.h"
#include "base/standard.h"
#include "ctl/verbs.h"

#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define URL_DEFAULT "http://127.0.0.1:9617"

enum { OPTION_URL = 256, OPTION_LOG_LEVEL, OPTION_FOLLOW, OPTION_CONFIG, OPTION_QUERY };

/* Options after OPTION_QUERY are query keys of the same name. */
static const struct option options[] = {
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {"json", no_argument, NULL, 'j'},
    {"url", required_argument, NULL, OPTION_URL},
    {"log-level", required_argument, NULL, OPTION_LOG_LEVEL},
    {"follow", no_argument, NULL, OPTION_FOLLOW},
    {"output", required_argument, NULL, 'o'},
    {"config", required_argument, NULL, OPTION_CONFIG},
    {"seconds", required_argument, NULL, OPTION_QUERY},
    {"interval", required_argument, NULL, OPTION_QUERY},
    {"jobs", required_argument, NULL, OPTION_QUERY},
    {"isolates", required_argument, NULL, OPTION_QUERY},
    {"name", required_argument, NULL, OPTION_QUERY},
    {"state", required_argument, NULL, OPTION_QUERY},
    {"type", required_argument, NULL, OPTION_QUERY},
    {"isolate", required_argument, NULL, OPTION_QUERY},
    {"window", required_argument, NULL, OPTION_QUERY},
    {"limit", required_argument, NULL, OPTION_QUERY},
    {"from", required_argument, NULL, OPTION_QUERY},
    {"to", required_argument, NULL, OPTION_QUERY},
    {"step", required_argument, NULL, OPTION_QUERY},
    {"process", required_argument, NULL, OPTION_QUERY},
    {"allocated", required_argument, NULL, OPTION_QUERY},
    {"received", no_argument, NULL, OPTION_QUERY},
    {"marks", required_argument, NULL, OPTION_QUERY},
    {"every", required_argument, NULL, OPTION_QUERY},
    {"wait", required_argument, NULL, OPTION_QUERY},
    {"for", required_argument, NULL, OPTION_QUERY},
    {"comment", required_argument, NULL, OPTION_QUERY},
    {NULL, 0, NULL, 0},
};

struct command {
    const struct verb *verb;
    const char *url;
    struct invocation invocation;
    const char *given[16]; /* names of the options that belong to a verb */
    int given_count;
};

static void print_help(void)
{
    printf("usage: isoctl [--url=URL] [--json] VERB [ARGUMENT...]\n\n");
    for (const struct verb *verb = verbs_table; verb->name != NULL; verb++) {
        printf("  %s%s%s\n      %s\n", verb->name, *verb->synopsis != '\0' ? " " : "",
               verb->synopsis, verb->text);
    }
    printf("\n"
           "  --url=URL         where isoscoped is; default $ISOSCOPE_URL, else " URL_DEFAULT "\n"
           "  --json            print the daemon's answer instead of a table\n"
           "  --log-level=LEVEL error, warn, info or debug\n"
           "  --help, --version\n");
}

__attribute__((format(printf, 1, 2))) static int refuse(const char *format, ...)
{
    char message[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    log_error("%s; see isoctl --help", message);
    return 2;
}

static bool takes_option(const struct verb *verb, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = verb->options; *at != '\0';) {
        size_t word = strcspn(at, " ");
        if (word == length && memcmp(at, name, length) == 0) {
            return true;
        }
        at += word + (at[word] == ' ');
    }
    return false;
}

/* -1: go on; -2: no such option; else the exit code. */
static int take_option(struct command *command, int option, int index)
{
    struct invocation *invocation = &command->invocation;
    enum log_level level;

    switch (option) {
    case 'h':
        print_help();
        return 0;
    case 'V':
        printf("isoctl " ISOSCOPE_VERSION "\n");
        return 0;
    case 'j':
        invocation->is_json = true;
        return -1;
    case OPTION_URL:
        command->url = optarg;
        return -1;
    case OPTION_LOG_LEVEL:
        if (!log_parse_level(optarg, &level)) {
            return refuse("--log-level is error, warn, info or debug, not '%.20s'", optarg);
        }
        log_init("isoctl", level);
        return -1;
    case OPTION_FOLLOW:
        invocation->is_following = true;
        break;
    case OPTION_CONFIG:
        invocation->config = optarg;
        break;
    case 'o':
        invocation->output = optarg;
        break;
    case OPTION_QUERY:
        if (invocation->query_count >= 4 * 2) {
            return refuse("too many options");
        }
        invocation->query[invocation->query_count++] = options[index].name;
        invocation->query[invocation->query_count++] = optarg != NULL ? optarg : "1";
        break;
    default:
        return -2;
    }
    if (command->given_count == 16) {
        return refuse("too many options");
    }
    command->given[command->given_count++] = option == 'o' ? "output" : options[index].name;
    return -1;
}

/* -1: go on; else the exit code. */
static int read_command(struct command *command, int argc, char **argv)
{
    int option, index = 0;

    opterr = 0; /* one line says what is wrong: ours */
    while ((option = getopt_long(argc, argv, "hVjo:", options, &index)) != -1) {
        int code = take_option(command, option, index);
        if (code == -2) {
            return refuse("%s: no such option, or its value is missing", argv[optind - 1]);
        }
        if (code >= 0) {
            return code;
        }
    }
    if (optind == argc) {
        return refuse("no verb is given");
    }
    for (const struct verb *verb = verbs_table; verb->name != NULL; verb++) {
        if (strcmp(verb->name, argv[optind]) == 0) {
            command->verb = verb;
        }
    }
    if (command->verb == NULL) {
        return refuse("there is no verb '%.40s'", argv[optind]);
    }
    command->invocation.arguments = argv + optind + 1;
    command->invocation.argument_count = argc - optind - 1;
    if (command->invocation.argument_count < command->verb->min_arguments ||
        command->invocation.argument_count > command->verb->max_arguments) {
        return refuse("usage: isoctl %s %s", command->verb->name, command->verb->synopsis);
    }
    for (int i = 0; i < command->given_count; i++) {
        if (!takes_option(command->verb, command->given[i])) {
            return refuse("'%s' takes no --%s", command->verb->name, command->given[i]);
        }
    }
    return -1;
}

int main(int argc, char **argv)
{
    struct command command = {.url = getenv("ISOSCOPE_URL")};
    struct error error;

    standard_hold();
    log_init("isoctl", LOG_WARN);
    setlocale(LC_CTYPE, "C.UTF-8");
    if (command.url == NULL || *command.url == '\0') {
        command.url = URL_DEFAULT;
    }
    int code = read_command(&command, argc, argv);
    if (code >= 0) {
        return code;
    }
    const char *no_colour = getenv("NO_COLOR");
    command.invocation.has_colours =
        isatty(STDOUT_FILENO) && (no_colour == NULL || *no_colour == '\0');
    code = client_open(&command.invocation.client, command.url, &error);
    if (code < 0) {
        log_error("%s", error.text);
        return code == -EINVAL ? 2 : 1;
    }
    code = command.verb->run(&command.invocation);
    client_close(&command.invocation.client);
    if (fflush(stdout) != 0) {
        return 1; /* nobody reads any more */
    }
    return code;
}
