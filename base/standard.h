/*
 * The three standard descriptors. Called once, first thing in a main().
 */
#ifndef BASE_STANDARD_H
#define BASE_STANDARD_H

/* Puts /dev/null where standard input, output or error came closed: else the next file or socket
 * that is opened takes the number, and what is meant for a terminal is written into it. */
void standard_hold(void);

#endif
