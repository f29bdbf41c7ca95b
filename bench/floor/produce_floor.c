// The least that a broker must do for produced bytes, and nothing more: receive them, check the batch's CRC-32C, give
// it its base offset, write it to a file, answer. One thread and one file for each connection.
//
// Served is Produce version 7 with one topic, one partition and one batch. There is no topic, no validation of records,
// no index, no time, no recovery: what a broker costs beyond this program is the price of being a broker.
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bytes.h"
#include "crc32c.h"
#include "failure.h"
#include "record_batch.h"
#include "transport.h"

enum {
    FRAME_BYTES_MAX = 16 << 20,
    LENGTH_BYTES = 4,
    ANSWER_BYTES_MAX = 512,
    API_PRODUCE = 0,
    VERSION = 7,
    ERROR_NONE = 0,
    ERROR_CORRUPT_MESSAGE = 2,
};

static const char *directory;

struct log {
    int file;
    int64_t next_offset;
};

static struct log open_log(int number)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s/%d.log", directory, number) >= (int)sizeof path)
        fail("the path of the directory is too long");
    struct log log = {.file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)};
    if (log.file < 0)
        fail_system(path);
    return log;
}

static void append(struct log *log, uint8_t *batch, int32_t length)
{
    write_int64(batch + BATCH_BASE_OFFSET, log->next_offset);
    write_int32(batch + BATCH_LEADER_EPOCH, 0);
    for (ssize_t written = 0; written < length;) {
        ssize_t now = write(log->file, batch + written, (size_t)(length - written));
        if (now < 0)
            fail_system("writing a batch");
        written += now;
    }
    log->next_offset += read_int32(batch + BATCH_LAST_OFFSET_DELTA) + 1;
}

static bool is_sound(const uint8_t *batch, int32_t length)
{
    return length >= BATCH_HEADER_BYTES && read_int32(batch + BATCH_LENGTH) == length - BATCH_LENGTH_OVERHEAD && batch[BATCH_MAGIC] == 2
        && (uint32_t)read_int32(batch + BATCH_CRC) == crc32c(batch + BATCH_ATTRIBUTES, (size_t)length - BATCH_ATTRIBUTES);
}

static size_t put_answer(uint8_t *into, int32_t correlation, struct text topic, int32_t partition, int16_t error, int64_t base_offset)
{
    struct cursor answer = cursor_over(into, ANSWER_BYTES_MAX);
    put_int32(&answer, 0); // length of the frame, filled in below
    put_int32(&answer, correlation);
    put_int32(&answer, 1); // topics
    put_string(&answer, topic);
    put_int32(&answer, 1); // partitions
    put_int32(&answer, partition);
    put_int16(&answer, error);
    put_int64(&answer, base_offset);
    put_int64(&answer, -1); // time of the append: the producer's stands
    put_int64(&answer, 0);  // start of the log
    put_int32(&answer, 0);  // throttle time
    size_t length = (size_t)(answer.at - into);
    write_int32(into, (int32_t)length - LENGTH_BYTES);
    return length;
}

static void answer_produce(int socket, struct log *log, uint8_t *request_bytes, size_t request_length)
{
    struct cursor request = cursor_over(request_bytes, request_length);
    int16_t key = take_int16(&request), version = take_int16(&request);
    int32_t correlation = take_int32(&request);
    if (key != API_PRODUCE || version != VERSION)
        fail("only Produce version %d is served here, not request %d version %d", VERSION, key, version);
    take_string(&request); // client id
    take_string(&request); // transactional id
    take_int16(&request);  // acks
    take_int32(&request);  // timeout
    if (take_int32(&request) != 1)
        fail("a request must carry one topic");
    struct text topic = take_string(&request);
    if (take_int32(&request) != 1)
        fail("a request must carry one partition");
    int32_t partition = take_int32(&request), length = take_int32(&request);
    uint8_t *batch = cursor_advance(&request, length);

    bool sound = is_sound(batch, length);
    int64_t base_offset = sound ? log->next_offset : -1;
    if (sound)
        append(log, batch, length);

    uint8_t answer[ANSWER_BYTES_MAX];
    send_all(socket, answer, put_answer(answer, correlation, topic, partition, sound ? ERROR_NONE : ERROR_CORRUPT_MESSAGE, base_offset));
}

static size_t frame_bytes(const uint8_t *frame)
{
    int32_t length = read_int32(frame);
    if (length < 0 || length > FRAME_BYTES_MAX - 2 * LENGTH_BYTES)
        fail("a frame of %d bytes is out of bounds", length);
    return LENGTH_BYTES + (size_t)length;
}

// Every receive asks for the rest of one frame and the length of the next, so that a frame costs one system call where
// it has arrived whole, and the same bytes of memory, warm in the cache, serve them all.
static void serve_producer(int socket, int number)
{
    struct log log = open_log(number);
    uint8_t *buffer = malloc(FRAME_BYTES_MAX);
    if (buffer == NULL)
        fail_system("memory for a frame");

    size_t held = 0, received;
    do {
        size_t frame = held >= LENGTH_BYTES ? frame_bytes(buffer) : 0;
        if (frame > 0 && held >= frame) {
            answer_produce(socket, &log, buffer + LENGTH_BYTES, frame - LENGTH_BYTES);
            held -= frame;
            memcpy(buffer, buffer + frame, held);
            frame = held >= LENGTH_BYTES ? frame_bytes(buffer) : 0;
        }
        received = receive_some(socket, buffer + held, frame + LENGTH_BYTES - held);
        held += received;
    } while (received > 0);
    free(buffer);
    close(log.file);
}

int main(int count, char **arguments)
{
    if (count != 3)
        fail("usage: produce_floor PORT DIRECTORY (port 0: any; batches go to DIRECTORY/N.log for the Nth connection)");
    crc32c_prepare();
    directory = arguments[2];
    serve(atoi(arguments[1]), serve_producer);
}
