/*
 * Figures and names as sentences say them: three significant digits, binary units, times rounded to
 * what is known. The same words in the page, the terminal and notifications. Any thread.
 */
#ifndef DAEMON_WORDS_H
#define DAEMON_WORDS_H

#include "daemon/model/model.h"

#define WORDS_MAX 96

/* "412 KiB", "3.12 GiB" */
const char *words_bytes(char text[WORDS_MAX], double bytes);
/* "3.12 of 4.00 GiB" */
const char *words_share(char text[WORDS_MAX], double part, double whole);
/* A duration as measured: "12.5 µs", "0.62 ms", "3.1 s" */
const char *words_span(char text[WORDS_MAX], double seconds);
/* "about 5 s", "about 12 min", ... "more than 7 days" */
const char *words_time(char text[WORDS_MAX], double seconds);
/* The isolate's name, cut in the middle when long; its id when it has none. */
const char *words_name(char text[WORDS_MAX], const struct isolate *isolate);
/* "The container", "The machine" or "Budget NAME" */
const char *words_budget(char text[WORDS_MAX], const struct budget *budget);

/* "Live heap 3.1 MiB → 27 MiB over 17 jobs, confidence 98 %.", appended; without the start where
 * nothing was settled before it rose. */
void words_rise(char *text, size_t size, const struct drift_verdict *verdict);

/* The end of a file's name, for a sentence. */
const char *words_tail(char text[WORDS_MAX], const char *file);
/* " In 8 jobs 800 more Tile with 1.2 MiB, made at /srv/tiles.js:12 in cacheTile.", appended; nothing
 * where nothing was found. */
void words_growth(char *text, size_t size, const struct growth *growth);

#endif
