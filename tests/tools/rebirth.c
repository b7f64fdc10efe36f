/*
 * A process with the pid that is wished for, which has to be free: to see what becomes of those who
 * remember its last owner. Root, or CAP_CHECKPOINT_RESTORE. Used by scenarios only.
 * usage: rebirth PID PROGRAM [ARGUMENT...]
 */
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **arguments)
{
    pid_t wished[] = {count > 2 ? (pid_t)strtol(arguments[1], NULL, 10) : 0};
    struct clone_args how = {
        .exit_signal = SIGCHLD, .set_tid = (uint64_t)(uintptr_t)wished, .set_tid_size = 1};
    int status = 0;

    if (wished[0] <= 0) {
        fputs("usage: rebirth PID PROGRAM [ARGUMENT...]\n", stderr);
        return 2;
    }
    long pid = syscall(SYS_clone3, &how, sizeof how);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execv(arguments[2], &arguments[2]);
    }
    if (pid <= 0 || waitpid((pid_t)pid, &status, 0) < 0) {
        perror("rebirth");
        return 1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
