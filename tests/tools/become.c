/*
 * Preloaded into a program (LD_PRELOAD), it makes it run another one at SIGUSR2: BECOME is its path,
 * BECOME_ARGUMENT what it is told. Used by scenarios only.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static void become(int number)
{
    char *arguments[] = {getenv("BECOME"), getenv("BECOME_ARGUMENT"), NULL};
    sigset_t all;

    (void)number;
    unsetenv("LD_PRELOAD");
    sigfillset(&all);
    sigprocmask(SIG_UNBLOCK, &all, NULL);
    for (int fd = 0; fd < 3; fd++) {
        fcntl(fd, F_SETFD, 0); /* Node.js keeps them from its children */
    }
    execv(arguments[0], arguments);
    _exit(127);
}

__attribute__((constructor)) static void prepare(void)
{
    struct sigaction action = {.sa_handler = become};

    sigaction(SIGUSR2, &action, NULL);
}
