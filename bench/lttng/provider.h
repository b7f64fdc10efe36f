/*
 * LTTng-UST's description of an event with what our clone record holds: the thread and six words.
 * (The time is LTTng's own, in its event header.) Read several times by LTTng's headers.
 */
#undef LTTNG_UST_TRACEPOINT_PROVIDER
#define LTTNG_UST_TRACEPOINT_PROVIDER isoscope_peer

#undef LTTNG_UST_TRACEPOINT_INCLUDE
#define LTTNG_UST_TRACEPOINT_INCLUDE "./provider.h"

#if !defined(BENCH_LTTNG_PROVIDER_H) || defined(LTTNG_UST_TRACEPOINT_HEADER_MULTI_READ)
#define BENCH_LTTNG_PROVIDER_H

#include <lttng/tracepoint.h>
#include <stdint.h>

/* clang-format off */
LTTNG_UST_TRACEPOINT_EVENT(isoscope_peer, clone,
    LTTNG_UST_TP_ARGS(uint32_t, thread, const uint64_t *, fields),
    LTTNG_UST_TP_FIELDS(
        lttng_ust_field_integer(uint32_t, thread, thread)
        lttng_ust_field_integer(uint64_t, message, fields[0])
        lttng_ust_field_integer(uint64_t, to, fields[1])
        lttng_ust_field_integer(uint64_t, port, fields[2])
        lttng_ust_field_integer(uint64_t, bytes, fields[3])
        lttng_ust_field_integer(uint64_t, nodes, fields[4])
        lttng_ust_field_integer(uint64_t, serialize, fields[5])))
/* clang-format on */

#endif

#include <lttng/tracepoint-event.h>
