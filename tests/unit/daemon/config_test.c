/* The configuration: defaults, every type, and what refused files are told. */
#include "daemon/config.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char path[] = "/tmp/isoscope-config-XXXXXX";

static int load(struct config *config, const char *text, struct error *error)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    return config_load(config, path, error);
}

static void defaults_stand_without_a_file(void **state)
{
    (void)state;
    struct config config;
    assert_int_equal(config_load(&config, NULL, NULL), 0);
    assert_string_equal(config.http.listen, "127.0.0.1:9617");
    assert_false(config.http.allow_actions);
    assert_null(config.socket.path);
    assert_int_equal(config.socket.mode, 0600);
    assert_true(config.tick.interval == 0.25);
    assert_true(config.tick.retain_exited == 600);
    assert_true(config.drift.band == 0.05);
    assert_int_equal(config.metrics.isolates, 1000);
    assert_int_equal(config.budget_count, 0);
    config_fini(&config);
}

static void values_of_every_type_are_read(void **state)
{
    (void)state;
    struct config config;
    struct error error;
    int code = load(&config,
                    "http: {listen: '[::1]:80', allow_actions: true}\n"
                    "socket:\n  path: /x\n  mode: \"0660\"\n"
                    "tick:\n  interval: 1.5 s\n"
                    "drift: {band: 0.1, bytes_per_job: 2KiB}\n"
                    "budgets:\n"
                    "- name: api\n  match: 'api*'\n  limit: 512MiB\n  headroom: 64MiB\n"
                    "- {name: all, headroom: 20%, for: 1m}\n"
                    "rules:\n- kind: drift\n  enabled: false\n"
                    "notify:\n- {kind: alertmanager, url: 'http://a:9093', resend: 5s}\n"
                    "- {kind: exec, name: pager, command: [/bin/page, '--to', me], retry: 2h}\n"
                    "- {kind: webhook, url: 'https://h/x?y=1@2', send_resolved: false, ca_file: /c,"
                    " username: me, password_file: /p}\n"
                    "metrics:\n",
                    &error);
    if (code != 0) {
        fail_msg("%s", error.text);
    }
    assert_string_equal(config.http.listen, "[::1]:80");
    assert_true(config.http.allow_actions);
    assert_string_equal(config.socket.path, "/x");
    assert_int_equal(config.socket.mode, 0660);
    assert_true(config.tick.interval == 1.5);
    assert_true(config.drift.band == 0.1);
    assert_int_equal(config.drift.bytes_per_job, 2048);
    assert_int_equal(config.budget_count, 2);
    assert_int_equal(config.budgets[0].limit, 512 << 20);
    assert_int_equal(config.budgets[0].headroom_bytes, 64 << 20);
    assert_true(config.budgets[1].headroom == 0.2);
    assert_int_equal(config.budgets[1].headroom_bytes, 0);
    assert_int_equal(config.budgets[1].limit, 0);
    assert_true(config.budgets[1].for_seconds == 60);
    assert_null(config.budgets[1].match);
    assert_int_equal(config.rule_count, 1);
    assert_false(config.rules[0].is_enabled);
    assert_true(isnan(config.rules[0].threshold));
    assert_int_equal(config.notifier_count, 3);
    assert_string_equal(config.notify[0].name, "alertmanager");
    assert_true(config.notify[0].resend == 5);
    assert_true(config.notify[0].timeout == 10);
    assert_string_equal(config.notify[1].name, "pager");
    assert_string_equal(config.notify[1].command[2], "me");
    assert_null(config.notify[1].command[3]);
    assert_true(config.notify[1].retry == 7200);
    assert_false(config.notify[2].send_resolved);
    assert_string_equal(config.notify[2].username, "me");
    assert_string_equal(config.notify[2].ca_file, "/c");
    assert_null(config.notify[2].token_file);
    config_fini(&config);
}

struct refusal {
    const char *text, *place, *words;
};

