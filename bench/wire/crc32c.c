#include "crc32c.h"

#include <immintrin.h>
#include <string.h>

#ifndef __x86_64__
#error "The floor is defined by the crc32 and pclmulqdq instructions of x86-64."
#endif

// The crc32 instruction answers after three cycles and can be started every cycle, so three independent checksums over
// three neighbouring lanes run in the time of one. Joining them means moving a checksum over the bytes that follow it:
// a multiplication by a power of x, for which there is an instruction as well.
//
// In reflected form the carry-less product of two 32-bit remainders a and b, fed to crc32 as a 64-bit message, comes
// out as a * b * x^33. To move a over n bytes, b is therefore x^(8n - 33) modulo the polynomial.
enum { LONG_LANE = 2048, SHORT_LANE = 128 };

static const uint32_t POLYNOMIAL_REFLECTED = 0x82F63B78u;

struct lanes {
    size_t length;
    uint32_t over_one;
    uint32_t over_two;
};

static struct lanes long_lanes = {.length = LONG_LANE};
static struct lanes short_lanes = {.length = SHORT_LANE};

static uint32_t power_of_x(size_t exponent)
{
    uint32_t remainder = 0x80000000u;
    while (exponent-- > 0)
        remainder = (remainder >> 1) ^ ((remainder & 1) ? POLYNOMIAL_REFLECTED : 0);
    return remainder;
}

static void prepare_lanes(struct lanes *lanes)
{
    lanes->over_one = power_of_x(8 * lanes->length - 33);
    lanes->over_two = power_of_x(16 * lanes->length - 33);
}

void crc32c_prepare(void)
{
    prepare_lanes(&long_lanes);
    prepare_lanes(&short_lanes);
}

static inline uint64_t load(const uint8_t *from)
{
    uint64_t word;
    memcpy(&word, from, sizeof word);
    return word;
}

static inline uint32_t move_over(uint32_t checksum, uint32_t power)
{
    __m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128(checksum), _mm_cvtsi64_si128(power), 0);
    return (uint32_t)_mm_crc32_u64(0, (uint64_t)_mm_cvtsi128_si64(product));
}

static inline uint32_t three_lanes(const struct lanes *lanes, const uint8_t *bytes, uint32_t checksum)
{
    const uint8_t *second_lane = bytes + lanes->length;
    const uint8_t *third_lane = second_lane + lanes->length;
    uint64_t first = checksum, second = 0, third = 0;
    for (size_t at = 0; at < lanes->length; at += 8) {
        first = _mm_crc32_u64(first, load(bytes + at));
        second = _mm_crc32_u64(second, load(second_lane + at));
        third = _mm_crc32_u64(third, load(third_lane + at));
    }
    return move_over((uint32_t)first, lanes->over_two) ^ move_over((uint32_t)second, lanes->over_one) ^ (uint32_t)third;
}

uint32_t crc32c(const uint8_t *bytes, size_t length)
{
    uint32_t checksum = ~0u;
    for (; length >= 3 * LONG_LANE; bytes += 3 * LONG_LANE, length -= 3 * LONG_LANE)
        checksum = three_lanes(&long_lanes, bytes, checksum);
    for (; length >= 3 * SHORT_LANE; bytes += 3 * SHORT_LANE, length -= 3 * SHORT_LANE)
        checksum = three_lanes(&short_lanes, bytes, checksum);
    for (; length >= 8; bytes += 8, length -= 8)
        checksum = (uint32_t)_mm_crc32_u64(checksum, load(bytes));
    for (; length > 0; bytes++, length--)
        checksum = _mm_crc32_u8(checksum, *bytes);
    return ~checksum;
}
