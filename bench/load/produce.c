#include <stdlib.h>

#include "failure.h"
#include "load.h"
#include "record_batch.h"
#include "transport.h"

enum { HEADER_BYTES_MAX = 1024, ANSWERS_BYTES = 64 << 10, CORRELATION_AT = 8 };

struct frame {
    uint8_t *bytes;
    size_t length;
    size_t partition_at;
};

static struct frame build_request(const struct task *task, const struct record_batch *batch)
{
    size_t capacity = HEADER_BYTES_MAX + batch->length;
    uint8_t *bytes = malloc(capacity);
    if (bytes == NULL)
        fail_system("memory for a request");
    struct cursor request = cursor_over(bytes, capacity);
    put_request_header(&request, API_PRODUCE, PRODUCE_VERSION, 0);
    put_string(&request, (struct text){.length = -1}); // transactional id
    put_int16(&request, task->options->acks);
    put_int32(&request, 30000); // timeout in milliseconds
    put_int32(&request, 1);
    put_string(&request, text_of(task->options->topic));
    put_int32(&request, 1);
    size_t partition_at = (size_t)(request.at - bytes);
    put_int32(&request, task->partition);
    put_int32(&request, (int32_t)batch->length);
    put_bytes(&request, batch->bytes, batch->length);
    finish_frame(bytes, &request);
    return (struct frame){.bytes = bytes, .length = (size_t)(request.at - bytes), .partition_at = partition_at};
}

static void check_answer(struct cursor answer, int32_t correlation)
{
    int32_t answered = take_int32(&answer);
    if (answered != correlation)
        fail("an answer to request %d came where request %d was to be answered", answered, correlation);
    if (take_int32(&answer) != 1)
        fail("a request for one topic was answered for another number");
    take_string(&answer);
    if (take_int32(&answer) != 1)
        fail("a request for one partition was answered for another number");
    take_int32(&answer); // partition
    int16_t error = take_int16(&answer);
    if (error != 0)
        fail("request %d is answered with error %d", correlation, error);
}

// Answers that have come in but are not whole yet.
struct answers {
    uint8_t bytes[ANSWERS_BYTES];
    size_t held;
};

// Waits for at least one answer, checks all that are there and returns how many there were.
static int32_t take_answers(int socket, struct answers *answers, int32_t next)
{
    int32_t count = 0;
    while (count == 0) {
        size_t received = receive_some(socket, answers->bytes + answers->held, sizeof answers->bytes - answers->held);
        if (received == 0)
            fail("the server closed the connection before it answered");
        answers->held += received;

        size_t at = 0;
        while (answers->held - at >= LENGTH_BYTES) {
            int32_t length = read_int32(answers->bytes + at);
            if (length < 4 || length > ANSWERS_BYTES - LENGTH_BYTES)
                fail("an answer of %d bytes is out of bounds", length);
            if (answers->held - at < LENGTH_BYTES + (size_t)length)
                break;
            check_answer(cursor_over(answers->bytes + at + LENGTH_BYTES, (size_t)length), next + count);
            at += LENGTH_BYTES + (size_t)length;
            count++;
        }
        answers->held -= at;
        memmove(answers->bytes, answers->bytes + at, answers->held);
    }
    return count;
}

void produce(struct task *task)
{
    struct record_batch batch = build_record_batch((size_t)task->options->batch, (size_t)task->options->record);
    struct frame request = build_request(task, &batch);
    struct answers *answers = calloc(1, sizeof *answers);
    if (answers == NULL)
        fail_system("memory for answers");

    int64_t wanted = (task->bytes + (int64_t)batch.length - 1) / (int64_t)batch.length;
    if (wanted > INT32_MAX)
        fail("%lld batches in one run are more than its correlation ids", (long long)wanted);
    int32_t sent = 0, answered = 0;
    while (answered < wanted) {
        while (sent < wanted && sent - answered < task->options->in_flight) {
            write_int32(request.bytes + request.partition_at, task->partition + sent % (int32_t)task->options->spread);
            write_int32(request.bytes + CORRELATION_AT, sent++);
            send_all(task->socket, request.bytes, request.length);
        }
        answered += take_answers(task->socket, answers, answered);
    }
    task->tally = (struct tally){.bytes = wanted * (int64_t)batch.length, .records = wanted * batch.records};
    free(answers);
    free(request.bytes);
    free(batch.bytes);
}
