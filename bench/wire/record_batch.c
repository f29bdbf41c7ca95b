#include "record_batch.h"

#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "bytes.h"
#include "crc32c.h"

static size_t varint_bytes(int64_t value)
{
    uint64_t zigzag = ((uint64_t)value << 1) ^ (uint64_t)(value >> 63);
    size_t count = 1;
    while (zigzag >>= 7)
        count++;
    return count;
}

static void put_varint(struct cursor *cursor, int64_t value)
{
    uint64_t zigzag = ((uint64_t)value << 1) ^ (uint64_t)(value >> 63);
    for (; zigzag >= 0x80; zigzag >>= 7)
        put_int8(cursor, (int8_t)(zigzag | 0x80));
    put_int8(cursor, (int8_t)zigzag);
}

// What follows the record's own length: attributes, timestamp delta, offset delta, key length, value length, value,
// count of headers.
static size_t record_body_bytes(int32_t offset_delta, size_t value_bytes)
{
    return 1 + 1 + varint_bytes(offset_delta) + 1 + varint_bytes((int64_t)value_bytes) + value_bytes + 1;
}

static void put_random(struct cursor *cursor, size_t length, uint64_t *state)
{
    while (length-- > 0) {
        *state = *state * 6364136223846793005u + 1442695040888963407u;
        put_int8(cursor, (int8_t)(*state >> 56));
    }
}

static void put_record(struct cursor *cursor, int32_t offset_delta, size_t value_bytes, uint64_t *state)
{
    put_varint(cursor, (int64_t)record_body_bytes(offset_delta, value_bytes));
    put_int8(cursor, 0);
    put_varint(cursor, 0);
    put_varint(cursor, offset_delta);
    put_varint(cursor, -1);
    put_varint(cursor, (int64_t)value_bytes);
    put_random(cursor, value_bytes, state);
    put_varint(cursor, 0);
}

static int64_t now_milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct record_batch build_record_batch(size_t batch_bytes_max, size_t value_bytes)
{
    size_t length = BATCH_HEADER_BYTES;
    int32_t records = 0;
    while (true) {
        size_t body = record_body_bytes(records, value_bytes);
        size_t next = length + varint_bytes((int64_t)body) + body;
        if (next > batch_bytes_max)
            break;
        length = next;
        records++;
    }
    if (records == 0)
        fail("a batch of %zu bytes has no room for a record of %zu", batch_bytes_max, value_bytes);

    uint8_t *bytes = malloc(length);
    if (bytes == NULL)
        fail_system("memory for a batch");
    struct cursor cursor = cursor_over(bytes, length);
    int64_t timestamp = now_milliseconds();
    put_int64(&cursor, 0);                                       // base offset
    put_int32(&cursor, (int32_t)(length - BATCH_LENGTH_OVERHEAD)); // length
    put_int32(&cursor, -1);                                      // leader epoch
    put_int8(&cursor, 2);                                        // magic
    put_int32(&cursor, 0);                                       // checksum, filled in below
    put_int16(&cursor, 0);                                       // attributes
    put_int32(&cursor, records - 1);                             // last offset delta
    put_int64(&cursor, timestamp);                               // first timestamp
    put_int64(&cursor, timestamp);                               // last timestamp
    put_int64(&cursor, -1);                                      // producer id
    put_int16(&cursor, -1);                                      // producer epoch
    put_int32(&cursor, -1);                                      // first sequence
    put_int32(&cursor, records);                                 // count of records

    uint64_t state = 20261123;
    for (int32_t record = 0; record < records; record++)
        put_record(&cursor, record, value_bytes, &state);
    write_int32(bytes + BATCH_CRC, (int32_t)crc32c(bytes + BATCH_ATTRIBUTES, length - BATCH_ATTRIBUTES));
    return (struct record_batch){.bytes = bytes, .length = length, .records = records};
}
