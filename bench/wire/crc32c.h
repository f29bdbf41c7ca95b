// CRC-32C (Castagnoli), the checksum of a record batch, at the speed of the processor's own instruction.
#ifndef SPATE_BENCH_CRC32C_H
#define SPATE_BENCH_CRC32C_H

#include <stddef.h>
#include <stdint.h>

// Must run once before the first checksum, from one thread.
void crc32c_prepare(void);

uint32_t crc32c(const uint8_t *bytes, size_t length);

#endif
