/*
 * What every fuzz target shares: its entry point and a check that libFuzzer reports with the input.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define FUZZ_CHECK(expression)                                                                     \
    ((expression) ? (void)0                                                                        \
                  : (fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #expression), abort()))

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
