// The part of a record batch (magic 2) that the programs of this folder look at.
#ifndef SPATE_BENCH_RECORD_BATCH_H
#define SPATE_BENCH_RECORD_BATCH_H

#include <stddef.h>
#include <stdint.h>

// Positions in a batch, in bytes from its start.
enum {
    BATCH_BASE_OFFSET = 0,
    BATCH_LENGTH = 8,
    BATCH_LEADER_EPOCH = 12,
    BATCH_MAGIC = 16,
    BATCH_CRC = 17,
    BATCH_ATTRIBUTES = 21,
    BATCH_LAST_OFFSET_DELTA = 23,
    BATCH_HEADER_BYTES = 61,
    // What comes before the bytes that the length field counts.
    BATCH_LENGTH_OVERHEAD = 12,
};

struct record_batch {
    uint8_t *bytes;
    size_t length;
    int32_t records;
};

// As many records with a value of value_bytes (random, so that nothing can profit from repetition; no key, no headers)
// as go into a batch of at most batch_bytes_max, uncompressed, from no idempotent producer, stamped with the present
// time. The base offset is 0. The caller frees bytes.
struct record_batch build_record_batch(size_t batch_bytes_max, size_t value_bytes);

#endif
