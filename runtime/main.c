/*
 * isorun: reads the command line, opens what exists once per process, runs the main isolate. Owns
 * nothing beyond main().
 */
#include "base/error.h"
#include "base/log.h"
#include "base/standard.h"
#include "runtime/host.h"
#include "runtime/isolate.h"
#include "runtime/lower.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_USAGE      2
#define HEAP_DEFAULT_MB 4096
#define HEAP_MB_MAX     (1u << 20)

static const char help[] =
    "usage: isorun [OPTION...] SCRIPT [ARGUMENT...]\n"
    "       isorun [OPTION...] -e CODE [ARGUMENT...]\n"
    "Runs a script whose workers (worker_threads) are isolates of their own, each accounted for.\n"
    "\n"
    "  --expose-gc                 global.gc() makes a full collection\n"
    "  --max-old-space-size=MB     heap limit of the main isolate (default 4096)\n"
    "  --collector PATH|none       the collector's socket; none: totals stay private\n"
    "  --name NAME                 what the collector calls this process (default: the script)\n"
    "  --require FILE              load FILE first\n"
    "  -e CODE                     run CODE\n"
    "  --check                     report syntax errors of SCRIPT and run nothing\n"
    "  --no-warnings, --no-deprecation, --trace-warnings, --trace-deprecation\n"
    "                              which warnings are printed, and whether with their stack\n"
    "  --no-cache                  lowered code is neither read from disk nor kept there\n"
    "  --log-level LEVEL           error, warn (default), info or debug\n"
    "  --help, --version\n"
    "\n"
    "Environment: ISOSCOPE_SOCKET (the collector's socket), ISORUN_CACHE=off, NO_COLOR.\n"
    "Exit code: the script's; 1 when it failed, 2 for bad usage.\n";

struct arguments {
    struct host_options host;
    struct isolate_program program;
    bool has_no_cache;
};

enum {
    OPTION_GC = 256,
    OPTION_HEAP,
    OPTION_COLLECTOR,
    OPTION_NAME,
    OPTION_REQUIRE,
    OPTION_CHECK,
    OPTION_NO_CACHE,
    OPTION_LOG,
    OPTION_WARNINGS,
    OPTION_HELP,
    OPTION_VERSION
};

