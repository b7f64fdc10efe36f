/*
 * The part of isoprobe that runs in the kernel, in the thread that makes a call. Loaded and attached by
 * loader.c. Its parts are in bpf/, in the order in which they lean on each other: state, reading, calls,
 * queues, memory. Here is what comes and goes: processes.
 */
#include "probes/bpf/calls.bpf.h"
#include "probes/bpf/memory.bpf.h"
#include "probes/bpf/queues.bpf.h"

char LICENSE[] SEC("license") = "GPL";

SEC("tp_btf/sched_process_exec")
int probe_exec(__u64 *arguments)
{
    struct event_text *event = begin_text(EVENT_EXEC, EVENT_NO_PLACE, bpf_ktime_get_ns());

    if (event) {
        bpf_get_current_comm(event->text, 16);
        send_now(event);
    }
    return 0;
}

/* Of processes whose pid is in `watched`: how they ended, before anybody else is told. */
SEC("tp_btf/sched_process_exit")
int probe_exit(__u64 *arguments)
{
    struct task_struct *task = (struct task_struct *)arguments[0];
    __u32 pid = BPF_CORE_READ(task, tgid);
    __u32 *place = bpf_map_lookup_elem(&watched, &pid);

    if (!place || BPF_CORE_READ(task, pid) != pid) {
        return 0;
    }
    struct event *event = begin(EVENT_EXIT, *place, bpf_ktime_get_ns());
    if (event) {
        event->values[0] = BPF_CORE_READ(task, exit_code);
        send_now(event);
    }
    return 0;
}

SEC("tp_btf/mark_victim")
int probe_victim(__u64 *arguments)
{
    struct task_struct *victim = (struct task_struct *)arguments[0];
    struct event *event = begin(EVENT_OOM_KILL, EVENT_NO_PLACE, bpf_ktime_get_ns());

    if (event) {
        struct mm_struct *mm = BPF_CORE_READ(victim, mm);
        event->pid = BPF_CORE_READ(victim, tgid);
        event->values[0] = pages(mm, MM_ANONPAGES);
        event->values[1] = pages(mm, MM_FILEPAGES);
        event->values[2] = pages(mm, MM_SHMEMPAGES);
        event->values[3] = pages(mm, MM_SWAPENTS);
        event->values[4] = BPF_CORE_READ(mm, total_vm);
        event->values[5] = BPF_CORE_READ(mm, pgtables_bytes.counter);
        send_now(event);
    }
    return 0;
}
