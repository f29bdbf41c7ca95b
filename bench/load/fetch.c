#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "failure.h"
#include "load.h"
#include "record_batch.h"
#include "transport.h"

// A broker may answer with one batch that is larger than what was asked for; this much more of it is put up with.
enum { REQUEST_BYTES_MAX = 4096, OVERSIZE_BYTES_MAX = 16 << 20, MAX_WAIT_MILLISECONDS = 500 };

struct reader {
    int64_t next_offset;
    int64_t high_watermark;
    int32_t correlation;
};

static void send_request(const struct task *task, const struct reader *reader)
{
    uint8_t frame[REQUEST_BYTES_MAX];
    struct cursor request = cursor_over(frame, sizeof frame);
    put_request_header(&request, API_FETCH, FETCH_VERSION, reader->correlation);
    put_int32(&request, -1); // no replica
    put_int32(&request, MAX_WAIT_MILLISECONDS);
    put_int32(&request, 1); // least bytes
    put_int32(&request, (int32_t)task->options->max_bytes);
    put_int8(&request, 0); // uncommitted as well
    put_int32(&request, 1);
    put_string(&request, text_of(task->options->topic));
    put_int32(&request, 1);
    put_int32(&request, task->partition);
    put_int64(&request, reader->next_offset);
    put_int32(&request, (int32_t)task->options->max_bytes);
    finish_frame(frame, &request);
    send_all(task->socket, frame, (size_t)(request.at - frame));
}

// Stands the cursor before the record batches and returns their bytes.
static int32_t open_answer(struct cursor *answer, struct reader *reader)
{
    take_int32(answer); // throttle time
    if (take_int32(answer) != 1)
        fail("a fetch from one topic was answered for another number");
    take_string(answer);
    if (take_int32(answer) != 1)
        fail("a fetch from one partition was answered for another number");
    take_int32(answer); // partition
    int16_t error = take_int16(answer);
    if (error != 0)
        fail("the fetch from offset %lld is answered with error %d", (long long)reader->next_offset, error);
    reader->high_watermark = take_int64(answer);
    take_int64(answer);                                  // last stable offset
    int32_t aborted = take_int32(answer);                // aborted transactions: producer id and first offset each
    cursor_advance(answer, aborted > 0 ? 16 * (int64_t)aborted : 0);
    return take_int32(answer);
}

// From header to header; a last batch that was cut off counts for nothing and is fetched again.
static void walk_batches(const uint8_t *batch, int64_t length, struct reader *reader, struct tally *tally)
{
    while (length >= BATCH_HEADER_BYTES) {
        int64_t size = (int64_t)read_int32(batch + BATCH_LENGTH) + BATCH_LENGTH_OVERHEAD;
        if (size < BATCH_HEADER_BYTES)
            fail("a batch of %lld bytes at offset %lld is no batch", (long long)size, (long long)reader->next_offset);
        if (size > length)
            return;
        int64_t records = (int64_t)read_int32(batch + BATCH_LAST_OFFSET_DELTA) + 1;
        reader->next_offset = read_int64(batch + BATCH_BASE_OFFSET) + records;
        tally->bytes += size;
        tally->records += records;
        batch += size;
        length -= size;
    }
}

void fetch(struct task *task)
{
    size_t capacity = (size_t)task->options->max_bytes + OVERSIZE_BYTES_MAX;
    uint8_t *buffer = malloc(capacity);
    if (buffer == NULL)
        fail_system("memory for an answer");

    struct reader reader = {0};
    while (task->tally.bytes < task->bytes) {
        send_request(task, &reader);
        struct cursor answer = receive_answer(task->socket, buffer, capacity, reader.correlation++);
        int32_t length = open_answer(&answer, &reader);
        int64_t offset = reader.next_offset;
        if (length > 0)
            walk_batches(cursor_advance(&answer, length), length, &reader, &task->tally);
        if (reader.high_watermark <= 0)
            fail("partition %d of %s is empty", task->partition, task->options->topic);
        if (reader.next_offset >= reader.high_watermark)
            reader.next_offset = 0;
        else if (reader.next_offset == offset)
            fail("the fetch from offset %lld brought no whole batch in %d bytes", (long long)offset, length);
    }
    free(buffer);
}

void stall(const struct options *options)
{
    for (int64_t i = 0; i < options->connections; i++) {
        int socket = connect_to(options->host, options->port);
        int32_t partitions = find_topic(options, socket);
        struct task task = {.options = options, .socket = socket, .partition = (int32_t)(i % partitions)};
        send_request(&task, &(struct reader){0});
    }
    puts("stalled");
    fflush(stdout);
    pause();
}
