/*
 * Files built into a program by tools/embed.sh: a table that ends with a NULL name. The data has a
 * zero byte after `size`, so texts can be used as C strings.
 */
#ifndef BASE_EMBED_H
#define BASE_EMBED_H

#include <stddef.h>

struct embed_file {
    const char *name; /* base name of the file */
    const unsigned char *data;
    size_t size; /* bytes, without the zero at the end */
};

#endif
