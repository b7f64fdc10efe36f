/*
 * Limits as recorded from real machines: v1 and v2, nested, in a container's own view, unlimited,
 * unreadable.
 */
#include "daemon/judge/cgroup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define GIB (UINT64_C(1) << 30)
#define MIB (UINT64_C(1) << 20)

static char root[64];

/* Writes `text` to root/path, with all its directories. */
static void record(const char *path, const char *text)
{
    char full[512];
    snprintf(full, sizeof full, "%s/%s", root, path);
    for (char *at = full + strlen(root) + 1; *at != '\0'; at++) {
        if (*at == '/') {
            *at = '\0';
            mkdir(full, 0700);
            *at = '/';
        }
    }
    FILE *file = fopen(full, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int make_root(void **state)
{
    (void)state;
    snprintf(root, sizeof root, "/tmp/isoscope-cgroup-XXXXXX");
    assert_non_null(mkdtemp(root));
    record("proc/meminfo", "MemTotal:       16777216 kB\nMemFree:  1 kB\n"
                           "MemAvailable:   12582912 kB\n");
    return 0;
}

static int remove_root(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", root);
    return system(command);
}

static void test_v2(void **state)
{
    (void)state;
    struct cgroup cgroup;
    record("proc/5/cgroup", "0::/app.slice/api.service\n");
    record("sys/fs/cgroup/app.slice/api.service/cgroup.procs", "5\n");
    record("sys/fs/cgroup/app.slice/api.service/memory.max", "max\n");
    record("sys/fs/cgroup/app.slice/memory.max", "4294967296\n");
    record("sys/fs/cgroup/app.slice/memory.current", "3221225472\n");
    record("sys/fs/cgroup/app.slice/memory.stat",
           "anon 1\nfile 2\ninactive_anon 7\ninactive_file 1073741824\n");
    assert_int_equal(cgroup_find(&cgroup, root, 5), 0);
    assert_int_equal(cgroup.version, 2);
    assert_string_equal(cgroup.path, "/sys/fs/cgroup/app.slice");
    assert_int_equal(cgroup.limit, 4 * GIB);
    assert_int_equal(cgroup.used, 2 * GIB);
    record("sys/fs/cgroup/app.slice/memory.current", "1073741824\n");
    assert_int_equal(cgroup_read(&cgroup, root), 0);
    assert_int_equal(cgroup.used, 0);
}

static void test_v1(void **state)
{
    (void)state;
    struct cgroup cgroup;
    record("proc/6/cgroup", "12:pids:/x\n4:cpu,memory:/docker/abc\n1:name=systemd:/x\n0::/\n");
    record("sys/fs/cgroup/memory/docker/abc/cgroup.procs", "6\n");
    record("sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "536870912\n");
    record("sys/fs/cgroup/memory/docker/abc/memory.usage_in_bytes", "400000000\n");
    record("sys/fs/cgroup/memory/docker/abc/memory.stat",
           "inactive_file 9\ntotal_inactive_file 100000000\n");
    assert_int_equal(cgroup_find(&cgroup, root, 6), 0);
    assert_int_equal(cgroup.version, 1);
    assert_int_equal(cgroup.limit, 512 * MIB);
    assert_int_equal(cgroup.used, 300000000);
}

/* The group's path is the host's, but only the group itself is mounted. */
static void test_inside_a_container(void **state)
{
    (void)state;
    struct cgroup cgroup;
    record("proc/6/cgroup", "4:memory:/docker/not-visible-here\n");
    record("sys/fs/cgroup/memory/cgroup.procs", "6\n");
    record("sys/fs/cgroup/memory/memory.limit_in_bytes", "268435456\n");
    record("sys/fs/cgroup/memory/memory.usage_in_bytes", "100\n");
    record("sys/fs/cgroup/memory/memory.stat", "");
    assert_int_equal(cgroup_find(&cgroup, root, 6), 0);
    assert_string_equal(cgroup.path, "/sys/fs/cgroup/memory");
    assert_int_equal(cgroup.limit, 256 * MIB);
    assert_int_equal(cgroup.used, 100);
}

static void check_machine(uint64_t pid)
{
    struct cgroup cgroup;
    assert_int_equal(cgroup_find(&cgroup, root, pid), 0);
    assert_int_equal(cgroup.version, 0);
    assert_string_equal(cgroup.path, "meminfo");
    assert_int_equal(cgroup.limit, 16 * GIB);
    assert_int_equal(cgroup.used, 4 * GIB);
}

static void test_no_limit(void **state)
{
    (void)state;
    check_machine(404); /* no such process */
    record("proc/7/cgroup", "4:memory:/free\n");
    record("sys/fs/cgroup/memory/free/cgroup.procs", "");
    record("sys/fs/cgroup/memory/free/memory.limit_in_bytes", "9223372036854771712\n");
    record("sys/fs/cgroup/memory/free/memory.usage_in_bytes", "5\n");
    record("sys/fs/cgroup/memory/free/memory.stat", "");
    check_machine(7);
    record("sys/fs/cgroup/memory/free/memory.limit_in_bytes", "17179869185\n"); /* > MemTotal */
    check_machine(7);
    record("proc/8/cgroup", "0::/../outside\n");
    check_machine(8);
    record("proc/9/cgroup", "garbage\n::\n4:memory\n");
    check_machine(9);
    record("sys/fs/cgroup/memory/free/memory.limit_in_bytes", "not a number\n");
    check_machine(7);
}

static void test_vanished(void **state)
{
    (void)state;
    struct cgroup cgroup = {.version = 2, .path = "/sys/fs/cgroup/gone"};
    assert_true(cgroup_read(&cgroup, root) < 0);
    assert_true(cgroup_find(&cgroup, "/nonexistent", 1) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_v2, make_root, remove_root),
        cmocka_unit_test_setup_teardown(test_v1, make_root, remove_root),
        cmocka_unit_test_setup_teardown(test_inside_a_container, make_root, remove_root),
        cmocka_unit_test_setup_teardown(test_no_limit, make_root, remove_root),
        cmocka_unit_test_setup_teardown(test_vanished, make_root, remove_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
