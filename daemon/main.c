/*
 * isoscoped: options, configuration, paths, then the loop. Owns the configuration. Exit codes: 0
 * ended as asked, 1 the work failed, 2 wrong usage or configuration.
 */
#include "base/log.h"
#include "base/standard.h"
#include "base/state.h"
#include "daemon/config.h"
#include "daemon/loop.h"
#include "wire/door.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_USAGE = 2 };

struct options {
    const char *config_path, *listen, *socket, *state;
    bool is_check;
};

/* The command line as long as the program runs: a reload applies it again. */
static struct options options;

static const char usage[] =
    "usage: isoscoped [--config FILE] [--listen HOST:PORT] [--socket PATH] [--state DIR]\n"
    "                 [--check-config]\n"
    "\n"
    "Collects what emitters report at its socket, serves the dashboard, the API and /metrics.\n"
    "\n"
    "  --config FILE        configuration; without it the defaults hold\n"
    "  --listen HOST:PORT   where to serve (default 127.0.0.1:9617)\n"
    "  --socket PATH        where emitters connect (default /run/isoscope/collector.sock as root,\n"
    "                       else $XDG_RUNTIME_DIR/isoscope/collector.sock,\n"
    "                       else /tmp/isoscope-UID/collector.sock)\n"
    "  --state DIR          what outlives a restart (default /var/lib/isoscope as root,\n"
    "                       else $XDG_STATE_HOME/isoscope or ~/.local/state/isoscope)\n"
    "  --check-config       read the configuration, say what is wrong, exit\n"
    "  --help-config        print every key with its default\n"
    "  --log-level LEVEL    error, warn, info or debug (default info)\n"
    "  --help, --version\n"
    "\n"
    "SIGHUP reads the configuration again; SIGTERM and SIGINT end it.\n";

static int print_help_config(void)
{
    struct bytes out;

    bytes_init(&out, 0);
    config_write_yaml(&out);
    bool is_written = !out.is_failed && fwrite(out.data, 1, out.size, stdout) == out.size;
    bytes_fini(&out);
    return is_written && fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* -1: go on; otherwise the exit code. */
static int parse(int argc, char **argv)
{
    enum { CONFIG = 1, LISTEN, SOCKET, STATE, CHECK_CONFIG, HELP_CONFIG, LEVEL, HELP, VERSION };
    static const struct option names[] = {
        {"config", required_argument, NULL, CONFIG},
        {"listen", required_argument, NULL, LISTEN},
        {"socket", required_argument, NULL, SOCKET},
        {"state", required_argument, NULL, STATE},
        {"check-config", no_argument, NULL, CHECK_CONFIG},
        {"help-config", no_argument, NULL, HELP_CONFIG},
        {"log-level", required_argument, NULL, LEVEL},
        {"help", no_argument, NULL, HELP},
        {"version", no_argument, NULL, VERSION},
        {NULL, 0, NULL, 0},
    };
    enum log_level level = LOG_INFO;
    int option;

    opterr = 0; /* one line says what is wrong: ours */
    while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
        switch (option) {
        case CONFIG:
            options.config_path = optarg;
            break;
        case LISTEN:
            options.listen = optarg;
            break;
        case SOCKET:
            options.socket = optarg;
            break;
        case STATE:
            options.state = optarg;
            break;
        case CHECK_CONFIG:
            options.is_check = true;
            break;
        case HELP_CONFIG:
            return print_help_config();
        case LEVEL:
            if (!log_parse_level(optarg, &level)) {
                fprintf(stderr, "isoscoped: --log-level %s: one of error, warn, info, debug\n",
                        optarg);
                return EXIT_USAGE;
            }
            log_init("isoscoped", level);
            break;
        case HELP:
            fputs(usage, stdout);
            return EXIT_SUCCESS;
        case VERSION:
            puts("isoscoped " ISOSCOPE_VERSION);
            return EXIT_SUCCESS;
        default:
            fprintf(stderr, "isoscoped: %s: no such option, or its value is missing; try --help\n",
                    argv[optind - 1]);
            return EXIT_USAGE;
        }
    }
    if (optind < argc) {
        fprintf(stderr, "isoscoped: %s: takes no arguments, only options; try --help\n",
                argv[optind]);
        return EXIT_USAGE;
    }
    return -1;
}

/* Puts a copy of `text` where `field` is, when there is a text. */
static bool replace(char **field, const char *text)
{
    if (text == NULL) {
        return true;
    }
    char *copy = strdup(text);
    if (copy == NULL) {
        return false;
    }
    free(*field);
    *field = copy;
    return true;
}

static int override(struct config *config, struct error *error)
{
    if (!replace(&config->http.listen, options.listen) ||
        !replace(&config->socket.path, options.socket) ||
        !replace(&config->state_dir, options.state)) {
        return error_set(error, -ENOMEM, "no memory");
    }
    return 0;
}

static int find_socket(const struct config *config, char path[DOOR_PATH_MAX + 1],
                       struct error *error)
{
    if (config->socket.path == NULL) {
        return door_default_path(path, error);
    }
    if (strlen(config->socket.path) > DOOR_PATH_MAX) {
        return error_set(error, -ENAMETOOLONG,
                         "socket path %.200s is %zu bytes long, at most %d fit: give a shorter one "
                         "with --socket",
                         config->socket.path, strlen(config->socket.path), DOOR_PATH_MAX);
    }
    memcpy(path, config->socket.path, strlen(config->socket.path) + 1);
    return 0;
}

static void block_signals(void)
{
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static int run(struct config *config, struct error *error)
{
    char socket_path[DOOR_PATH_MAX + 1], state_path[4096];
    int code = find_socket(config, socket_path, error);

    if (code < 0) {
        return code;
    }
    block_signals();
    struct loop_options loop = {
        .config_path = options.config_path,
        .config = config,
        .override = override,
        .socket_path = socket_path,
        .state_dir = config->state_dir != NULL ? config->state_dir
                                               : state_directory(state_path, sizeof state_path),
    };
    return loop_run(&loop, error);
}

int main(int argc, char **argv)
{
    struct config config;
    struct error error;

    standard_hold();
    log_init("isoscoped", LOG_INFO);
    int code = parse(argc, argv);
    if (code >= 0) {
        return code;
    }
    if ((code = config_load(&config, options.config_path, &error)) < 0 ||
        (code = override(&config, &error)) < 0) {
        fprintf(stderr, "isoscoped: %s\n", error.text);
        return EXIT_USAGE;
    }
    if (options.is_check) {
        puts("configuration: ok");
    } else if ((code = run(&config, &error)) < 0) {
        fprintf(stderr, "isoscoped: %s\n", error.text);
    }
    config_fini(&config);
    bool is_usage = code == -EINVAL || code == -ENAMETOOLONG;
    return code == 0 ? EXIT_SUCCESS : is_usage ? EXIT_USAGE : EXIT_FAILURE;
}
