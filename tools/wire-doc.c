/*
 * Prints docs/WIRE.md from what the programs are compiled from: the tables record.def, slot.def and
 * process.def, and the structs and constants of layout.h and door.h. `make docs/WIRE.md` writes the
 * file, `make wire-doc-check` fails when it is not what this prints.
 */
#include "wire/door.h"
#include "wire/layout.h"
#include "wire/record.h"
#include "wire/segment.h"

#include <inttypes.h>
#include <stdio.h>

static void print_opening(void)
{
    puts(
        "# The wire: shared memory and door\n"
        "\n"
        "<!-- Made by `make docs/WIRE.md` from wire/*.def, wire/layout.h and wire/door.h. -->\n"
        "\n"
        "An emitter is any process that reports its isolates; the collector is `isoscoped`. What "
        "an\n"
        "emitter measures it writes into memory of its own and hands that memory over once, "
        "through\n"
        "the door. It never waits for the collector; the collector believes nothing it reads.\n"
        "\n"
        "All words are 64 bits, native byte order, naturally aligned, and stored and loaded as "
        "C11\n"
        "atomics. Times are CLOCK_MONOTONIC nanoseconds. A figure that the emitter cannot know is\n"
        "`UINT64_MAX` and reads as `null`.\n");
}

static void print_memory(void)
{
    printf(
        "## The segment\n"
        "\n"
        "One memfd for each observed process, sealed with SHRINK, GROW and SEAL before it is\n"
        "handed over; ordinary pages (huge ones are refused), sparse, at most %" PRIu64 " GiB.\n"
        "\n"
        "```\n"
        "0                 +----------+\n"
        "                  | header   | identity, five counts, used marks, process words\n"
        "%-17d +----------+\n"
        "                  | slots    | slot_count  x %zu B    one per isolate\n"
        "                  +----------+\n"
        "                  | stores   | store_count x %zu B     buffers, each once\n"
        "                  +----------+\n"
        "                  | pins     | pin_count   x %zu B      which isolate holds which store\n"
        "                  +----------+\n"
        "                  | strings  | string_bytes           append-only\n"
        "aligned to %-6d +----------+\n"
        "                  | rings    | slot_count  x (%zu B + ring_records x %zu B)\n"
        "segment_bytes     +----------+\n"
        "```\n"
        "\n",
        (uint64_t)WIRE_SEGMENT_BYTES_MAX >> 30, WIRE_HEADER_BYTES, sizeof(struct wire_slot),
        sizeof(struct wire_store), sizeof(wire_pin), WIRE_PAGE_BYTES, sizeof(struct wire_ring),
        sizeof(struct record));
    puts("There are no offsets to lie about: both sides compute them from the counts. The "
         "collector\n"
         "copies the counts out once, checks them against their ceilings and the file's size, and\n"
         "never looks at them in shared memory again.\n");
}