static const struct option options[] = {
    {"expose-gc", no_argument, NULL, OPTION_GC},
    {"expose_gc", no_argument, NULL, OPTION_GC},
    {"max-old-space-size", required_argument, NULL, OPTION_HEAP},
    {"collector", required_argument, NULL, OPTION_COLLECTOR},
    {"name", required_argument, NULL, OPTION_NAME},
    {"require", required_argument, NULL, OPTION_REQUIRE},
    {"check", no_argument, NULL, OPTION_CHECK},
    {"no-cache", no_argument, NULL, OPTION_NO_CACHE},
    {"no-warnings", no_argument, NULL, OPTION_WARNINGS},
    {"no-deprecation", no_argument, NULL, OPTION_WARNINGS},
    {"trace-warnings", no_argument, NULL, OPTION_WARNINGS},
    {"trace-deprecation", no_argument, NULL, OPTION_WARNINGS},
    {"log-level", required_argument, NULL, OPTION_LOG},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

static int usage(const char *what, const char *value)
{
    fprintf(stderr, "isorun: %s%s (isorun --help)\n", what, value != NULL ? value : "");
    return EXIT_USAGE;
}

static bool parse_heap(const char *text, uint64_t *bytes)
{
    char *end;

    errno = 0;
    unsigned long mb = strtoul(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || text[0] == '-' || mb == 0 ||
        mb > HEAP_MB_MAX) {
        return false;
    }
    *bytes = (uint64_t)mb << 20;
    return true;
}

/* -1: go on; else the exit code. */
static int take_option(struct arguments *arguments, int option)
{
    enum log_level level;

    switch (option) {
    case OPTION_GC:
        arguments->host.can_collect = true;
        return -1;
    case OPTION_HEAP:
        return parse_heap(optarg, &arguments->program.heap_limit)
                   ? -1
                   : usage("--max-old-space-size takes whole MB from 1 to 1048576, not ", optarg);
    case OPTION_COLLECTOR:
        arguments->host.collector = optarg;
        return -1;
    case OPTION_NAME:
        arguments->host.name = optarg;
        return -1;
    case OPTION_REQUIRE:
        arguments->program.preload = optarg;
        return -1;
    case OPTION_CHECK:
        arguments->program.is_check = true;
        arguments->host.collector = "none";
        return -1;
    case 'e':
        arguments->program.code = optarg;
        return -1;
    case OPTION_NO_CACHE:
        arguments->has_no_cache = true;
        return -1;
    case OPTION_LOG:
        if (!log_parse_level(optarg, &level)) {
            return usage("--log-level takes error, warn, info or debug, not ", optarg);
        }
        log_init("isorun", level);
        return -1;
    case OPTION_WARNINGS: /* process.js finds them in process.execArgv */
        return -1;
    case OPTION_HELP:
        fputs(help, stdout);
        return 0;
    case OPTION_VERSION:
        puts("isorun " ISOSCOPE_VERSION);
        return 0;
    default:
        return EXIT_USAGE;
    }
}

/* process.argv as Node has it: absolute paths of the program and the script, then the arguments.
 * NULL when there is no memory. The paths live in buffers of the process. */
static const char **make_argv(int argc, char **argv, const char *script)
{
    static char program_path[PATH_MAX], script_path[PATH_MAX];
    const char **list = calloc((size_t)argc + 3, sizeof *list);
    size_t count = 0;

    if (list != NULL) {
        list[count++] = realpath("/proc/self/exe", program_path) != NULL ? program_path : "isorun";
        if (script != NULL) {
            list[count++] = realpath(script, script_path) != NULL ? script_path : script;
        }
        for (int i = 0; i < argc; i++) {
            list[count++] = argv[i];
        }
    }
    return list;
}

/* Whether an option is one of Node's as well, and belongs to process.execArgv. */
static bool is_shared(int option)
{
    return option != OPTION_COLLECTOR && option != OPTION_NAME && option != OPTION_CHECK &&
           option != OPTION_NO_CACHE && option != OPTION_LOG;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static int run(struct arguments *arguments)
{
    struct host *host;
    struct error error;

    if (host_open(&host, &arguments->host, &error) < 0) {
        fprintf(stderr, "isorun: %s\n", error.text);
        return 1;
    }
    lower_open(!arguments->has_no_cache);
    int code = isolate_run_main(host, &arguments->program);
    lower_close();
    host_close(&host);
    return code;
}

int main(int argc, char **argv)
{
    struct arguments arguments = {
        .host = {.environment = (const char *const *)environ, .argv0 = argv[0]},
        .program = {.heap_limit = (uint64_t)HEAP_DEFAULT_MB << 20},
    };
    int option, taken = 1, flag_end = 1; /* the flags for process.execArgv are moved together */

    standard_hold();
    log_init("isorun", LOG_WARN);
    signal(SIGPIPE, SIG_IGN);
    while ((option = getopt_long(argc, argv, "+e:r:", options, NULL)) != -1) {
        int code = take_option(&arguments, option == 'r' ? OPTION_REQUIRE : option);
        if (code >= 0) {
            return code;
        }
        for (; taken < optind; taken++) {
            argv[flag_end] = argv[taken];
            flag_end += is_shared(option);
        }
    }
    struct isolate_program *program = &arguments.program;
    if (program->is_check && program->code != NULL) {
        return usage("--check takes a script, not -e", NULL);
    }
    if (program->code == NULL) {
        if (optind == argc) {
            return usage("no script given", NULL);
        }
        program->file = argv[optind++];
    }
    if (arguments.host.name == NULL) {
        arguments.host.name = program->file != NULL ? base_name(program->file) : "isorun";
    }
    const char **list = make_argv(argc - optind, argv + optind, program->file);
    if (list == NULL) {
        return usage("no memory", NULL);
    }
    program->argv = list;
    argv[flag_end] = NULL; /* the script, at most, which `list` has */
    program->exec_argv = (const char *const *)argv + 1;
    int code = run(&arguments);
    free(list);
    return code;
}