static void what_is_wrong_is_told_with_its_place(void **state)
{
    (void)state;
    static const struct refusal refusals[] = {
        {"http:\n  lisen: x\n", ":2:3: ", "http.lisen: unknown key; did you mean listen?"},
        {"htpp: {}\n", ":1:1: ", "htpp: unknown key; did you mean http?"},
        {"tick:\n    interval: 5\n", ":2:15: ", "tick.interval: '5' is not allowed; write 50ms"},
        {"tick: {interval: 1ms}\n", ":1:18: ", "not allowed"},
        {"tick: {interval: 1e3s}\n", ":1:18: ", "not allowed"},
        {"drift: {band: 0.05x}\n", ":1:15: ", "drift.band"},
        {"drift: {min_jobs: 8.5}\n", ":1:19: ", "drift.min_jobs"},
        {"drift: {min_jobs: -8}\n", ":1:19: ", "drift.min_jobs"},
        {"http: {allow_actions: yes}\n", ":1:23: ", "write true|false"},
        {"http: {listen: [a]}\n", ":1:16: ", "http.listen"},
        {"http:\n  listen: a:1\n  listen: b:1\n", ":3:3: ", "given twice"},
        {"tick: {}\ntick: {}\n", ":2:1: ", "given twice"},
        {"socket: {mode: 999}\n", ":1:16: ", "socket.mode"},
        {"budgets: {name: a}\n", ":1:10: ", "expected a list"},
        {"budgets:\n- limit: 5GiB\n", ":2:3: ", "'name' is missing"},
        {"budgets:\n- name: a\n- name: a\n", ":3:3: ", "two with the name 'a'"},
        {"budgets:\n- name: a/b\n", ":2:9: ", "budgets.name"},
        {"budgets:\n- name: a\n  limit: 5 parsecs\n", ":3:10: ", "cgroup or 1MiB"},
        {"budgets:\n- {name: a, limit: 64MiB, headroom: 64MiB}\n", ":2:37: ", "less than the limit"},
        {"budgets:\n- {name: a, limit: 100MiB, headroom: 60MiB, hysteresis: 40%}\n", ":2:57: ",
         "less than 40%"},
        {"budgets:\n- {name: a, headroom: 60%, hysteresis: 50%}\n", ":2:40: ", "less than 40%"},
        {"budgets:\n- {name: a, headroom: 90%, hysteresis: 10%}\n", ":2:40: ", "could ever end"},
        {"rules:\n- {kind: rss_gap, threshold: nan}\n", ":2:30: ", "write a number"},
        {"rules:\n- {kind: rss_gap, threshold: 1e400}\n", ":2:30: ", "write a number"},
        {"rules:\n- {kind: break_even, threshold: 0}\n", ":2:33: ", "0.1 to 100"},
        {"rules:\n- {kind: drift, for: -1s}\n", ":2:22: ", "0s..1d"},
        {"rules:\n- {kind: drift, severity: fatal}\n", ":2:27: ", "own|info"},
        {"rules:\n- kind: vibes\n", ":2:9: ", "budget|limit_audit|drift"},
        {"rules:\n- kind: drift\n  threshold: 90\n", ":3:14: ", "a confidence, 0.5 to 1"},
        {"rules:\n- kind: budget\n  threshold: -1\n", ":3:14: ", "seconds ahead"},
        {"rules:\n- kind: main_blocked\n  threshold: 1.1\n", ":3:14: ", "a share of time"},
        {"rules:\n- kind: external_growth\n  threshold: 31\n", ":3:14: ", "3 to 30"},
        {"rules:\n- kind: history\n  threshold: 1\n", ":3:14: ", "rule history has none"},
        {"notify:\n- kind: mail\n", ":2:9: ", "alertmanager|webhook|exec"},
        {"notify:\n- kind: webhook\n", ":2:3: ", "'url' is missing"},
        {"notify:\n- {kind: webhook, url: ftp://x}\n", ":2:24: ", "write http://HOST"},
        {"notify:\n- {kind: webhook, url: 'http://a b'}\n", ":2:24: ", "write http://HOST"},
        {"notify:\n- {kind: webhook, url: 'http:///x'}\n", ":2:24: ", "write http://HOST"},
        {"notify:\n- {kind: webhook, url: 'http://x', command: [/x]}\n", ":2:45: ", "exec has one"},
        {"notify:\n- kind: exec\n", ":2:3: ", "'command' is missing"},
        {"notify:\n- {kind: exec, command: [sh, -c]}\n", ":2:25: ", "full path of a program"},
        {"notify:\n- {kind: exec, command: []}\n", ":2:25: ", "full path of a program"},
        {"notify:\n- {kind: exec, command: {a: 1}}\n", ":2:25: ", "notify.command"},
        {"notify:\n- {kind: exec, command: [[a]]}\n", ":2:25: ", "notify.command"},
        {"notify:\n- {kind: exec, command: [/x], url: 'http://x'}\n", ":2:36: ", "has none"},
        {"notify:\n- {kind: webhook, url: 'http://x', name: a/b}\n", ":2:42: ", "1 to 32"},
        {"notify:\n- {kind: webhook, url: 'http://x', timeout: 1h}\n", ":2:45: ", "100ms..5m"},
        {"notify:\n- {kind: webhook, url: 'http://x'}\n- {kind: webhook, url: 'http://y'}\n",
         ":3:3: ", "two with the name 'webhook'"},
        {"notify:\n- {kind: webhook, url: 'http://me:secret@x'}\n", ":2:24: ", "write username and"},
        {"notify:\n- {kind: webhook, url: 'http://x', username: a}\n", ":2:46: ", "go together"},
        {"notify:\n- {kind: webhook, url: 'http://x', password_file: /p}\n", ":2:51: ",
         "go together"},
        {"notify:\n- {kind: webhook, url: 'http://x', token_file: /t, username: a, password_file: "
         "/p}\n",
         ":2:62: ", "exclude each other"},
        {"notify:\n- {kind: webhook, url: 'http://x', username: 'a:b', password_file: /p}\n",
         ":2:46: ", "without a colon"},
        {"notify:\n- {kind: webhook, url: 'http://x', username: '', password_file: /p}\n",
         ":2:46: ", "without a colon"},
        {"notify:\n- {kind: webhook, url: 'http://x', ca_file: /c}\n", ":2:45: ", "https:// url"},
        {"notify:\n- {kind: exec, command: [/x], token_file: /t}\n", ":2:43: ", "exec has none"},
        {"http: 5\n", ":1:7: ", "expected keys and values"},
        {"- http\n", ":1:1: ", "expected sections"},
        {"http: {\n", ":2:1: ", "not YAML"},
        {"http: {}\n---\ntick: {}\n", ":3:1: ", "second document"},
        {"? [a]\n: 1\n", ":1:3: ", "unknown key"},
    };
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        struct config config;
        struct error error = {"nothing"};
        assert_int_equal(load(&config, refusals[i].text, &error), -EINVAL);
        const char *after = error.text + strlen(path);
        if (strncmp(error.text, path, strlen(path)) != 0 ||
            strncmp(after, refusals[i].place, strlen(refusals[i].place)) != 0 ||
            strstr(after, refusals[i].words) == NULL) {
            fail_msg("%s -> %s", refusals[i].text, error.text);
        }
        assert_null(strstr(error.text, "secret"));
    }
}

