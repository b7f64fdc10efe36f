/*
 * What the kernel itself counts of a process's memory, exactly: its counters and those of each CPU.
 */
#ifndef PROBES_BPF_MEMORY_BPF_H
#define PROBES_BPF_MEMORY_BPF_H

#include "probes/bpf/state.bpf.h"

/* Something of ours that each CPU has: where it lies tells how far the variables of a CPU lie from
 * where they are declared. The kernel's own table of that has no name in kernels without
 * KALLSYMS_ALL. */
struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, __u64);
} anchor SEC(".maps");

/* A pointer the verifier lets nobody calculate with. */
static __always_inline __u64 address_of(void *pointer)
{
    void *volatile kept = pointer;
    __u64 number = 0;

    bpf_probe_read_kernel(&number, sizeof number, (void *)&kept);
    return number;
}

struct counter {
    __s64 sum;
    __u64 counters, declared;
};

static long add_cpu(__u32 cpu, struct counter *counter)
{
    __u32 first = 0;
    void *there = bpf_map_lookup_percpu_elem(&anchor, &first, cpu);
    __s32 part;

    if (there) {
        __u64 offset = address_of(there) - counter->declared;
        if (bpf_probe_read_kernel(&part, sizeof part, (void *)(counter->counters + offset)) == 0) {
            counter->sum += part;
        }
    }
    return 0;
}

static __always_inline __u64 pages(struct mm_struct *mm, int kind)
{
    /* not as an index: the kernel's counters are larger than what is declared here */
    __u64 address = (__u64)mm + bpf_core_field_offset(struct mm_struct, rss_stat) +
                    kind * bpf_core_type_size(struct percpu_counter);
    struct percpu_counter *here = (struct percpu_counter *)address;
    struct counter counter = {
        BPF_CORE_READ(here, count), (__u64)BPF_CORE_READ(here, counters),
        (__u64)BPF_CORE_READ((struct bpf_array *)address_of(&anchor), pptrs[0])};

    bpf_loop(cpu_count, add_cpu, &counter, 0);
    return mm && counter.sum > 0 ? counter.sum : 0;
}

/* All tasks come by, in any order; those of one process are one. */
SEC("iter/task")
int probe_tasks(struct bpf_iter__task *context)
{
    struct task_struct *task = context->task;

    if (!task) {
        return 0;
    }
    __u32 pid = task->tgid;
    __u32 *place = bpf_map_lookup_elem(&watched, &pid);
    struct event_memory *memory = place ? bpf_map_lookup_elem(&memories, place) : 0;
    if (!memory) {
        return 0;
    }
    if (memory->pass != context->meta->session_id) {
        memory->pass = context->meta->session_id;
        memory->minor = BPF_CORE_READ(task, signal, min_flt);
        memory->major = BPF_CORE_READ(task, signal, maj_flt);
        struct mm_struct *mm = BPF_CORE_READ(task, mm);
        memory->t = mm ? bpf_ktime_get_ns() : 0;
        memory->anon = pages(mm, MM_ANONPAGES);
        memory->file = pages(mm, MM_FILEPAGES);
        memory->shmem = pages(mm, MM_SHMEMPAGES);
        memory->swapped = pages(mm, MM_SWAPENTS);
        memory->mapped = BPF_CORE_READ(mm, total_vm);
        memory->mapped_peak = BPF_CORE_READ(mm, hiwater_vm);
        memory->resident_peak = BPF_CORE_READ(mm, hiwater_rss);
        memory->page_tables = BPF_CORE_READ(mm, pgtables_bytes.counter);
    }
    memory->minor += task->min_flt;
    memory->major += task->maj_flt;
    return 0;
}

#endif
