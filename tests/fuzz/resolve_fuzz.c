/*
 * A package.json that says anything and a request for something in it: a whole isolate resolves the
 * request as require() and as import() do. Whatever comes out is a file of the package or an Error.
 *
 *   up to the first line feed  the request, behind "fuzzed/" unless it begins with "#"
 *   the rest                   package.json
 */
#include "runtime/host.h"
#include "runtime/isolate.h"
#include "runtime/lower.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char script[] =
    "var request = process.argv[2], folder = __dirname;\n"
    "var names = [request, 'fuzzed', 'fuzzed/' + request, '#' + request];\n"
    "var create = require('module').createRequire;\n"
    "var requires = [create(folder + '/x.js'), create(folder + '/node_modules/fuzzed/x.js')];\n"
    "function check(error) { if (!(error instanceof Error)) { process.exit(99); } }\n"
    "requires.forEach(function (require) { names.forEach(function (name) {\n"
    "    try {\n"
    "        if (typeof require.resolve(name) !== 'string') { process.exit(99); }\n"
    "    } catch (error) { check(error); }\n"
    "    try { require(name); } catch (error) { check(error); }\n"
    "}); });\n"
    "names.forEach(function (name) { import(name).then(undefined, check); });\n";

#define UP_MAX 3 /* steps out of a folder that an input may have: none leads out of ours */

static char main_path[64];
static char top[] = "/tmp/resolve-fuzz-XXXXXX", folder[sizeof top + 8];
static struct host_options options = {.name = "fuzz", .collector = "none", .argv0 = "fuzz"};
static const char *const no_environment[] = {NULL};

static void write_file(const char *name, const void *data, size_t size)
{
    char path[128];
    snprintf(path, sizeof path, "%s/node_modules/fuzzed/%s", folder, name);
    FILE *file = fopen(path, "w");
    FUZZ_CHECK(file != NULL);
    FUZZ_CHECK(fwrite(data, 1, size, file) == size);
    fclose(file);
}

static void tear_down(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", top);
    FUZZ_CHECK(system(command) == 0);
}

static void set_up(void)
{
    static const char *const folders[] = {
        "/1", "/1/2", "/1/2/3", "/1/2/3/node_modules", "/1/2/3/node_modules/fuzzed",
        "/1/2/3/node_modules/fuzzed/lib"};
    char path[128];
    FUZZ_CHECK(mkdtemp(top) != NULL && atexit(tear_down) == 0);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        snprintf(path, sizeof path, "%s%s", top, folders[i]);
        FUZZ_CHECK(mkdir(path, 0700) == 0);
    }
    snprintf(folder, sizeof folder, "%s/1/2/3", top);
    write_file("../../main.js", script, sizeof script - 1);
    snprintf(main_path, sizeof main_path, "%s/main.js", folder);
    write_file("a.js", "exports.a = 1;", 14);
    write_file("index.js", "exports.index = 1;", 18);
    write_file("lib/b.js", "exports.b = 1;", 14);
    options.environment = no_environment;
    freopen("/dev/null", "w", stdout);
    lower_open(false);
}

/* What is found outside is no input of ours, and might do anything. */
static bool leads_out(const uint8_t *data, size_t size)
{
    const uint8_t *at = data, *end = data + size;
    int steps = 0;

    while (at < end && (at = memmem(at, (size_t)(end - at), "..", 2)) != NULL) {
        steps++;
        at++;
    }
    return steps > UP_MAX || (size > 0 && data[0] == '/') || memmem(data, size, ":/", 2) != NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool is_ready;
    char request[256];
    const uint8_t *end = memchr(data, '\n', size);
    size_t length = end != NULL ? (size_t)(end - data) : 0;
    if (length == 0 || length >= sizeof request || memchr(data, '\0', length) != NULL ||
        leads_out(data, size)) {
        return 0;
    }
    if (!is_ready) {
        set_up();
        is_ready = true;
    }
    memcpy(request, data, length);
    request[length] = '\0';
    write_file("package.json", end + 1, size - length - 1);

    struct host *host;
    struct error error;
    const char *argv[] = {"isorun", main_path, request, NULL};
    struct isolate_program program = {.file = main_path, .argv = argv, .heap_limit = 64u << 20};
    FUZZ_CHECK(host_open(&host, &options, &error) == 0);
    int code = isolate_run_main(host, &program);
    host_close(&host);
    FUZZ_CHECK(code == 0);
    return 0;
}
