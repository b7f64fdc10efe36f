/*
 * A recorded machine: files below a directory of its own that look like /proc and /sys/fs/cgroup of
 * a real one. For the tests that read cgroups where there are none of the version in question.
 */
#ifndef TESTS_DAEMON_RECORDED_H
#define TESTS_DAEMON_RECORDED_H

#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <setjmp.h>
#include <stddef.h>

#include <cmocka.h>

#define GIB (UINT64_C(1) << 30)
#define MIB (UINT64_C(1) << 20)

static char root[64];

/* Writes a file below root, with all its directories. */
__attribute__((format(printf, 2, 3))) static void record(const char *path, const char *format, ...)
{
    char full[512];
    va_list arguments;
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
    va_start(arguments, format);
    vfprintf(file, format, arguments);
    va_end(arguments);
    fclose(file);
}

/* A machine of 16 GiB of which 4 are used. */
static void recorded_open(void)
{
    snprintf(root, sizeof root, "/tmp/isoscope-recorded-XXXXXX");
    assert_non_null(mkdtemp(root));
    record("proc/meminfo", "MemTotal:       16777216 kB\nMemFree:  1 kB\n"
                           "MemAvailable:   12582912 kB\nBuffers: 7 kB\n");
}

static void recorded_close(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", root);
    assert_int_equal(system(command), 0);
}

/* As the kernel writes bounds of version 2. */
__attribute__((unused)) static void record_bound(const char *group, const char *file,
                                                 uint64_t bytes)
{
    char path[256];
    snprintf(path, sizeof path, "sys/fs/cgroup/%s/%s", group, file);
    if (bytes == UINT64_MAX) {
        record(path, "max\n");
    } else {
        record(path, "%" PRIu64 "\n", bytes);
    }
}

/* A group of version 2 with what is in it; `max` and `high` are UINT64_MAX for none. The keys of
 * memory.stat and their order are those of Linux 6.1. */
__attribute__((unused)) static void record_v2(const char *group, uint64_t max, uint64_t high,
                                              uint64_t current, uint64_t inactive_file)
{
    char path[256];
    record_bound(group, "memory.max", max);
    record_bound(group, "memory.high", high);
    record_bound(group, "memory.current", current);
    snprintf(path, sizeof path, "sys/fs/cgroup/%s/cgroup.procs", group);
    record(path, "%s", "");
    snprintf(path, sizeof path, "sys/fs/cgroup/%s/memory.stat", group);
    record(path,
           "anon %" PRIu64 "\nfile %" PRIu64 "\nkernel 3207168\nkernel_stack 49152\n"
           "pagetables 106496\nsec_pagetables 0\npercpu 0\nsock 0\nvmalloc 0\nshmem 0\nzswap 0\n"
           "zswapped 0\nfile_mapped 1048576\nfile_dirty 0\nfile_writeback 0\nswapcached 0\n"
           "anon_thp 0\nfile_thp 0\nshmem_thp 0\ninactive_anon %" PRIu64 "\nactive_anon 4096\n"
           "inactive_file %" PRIu64 "\nactive_file 65536\nunevictable 0\n"
           "slab_reclaimable 204800\nslab_unreclaimable 102400\nslab 307200\n"
           "workingset_refault_anon 0\npgfault 10000\npgmajfault 3\n",
           current - inactive_file, inactive_file, current - inactive_file, inactive_file);
}

#endif
