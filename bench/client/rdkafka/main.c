#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "failure.h"
#include "load.h"

static const char USAGE[] =
    "usage: rdkafka-load produce|latency|consume --servers HOST:PORT --topic T [--record 100]\n"
    "\n"
    "Works on as many records as a line on standard input says, and then on the next.\n"
    "\n"
    "  --partitions 4      of the topic; consume reads all of them from their beginning\n"
    "  --buffer-kib 32768  of messages that wait: to be delivered, or to be consumed\n"
    "produce and latency:\n"
    "  --acks all --idempotent false --codec none --linger 5 --batch 65536 --in-flight 5\n"
    "  --no-copy 0         1: librdkafka refers to the caller's payloads until they are delivered\n"
    "consume:\n"
    "  --check-crcs true --fetch-wait 10\n";

static int64_t number(const char *name, const char *text, int64_t least)
{
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno != 0 || *text == 0 || *end != 0 || value < least)
        fail("--%s must be a number from %lld on, not '%s'", name, (long long)least, text);
    return value;
}

static struct options parse(int count, char **arguments)
{
    static const struct option known[] = {
        {"servers", required_argument, NULL, 's'},    {"topic", required_argument, NULL, 't'},
        {"record", required_argument, NULL, 'r'},     {"partitions", required_argument, NULL, 'p'}, {"acks", required_argument, NULL, 'a'},
        {"idempotent", required_argument, NULL, 'd'}, {"codec", required_argument, NULL, 'c'},      {"linger", required_argument, NULL, 'l'},
        {"batch", required_argument, NULL, 'b'},      {"in-flight", required_argument, NULL, 'i'},  {"buffer-kib", required_argument, NULL, 'm'},
        {"no-copy", required_argument, NULL, 'o'},    {"check-crcs", required_argument, NULL, 'k'}, {"fetch-wait", required_argument, NULL, 'w'},
        {0},
    };
    struct options options = {
        .command = arguments[1], .acks = "all", .idempotent = "false", .codec = "none", .linger = "5", .batch = "65536", .in_flight = "5",
        .buffer_kib = "32768", .check_crcs = "true", .fetch_wait = "10", .record = 100, .partitions = 4,
    };
    int which, index;
    while ((which = getopt_long(count - 1, arguments + 1, "", known, &index)) != -1) {
        const char *name = which == '?' ? "" : known[index].name;
        switch (which) {
        case 's': options.servers = optarg; break;
        case 't': options.topic = optarg; break;
        case 'r': options.record = number(name, optarg, 0); break;
        case 'p': options.partitions = number(name, optarg, 1); break;
        case 'a': options.acks = optarg; break;
        case 'd': options.idempotent = optarg; break;
        case 'c': options.codec = optarg; break;
        case 'l': options.linger = optarg; break;
        case 'b': options.batch = optarg; break;
        case 'i': options.in_flight = optarg; break;
        case 'm': options.buffer_kib = optarg; break;
        case 'o': options.no_copy = number(name, optarg, 0); break;
        case 'w': options.fetch_wait = optarg; break;
        case 'k': options.check_crcs = optarg; break;
        default: exit(2);
        }
    }
    if (options.servers == NULL || options.topic == NULL) {
        fputs(USAGE, stderr);
        exit(2);
    }
    return options;
}

int main(int count, char **arguments)
{
    if (count < 2) {
        fputs(USAGE, stderr);
        return 2;
    }
    struct options options = parse(count, arguments);
    if (strcmp(options.command, "produce") == 0)
        produce(&options);
    else if (strcmp(options.command, "latency") == 0)
        latency(&options);
    else if (strcmp(options.command, "consume") == 0)
        consume(&options);
    else
        fail("there is no command '%s'; the commands are produce, latency and consume", options.command);
    return 0;
}
