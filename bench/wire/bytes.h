// Big-endian values in a bounded run of bytes: the whole codec that the programs of this folder need.
//
// A cursor never leaves its bytes: taking or putting past the end ends the program with a sentence, because a
// measurement with a broken peer is no measurement.
#ifndef SPATE_BENCH_BYTES_H
#define SPATE_BENCH_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "failure.h"

struct cursor {
    uint8_t *at;
    uint8_t *end;
};

static inline struct cursor cursor_over(uint8_t *bytes, size_t length)
{
    return (struct cursor){.at = bytes, .end = bytes + length};
}

static inline uint8_t *cursor_advance(struct cursor *cursor, int64_t length)
{
    if (length < 0 || length > cursor->end - cursor->at)
        fail("a message is cut short: %lld bytes wanted, %lld left", (long long)length, (long long)(cursor->end - cursor->at));
    uint8_t *start = cursor->at;
    cursor->at += length;
    return start;
}

static inline int16_t read_int16(const uint8_t *from)
{
    uint16_t raw;
    memcpy(&raw, from, sizeof raw);
    return (int16_t)__builtin_bswap16(raw);
}

static inline int32_t read_int32(const uint8_t *from)
{
    uint32_t raw;
    memcpy(&raw, from, sizeof raw);
    return (int32_t)__builtin_bswap32(raw);
}

static inline int64_t read_int64(const uint8_t *from)
{
    uint64_t raw;
    memcpy(&raw, from, sizeof raw);
    return (int64_t)__builtin_bswap64(raw);
}

static inline void write_int16(uint8_t *to, int16_t value)
{
    uint16_t raw = __builtin_bswap16((uint16_t)value);
    memcpy(to, &raw, sizeof raw);
}

static inline void write_int32(uint8_t *to, int32_t value)
{
    uint32_t raw = __builtin_bswap32((uint32_t)value);
    memcpy(to, &raw, sizeof raw);
}

static inline void write_int64(uint8_t *to, int64_t value)
{
    uint64_t raw = __builtin_bswap64((uint64_t)value);
    memcpy(to, &raw, sizeof raw);
}

static inline int8_t take_int8(struct cursor *cursor) { return (int8_t)*cursor_advance(cursor, 1); }
static inline int16_t take_int16(struct cursor *cursor) { return read_int16(cursor_advance(cursor, 2)); }
static inline int32_t take_int32(struct cursor *cursor) { return read_int32(cursor_advance(cursor, 4)); }
static inline int64_t take_int64(struct cursor *cursor) { return read_int64(cursor_advance(cursor, 8)); }

static inline void put_int8(struct cursor *cursor, int8_t value) { *cursor_advance(cursor, 1) = (uint8_t)value; }
static inline void put_int16(struct cursor *cursor, int16_t value) { write_int16(cursor_advance(cursor, 2), value); }
static inline void put_int32(struct cursor *cursor, int32_t value) { write_int32(cursor_advance(cursor, 4), value); }
static inline void put_int64(struct cursor *cursor, int64_t value) { write_int64(cursor_advance(cursor, 8), value); }

static inline void put_bytes(struct cursor *cursor, const void *bytes, size_t length)
{
    memcpy(cursor_advance(cursor, (int64_t)length), bytes, length);
}

// A string as the older, non-flexible versions write it: an int16 length, then the bytes; length -1 is null.
struct text {
    const uint8_t *bytes;
    int16_t length;
};

static inline struct text take_string(struct cursor *cursor)
{
    int16_t length = take_int16(cursor);
    return (struct text){.length = length, .bytes = length > 0 ? cursor_advance(cursor, length) : cursor->at};
}

static inline void put_string(struct cursor *cursor, struct text text)
{
    put_int16(cursor, text.length);
    if (text.length > 0)
        put_bytes(cursor, text.bytes, (size_t)text.length);
}

static inline struct text text_of(const char *characters)
{
    return (struct text){.bytes = (const uint8_t *)characters, .length = (int16_t)strlen(characters)};
}

#endif
