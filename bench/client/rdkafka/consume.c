// Consumes a batch of messages at a time, from all partitions through one queue.
#include <stdio.h>
#include <stdlib.h>

#include "failure.h"
#include "load.h"

enum { MESSAGES_AT_ONCE = 1000, WAIT_MS = 1000 };

struct consumer {
    const struct options *options;
    rd_kafka_t *client;
    rd_kafka_queue_t *queue;
    rd_kafka_message_t *messages[MESSAGES_AT_ONCE];
};

static void assign_from_beginning(struct consumer *consumer)
{
    const struct options *options = consumer->options;
    rd_kafka_topic_partition_list_t *partitions = rd_kafka_topic_partition_list_new((int)options->partitions);
    for (int partition = 0; partition < options->partitions; partition++)
        rd_kafka_topic_partition_list_add(partitions, options->topic, partition)->offset = 0;
    rd_kafka_resp_err_t error = rd_kafka_assign(consumer->client, partitions);
    rd_kafka_topic_partition_list_destroy(partitions);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
        fail("the partitions cannot be assigned: %s", rd_kafka_err2str(error));
}

static double consume_all(void *state, int64_t wanted)
{
    struct consumer *consumer = state;
    const struct options *options = consumer->options;
    int64_t records = 0, bytes = 0;
    double start = now();
    assign_from_beginning(consumer);
    while (records < wanted) {
        ssize_t count = rd_kafka_consume_batch_queue(consumer->queue, WAIT_MS, consumer->messages, MESSAGES_AT_ONCE);
        for (ssize_t index = 0; index < count; index++) {
            rd_kafka_message_t *message = consumer->messages[index];
            if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
                records++;
                bytes += (int64_t)message->len;
            } else if (message->err != RD_KAFKA_RESP_ERR__PARTITION_EOF) {
                fail("a message cannot be read: %s", rd_kafka_message_errstr(message));
            }
            rd_kafka_message_destroy(message);
        }
    }
    double seconds = now() - start;
    if (bytes != records * options->record)
        fail("%lld messages of %lld bytes were read", (long long)records, (long long)bytes);
    return seconds;
}

void consume(const struct options *options)
{
    char reason[512];
    rd_kafka_conf_t *conf = configure((struct setting[]){
        {"bootstrap.servers", options->servers},
        {"group.id", "load"},
        {"enable.auto.commit", "false"},
        {"enable.auto.offset.store", "false"},
        {"check.crcs", options->check_crcs},
        {"fetch.wait.max.ms", options->fetch_wait},
        {"queued.min.messages", "1000000"},
        {"queued.max.messages.kbytes", options->buffer_kib},
        {"fetch.message.max.bytes", "1048576"},
        {"fetch.max.bytes", "52428800"},
        {"socket.nagle.disable", "true"},
        {0},
    });
    struct consumer *consumer = calloc(1, sizeof *consumer);
    consumer->options = options;
    consumer->client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, reason, sizeof reason);
    if (consumer->client == NULL)
        fail("%s", reason);
    rd_kafka_poll_set_consumer(consumer->client);
    consumer->queue = rd_kafka_queue_get_consumer(consumer->client);
    each_run(consume_all, consumer);
    rd_kafka_queue_destroy(consumer->queue);
    rd_kafka_consumer_close(consumer->client);
    rd_kafka_destroy(consumer->client);
    free(consumer);
}
