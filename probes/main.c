/*
 * isoprobe: reads the command line, loads the probes, gives up what it needs no more, runs its
 * loop. Owns nothing beyond main().
 */
#include "base/log.h"
#include "base/standard.h"
#include "probes/prober.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_USAGE 2

static const char help[] =
    "usage: isoprobe [OPTION...] [PID...]\n"
    "Watches running Node.js processes from outside, by eBPF, and tells the collector about their\n"
    "isolates: collections, heaps, messages, workers. The programs are not changed.\n"
    "\n"
    "  --name GLOB        processes of that name (comm), now and later; may be repeated\n"
    "  --all              every Node.js process, now and later\n"
    "  --serve            wait for orders (isoctl attach PID), also while there is nothing to "
    "watch\n"
    "  --check            load the probes, say what is missing, and end\n"
    "  --collector PATH   the collector's socket\n"
    "  --log-level LEVEL  error, warn (default), info or debug\n"
    "  --help, --version\n"
    "\n"
    "Needs Linux 6.6 with BTF and root, or CAP_BPF and CAP_PERFMON, and CAP_SYS_PTRACE for the\n"
    "processes of other users. Ends with SIGTERM, or when all PIDs have ended.\n"
    "Environment: ISOSCOPE_SOCKET (the collector's socket).\n";

enum {
    OPTION_NAME = 256,
    OPTION_ALL,
    OPTION_SERVE,
    OPTION_CHECK,
    OPTION_COLLECTOR,
    OPTION_LOG,
    OPTION_HELP,
    OPTION_VERSION
};

static const struct option options[] = {
    {"name", required_argument, NULL, OPTION_NAME},
    {"all", no_argument, NULL, OPTION_ALL},
    {"serve", no_argument, NULL, OPTION_SERVE},
    {"check", no_argument, NULL, OPTION_CHECK},
    {"collector", required_argument, NULL, OPTION_COLLECTOR},
    {"log-level", required_argument, NULL, OPTION_LOG},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

static int usage(const char *what, const char *value)
{
    fprintf(stderr, "isoprobe: %s%s (isoprobe --help)\n", what, value);
    return EXIT_USAGE;
}

/* -1: go on; else the exit code. */
static int take_option(struct prober_options *wanted, int option)
{
    enum log_level level;

    switch (option) {
    case OPTION_NAME:
        if (wanted->glob_count == PROBER_GLOBS_MAX) {
            return usage("at most 32 times --name, one too many is ", optarg);
        }
        wanted->globs[wanted->glob_count++] = optarg;
        return -1;
    case OPTION_ALL:
        wanted->wants_all = true;
        return -1;
    case OPTION_SERVE:
        wanted->is_server = true;
        return -1;
    case OPTION_CHECK:
        wanted->is_check = true;
        return -1;
    case OPTION_COLLECTOR:
        wanted->collector = optarg;
        return -1;
    case OPTION_LOG:
        if (!log_parse_level(optarg, &level)) {
            return usage("--log-level takes error, warn, info or debug, not ", optarg);
        }
        log_init("isoprobe", level);
        return -1;
    case OPTION_HELP:
        fputs(help, stdout);
        return 0;
    case OPTION_VERSION:
        puts("isoprobe " ISOSCOPE_VERSION);
        return 0;
    default:
        return usage("unknown option or missing value", "");
    }
}

static int take_pid(struct prober_options *wanted, const char *text)
{
    char *end;

    errno = 0;
    unsigned long pid = strtoul(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || pid == 0 || pid > INT32_MAX) {
        return usage("a process is named by its number, not ", text);
    }
    if (wanted->pid_count == PROBER_PIDS_MAX) {
        return usage("at most 256 processes, one too many is ", text);
    }
    wanted->pids[wanted->pid_count++] = pid;
    return -1;
}

static int parse(struct prober_options *wanted, int count, char **arguments)
{
    int option, code = -1;

    opterr = 0;
    while (code < 0 && (option = getopt_long(count, arguments, "", options, NULL)) != -1) {
        code = take_option(wanted, option);
    }
    for (int i = optind; code < 0 && i < count; i++) {
        code = take_pid(wanted, arguments[i]);
    }
    if (code < 0 && !wanted->is_check && !wanted->is_server && wanted->pid_count == 0 &&
        wanted->glob_count == 0 && !wanted->wants_all) {
        return usage("say which processes: a PID, --name GLOB, --all or --serve", "");
    }
    return code;
}

int main(int count, char **arguments)
{
    static struct prober_options wanted;
    struct prober *prober = NULL;
    struct error error;

    standard_hold();
    log_init("isoprobe", LOG_WARN);
    int code = parse(&wanted, count, arguments);
    if (code >= 0) {
        return code;
    }
    if (prober_open(&prober, &wanted, &error) < 0) {
        log_error("%s", error.text);
        return EXIT_FAILURE;
    }
    code = prober_run(prober);
    if (code < 0) {
        log_error("%s", strerror(-code));
    }
    prober_close(&prober);
    return code < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
