/*
 * Writing and reading of packed blocks. Called by track.c (writing, going on with what a run before
 * left) and keeper.c (queries). Owns the bytes of a pack. Invariant: what pack_add() took is read
 * back by pack_next() to the same whole numbers.
 */
#include "daemon/history/pack.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define VERSION      1
#define VALUE_MAX    0x1p53
#define HEADER_BYTES 6
#define VARINT_MAX   10

void pack_init(struct pack *pack, unsigned metric_count, double step)
{
    memset(pack, 0, sizeof *pack);
    pack->metric_count = metric_count;
    pack->step_us = (uint64_t)llround(step * 1e6);
    bytes_init(&pack->data, 0);
}

void pack_fini(struct pack *pack)
{
    bytes_fini(&pack->data);
    pack->row_count = 0;
}

void pack_clear(struct pack *pack)
{
    bytes_clear(&pack->data);
    pack->row_count = 0;
    pack->repeats = 0;
    memset(&pack->before, 0, sizeof pack->before);
}

/* ---- writing --------------------------------------------------------------------------------- */

static uint64_t zigzag(int64_t value)
{
    return ((uint64_t)value << 1) ^ (uint64_t)(value >> 63);
}

static size_t put_varint(unsigned char *out, uint64_t value)
{
    size_t size = 0;

    for (; value >= 0x80; value >>= 7) {
        out[size++] = (unsigned char)(value | 0x80);
    }
    out[size++] = (unsigned char)value;
    return size;
}

static int64_t whole(double value)
{
    double bounded = value > VALUE_MAX ? VALUE_MAX : value < -VALUE_MAX ? -VALUE_MAX : value;
    return llround(bounded);
}

static void to_row(const struct pack *pack, const struct pack_cell *cells, struct pack_row *row)
{
    *row = pack->before; /* of an unknown metric the last figure stays what differences start at */
    row->mask = 0;
    for (unsigned m = 0; m < pack->metric_count; m++) {
        if (!isnan(cells[m].avg)) {
            row->mask |= (uint8_t)(1u << m);
            row->avg[m] = whole(cells[m].avg);
            row->min[m] = whole(fmin(cells[m].min, cells[m].avg));
            row->max[m] = whole(fmax(cells[m].max, cells[m].avg));
        }
    }
}

static bool is_same(const struct pack *pack, const struct pack_row *row)
{
    if (row->mask != pack->before.mask) {
        return false;
    }
    for (unsigned m = 0; m < pack->metric_count; m++) {
        if (row->mask & 1u << m &&
            (row->avg[m] != pack->before.avg[m] || row->min[m] != pack->before.min[m] ||
             row->max[m] != pack->before.max[m])) {
            return false;
        }
    }
    return true;
}

static size_t put_figures(const struct pack *pack, const struct pack_row *row, unsigned char *out)
{
    size_t size = 0;

    out[size++] = row->mask;
    for (unsigned m = 0; m < pack->metric_count; m++) {
        if (!(row->mask & 1u << m)) {
            continue;
        }
        bool has_spread = row->min[m] != row->avg[m] || row->max[m] != row->avg[m];
        size += put_varint(out + size, zigzag(row->avg[m] - pack->before.avg[m]) << 1 | has_spread);
        if (has_spread) {
            size += put_varint(out + size, (uint64_t)(row->avg[m] - row->min[m]));
            size += put_varint(out + size, (uint64_t)(row->max[m] - row->avg[m]));
        }
    }
    return size;
}

/* One more of the same at the end. */
static int add_repeat(struct pack *pack, uint64_t gap)
{
    unsigned char entry[2 * VARINT_MAX];
    bool goes_on = pack->repeats > 0 && gap == 0;
    size_t size = goes_on ? 0 : put_varint(entry, gap << 1 | 1);
    size_t offset = goes_on ? pack->repeats_offset : pack->data.size + size;
    uint64_t repeats = goes_on ? pack->repeats + 1 : 1;

    if (!bytes_reserve(&pack->data, sizeof entry)) {
        pack->data.is_failed = false;
        return -ENOMEM;
    }
    size += put_varint(entry + size, repeats);
    if (goes_on) {
        pack->data.size = offset;
    }
    bytes_append(&pack->data, entry, size);
    pack->repeats = repeats;
    pack->repeats_offset = offset;
    return 0;
}

static int add_figures(struct pack *pack, uint64_t gap, const struct pack_row *row)
{
    unsigned char entry[VARINT_MAX + 1 + 3 * PACK_METRICS_MAX * VARINT_MAX];
    size_t size = put_varint(entry, gap << 1);

    size += put_figures(pack, row, entry + size);
    if (!bytes_reserve(&pack->data, size)) {
        pack->data.is_failed = false;
        return -ENOMEM;
    }
    bytes_append(&pack->data, entry, size);
    pack->before = *row;
    pack->repeats = 0;
    return 0;
}

static int begin(struct pack *pack, int64_t row)
{
    unsigned char header[HEADER_BYTES + 2 * VARINT_MAX] = {0};
    size_t size = HEADER_BYTES;

    header[4] = VERSION;
    header[5] = (unsigned char)pack->metric_count;
    size += put_varint(header + size, pack->step_us);
    size += put_varint(header + size, (uint64_t)row);
    bytes_clear(&pack->data);
    bytes_append(&pack->data, header, size);
    if (pack->data.is_failed) {
        bytes_clear(&pack->data);
        return -ENOMEM;
    }
    pack->first = row;
    return 0;
}

