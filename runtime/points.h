/*
 * What happens in isolates, for tracers of other people: a USDT point for each kind of record
 * (wire/record.def), provider isorun. A point that nobody is attached to is five bytes of nothing;
 * where Debian's systemtap-sdt-dev was missing when this was built there are none. Any thread.
 */
#ifndef RUNTIME_POINTS_H
#define RUNTIME_POINTS_H

#include "wire/record.h"

/* Arguments of the point: the isolate's thread and the six fields of the record in the order of
 * record.def, a name as `text`. */
void points_fire(const struct record *record, const char *text);

#endif
