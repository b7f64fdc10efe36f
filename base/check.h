/*
 * Invariants that stay on in every build. A failed CHECK is a bug of ours: it prints where and
 * what, and aborts. Nothing that comes from outside (input, another process, the operating system's
 * answer) is ever CHECKed; that is counted or reported instead.
 */
#ifndef BASE_CHECK_H
#define BASE_CHECK_H

#define CHECK(expression) ((expression) ? (void)0 : check_failed(__FILE__, __LINE__, #expression))

/* Prints "file:line: check failed: expression" on stderr and aborts. Any thread. */
_Noreturn void check_failed(const char *file, int line, const char *expression);

#endif
