/*
 * Limits as recorded from real machines: v1 and v2, nested, in a container's own view, unlimited,
 * unreadable.
 */
#include "daemon/judge/cgroup.h"

#include <errno.h>

#include "recorded.h"

static int make_root(void **state)
{
    (void)state;
    recorded_open();
    return 0;
}

static int remove_root(void **state)
{
    (void)state;
    recorded_close();
    return 0;
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
    assert_int_equal(cgroup_find(&cgroup, root, 5), 0);
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
    record("sys/fs/cgroup/memory/memory.stat", "%s", "");
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
    record("sys/fs/cgroup/memory/free/cgroup.procs", "%s", "");
    record("sys/fs/cgroup/memory/free/memory.limit_in_bytes", "9223372036854771712\n");
    record("sys/fs/cgroup/memory/free/memory.usage_in_bytes", "5\n");
    record("sys/fs/cgroup/memory/free/memory.stat", "%s", "");
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
    struct cgroup cgroup, machine;
    const struct cgroup_place place = {2, strlen("/sys/fs/cgroup"), "/sys/fs/cgroup/gone"};
    assert_int_equal(cgroup_read_machine(&machine, root), 0);
    assert_int_equal(cgroup_bound(&cgroup, root, &place, &machine), -ENOENT);
    assert_true(cgroup_find(&cgroup, "/nonexistent", 1) < 0);
}

/* Kubernetes writes them so: the pod's limit below the sum of its containers', or above one's. */
static void test_the_smallest_of_all_wins(void **state)
{
    (void)state;
    struct cgroup cgroup;
    record("proc/5/cgroup", "0::/kubepods.slice/pod1.slice/app.scope\n");
    record_v2("kubepods.slice", 8 * GIB, UINT64_MAX, 6 * GIB, GIB);
    record_v2("kubepods.slice/pod1.slice", 600 * MIB, UINT64_MAX, 500 * MIB, 100 * MIB);
    record_v2("kubepods.slice/pod1.slice/app.scope", GIB, UINT64_MAX, 300 * MIB, 100 * MIB);
    assert_int_equal(cgroup_find(&cgroup, root, 5), 0);
    assert_string_equal(cgroup.path, "/sys/fs/cgroup/kubepods.slice/pod1.slice");
    assert_int_equal(cgroup.limit, 600 * MIB);
    assert_int_equal(cgroup.used, 400 * MIB);
    record_bound("kubepods.slice/pod1.slice/app.scope", "memory.max", 600 * MIB);
    assert_int_equal(cgroup_find(&cgroup, root, 5), 0); /* as small: the nearest */
    assert_string_equal(cgroup.path, "/sys/fs/cgroup/kubepods.slice/pod1.slice/app.scope");
    assert_int_equal(cgroup.used, 200 * MIB);
    record_bound("kubepods.slice", "memory.max", 100 * MIB);
    assert_int_equal(cgroup_find(&cgroup, root, 5), 0);
    assert_string_equal(cgroup.path, "/sys/fs/cgroup/kubepods.slice");
}

