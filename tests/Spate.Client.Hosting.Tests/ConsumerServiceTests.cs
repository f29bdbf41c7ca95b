using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Spate.Client.Consuming;
using Spate.Client.Hosting.Consuming;
using Spate.Client.Hosting.Health;
using Spate.Client.Producing;
using Spate.Protocol;
using Spate.Testing;

namespace Spate.Client.Hosting.Tests;

public sealed class ConsumerServiceTests
{
    private const string Group = "billing";

    [Fact]
    public async Task A_program_that_stops_finishes_the_record_in_hand_and_commits_it()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await ProduceAsync(broker, 5);
        var (began, mayEnd) = (new TaskCompletionSource(), new TaskCompletionSource());
        var handler = new Handler
        {
            OnRecord = async (record, _, _) =>
            {
                if (record.Value == "2")
                {
                    began.SetResult();
                    await mayEnd.Task;
                }
            },
        };
        using (var host = await StartAsync(broker, handler))
        {
            await began.Task.OrTimeout("the third record");
            var stopping = host.StopAsync();
            Assert.False(stopping.IsCompleted);
            mayEnd.SetResult();
            await stopping.OrTimeout("the stop");
        }

        Assert.Equal(["0", "1", "2"], handler.Finished);
        Assert.Equal(3, await CommittedAsync(broker));

