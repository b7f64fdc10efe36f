/*
 * isoprobe: reads the command line, loads the probes, gives up what it needs no more, runs its
 * loop. Owns nothing beyond main().
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/standard.h"
#include "probes/prober.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_USAGE          2
#define INTERVAL_DEFAULT_NS (10 * CLOCK_NS_PER_S)

static const char help[] =
    "usage: isoprobe [OPTION...] [PID...]\n"
    "Watches running Node.js processes from outside, by eBPF, and tells the collector about their\n"
    "isolates: collections, heaps, messages, workers. The programs are not changed.\n"
    "\n"
    "  --name GLOB        processes of that name (script, program, comm), now and later; may be\n"
    "                     repeated\n"
    "  --all              every Node.js process, now and later\n"
    "  --serve            wait for orders (isoctl attach PID), also while there is nothing to "
    "watch,\n"
    "                     and watch what the collector's configuration says (probes.attach)\n"
    "  --interval SECONDS from one look at what of each heap is resident to the next; default 10, "
    "0\n"
    "                     for never\n"
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
    OPTION_INTERVAL,
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
    {"interval", required_argument, NULL, OPTION_INTERVAL},
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

static int add(struct prober_options *wanted, const char *item)
{
    if (!wanted_add(&wanted->wanted, item)) {
        return usage("at most 64 processes and names, one too many is ", item);
    }
    return -1;
}

static int take_interval(struct prober_options *wanted, const char *text)
{
    char *end;
    double seconds = strtod(text, &end);

    if (end == text || *end != '\0' || !(seconds == 0 || (seconds >= 1 && seconds <= 3600))) {
        return usage("--interval takes seconds, 1 to 3600, or 0 for never, not ", text);
    }
    wanted->interval = (uint64_t)(seconds * (double)CLOCK_NS_PER_S);
    return -1;
}

/* -1: go on; else the exit code. */
static int take_option(struct prober_options *wanted, int option)
{
    enum log_level level;

    switch (option) {
    case OPTION_NAME:
        return add(wanted, optarg);
    case OPTION_ALL:
        return add(wanted, "*");
    case OPTION_INTERVAL:
        return take_interval(wanted, optarg);
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
    return add(wanted, text);
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
    if (code < 0 && !wanted->is_check && !wanted->is_server && wanted->wanted.count == 0) {
        return usage("say which processes: a PID, --name GLOB, --all or --serve", "");
    }
    return code;
}

int main(int count, char **arguments)
{
    static struct prober_options wanted = {.interval = INTERVAL_DEFAULT_NS};
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
    wanted_clear(&wanted.wanted);
    return code < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