static void test_v1_nested(void **state)
{
    (void)state;
    struct cgroup cgroup;
    record("proc/6/cgroup", "4:memory:/docker/abc\n");
    record("sys/fs/cgroup/memory/docker/memory.limit_in_bytes", "268435456\n");
    record("sys/fs/cgroup/memory/docker/memory.usage_in_bytes", "200000000\n");
    record("sys/fs/cgroup/memory/docker/memory.stat", "total_inactive_file 0\n");
    record("sys/fs/cgroup/memory/docker/abc/cgroup.procs", "6\n");
    record("sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "536870912\n");
    record("sys/fs/cgroup/memory/docker/abc/memory.usage_in_bytes", "100000000\n");
    record("sys/fs/cgroup/memory/docker/abc/memory.stat", "total_inactive_file 0\n");
    assert_int_equal(cgroup_find(&cgroup, root, 6), 0);
    assert_string_equal(cgroup.path, "/sys/fs/cgroup/memory/docker");
    assert_int_equal(cgroup.limit, 256 * MIB);
    assert_int_equal(cgroup.used, 200000000);
}

/* What bounds it lies above what is mounted; the kernel tells the number all the same. */
static void test_v1_above_the_mount(void **state)
{
    (void)state;
    struct cgroup cgroup;
    record("proc/6/cgroup", "4:memory:/docker/not-visible-here\n");
    record("sys/fs/cgroup/memory/cgroup.procs", "6\n");
    record("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    record("sys/fs/cgroup/memory/memory.usage_in_bytes", "100\n");
    record("sys/fs/cgroup/memory/memory.stat",
           "cache 1\nhierarchical_memory_limit 134217728\ntotal_inactive_file 10\n");
    assert_int_equal(cgroup_find(&cgroup, root, 6), 0);
    assert_int_equal(cgroup.limit, 128 * MIB);
    assert_int_equal(cgroup.used, 90);
    record("sys/fs/cgroup/memory/memory.stat",
           "cache 1\nhierarchical_memory_limit 9223372036854771712\ntotal_inactive_file 10\n");
    assert_int_equal(cgroup_find(&cgroup, root, 6), 0);
    assert_int_equal(cgroup.version, 0);
}

/* A limit that is the machine's own memory, or more, bounds nothing. */
static void test_as_much_as_the_machine(void **state)
{
    (void)state;
    struct cgroup cgroup;
    const uint64_t sentinels[] = {16 * GIB, 16 * GIB + 4096, UINT64_C(0x7ffffffffffff000),
                                  INT64_MAX, UINT64_MAX};
    record("proc/5/cgroup", "0::/box\n");
    for (size_t i = 0; i < sizeof sentinels / sizeof sentinels[0]; i++) {
        record_v2("box", sentinels[i], UINT64_MAX, GIB, 0);
        assert_int_equal(cgroup_find(&cgroup, root, 5), 0);
        assert_int_equal(cgroup.version, 0);
        assert_int_equal(cgroup.used, 4 * GIB);
    }
    record_v2("box", 16 * GIB - 4096, UINT64_MAX, GIB, 0);
    assert_int_equal(cgroup_find(&cgroup, root, 5), 0);
    assert_int_equal(cgroup.version, 2);
}

static void test_v2_high(void **state)
{
    (void)state;
    struct cgroup cgroup;
    record("proc/5/cgroup", "0::/slow/box\n");
    record_v2("slow", UINT64_MAX, UINT64_MAX, 2 * GIB, 0);
    record_v2("slow/box", 512 * MIB, 400 * MIB, 300 * MIB, 100 * MIB);
    assert_int_equal(cgroup_find(&cgroup, root, 5), 0);
    assert_string_equal(cgroup.path, "/sys/fs/cgroup/slow/box");
    assert_int_equal(cgroup.limit, 512 * MIB);
    assert_int_equal(cgroup.high, 400 * MIB);
    assert_int_equal(cgroup.used, 200 * MIB);
    record_bound("slow/box", "memory.max", UINT64_MAX);
    assert_int_equal(cgroup_find(&cgroup, root, 5), 0);
    assert_int_equal(cgroup.limit, 400 * MIB);
    record_bound("slow", "memory.high", 300 * MIB);
    assert_int_equal(cgroup_find(&cgroup, root, 5), 0);
    assert_string_equal(cgroup.path, "/sys/fs/cgroup/slow");
    assert_int_equal(cgroup.used, 2 * GIB);
}

/* A controller that is not handed down: the group has no memory files of its own. */
static void test_v2_without_a_controller(void **state)
{
    (void)state;
    struct cgroup cgroup;
    record("proc/5/cgroup", "0::/box/inner\n");
    record_v2("box", 512 * MIB, UINT64_MAX, 300 * MIB, 0);
    record("sys/fs/cgroup/box/inner/cgroup.procs", "5\n");
    assert_int_equal(cgroup_find(&cgroup, root, 5), 0);
    assert_string_equal(cgroup.path, "/sys/fs/cgroup/box");
    assert_int_equal(cgroup.limit, 512 * MIB);
}

/* Version 1 has the memory controller, version 2 is mounted beside it. */
static void test_hybrid(void **state)
{
    (void)state;
    struct cgroup cgroup;
    record("proc/5/cgroup", "0::/box\n");
    record("sys/fs/cgroup/unified/cgroup.controllers", "memory\n");
    record_v2("unified/box", 512 * MIB, UINT64_MAX, 300 * MIB, 0);
    assert_int_equal(cgroup_find(&cgroup, root, 5), 0);
    assert_string_equal(cgroup.path, "/sys/fs/cgroup/unified/box");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_v2, make_root, remove_root),
        cmocka_unit_test_setup_teardown(test_v1, make_root, remove_root),
        cmocka_unit_test_setup_teardown(test_inside_a_container, make_root, remove_root),
        cmocka_unit_test_setup_teardown(test_no_limit, make_root, remove_root),
        cmocka_unit_test_setup_teardown(test_the_smallest_of_all_wins, make_root, remove_root),
        cmocka_unit_test_setup_teardown(test_v1_nested, make_root, remove_root),
        cmocka_unit_test_setup_teardown(test_v1_above_the_mount, make_root, remove_root),
        cmocka_unit_test_setup_teardown(test_as_much_as_the_machine, make_root, remove_root),
        cmocka_unit_test_setup_teardown(test_v2_high, make_root, remove_root),
        cmocka_unit_test_setup_teardown(test_v2_without_a_controller, make_root, remove_root),
        cmocka_unit_test_setup_teardown(test_hybrid, make_root, remove_root),
        cmocka_unit_test_setup_teardown(test_vanished, make_root, remove_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