#define HEADER(field, text)                                                                        \
    printf("| %zu | %zu | `%s` | %s |\n", offsetof(struct wire_header, field),                     \
           sizeof(((struct wire_header *)0)->field), #field, text)

static void print_header(void)
{
    printf("### Header\n\n| offset | bytes | field | meaning |\n|---|---|---|---|\n");
    HEADER(magic, "`ISOSCOP1`");
    HEADER(version, "of this document; any other is refused");
    HEADER(header_bytes, "size of the header");
    HEADER(segment_bytes, "size of everything; must equal the file's size");
    HEADER(pid, "the observed process, as the host numbers it");
    HEADER(start_time, "field 22 of /proc/PID/stat; with pid the identity of the process");
    HEADER(counts.slot_count, "isolates at the same time");
    HEADER(counts.store_count, "listed stores");
    HEADER(counts.pin_count, "listed pins");
    HEADER(counts.string_bytes, "size of the string table, a multiple of the page");
    HEADER(counts.ring_records, "records of each ring, a power of two");
    HEADER(slot_used, "slots [0, slot_used) were ever in use");
    HEADER(store_used, "likewise");
    HEADER(pin_used, "likewise");
    HEADER(string_used, "bytes of the string table that are complete");
    HEADER(process, "the process words, below");
    printf("\nThe version is %d, the magic 0x%" PRIx64 ".\n\n", WIRE_VERSION, WIRE_MAGIC);
}

static void print_ceilings(void)
{
    const struct wire_counts *usual = &segment_counts_default;
    printf("| count | smallest | ceiling | isorun |\n|---|---|---|---|\n");
    printf("| slot_count | 1 | %d | %u |\n", WIRE_SLOTS_MAX, usual->slot_count);
    printf("| store_count | 1 | %d | %u |\n", WIRE_STORES_MAX, usual->store_count);
    printf("| pin_count | 1 | %d | %u |\n", WIRE_PINS_MAX, usual->pin_count);
    printf("| string_bytes | %d | %u | %u |\n", WIRE_PAGE_BYTES, WIRE_STRING_BYTES_MAX,
           usual->string_bytes);
    printf("| ring_records | 64 | %d | %u |\n\n", WIRE_RING_RECORDS_MAX, usual->ring_records);
}

static void print_process(void)
{
    printf(
        "### Process words\n"
        "\n"
        "Written by any thread of the emitter with relaxed atomic adds. Totals include isolates\n"
        "that have ended and never fall.\n"
        "\n"
        "| offset | word | unit | meaning |\n|---|---|---|---|\n");
#define FIELD(name, unit, text)                                                                    \
    printf("| %zu | `%s` | %s | %s |\n",                                                           \
           offsetof(struct wire_header, process) + offsetof(struct wire_process, name), #name,     \
           #unit, text);
#include "wire/process.def"
#undef FIELD
    printf("\n");
}

static void print_slots(void)
{
    printf(
        "### Slots\n"
        "\n"
        "An isolate's slot, %zu bytes; slot i owns ring i. Its own thread is the only writer\n"
        "(before it runs: its creator), except the words marked *many*, to which senders add "
        "under\n"
        "the mailbox's lock. Plain relaxed stores: the totals are exact at any moment, also when\n"
        "the isolate spins or is dead.\n"
        "\n"
        "| offset | word | unit | meaning |\n|---|---|---|---|\n",
        sizeof(struct wire_slot));
    printf("| %zu | `generation` | COUNT | odd while in use |\n",
           offsetof(struct wire_slot, generation));
#define FIELD(name, unit, text)                                                                    \
    printf("| %zu | `%s` | %s | %s |\n", offsetof(struct wire_slot, name), #name, #unit, text);
#include "wire/slot.def"
#undef FIELD
    printf("\nSTATE: %d starting, %d running, %d idle, %d draining, %d exited, %d oom.\n\n",
           WIRE_STARTING, WIRE_RUNNING, WIRE_IDLE, WIRE_DRAINING, WIRE_EXITED, WIRE_OOM);
}

#define STORE(name, text)                                                                          \
    printf("| %zu | `%s` | %s |\n", offsetof(struct wire_store, name), #name, text)

static void print_tables(void)
{
    printf("### Stores\n\n| offset | word | meaning |\n|---|---|---|\n");
    STORE(generation, "odd while in use");
    STORE(id, "never reused within a process; below 2^32");
    STORE(bytes, "size");
    STORE(is_shared, "1: a SharedArrayBuffer's");
    STORE(created, "CLOCK_MONOTONIC ns");
    STORE(refs, "references in the process, messages in flight included");
    printf(
        "\n### Pins\n"
        "\n"
        "One word each: store id << 32 | threadId + 1. A pin whose lower half is 0 is free.\n"
        "\n"
        "### Strings\n"
        "\n"
        "A name's id is its offset in the table: u32 length, the bytes (at most %d), padded to\n"
        "%d. Id 0 is the empty name; the first name has id 4. Names are never removed. A name is\n"
        "complete once `string_used` (stored with release) is beyond it; an id that is not a\n"
        "multiple of 4, not below `string_used`, or whose length leaves the table, reads as "
        "empty.\n"
        "\n",
        WIRE_NAME_MAX, 4);
}

static void print_generations(void)
{
    puts("### Generations\n"
         "\n"
         "A slot or store is in use while its generation is odd. The emitter, under its own lock:\n"
         "\n"
         "1. takes a free entry (even generation), issues a release fence, stores the words;\n"
         "2. stores generation + 1 (odd) with release, then raises the used mark with release;\n"
         "3. to give it back, stores generation + 1 (even) with release. Slots given back rest, "
         "their\n"
         "   last words readable, until others were used in their stead: oldest first.\n"
         "\n"
         "The collector loads the generation with acquire, copies the words, issues an acquire "
         "fence\n"
         "and loads the generation again: equal and odd, the copy is of one life. A word of a "
         "later\n"
         "life can only be seen together with a later generation, because of the fence in 1.\n");
}

static void print_rings(void)
{
    printf("## Rings\n"
           "\n"
           "```\n"
           "%zu   reserved   moves before a record's words are stored\n"
           "%zu   committed  moves after\n"
           "%zu  records    ring_records x %zu B; record n lies at n modulo ring_records\n"
           "```\n"
           "\n",
           offsetof(struct wire_ring, reserved), offsetof(struct wire_ring, committed),
           offsetof(struct wire_ring, words), sizeof(struct record));
    puts(
        "One writer, the thread that owns the slot. It never waits; a full ring overwrites its\n"
        "oldest records. Both counters only grow and go on when the ring gets a new owner.\n"
        "\n"
        "| writer, record n | reader, from record m |\n"
        "|---|---|\n"
        "| store reserved = n + 1, relaxed | load committed, acquire; beyond m + ring_records, "
        "what is older is lost |\n"
        "| release fence | copy words, relaxed |\n"
        "| store the eight words, relaxed | acquire fence |\n"
        "| store committed = n + 1, release | load reserved, relaxed: records before reserved - "
        "ring_records may be overwritten, are dropped and counted as lost |\n"
        "\n"
        "(Boehm, *Can seqlocks get along with programming language memory models?*, 2012.) So at "
        "any\n"
        "moment read + lost = the number of the next record to read, exactly. A reader that sees\n"
        "`committed` fall or `reserved` below `committed` counts a refusal and goes on from "
        "there.\n"
        "\n"
        "The reader publishes no position. The writer rings the doorbell (a non-blocking eventfd,\n"
        "+1) after every half ring and at once for urgent kinds.\n");
}

static void print_units(void)
{
    puts("## Units\n"
         "\n"
         "| unit | is | in JSON |\n|---|---|---|\n"
         "| ID | a number that names something | number |\n"
         "| BYTES, COUNT | | number |\n"
         "| NS | nanoseconds | seconds |\n"
         "| THREAD | threadId in the same process | isolate id |\n"
         "| NAME | offset in the string table | string |\n"
         "| STORE | store id | store id |\n"
         "| CODE | signed | number |\n"
         "| BOOL | 0 or 1 | boolean |\n"
         "| STATE, GC_KIND, OP | enumerations | string |\n");
    printf("GC_KIND: %d full, %d emergency, %d forced, %d minor (of the young generation alone). "
           "OP: %d atomics_wait, %d serialize, "
           "%d turn (one of the loop, what was told of it otherwise left out).\n\n",
           WIRE_GC_FULL, WIRE_GC_EMERGENCY, WIRE_GC_FORCED, WIRE_GC_MINOR, WIRE_OP_ATOMICS_WAIT,
           WIRE_OP_SERIALIZE, WIRE_OP_TURN);
}

static const char *unit_name(enum record_unit unit)
{
    static const char *const names[] = {
        [RECORD_UNIT_NONE] = "",           [RECORD_UNIT_ID] = "ID",
        [RECORD_UNIT_BYTES] = "BYTES",     [RECORD_UNIT_COUNT] = "COUNT",
        [RECORD_UNIT_NS] = "NS",           [RECORD_UNIT_THREAD] = "THREAD",
        [RECORD_UNIT_NAME] = "NAME",       [RECORD_UNIT_STORE] = "STORE",
        [RECORD_UNIT_CODE] = "CODE",       [RECORD_UNIT_BOOL] = "BOOL",
        [RECORD_UNIT_GC_KIND] = "GC_KIND", [RECORD_UNIT_OP] = "OP",
    };
    return names[unit];
}

static void print_records(void)
{
    puts("## Records\n"
         "\n"
         "```\n"
         "word 0     t          CLOCK_MONOTONIC ns\n"
         "word 1     kind (16 bits) | reserved (16) | thread (32): the isolate it speaks of\n"
         "word 2..7  the kind's fields\n"
         "```\n"
         "\n"
         "`spawn`, `exit` and `oom` are written by the parent's thread into the parent's ring and\n"
         "speak of the child, so that a life shorter than a tick is still seen.\n");
    for (int kind = 0; kind < RECORD_KINDS; kind++) {
        const struct record_type *type = &record_types[kind];
        printf("### %d `%s`%s\n\n%s.\n\n| word | field | unit | meaning |\n|---|---|---|---|\n",
               kind, type->name, type->is_urgent ? " (urgent)" : "", type->text);
        for (int i = 0; i < 6; i++) {
            if (type->fields[i].name != NULL) {
                printf("| %d | `%s` | %s | %s |\n", i + 2, type->fields[i].name,
                       unit_name(type->fields[i].unit), type->fields[i].text);
            }
        }
        printf("\n");
    }
}

static void print_door(void)
{
    printf(
        "## The door\n"
        "\n"
        "A Unix stream socket; JSON objects, one a line, UTF-8, at most %d bytes with the "
        "newline.\n"
        "A longer line ends the connection. Descriptors travel as SCM_RIGHTS with the line they\n"
        "belong to; more than %d that nobody has taken are closed and counted. A peer that lets\n"
        "more than %u bytes wait is given up. The path has at most %d bytes.\n"
        "\n",
        DOOR_LINE_MAX, DOOR_FDS_MAX, DOOR_BACKLOG_MAX, DOOR_PATH_MAX);
    puts(
        "Emitters try `ISOSCOPE_SOCKET` alone when it is set, else in this order\n"
        "`/run/isoscope/collector.sock`, `$XDG_RUNTIME_DIR/isoscope/collector.sock`,\n"
        "`/tmp/isoscope-UID/collector.sock`; the first that answers. They try again every second.\n"
        "\n"
        "| line | from | |\n|---|---|---|\n"
        "| `{\"type\":\"hello\",\"version\":1,\"pid\":123,\"name\":\"api\",\"kind\":\"v8\"}` | "
        "emitter | first; with the memfd and then the doorbell eventfd attached when there is a "
        "segment; `limit_flag`: a flag of the engine that sets heap limits, and where it stands |\n"
        "| `{\"type\":\"welcome\",…}` | collector | |\n"
        "| "
        "`{\"type\":\"heap\",\"thread\":1,\"name\":\"w1\",\"used\":…,\"total\":…,\"limit\":…,"
        "\"external\":…,\"array_buffers\":…,\"malloced\":…}` | emitter without a segment | also "
        "`live`, `peak`, `shared`, `queued`, `queued_bytes`; `state` (`running` or `idle`); "
        "`jobs`, `gc_count`, `gc_seconds`, `gc_last_seconds`: totals, which then count instead of "
        "the happenings; `event_loop_utilization` (0 to 1), `event_loop_delay` (seconds); "
        "`spaces` `{\"old\":[used,total],…}`, 16 at most; `asked_limit`: the limit it was given, where "
        "the engine may not keep to it |\n"
        "| `{\"type\":\"lost\",\"thread\":1,\"count\":9}` | emitter without a segment | "
        "lines that it had no room for |\n"
        "| the events of the HTTP API | emitter without a segment | |\n"
        "| "
        "`{\"type\":\"command\",\"id\":\"…\","
        "\"do\":\"gc\\|snapshot\\|profile\\|census\\|growth\\|recycle\","
        "\"thread\":1}` | collector | a profile with `seconds` and `interval` (bytes) too, growth "
        "with `jobs` as well; a recycle with `reason`, one word, unless somebody asked |\n"
        "| `{\"type\":\"result\",\"id\":\"…\",\"ok\":true,…}` | emitter | with `\"file\":true` a "
        "regular file's descriptor is attached, or pieces came before it, of `file_bytes` in all |\n"
        "| `{\"type\":\"chunk\",\"id\":\"…\",\"data\":\"base64\"}` | emitter | a file in pieces, "
        "when it passes no descriptor; without data it says that the file is still to come |\n"
        "| `{\"error\":…,\"line\":n}` | collector | that line was skipped; ten in a row end the "
        "connection, but for chunks and results nobody waits for any more: their emitter stops at the first "
        "`chunk: action ID does not wait for a file` |\n"
        "| `{\"type\":\"candidates\",\"processes\":[{\"pid\":123,\"name\":\"api.js\"}]}` | an "
        "isoprobe that takes orders | running Node.js processes that it does not watch, all of them, 64 at "
        "most; again when they are others |\n"
        "\n"
        "Who speaks is decided by SO_PEERCRED: only root or the collector's own user may speak "
        "for\n"
        "another process. On reconnection the same segment is handed over again, so a restarted\n"
        "collector loses nothing that is still there.");
}

int main(void)
{
    print_opening();
    print_memory();
    print_header();
    print_ceilings();
    print_process();
    print_slots();
    print_tables();
    print_generations();
    print_rings();
    print_units();
    print_records();
    print_door();
    return 0;
}
