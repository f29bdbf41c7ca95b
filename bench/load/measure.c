#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "failure.h"
#include "load.h"
#include "transport.h"

// Processor time of a process in seconds. The total is the scheduler's own sum, in nanoseconds, of all the threads that
// the process has or had; user and system are utime and stime of /proc/PID/stat, in clock ticks (10 ms as a rule), and
// say how the total is shared out.
struct processor_time {
    double total;
    double user;
    double system;
};

static double seconds_of(clockid_t clock)
{
    struct timespec time;
    if (clock_gettime(clock, &time) != 0)
        fail_system("reading a clock");
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static struct processor_time processor_time_of(pid_t process)
{
    clockid_t clock;
    if (clock_getcpuclockid(process, &clock) != 0)
        fail("there is no process %d to measure", process);

    char path[64], line[2048];
    snprintf(path, sizeof path, "/proc/%d/stat", process);
    FILE *file = fopen(path, "r");
    if (file == NULL || fgets(line, sizeof line, file) == NULL)
        fail_system(path);
    fclose(file);
    // The second field is the program's name in parentheses, and may hold anything; utime is the twelfth after it.
    unsigned long user, system;
    char *after_name = strrchr(line, ')');
    if (after_name == NULL || sscanf(after_name, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
        fail("%s is not of the form that is known", path);
    double ticks_per_second = (double)sysconf(_SC_CLK_TCK);
    return (struct processor_time){.total = seconds_of(clock), .user = (double)user / ticks_per_second, .system = (double)system / ticks_per_second};
}

static double per_gib(double seconds, struct tally moved)
{
    return seconds / ((double)moved.bytes / (1 << 30));
}

// The client's own processor time stands beside the server's because loopback has one kernel for both ends: what one
// of them saves may be what the other one was made to do.
static void print_report(const char *what, struct tally moved, double seconds, double client_seconds)
{
    printf("%s bytes=%lld records=%lld seconds=%.3f mib_per_second=%.1f client_cpu_seconds_per_gib=%.4f", what, (long long)moved.bytes,
           (long long)moved.records, seconds, (double)moved.bytes / (1 << 20) / seconds, per_gib(client_seconds, moved));
}

static void print_cost(struct tally moved, struct processor_time before, struct processor_time after)
{
    double total = after.total - before.total;
    printf(" cpu_seconds=%.4f cpu_user_seconds=%.2f cpu_system_seconds=%.2f cpu_seconds_per_gib=%.4f cpu_seconds_per_million_records=%.4f", total,
           after.user - before.user, after.system - before.system, per_gib(total, moved), total / ((double)moved.records / 1e6));
}

struct thread {
    pthread_t id;
    void (*run)(struct task *task);
    struct task task;
};

static void *run_thread(void *argument)
{
    struct thread *thread = argument;
    thread->run(&thread->task);
    return NULL;
}

// Connections are made, and the topic is found, before the clocks are read: only the data path is measured.
static void prepare(struct thread *threads, const struct options *options, void (*run)(struct task *task))
{
    int32_t partitions = 1;
    for (int64_t i = 0; i < options->connections; i++) {
        int socket = connect_to(options->host, options->port);
        if (i == 0 && !options->floor)
            partitions = find_topic(options, socket);
        if (options->spread > partitions)
            fail("the topic has %d partitions, and the load cannot be spread over %lld", partitions, (long long)options->spread);
        threads[i] = (struct thread){
            .run = run,
            .task = {.options = options, .socket = socket, .partition = (int32_t)(i * options->spread % (partitions - options->spread + 1)), .bytes = options->bytes / options->connections},
        };
    }
}

void measure(const struct options *options, const char *what, void (*run)(struct task *task))
{
    struct thread threads[CONNECTIONS_MAX];
    prepare(threads, options, run);

    struct processor_time before = {0}, after = {0};
    if (options->server != 0)
        before = processor_time_of(options->server);
    double start = seconds_of(CLOCK_MONOTONIC), client_start = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    for (int64_t i = 0; i < options->connections; i++)
        if (pthread_create(&threads[i].id, NULL, run_thread, &threads[i]) != 0)
            fail("no thread could be started for a connection");

    struct tally moved = {0};
    for (int64_t i = 0; i < options->connections; i++) {
        pthread_join(threads[i].id, NULL);
        moved.bytes += threads[i].task.tally.bytes;
        moved.records += threads[i].task.tally.records;
    }
    double seconds = seconds_of(CLOCK_MONOTONIC) - start, client_seconds = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - client_start;
    if (options->server != 0)
        after = processor_time_of(options->server);

    print_report(what, moved, seconds, client_seconds);
    if (options->server != 0)
        print_cost(moved, before, after);
    putchar('\n');
    for (int64_t i = 0; i < options->connections; i++)
        close(threads[i].task.socket);
}
