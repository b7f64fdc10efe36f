/*
 * An emitter that says anything: a connection at the collector's real door, a hello of this process
 * (as it should be, or as the input has it), then the input's lines, ticks in between. Behind it
 * are the collector's own ingest, model, events and drift. Nothing may be believed that breaks the
 * model's promises, and an emitter must not make the collector abort.
 *
 *   byte 0   bit 0: a proper hello first; bit 1: a tick after every line
 *   the rest lines
 */
#include "tests/fuzz/collector.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define INPUT_MAX 60000 /* fits the socket's buffer: the sender must not wait for itself */

static void send_all(int fd, const void *data, size_t size)
{
    if (size > 0 && send(fd, data, size, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
        return; /* hung up on: that is an answer */
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > INPUT_MAX) {
        return 0;
    }
    int fd = collector_connect();
    if (data[0] & 1) {
        char hello[128];
        int length = snprintf(hello, sizeof hello,
                              "{\"type\":\"hello\",\"version\":1,\"pid\":%d,\"name\":\"f\","
                              "\"kind\":\"v8\"}\n",
                              (int)getpid());
        send_all(fd, hello, (size_t)length);
        collector_serve();
    }
    for (size_t at = 1; at < size;) {
        const uint8_t *end = memchr(data + at, '\n', size - at);
        size_t next = end != NULL && data[0] & 2 ? (size_t)(end - data) + 1 : size;
        send_all(fd, data + at, next - at);
        collector_serve();
        collector_tick();
        at = next;
    }
    close(fd);
    collector_serve();
    collector_tick();
    collector_check();
    return 0;
}
