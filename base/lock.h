/*
 * Locks that are held for some dozens of instructions, thousands of times a second: who finds one taken
 * tries a while before it sleeps, which on both sides would cost many times what is waited for.
 */
#ifndef BASE_LOCK_H
#define BASE_LOCK_H

#include <pthread.h>

/* For pthread_mutex_destroy() at its end. */
static inline void lock_init(pthread_mutex_t *lock)
{
    pthread_mutexattr_t kind;

    pthread_mutexattr_init(&kind);
    pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_ADAPTIVE_NP);
    pthread_mutex_init(lock, &kind);
    pthread_mutexattr_destroy(&kind);
}

#endif