int pack_add(struct pack *pack, int64_t row, const struct pack_cell *cells)
{
    struct pack_row figures;
    int code;

    if (row < 0 || row >= (int64_t)VALUE_MAX ||
        (pack->row_count > 0 && (row <= pack->last || row - pack->first >= PACK_ROWS_MAX))) {
        return -ERANGE;
    }
    if (pack->row_count == 0 && (code = begin(pack, row)) < 0) {
        return code;
    }
    uint64_t gap = pack->row_count > 0 ? (uint64_t)(row - pack->last - 1) : 0;
    to_row(pack, cells, &figures);
    code = pack->row_count > 0 && is_same(pack, &figures) ? add_repeat(pack, gap)
                                                          : add_figures(pack, gap, &figures);
    if (code == 0) {
        pack->last = row;
        pack->row_count++;
    }
    return code;
}

static uint32_t checksum(const unsigned char *data, size_t size)
{
    uint32_t hash = 2166136261u;

    for (size_t i = 0; i < size; i++) {
        hash = (hash ^ data[i]) * 16777619u;
    }
    return hash;
}

const struct bytes *pack_seal(struct pack *pack)
{
    if (pack->row_count == 0) {
        return NULL;
    }
    uint32_t hash = checksum(pack->data.data + 4, pack->data.size - 4);
    for (int i = 0; i < 4; i++) {
        pack->data.data[i] = (unsigned char)(hash >> 8 * i);
    }
    return &pack->data;
}

/* ---- reading --------------------------------------------------------------------------------- */

static bool take_varint(struct pack_reader *reader, uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0; shift < 64 && reader->at < reader->end; shift += 7) {
        unsigned char byte = *reader->at++;
        if (shift == 63 && byte > 1) {
            return false;
        }
        *value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            return true;
        }
    }
    return false;
}

int pack_open(struct pack_reader *reader, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    uint64_t first;

    memset(reader, 0, sizeof *reader);
    if (size < HEADER_BYTES) {
        return -EBADMSG;
    }
    uint32_t hash = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
                    (uint32_t)bytes[3] << 24;
    reader->at = bytes + HEADER_BYTES;
    reader->end = bytes + size;
    reader->metric_count = bytes[5];
    if (hash != checksum(bytes + 4, size - 4) || bytes[4] != VERSION || reader->metric_count == 0 ||
        reader->metric_count > PACK_METRICS_MAX || !take_varint(reader, &reader->step_us) ||
        reader->step_us == 0 || reader->step_us > UINT64_C(1000000000000) ||
        !take_varint(reader, &first) || first >= (uint64_t)VALUE_MAX) {
        return -EBADMSG;
    }
    reader->first = (int64_t)first;
    reader->row = reader->first - 1;
    return 0;
}

/* A figure within bounds, `from` plus or minus a distance. */
static bool take_figure(struct pack_reader *reader, int64_t from, int sign, int64_t *value)
{
    uint64_t distance;

    if (!take_varint(reader, &distance) || distance > UINT64_C(1) << 54) {
        return false;
    }
    *value = from + sign * (int64_t)distance;
    return *value >= -(int64_t)VALUE_MAX && *value <= (int64_t)VALUE_MAX;
}

static bool take_metric(struct pack_reader *reader, unsigned m)
{
    struct pack_row *row = &reader->before;
    uint64_t head;

    if (!take_varint(reader, &head)) {
        return false;
    }
    uint64_t folded = head >> 1;
    int64_t delta = (int64_t)(folded >> 1) ^ -(int64_t)(folded & 1);
    if (delta > INT64_C(1) << 54 || delta < -(INT64_C(1) << 54)) {
        return false;
    }
    int64_t avg = row->avg[m] + delta;
    if (avg < -(int64_t)VALUE_MAX || avg > (int64_t)VALUE_MAX) {
        return false;
    }
    row->avg[m] = row->min[m] = row->max[m] = avg;
    return !(head & 1) || (take_figure(reader, avg, -1, &row->min[m]) &&
                           take_figure(reader, avg, 1, &row->max[m]));
}

static bool take_figures(struct pack_reader *reader)
{
    if (reader->at == reader->end) {
        return false;
    }
    reader->before.mask = *reader->at++;
    if (reader->before.mask >> reader->metric_count != 0) {
        return false;
    }
    for (unsigned m = 0; m < reader->metric_count; m++) {
        if (reader->before.mask & 1u << m && !take_metric(reader, m)) {
            return false;
        }
    }
    return true;
}

/* Reads the next entry; false when there is none that makes sense. */
static bool take_entry(struct pack_reader *reader)
{
    uint64_t head;

    if (!take_varint(reader, &head) || head >> 1 >= PACK_ROWS_MAX) {
        return false;
    }
    reader->row += 1 + (int64_t)(head >> 1);
    reader->repeats = 0;
    if (!(head & 1)) {
        reader->is_begun = true;
        return take_figures(reader);
    }
    if (!reader->is_begun || !take_varint(reader, &reader->repeats) || reader->repeats == 0 ||
        reader->repeats > PACK_ROWS_MAX) {
        return false;
    }
    reader->repeats--;
    return true;
}

int pack_next(struct pack_reader *reader, int64_t *row, struct pack_cell *cells)
{
    if (reader->repeats > 0) {
        reader->repeats--;
        reader->row++;
    } else if (reader->at == reader->end) {
        return 0;
    } else if (!take_entry(reader)) {
        return -EBADMSG;
    }
    if (reader->row - reader->first >= PACK_ROWS_MAX) {
        return -EBADMSG;
    }
    *row = reader->row;
    for (unsigned m = 0; m < PACK_METRICS_MAX; m++) {
        bool is_known = m < reader->metric_count && reader->before.mask & 1u << m;
        cells[m] = is_known ? (struct pack_cell){(double)reader->before.min[m],
                                                 (double)reader->before.avg[m],
                                                 (double)reader->before.max[m]}
                            : (struct pack_cell){NAN, NAN, NAN};
    }
    return 1;
}
