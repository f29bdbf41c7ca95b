// Holds the fast checksum against the definition, bit by bit, over every length that takes another path through it.
#include "crc32c.h"

#include <stdio.h>
#include <stdlib.h>

#include "failure.h"

static uint32_t by_definition(const uint8_t *bytes, size_t length)
{
    uint32_t checksum = ~0u;
    while (length-- > 0) {
        checksum ^= *bytes++;
        for (int bit = 0; bit < 8; bit++)
            checksum = (checksum >> 1) ^ ((checksum & 1) ? 0x82F63B78u : 0);
    }
    return ~checksum;
}

int main(void)
{
    static uint8_t bytes[70000];
    uint64_t state = 20261123;
    for (size_t i = 0; i < sizeof bytes; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        bytes[i] = (uint8_t)(state >> 56);
    }

    crc32c_prepare();
    // The check value that the catalogues of checksums give for the nine digits.
    if (crc32c((const uint8_t *)"123456789", 9) != 0xE3069283u)
        fail("the checksum of 123456789 is %08x, not e3069283", crc32c((const uint8_t *)"123456789", 9));

    for (size_t length = 0; length < sizeof bytes - 7; length += length < 1000 ? 1 : 997) {
        const uint8_t *start = bytes + length % 8;
        if (crc32c(start, length) != by_definition(start, length))
            fail("the checksums of %zu bytes differ from the definition", length);
    }
    puts("crc32c: agrees with its definition");
    return 0;
}
