/*
 * The few types of the kernel that probe.bpf.c reads, relocated to the running kernel's when it is
 * loaded; instead of a generated vmlinux.h of 100,000 lines. pt_regs is what a tracer of user space
 * sees of x86-64 and never changes.
 */
#ifndef PROBES_KERNEL_H
#define PROBES_KERNEL_H

#define __VMLINUX_H__ 1 /* bpf_tracing.h takes the kernel's names of registers */

typedef unsigned char __u8;
typedef signed char __s8;
typedef unsigned short __u16;
typedef short __s16;
typedef unsigned int __u32;
typedef int __s32;
typedef unsigned long long __u64;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u64 __be64;
typedef __u32 __wsum;
typedef __u16 __sum16;

enum bpf_map_type {
    BPF_MAP_TYPE_HASH = 1,
    BPF_MAP_TYPE_ARRAY = 2,
    BPF_MAP_TYPE_PERCPU_ARRAY = 6,
    BPF_MAP_TYPE_RINGBUF = 27,
    BPF_MAP_TYPE_TASK_STORAGE = 29,
};
enum { BPF_F_NO_PREALLOC = 1, BPF_LOCAL_STORAGE_GET_F_CREATE = 1 };
enum { BPF_RB_NO_WAKEUP = 1, BPF_RB_FORCE_WAKEUP = 2, BPF_RB_AVAIL_DATA = 0 };

struct pt_regs {
    unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di, orig_ax, ip, cs,
        flags, sp, ss;
};

#define KERNEL __attribute__((preserve_access_index))

/* Pages of a process by kind; each CPU has a part of each sum. */
enum { MM_FILEPAGES, MM_ANONPAGES, MM_SWAPENTS, MM_SHMEMPAGES, NR_MM_COUNTERS };
struct percpu_counter {
    __s64 count;
    __s32 *counters; /* each CPU's own lies that CPU's offset further */
} KERNEL;

typedef struct {
    __s64 counter;
} atomic64_t;

struct mm_struct {
    unsigned long total_vm, hiwater_vm, hiwater_rss;
    atomic64_t pgtables_bytes;
    struct percpu_counter rss_stat[NR_MM_COUNTERS];
} KERNEL;

struct signal_struct {
    unsigned long min_flt, maj_flt; /* of threads that are over */
} KERNEL;

struct task_struct {
    int pid;
    int tgid;
    int exit_code;
    unsigned long min_flt, maj_flt;
    struct mm_struct *mm;
    struct signal_struct *signal;
    char comm[16];
} KERNEL;

struct bpf_array { /* a map of that type, with values for each CPU */
    __u32 elem_size;
    void *pptrs[1];
} KERNEL;

struct seq_file;
struct bpf_iter_meta {
    struct seq_file *seq;
    __u64 session_id, seq_num;
} KERNEL;
struct bpf_iter__task {
    struct bpf_iter_meta *meta;
    struct task_struct *task;
} KERNEL;

#endif
