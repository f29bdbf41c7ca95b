#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "failure.h"
#include "load.h"

double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

rd_kafka_conf_t *configure(const struct setting *settings)
{
    char reason[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    for (; settings->name != NULL; settings++)
        if (rd_kafka_conf_set(conf, settings->name, settings->value, reason, sizeof reason) != RD_KAFKA_CONF_OK)
            fail("%s", reason);
    return conf;
}

void each_run(double (*run)(void *state, int64_t records), void *state)
{
    char line[64];
    puts("ready");
    fflush(stdout);
    while (fgets(line, sizeof line, stdin) != NULL) {
        printf("run seconds=%.6f\n", run(state, strtoll(line, NULL, 10)));
        fflush(stdout);
    }
}
