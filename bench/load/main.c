#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "crc32c.h"
#include "failure.h"
#include "load.h"

static const char USAGE[] =
    "usage: spate-load produce --port P --topic T --bytes N [--batch 65536] [--record 1024] [--in-flight 5] [--acks 1|all]\n"
    "       spate-load fetch   --port P --topic T --bytes N [--max-bytes 1048576]\n"
    "       spate-load stall   --port P --topic T [--max-bytes 1048576]: asks and takes nothing, until it is ended\n"
    "       spate-load create  --port P --topic T [--partitions 1]\n"
    "\n"
    "  --host H         the server's address (127.0.0.1)\n"
    "  --connections C  of produce and fetch; each is a thread and takes the next partition (1)\n"
    "  --spread S       produce: the batches of a connection go to so many partitions in turn (1)\n"
    "  --pid PID        the server's process: its processor time is reported as well\n"
    "  --floor          the server is a floor, which has no topics to ask for\n";

static int64_t number(const char *name, const char *text, int64_t least, int64_t most)
{
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno != 0 || *text == 0 || *end != 0 || value < least || value > most)
        fail("--%s must be a number from %lld to %lld, not '%s'", name, (long long)least, (long long)most, text);
    return value;
}

static int16_t acks(const char *text)
{
    if (strcmp(text, "1") == 0)
        return 1;
    if (strcmp(text, "all") == 0)
        return -1;
    fail("--acks must be 1 or all, not '%s'", text);
}

static struct options parse(int count, char **arguments)
{
    static const struct option known[] = {
        {"host", required_argument, NULL, 'h'},       {"port", required_argument, NULL, 'p'},        {"topic", required_argument, NULL, 't'},
        {"bytes", required_argument, NULL, 'n'},      {"batch", required_argument, NULL, 'b'},       {"record", required_argument, NULL, 'r'},
        {"max-bytes", required_argument, NULL, 'm'},  {"in-flight", required_argument, NULL, 'i'},   {"connections", required_argument, NULL, 'c'},
        {"partitions", required_argument, NULL, 'k'}, {"acks", required_argument, NULL, 'a'},        {"pid", required_argument, NULL, 'd'},
        {"floor", no_argument, NULL, 'f'},            {"spread", required_argument, NULL, 's'},     {0},
    };
    struct options options = {
        .host = "127.0.0.1", .batch = 65536, .record = 1024, .max_bytes = 1 << 20, .in_flight = 5, .connections = 1, .partitions = 1, .spread = 1, .acks = 1,
    };
    int which, index;
    while ((which = getopt_long(count, arguments, "", known, &index)) != -1) {
        const char *name = which == '?' ? "" : known[index].name;
        switch (which) {
        case 'h': options.host = optarg; break;
        case 'p': options.port = optarg; break;
        case 't': options.topic = optarg; break;
        case 'n': options.bytes = number(name, optarg, 1, INT64_MAX); break;
        case 'b': options.batch = number(name, optarg, 1, 8 << 20); break;
        case 'r': options.record = number(name, optarg, 0, 8 << 20); break;
        case 'm': options.max_bytes = number(name, optarg, 1, 1 << 30); break;
        case 'i': options.in_flight = number(name, optarg, 1, IN_FLIGHT_MAX); break;
        case 'c': options.connections = number(name, optarg, 1, CONNECTIONS_MAX); break;
        case 'k': options.partitions = number(name, optarg, 1, INT32_MAX); break;
        case 's': options.spread = number(name, optarg, 1, INT32_MAX); break;
        case 'a': options.acks = acks(optarg); break;
        case 'd': options.server = (pid_t)number(name, optarg, 1, INT32_MAX); break;
        case 'f': options.floor = true; break;
        default: exit(2);
        }
    }
    if (optind != count || options.port == NULL || options.topic == NULL || strlen(options.topic) > 249) {
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
    const char *command = arguments[1];
    struct options options = parse(count - 1, arguments + 1);
    crc32c_prepare();
    if (strcmp(command, "create") == 0) {
        create_topic(&options);
        return 0;
    }
    if (strcmp(command, "stall") == 0) {
        stall(&options);
        return 0;
    }
    if (options.bytes == 0)
        fail("--bytes says how much is to be moved, and is missing");
    if (strcmp(command, "produce") == 0)
        measure(&options, command, produce);
    else if (strcmp(command, "fetch") == 0)
        measure(&options, command, fetch);
    else
        fail("there is no command '%s'; the commands are produce, fetch, stall and create", command);
    return 0;
}
