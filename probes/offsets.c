/*
 * The table of offsets. Called by image.c. Owns nothing. To add a version: fill a row from the
 * disassembly of the witnesses of its binary, run tests/scenario/k-probe*.
 */
#include "probes/offsets.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

const char *const offsets_witness_names[OFFSETS_WITNESSES] = {
    [OFFSETS_STATISTICS] = "_ZN2v87Isolate17GetHeapStatisticsEPNS_14HeapStatisticsE",
    [OFFSETS_RESERVED] = "_ZNK2v88internal4Heap11MaxReservedEv",
    [OFFSETS_RUN] = "_ZN4node6worker6Worker3RunEv",
    [OFFSETS_EXIT] = "_ZN4node6worker6Worker4ExitENS_8ExitCodeEPKcS4_",
    [OFFSETS_POST] = "_ZN4node6worker15MessagePortData18AddToIncomingQueueESt10shared_ptrINS0_"
                     "7MessageEE",
};

struct row {
    unsigned major, minor; /* of V8 */
    const char *node;
    unsigned isolate_heap; /* where the heap lies in its isolate; for the check of `external` */
    struct event_layout layout;
    struct offsets_page page;
};

static const struct row rows[] = {
    {11,
     3,
     "20",
     0xd2c0,
     {.message_bytes = 0x10,
      .port_queue = 0x40,
      .port_owner = 0x80,
      .owner_realm = 0x10,
      .realm_environment = 0xb0,
      .store_bytes = 0x08,
      .heap_external = 0x128,
      .heap_semispace = 0xc8,
      .heap_old = 0xe0,
      .worker_thread = 0xf8,
      .worker_name = 0x108,
      .worker_exit = 0xf0,
      .worker_error = 0xc8},
     {.size = 0x00, .heap = 0x10, .start = 0x18, .end = 0x20}},
    {12,
     4,
     "22",
     0xdea0,
     {.message_bytes = 0x10,
      .port_queue = 0x40,
      .port_owner = 0x80,
      .owner_realm = 0x10,
      .realm_environment = 0xb0,
      .store_bytes = 0x08,
      .heap_external = 0x90,
      .heap_semispace = 0x30,
      .heap_old = 0x48,
      .worker_thread = 0x110,
      .worker_name = 0x120,
      .worker_exit = 0x108,
      .worker_error = 0xe0},
     {.size = 0x10, .heap = 0x18, .start = 0x20, .end = 0x28}},
};

static const struct row *find_row(unsigned major, unsigned minor)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].major == major && rows[i].minor == minor) {
            return &rows[i];
        }
    }
    return NULL;
}

/* True when `offset` is the displacement of an instruction: four bytes, or one where that is
 * enough.
 */
static bool is_in_code(const struct offsets_code *code, unsigned offset)
{
    unsigned char bytes[4] = {offset & 0xff, offset >> 8 & 0xff, offset >> 16 & 0xff, offset >> 24};
    size_t length = offset < 0x80 ? 1 : 4;

    return code->size >= length && memmem(code->bytes, code->size, bytes, length) != NULL;
}

static void tell(char *missing, size_t size, const char *what, const char *why)
{
    size_t used = strlen(missing);

    snprintf(missing + used, size - used, "%s%s: %s", used > 0 ? "; " : "", what, why);
}

void offsets_find(struct event_layout *layout, struct offsets_page *page, unsigned major,
                  unsigned minor, const struct offsets_code code[OFFSETS_WITNESSES], char *missing,
                  size_t size)
{
    const struct row *row = find_row(major, minor);
    char text[96];

    memset(layout, 0xff, sizeof *layout); /* EVENT_NO_OFFSET everywhere */
    memset(page, 0xff, sizeof *page);
    if (row == NULL) {
        snprintf(text, sizeof text, "no offsets are known of V8 %u.%u", major, minor);
        tell(missing, size,
             "sizes of messages, external, limits, resident bytes of heaps, "
             "names of workers",
             text);
        return;
    }
    const struct {
        const char *what;
        enum offsets_witness witness;
        unsigned check; /* what the witness's code has to name */
        unsigned value;
        unsigned *field;
    } checks[] = {
        {"queues of messages", OFFSETS_POST, row->layout.port_owner, row->layout.port_owner,
         &layout->port_owner},
        {"isolates of ports", OFFSETS_POST, row->layout.realm_environment,
         row->layout.realm_environment, &layout->realm_environment},
        {"external", OFFSETS_STATISTICS, row->isolate_heap + row->layout.heap_external,
         row->layout.heap_external, &layout->heap_external},
        {"heap limit", OFFSETS_RESERVED, row->layout.heap_semispace, row->layout.heap_semispace,
         &layout->heap_semispace},
        {"heap limit", OFFSETS_RESERVED, row->layout.heap_old, row->layout.heap_old,
         &layout->heap_old},
        {"threadId", OFFSETS_RUN, row->layout.worker_thread, row->layout.worker_thread,
         &layout->worker_thread},
        {"name of workers", OFFSETS_RUN, row->layout.worker_name + 8, row->layout.worker_name,
         &layout->worker_name},
        {"exit code of workers", OFFSETS_EXIT, row->layout.worker_exit, row->layout.worker_exit,
         &layout->worker_exit},
        {"error of workers", OFFSETS_EXIT, row->layout.worker_error, row->layout.worker_error,
         &layout->worker_error},
    };
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        if (is_in_code(&code[checks[i].witness], checks[i].check)) {
            *checks[i].field = checks[i].value;
        } else {
            snprintf(text, sizeof text, "the program is laid out unlike Node %s", row->node);
            tell(missing, size, checks[i].what, text);
        }
    }
    /* no function of its own says where these lie: what is read is judged instead (words.h) */
    layout->message_bytes = row->layout.message_bytes;
    layout->port_queue = row->layout.port_queue;
    layout->owner_realm = row->layout.owner_realm;
    if (layout->realm_environment == EVENT_NO_OFFSET) {
        layout->port_owner = EVENT_NO_OFFSET; /* all of a port or nothing */
    }
    layout->store_bytes = row->layout.store_bytes;
    *page = row->page;
    if (page->heap == EVENT_NO_OFFSET) {
        snprintf(text, sizeof text, "how Node %s marks its pages is not known", row->node);
        tell(missing, size, "resident bytes of heaps", text);
    }
}