        var next = new Handler();
        using var again = await StartAsync(broker, next);
        await next.WhenFinished(2).OrTimeout("the rest");
        await again.StopAsync().OrTimeout("the second stop");
        Assert.Equal(["3", "4"], next.Finished);
    }

    [Fact]
    public async Task A_record_that_is_not_finished_when_the_time_for_stopping_is_up_is_not_committed()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await ProduceAsync(broker, 2);
        var began = new TaskCompletionSource();
        var handler = new Handler
        {
            OnRecord = async (record, _, cancellationToken) =>
            {
                if (record.Value == "1")
                {
                    began.SetResult();
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                }
            },
        };
        using var host = await StartAsync(broker, handler);
        await began.Task.OrTimeout("the second record");

        using var late = new CancellationTokenSource();
        var stopping = host.StopAsync(late.Token);
        await late.CancelAsync();
        await stopping.OrTimeout("the stop");
        await handler.Service!.ExecuteTask!.OrTimeout("the end of the service");

        Assert.Equal(["0"], handler.Finished);
        Assert.Equal(1, await CommittedAsync(broker));
    }

    [Fact]
    public async Task A_record_that_fails_is_handled_again_or_passed_over_as_the_service_says()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await ProduceAsync(broker, 3);
        var attempts = new ConcurrentQueue<string>();
        var handler = new Handler
        {
            OnRecord = (record, attempt, _) =>
            {
                attempts.Enqueue(record.Value!);
                return record.Value == "2" || (record.Value == "0" && attempt == 3) ? Task.CompletedTask : throw new InvalidOperationException("not now");
            },
            OnFailure = (record, _) => record.Value == "0" ? FailureAction.Retry : FailureAction.Skip,
        };
        using var host = await StartAsync(broker, handler);
        await handler.WhenFinished(2).OrTimeout("the records");
        await host.StopAsync().OrTimeout("the stop");

        Assert.Equal(["0", "0", "0", "1", "2"], attempts);
        Assert.Equal(3, await CommittedAsync(broker));
    }

    [Fact]
    public async Task A_record_that_fails_for_good_ends_the_program_and_is_not_committed()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await ProduceAsync(broker, 3);
        var handler = new Handler { OnRecord = (record, _, _) => record.Value == "1" ? throw new InvalidOperationException("no such customer") : Task.CompletedTask };
        using var host = await StartAsync(broker, handler);

        await host.WaitForShutdownAsync().OrTimeout("the end of the program");

        Assert.Equal("no such customer", handler.Service!.Failure!.Message);
        Assert.Equal(["0"], handler.Finished);
        Assert.Equal(1, await CommittedAsync(broker));
    }

    [Fact]
    public async Task A_record_that_cannot_be_read_goes_to_the_service_with_its_bytes()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using (var client = new KafkaClient(broker.BootstrapServers))
        {
            await client.ProduceAsync("orders", "k", new byte[] { 0xFF }).AsTask().OrTimeout("the poison");
        }

        await ProduceAsync(broker, 1);
        var handler = new Handler();
        using var host = await StartAsync(broker, handler);
        await handler.WhenFinished(1).OrTimeout("the record after it");
        await host.StopAsync().OrTimeout("the stop");

        var unreadable = Assert.Single(handler.Unreadable);
        Assert.Equal((0L, "k", "FF"), (unreadable.Offset, Encoding.UTF8.GetString(unreadable.RawKey!), Convert.ToHexString(unreadable.RawValue!)));
        Assert.Equal(2, await CommittedAsync(broker));
    }

    [Fact]
    public async Task Several_members_share_the_partitions_and_keep_the_order_of_each()
    {
        await using var broker = await EmbeddedBroker.StartAsync("num.partitions=4");
        await ProduceAsync(broker, 200, partitions: 4);
        var handler = new Handler();
        using var host = await StartAsync(broker, handler, members: 2);
        await handler.WhenFinished(200).OrTimeout("the records");
        Assert.Equal(2, handler.Service!.ReadingMembers);
        await host.StopAsync().OrTimeout("the stop");

        foreach (var partition in handler.Finished.GroupBy(value => int.Parse(value, System.Globalization.CultureInfo.InvariantCulture) % 4))
        {
            Assert.Equal(Enumerable.Range(0, 50).Select(number => $"{(number * 4) + partition.Key}"), partition.Distinct());
        }

        Assert.Equal(0, handler.Service.ReadingMembers);
    }

    [Fact]
    public async Task A_service_goes_on_when_its_broker_comes_back()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await ProduceAsync(broker, 1);
        var handler = new Handler();
        using var host = await StartAsync(broker, handler);
        await handler.WhenFinished(1).OrTimeout("the first record");
        await broker.KillAsync();
        await broker.RestartAsync();
        await ProduceAsync(broker, 1, first: 1);

        await handler.WhenFinished(2).OrTimeout("the record after the restart");
        await host.StopAsync().OrTimeout("the stop");
        Assert.Equal(["0", "1"], handler.Finished.Distinct());
    }

    [Fact]
    public async Task A_service_is_healthy_while_it_reads_and_degraded_while_it_is_too_far_behind()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await ProduceAsync(broker, 10);
        var (began, mayEnd) = (new TaskCompletionSource(), new TaskCompletionSource());
        var handler = new Handler
        {
            OnRecord = (_, _, _) =>
            {
                began.TrySetResult();
                return mayEnd.Task;
            },
        };
        using var host = await StartAsync(broker, handler);
        var checks = host.Services.GetRequiredService<HealthCheckService>();
        await began.Task.OrTimeout("the first record");
        var behind = await CheckAsync(checks);
        mayEnd.SetResult();
        await handler.WhenFinished(10).OrTimeout("the records");
        var caughtUp = await CheckAsync(checks);
        await host.StopAsync().OrTimeout("the stop");
        var ended = await CheckAsync(checks);

        Assert.Equal((HealthStatus.Degraded, 9L), (behind.Status, behind.Data["lag"]));
        Assert.Equal((HealthStatus.Healthy, 0L), (caughtUp.Status, caughtUp.Data["lag"]));
        Assert.Equal(HealthStatus.Unhealthy, ended.Status);
    }

    [Fact]
    public async Task A_service_that_is_added_twice_is_there_once()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await ProduceAsync(broker, 3);
        var handler = new Handler();
        using var host = await StartAsync(broker, handler, registrations: 2);
        await handler.WhenFinished(3).OrTimeout("the records");
        Assert.Single(host.Services.GetServices<IHostedService>().OfType<Billing>());
        await host.StopAsync().OrTimeout("the stop");

        Assert.Equal(["0", "1", "2"], handler.Finished);
        Assert.Equal(3, await CommittedAsync(broker));
    }

    [Fact]
    public async Task Options_that_cannot_be_used_are_told_when_the_service_is_made()
    {
        await using var client = new KafkaClient("127.0.0.1:1");
        var faults = Assert.Throws<KafkaConfigurationException>(() => new Billing(client, new KafkaConsumerServiceOptions { Topics = [], Members = 0, RetryBackoffMax = TimeSpan.Zero }, new Handler()));
        Assert.Equal(
            "KafkaConsumerServiceOptions cannot be used. Topics must name one topic at least, and none without a name. Members is 0; it must be from 1 to 1000. "
            + "RetryBackoffMax is 00:00:00; it must be from RetryBackoff to 24 days.",
            faults.Message);
        var groupless = Assert.Throws<KafkaConfigurationException>(() => new Billing(client, new KafkaConsumerServiceOptions { Topics = ["t"] }, new Handler()));
        Assert.Contains("set GroupId", groupless.Message, StringComparison.Ordinal);
    }

    private static async Task<HealthReportEntry> CheckAsync(HealthCheckService checks) =>
        (await checks.CheckHealthAsync().OrTimeout("the check")).Entries[nameof(Billing)];

    private static async Task ProduceAsync(EmbeddedBroker broker, int count, int partitions = 1, int first = 0)
    {
        await using var client = new KafkaClient(broker.BootstrapServers);
        for (var number = first; number < first + count; number++)
        {
            await client.Producer.PostAsync(new ProducerRecord<NoKey, string>("orders", default, $"{number}") { Partition = number % partitions }).AsTask().OrTimeout("a record to be taken");
        }

        await client.Producer.FlushAsync().OrTimeout("the flush");
    }

    private static async Task<long?> CommittedAsync(EmbeddedBroker broker)
    {
        await using var client = new KafkaClient(broker.BootstrapServers);
        await using var consumer = client.CreateConsumer(new ConsumerOptions { GroupId = Group });
        var partition = new TopicPartition("orders", 0);
        return (await consumer.CommittedAsync([partition]).OrTimeout("the committed offset"))[partition]?.Offset;
    }

    private static async Task<IHost> StartAsync(EmbeddedBroker broker, Handler handler, int members = 1, int registrations = 1)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddKafkaClient(broker.BootstrapServers).Configure(options => options with { Consumer = options.Consumer with { OffsetReset = OffsetReset.Earliest } });
        builder.Services.AddSingleton(handler);
        builder.Services.AddSingleton(new KafkaConsumerServiceOptions { Topics = ["orders"], GroupId = Group, Members = members, RetryBackoff = TimeSpan.FromMilliseconds(1) });
        for (var registration = 0; registration < registrations; registration++)
        {
            builder.Services.AddKafkaConsumer<Billing>();
        }

        builder.Services.AddHealthChecks().AddKafkaConsumer<Billing>(lagMax: 5);
        var host = builder.Build();
        await host.StartAsync().OrTimeout("the start");
        return host;
    }

    internal sealed class Handler : RecordHandler<Billing>
    {
        public Func<ConsumerRecord<string, string>, int, CancellationToken, Task> OnRecord { get; init; } = static (_, _, _) => Task.CompletedTask;

        public Func<ConsumerRecord<string, string>, Exception, FailureAction> OnFailure { get; init; } = static (_, _) => FailureAction.Stop;
    }

    internal sealed class Billing : KafkaConsumerService<string, string>
    {
        private readonly Handler _handler;
        private readonly ConcurrentDictionary<TopicPartition, (long Offset, int Attempt)> _attempts = new();

        public Billing(KafkaClient client, KafkaConsumerServiceOptions options, Handler handler)
            : base(client, options, NullLogger.Instance)
        {
            _handler = handler;
            handler.Service = this;
        }

        protected override async Task HandleAsync(ConsumerRecord<string, string> record, CancellationToken cancellationToken)
        {
            var (_, attempt) = _attempts.AddOrUpdate(
                record.Partition, _ => (record.Offset, 1), (_, last) => last.Offset == record.Offset ? (last.Offset, last.Attempt + 1) : (record.Offset, 1));
            await _handler.OnRecord(record, attempt, cancellationToken);
            _handler.Finish(record.Value!);
        }

        protected override ValueTask<FailureAction> OnFailedAsync(ConsumerRecord<string, string> record, Exception failure, int attempt, CancellationToken cancellationToken) =>
            ValueTask.FromResult(_handler.OnFailure(record, failure));

        protected override ValueTask OnUnreadableAsync(KafkaSerializationException unreadable, CancellationToken cancellationToken)
        {
            _handler.Unreadable.Enqueue(unreadable);
            return ValueTask.CompletedTask;
        }
    }
}
