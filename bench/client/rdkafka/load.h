// What the parts of rdkafka-load share.
#ifndef SPATE_BENCH_RDKAFKA_LOAD_H
#define SPATE_BENCH_RDKAFKA_LOAD_H

#include <librdkafka/rdkafka.h>
#include <stdint.h>

struct options {
    const char *command;
    const char *servers;
    const char *topic;
    const char *acks;
    const char *idempotent;
    const char *codec;
    const char *linger;
    const char *batch;
    const char *in_flight;
    const char *buffer_kib;
    const char *check_crcs;
    const char *fetch_wait;
    int64_t record;
    int64_t partitions;
    int64_t no_copy;
};

// One setting after the other, ended by a NULL name.
struct setting {
    const char *name;
    const char *value;
};

rd_kafka_conf_t *configure(const struct setting *settings);

// For each number that comes as a line on standard input, works on so many records, and prints a line that says how long it took.
void each_run(double (*run)(void *state, int64_t records), void *state);

double now(void);

void produce(const struct options *options);
void latency(const struct options *options);
void consume(const struct options *options);

#endif
