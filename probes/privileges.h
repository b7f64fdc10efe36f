/*
 * What isoprobe may do: everything until its programs are loaded, afterwards only what attaching to
 * further processes takes. Before there are threads.
 */
#ifndef PROBES_PRIVILEGES_H
#define PROBES_PRIVILEGES_H

/* Keeps CAP_BPF and CAP_PERFMON (attaching), CAP_SYS_PTRACE (programs and memory of other users'
 * processes) and CAP_DAC_READ_SEARCH (their files), as far as it has them, and gives up all others
 * for good. 0 or a negative errno. */
int privileges_drop(void);

#endif
