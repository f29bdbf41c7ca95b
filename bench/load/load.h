// spate-load: the least client that keeps a broker's data path busy. Requests are built once and sent again and again,
// answers are looked at no further than their error codes and offsets, so that the client leaves the processor to the
// broker.
#ifndef SPATE_BENCH_LOAD_H
#define SPATE_BENCH_LOAD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "bytes.h"

// The oldest versions that every broker of today still serves and none of which has compact lengths or tagged fields.
enum {
    API_PRODUCE = 0,
    API_FETCH = 1,
    API_METADATA = 3,
    API_CREATE_TOPICS = 19,
    PRODUCE_VERSION = 7,
    FETCH_VERSION = 4,
    METADATA_VERSION = 4,
    CREATE_TOPICS_VERSION = 2,
};

enum { LENGTH_BYTES = 4, CONNECTIONS_MAX = 64, IN_FLIGHT_MAX = 1024 };

struct options {
    const char *host;
    const char *port;
    const char *topic;
    int64_t bytes;
    int64_t batch;
    int64_t record;
    int64_t max_bytes;
    int64_t in_flight;
    int64_t connections;
    int64_t partitions;
    int64_t spread;
    int16_t acks;
    pid_t server;
    bool floor;
};

// What one connection moved. Bytes are those of whole record batches, headers included.
struct tally {
    int64_t bytes;
    int64_t records;
};

// What one connection is to do: its share of the bytes, against one partition or, where they are spread, so many in a row.
struct task {
    const struct options *options;
    int socket;
    int32_t partition;
    int64_t bytes;
    struct tally tally;
};

// measure.c: runs the function on one thread for each connection, and prints what moved, in what time and, when the
// server's process is known, at what cost of its processor time.
void measure(const struct options *options, const char *what, void (*run)(struct task *task));

// request.c
void put_request_header(struct cursor *request, int16_t key, int16_t version, int32_t correlation);
void finish_frame(uint8_t *frame, const struct cursor *request);
// Receives one frame, checks that it answers the correlation id and returns a cursor behind that id. The bytes
// are valid until the next call with the same buffer.
struct cursor receive_answer(int socket, uint8_t *buffer, size_t capacity, int32_t correlation);

// topic.c: the number of partitions of the topic, which the broker is asked to create when there is none.
int32_t find_topic(const struct options *options, int socket);
void create_topic(const struct options *options);

void produce(struct task *task);
void fetch(struct task *task);

// Connections that ask for records and take none of them, until the program is ended.
void stall(const struct options *options);

#endif
