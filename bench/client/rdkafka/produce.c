// Produces as those do who want the most of librdkafka: a batch of messages at a time, delivery reports by callback.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "failure.h"
#include "load.h"
#include "payload.h"

enum { MESSAGES_AT_ONCE = 1000, POLL_MS = 100, FLUSH_MS = 60000 };

struct producer {
    const struct options *options;
    rd_kafka_t *client;
    rd_kafka_topic_t *topic;
    int64_t delivered;
    rd_kafka_message_t messages[MESSAGES_AT_ONCE];
};

static void on_delivered(rd_kafka_t *client, const rd_kafka_message_t *message, void *opaque)
{
    (void)client;
    struct producer *producer = opaque;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR)
        fail("a message was not delivered: %s", rd_kafka_err2str(message->err));
    producer->delivered++;
}

static rd_kafka_t *open_client(const struct options *options, struct producer *producer, const char *linger)
{
    char reason[512];
    rd_kafka_conf_t *conf = configure((struct setting[]){
        {"bootstrap.servers", options->servers},
        {"acks", options->acks},
        {"enable.idempotence", options->idempotent},
        {"compression.type", options->codec},
        {"linger.ms", linger},
        {"batch.size", options->batch},
        {"batch.num.messages", "1000000"},
        {"max.in.flight", options->in_flight},
        {"queue.buffering.max.kbytes", options->buffer_kib},
        {"queue.buffering.max.messages", "1000000"},
        {"socket.nagle.disable", "true"},
        {0},
    });
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivered);
    rd_kafka_conf_set_opaque(conf, producer);
    rd_kafka_t *client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason, sizeof reason);
    if (client == NULL)
        fail("%s", reason);
    return client;
}

// Sends some of the messages, and says how many librdkafka has taken.
static int send_some(struct producer *producer, int64_t first, int count, int64_t left)
{
    int64_t bytes = producer->options->record;
    int wanted = left < count ? (int)left : count;
    for (int index = 0; index < wanted; index++)
        producer->messages[index] = (rd_kafka_message_t){.payload = (void *)(uintptr_t)text_of(first + index, bytes), .len = (size_t)bytes};
    return rd_kafka_produce_batch(producer->topic, RD_KAFKA_PARTITION_UA, producer->options->no_copy ? 0 : RD_KAFKA_MSG_F_COPY, producer->messages, wanted);
}

static double produce_all(void *state, int64_t records)
{
    struct producer *producer = state;
    producer->delivered = 0;
    double start = now();
    for (int64_t sent = 0; sent < records;) {
        int taken = send_some(producer, sent, MESSAGES_AT_ONCE, records - sent);
        for (int index = 0; index < taken; index++)
            if (producer->messages[index].err != RD_KAFKA_RESP_ERR_NO_ERROR && producer->messages[index].err != RD_KAFKA_RESP_ERR__QUEUE_FULL)
                fail("a message was not taken: %s", rd_kafka_err2str(producer->messages[index].err));
        sent += taken;
        // A full queue empties while reports are waited for.
        rd_kafka_poll(producer->client, taken < MESSAGES_AT_ONCE && sent < records ? POLL_MS : 0);
    }
    rd_kafka_flush(producer->client, FLUSH_MS);
    double seconds = now() - start;
    if (producer->delivered != records)
        fail("%lld of %lld messages were delivered", (long long)producer->delivered, (long long)records);
    return seconds;
}

void produce(const struct options *options)
{
    make_text();
    struct producer *producer = calloc(1, sizeof *producer);
    producer->options = options;
    producer->client = open_client(options, producer, options->linger);
    producer->topic = rd_kafka_topic_new(producer->client, options->topic, NULL);
    each_run(produce_all, producer);
    rd_kafka_topic_destroy(producer->topic);
    rd_kafka_destroy(producer->client);
    free(producer);
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

// One message at a time: each is sent when the one before it has been delivered.
static double send_one_by_one(void *state, int64_t records)
{
    struct producer *producer = state;
    double *times = calloc((size_t)records, sizeof *times);
    double start = now();
    for (int64_t number = 0; number < records; number++) {
        double before = now();
        producer->delivered = 0;
        if (send_some(producer, number, 1, 1) != 1)
            fail("a message was not taken");
        while (producer->delivered == 0)
            rd_kafka_poll(producer->client, POLL_MS);
        times[number] = now() - before;
    }
    double seconds = now() - start;
    qsort(times, (size_t)records, sizeof *times, compare);
    printf("latency p50_us=%.1f p99_us=%.1f\n", times[records / 2] * 1e6, times[records * 99 / 100] * 1e6);
    free(times);
    return seconds;
}

void latency(const struct options *options)
{
    make_text();
    struct producer *producer = calloc(1, sizeof *producer);
    producer->options = options;
    producer->client = open_client(options, producer, "0");
    producer->topic = rd_kafka_topic_new(producer->client, options->topic, NULL);
    each_run(send_one_by_one, producer);
    rd_kafka_topic_destroy(producer->topic);
    rd_kafka_destroy(producer->client);
    free(producer);
}