static void an_unreadable_file_is_told(void **state)
{
    (void)state;
    struct config config;
    struct error error;
    assert_int_equal(config_load(&config, "/nowhere/x.yaml", &error), -ENOENT);
    assert_string_equal(error.text, "/nowhere/x.yaml: cannot be read: No such file or directory");
    assert_int_equal(config_load(&config, "/dev/zero", &error), -EFBIG);
    assert_int_equal(load(&config, "a: \xff\xfe\n", &error), -EINVAL);
}

static void the_printed_defaults_are_the_defaults(void **state)
{
    (void)state;
    struct bytes text;
    struct config written, plain;
    struct error error;

    bytes_init(&text, 0);
    config_write_yaml(&text);
    bytes_append(&text, "", 1);
    assert_false(text.is_failed);
    if (load(&written, (const char *)text.data, &error) != 0) {
        fail_msg("%s", error.text);
    }
    assert_int_equal(config_load(&plain, NULL, NULL), 0);
    assert_string_equal(written.http.listen, plain.http.listen);
    assert_int_equal(written.http.max_clients, plain.http.max_clients);
    assert_int_equal(written.socket.mode, plain.socket.mode);
    assert_true(written.history.rollup_keep == plain.history.rollup_keep);
    assert_true(written.drift.band == plain.drift.band);
    config_fini(&written);
    config_fini(&plain);
    bytes_fini(&text);
}

static int make_file(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_stand_without_a_file),
        cmocka_unit_test(values_of_every_type_are_read),
        cmocka_unit_test(what_is_wrong_is_told_with_its_place),
        cmocka_unit_test(an_unreadable_file_is_told),
        cmocka_unit_test(the_printed_defaults_are_the_defaults),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
