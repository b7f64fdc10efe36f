/*
 * A collector inside the fuzz target; see collector.c.
 */
#ifndef TESTS_FUZZ_COLLECTOR_H
#define TESTS_FUZZ_COLLECTOR_H

/* A connection to it, the caller's to close. Starts the collector at the first call. */
int collector_connect(void);
/* Lets it take what is there. */
void collector_serve(void);
void collector_tick(void);
/* Aborts when the model holds what it promises never to hold. */
void collector_check(void);

#endif
