/*
 * Capabilities by their system calls: two of them, for which a library would be a dependency.
 * Called by prober.c once the programs are loaded. Owns nothing.
 */
#include "probes/privileges.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BIT(capability) (UINT64_C(1) << (capability))

static const uint64_t kept =
    BIT(CAP_BPF) | BIT(CAP_PERFMON) | BIT(CAP_SYS_PTRACE) | BIT(CAP_DAC_READ_SEARCH);

int privileges_drop(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];

    if (syscall(SYS_capget, &header, data) < 0) {
        return -errno;
    }
    for (int i = 0; i < 2; i++) {
        data[i].permitted &= (uint32_t)(kept >> (32 * i));
        data[i].effective = data[i].permitted;
        data[i].inheritable = 0;
    }
    /* the bounding set: what a program that it starts could get back; it starts none */
    for (int capability = 0; capability <= CAP_LAST_CAP; capability++) {
        if ((kept & BIT(capability)) == 0 && prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0 &&
            errno != EPERM && errno != EINVAL) {
            return -errno;
        }
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || syscall(SYS_capset, &header, data) < 0) {
        return -errno;
    }
    return 0;
}
