#include <time.h>
#include <unistd.h>

#include "failure.h"
#include "load.h"
#include "transport.h"

enum {
    REQUEST_BYTES_MAX = 4096,
    ANSWER_BYTES_MAX = 1 << 20,
    ERROR_UNKNOWN_TOPIC_OR_PARTITION = 3,
    ERROR_LEADER_NOT_AVAILABLE = 5,
    ATTEMPTS_MAX = 100,
    PAUSE_MILLISECONDS = 100,
};

static uint8_t answer_buffer[ANSWER_BYTES_MAX];

static void skip_brokers(struct cursor *answer)
{
    for (int32_t brokers = take_int32(answer); brokers > 0; brokers--) {
        take_int32(answer);  // node id
        take_string(answer); // host
        take_int32(answer);  // port
        take_string(answer); // rack
    }
}

static void skip_int32s(struct cursor *answer)
{
    cursor_advance(answer, 4 * (int64_t)take_int32(answer));
}

// The partitions of the topic, or 0 while one of them has no leader.
static int32_t count_led_partitions(struct cursor *answer)
{
    int32_t partitions = take_int32(answer);
    bool led = true;
    for (int32_t i = 0; i < partitions; i++) {
        int16_t error = take_int16(answer);
        take_int32(answer); // index
        int32_t leader = take_int32(answer);
        led &= error == 0 && leader >= 0;
        skip_int32s(answer); // replicas
        skip_int32s(answer); // in-sync replicas
    }
    return led ? partitions : 0;
}

static int32_t ask_for_topic(const struct options *options, int socket, int32_t correlation)
{
    uint8_t frame[REQUEST_BYTES_MAX];
    struct cursor request = cursor_over(frame, sizeof frame);
    put_request_header(&request, API_METADATA, METADATA_VERSION, correlation);
    put_int32(&request, 1);
    put_string(&request, text_of(options->topic));
    put_int8(&request, 1); // create it when there is none
    finish_frame(frame, &request);
    send_all(socket, frame, (size_t)(request.at - frame));

    struct cursor answer = receive_answer(socket, answer_buffer, sizeof answer_buffer, correlation);
    take_int32(&answer); // throttle time
    skip_brokers(&answer);
    take_string(&answer); // cluster id
    take_int32(&answer);  // controller
    if (take_int32(&answer) != 1)
        fail("one topic was asked for and another number was answered");
    int16_t error = take_int16(&answer);
    take_string(&answer); // name
    take_int8(&answer);   // internal
    if (error == ERROR_UNKNOWN_TOPIC_OR_PARTITION || error == ERROR_LEADER_NOT_AVAILABLE)
        return 0;
    if (error != 0)
        fail("the topic %s is answered with error %d", options->topic, error);
    return count_led_partitions(&answer);
}

int32_t find_topic(const struct options *options, int socket)
{
    for (int32_t attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        int32_t partitions = ask_for_topic(options, socket, attempt);
        if (partitions > 0)
            return partitions;
        nanosleep(&(struct timespec){.tv_nsec = PAUSE_MILLISECONDS * 1000000L}, NULL);
    }
    fail("the topic %s had no leader for %d ms", options->topic, ATTEMPTS_MAX * PAUSE_MILLISECONDS);
}

void create_topic(const struct options *options)
{
    uint8_t frame[REQUEST_BYTES_MAX];
    struct cursor request = cursor_over(frame, sizeof frame);
    put_request_header(&request, API_CREATE_TOPICS, CREATE_TOPICS_VERSION, 0);
    put_int32(&request, 1);
    put_string(&request, text_of(options->topic));
    put_int32(&request, (int32_t)options->partitions);
    put_int16(&request, 1);     // replicas
    put_int32(&request, 0);     // assignments
    put_int32(&request, 0);     // settings
    put_int32(&request, 30000); // timeout in milliseconds
    put_int8(&request, 0);      // not only to validate
    finish_frame(frame, &request);

    int socket = connect_to(options->host, options->port);
    send_all(socket, frame, (size_t)(request.at - frame));
    struct cursor answer = receive_answer(socket, answer_buffer, sizeof answer_buffer, 0);
    take_int32(&answer); // throttle time
    if (take_int32(&answer) != 1)
        fail("one topic was to be created and another number was answered");
    take_string(&answer); // name
    int16_t error = take_int16(&answer);
    if (error != 0)
        fail("creating the topic %s is answered with error %d", options->topic, error);
    find_topic(options, socket);
    close(socket);
}
