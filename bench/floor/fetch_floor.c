// The least that a broker must do for fetched bytes, and nothing more: read them from the page cache into one
// buffer and send that, behind a well-formed header, with one system call each. One thread and one buffer for each connection.
//
// Served is Fetch version 4 with one topic and one partition, from a file that the program writes at its start. All
// batches in it are of one size, so that the place of an offset is a division and needs no index.
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "bytes.h"
#include "crc32c.h"
#include "failure.h"
#include "record_batch.h"
#include "transport.h"

enum {
    REQUEST_BYTES_MAX = 4096,
    ANSWER_HEADER_BYTES_MAX = 512,
    LENGTH_BYTES = 4,
    API_FETCH = 1,
    VERSION = 4,
    RECORDS_BYTES_MAX = 16 << 20,
};

static struct {
    int file;
    int64_t batches;
    int64_t batch_bytes;
    int64_t batch_records;
} segment;

static void write_segment(const char *path, int64_t bytes, struct record_batch batch)
{
    segment.file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (segment.file < 0)
        fail_system(path);
    segment.batch_bytes = (int64_t)batch.length;
    segment.batch_records = batch.records;
    for (; segment.batches * segment.batch_bytes < bytes; segment.batches++) {
        write_int64(batch.bytes + BATCH_BASE_OFFSET, segment.batches * segment.batch_records);
        if (write(segment.file, batch.bytes, batch.length) != (ssize_t)batch.length)
            fail_system("writing the segment");
    }
}

struct range {
    int64_t start;
    int64_t length;
};

// Whole batches from the one that holds the offset, at least one where there is one, at most max_bytes.
static struct range locate(int64_t offset, int64_t max_bytes)
{
    int64_t first = offset / segment.batch_records;
    if (offset < 0 || first > segment.batches)
        fail("offset %lld is out of range", (long long)offset);
    int64_t count = max_bytes / segment.batch_bytes;
    if (count == 0)
        count = 1;
    if (count > segment.batches - first)
        count = segment.batches - first;
    return (struct range){.start = first * segment.batch_bytes, .length = count * segment.batch_bytes};
}

static size_t put_answer_header(uint8_t *into, int32_t correlation, struct text topic, int32_t partition, int64_t records_length)
{
    int64_t end = segment.batches * segment.batch_records;
    struct cursor answer = cursor_over(into, ANSWER_HEADER_BYTES_MAX);
    put_int32(&answer, 0); // length of the frame, filled in below
    put_int32(&answer, correlation);
    put_int32(&answer, 0); // throttle time
    put_int32(&answer, 1); // topics
    put_string(&answer, topic);
    put_int32(&answer, 1); // partitions
    put_int32(&answer, partition);
    put_int16(&answer, 0);   // error
    put_int64(&answer, end); // high watermark
    put_int64(&answer, end); // last stable offset
    put_int32(&answer, -1);  // aborted transactions: none
    put_int32(&answer, (int32_t)records_length);
    size_t length = (size_t)(answer.at - into);
    write_int32(into, (int32_t)((int64_t)length + records_length - LENGTH_BYTES));
    return length;
}

static void read_range(uint8_t *into, struct range range)
{
    for (int64_t read = 0; read < range.length;) {
        ssize_t now = pread(segment.file, into + read, (size_t)(range.length - read), range.start + read);
        if (now <= 0)
            fail_system("reading the segment");
        read += now;
    }
}

static void answer_fetch(int socket, struct cursor request, uint8_t *buffer)
{
    int16_t key = take_int16(&request), version = take_int16(&request);
    int32_t correlation = take_int32(&request);
    if (key != API_FETCH || version != VERSION)
        fail("only Fetch version %d is served here, not request %d version %d", VERSION, key, version);
    take_string(&request); // client id
    take_int32(&request);  // replica
    take_int32(&request);  // longest wait
    take_int32(&request);  // least bytes
    take_int32(&request);  // most bytes of the answer
    take_int8(&request);   // isolation
    if (take_int32(&request) != 1)
        fail("a request must name one topic");
    struct text topic = take_string(&request);
    if (take_int32(&request) != 1)
        fail("a request must name one partition");
    int32_t partition = take_int32(&request);
    int64_t offset = take_int64(&request);
    int32_t most = take_int32(&request);
    struct range range = locate(offset, most < RECORDS_BYTES_MAX ? most : RECORDS_BYTES_MAX);

    size_t header = put_answer_header(buffer, correlation, topic, partition, range.length);
    read_range(buffer + header, range);
    send_all(socket, buffer, header + (size_t)range.length);
}

static void serve_consumer(int socket, int number)
{
    (void)number;
    uint8_t request[REQUEST_BYTES_MAX];
    uint8_t *buffer = malloc(ANSWER_HEADER_BYTES_MAX + RECORDS_BYTES_MAX);
    if (buffer == NULL)
        fail_system("memory for an answer");

    size_t held = 0, received;
    while ((received = receive_some(socket, request + held, sizeof request - held)) > 0) {
        held += received;
        if (held < LENGTH_BYTES)
            continue;
        int32_t length = read_int32(request);
        if (length < 0 || length > REQUEST_BYTES_MAX - LENGTH_BYTES)
            fail("a frame of %d bytes is out of bounds", length);
        size_t frame = LENGTH_BYTES + (size_t)length;
        if (held < frame)
            continue;
        answer_fetch(socket, cursor_over(request + LENGTH_BYTES, (size_t)length), buffer);
        held -= frame;
        memmove(request, request + frame, held);
    }
    free(buffer);
}

int main(int count, char **arguments)
{
    if (count != 6)
        fail("usage: fetch_floor PORT FILE BYTES BATCH RECORD (port 0: any; FILE is written with BYTES of batches of such a size)");
    crc32c_prepare();
    struct record_batch batch = build_record_batch(strtoull(arguments[4], NULL, 10), strtoull(arguments[5], NULL, 10));
    write_segment(arguments[2], atoll(arguments[3]), batch);
    if (segment.batch_bytes > RECORDS_BYTES_MAX)
        fail("a batch may have at most %d bytes", RECORDS_BYTES_MAX);
    free(batch.bytes);
    serve(atoi(arguments[1]), serve_consumer);
}
