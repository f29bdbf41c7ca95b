// The values of records: stretches of one text of invented words, some frequent and most rare, which compresses as text does.
// Payload.cs of Spate.Client.Load makes the same.
#ifndef SPATE_BENCH_RDKAFKA_PAYLOAD_H
#define SPATE_BENCH_RDKAFKA_PAYLOAD_H

#include <stdint.h>

enum { TEXT_BYTES = 1 << 20, TEXT_STRIDE = 977 };

void make_text(void);

// The value of the record with this number.
const char *text_of(int64_t number, int64_t bytes);

#endif
