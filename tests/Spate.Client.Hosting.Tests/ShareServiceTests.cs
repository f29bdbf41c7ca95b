using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Spate.Client.Administration;
using Spate.Client.Hosting.Consuming;
using Spate.Client.Hosting.Health;
using Spate.Client.Sharing;
using Spate.Testing;

namespace Spate.Client.Hosting.Tests;

public sealed class ShareServiceTests
{
    private const string Group = "printers";

    [Fact]
    public async Task A_program_that_stops_accepts_the_record_in_hand_and_releases_the_rest()
    {
        await using var broker = await StartBrokerAsync();
        await ProduceAsync(broker, 5);
        var (began, mayEnd) = (new TaskCompletionSource(), new TaskCompletionSource());
        var handler = new Handler
        {
            OnRecord = async (record, _) =>
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
        Assert.Equal(3, await DoneAsync(broker));

        var next = new Handler();
        using var again = await StartAsync(broker, next);
        await next.WhenFinished(2).OrTimeout("the rest");
        await again.StopAsync().OrTimeout("the second stop");
        Assert.Equal(["3", "4"], next.Finished);
        Assert.Equal(5, await DoneAsync(broker));
    }

    [Fact]
    public async Task A_record_that_is_not_finished_when_the_time_for_stopping_is_up_is_released()
    {
        await using var broker = await StartBrokerAsync();
        await ProduceAsync(broker, 2);
        var began = new TaskCompletionSource();
        var handler = new Handler
        {
            OnRecord = async (record, cancellationToken) =>
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
        Assert.Equal(1, await DoneAsync(broker));
    }

    [Fact]
    public async Task A_record_that_fails_is_delivered_again_or_rejected_as_the_service_says()
    {
        await using var broker = await StartBrokerAsync();
        await ProduceAsync(broker, 3);
        var deliveries = new ConcurrentQueue<(string?, int)>();
        var handler = new Handler
        {
            OnRecord = (record, _) =>
            {
                deliveries.Enqueue((record.Value, record.DeliveryCount));
                return record.Value == "2" || (record.Value == "0" && record.DeliveryCount == 3) ? Task.CompletedTask : throw new InvalidOperationException("not now");
            },
            OnFailure = (record, _) => record.Value == "0" ? ShareFailureAction.Release : ShareFailureAction.Reject,
        };
        using var host = await StartAsync(broker, handler);
        await handler.WhenFinished(2).OrTimeout("the records");
        await host.StopAsync().OrTimeout("the stop");

        Assert.Equal([("0", 1), ("0", 2), ("0", 3), ("1", 1), ("2", 1)], deliveries.Order());
        Assert.Equal(3, await DoneAsync(broker));
    }

    [Fact]
    public async Task A_record_that_fails_for_good_ends_the_program_and_is_released()
    {
        await using var broker = await StartBrokerAsync();
        await ProduceAsync(broker, 2);
        var handler = new Handler
        {
            OnRecord = static (record, _) => record.Value == "1" ? throw new InvalidOperationException("no paper") : Task.CompletedTask,
            OnFailure = static (_, _) => ShareFailureAction.Stop,
        };
        using var host = await StartAsync(broker, handler);

        await host.WaitForShutdownAsync().OrTimeout("the end of the program");

        Assert.Equal("no paper", handler.Service!.Failure!.Message);
        Assert.Equal(["0"], handler.Finished);
        Assert.Equal(1, await DoneAsync(broker));
    }

    [Fact]
    public async Task What_a_handler_says_of_a_record_itself_counts()
    {
        await using var broker = await StartBrokerAsync();
        await ProduceAsync(broker, 2);
        var handler = new Handler
        {
            OnRecord = static (record, _) =>
            {
                if (record is { Value: "0", DeliveryCount: 1 })
                {
                    record.Release();
                }

                return Task.CompletedTask;
            },
        };
        using var host = await StartAsync(broker, handler);
        await handler.WhenFinished(3).OrTimeout("the records");
        await host.StopAsync().OrTimeout("the stop");

        Assert.Equal(["0", "0", "1"], handler.Finished.Order());
        Assert.Equal(2, await DoneAsync(broker));
    }

    [Fact]
    public async Task A_record_that_cannot_be_read_goes_to_the_service_and_others_go_on()
    {
        await using var broker = await StartBrokerAsync();
        await using (var client = new KafkaClient(broker.BootstrapServers))
        {
            await client.ProduceAsync("jobs", "k", new byte[] { 0xFF }).AsTask().OrTimeout("the poison");
        }

        await ProduceAsync(broker, 1);
        var handler = new Handler();
        using var host = await StartAsync(broker, handler);
        await handler.WhenFinished(1).OrTimeout("the record after it");
        await host.StopAsync().OrTimeout("the stop");

        Assert.Equal(0L, Assert.Single(handler.Unreadable).Offset);
        Assert.Equal(2, await DoneAsync(broker));
    }

    [Fact]
    public async Task A_service_is_healthy_while_it_reads_and_goes_on_when_its_broker_comes_back()
    {
        await using var broker = await StartBrokerAsync();
        await ProduceAsync(broker, 1);
        var handler = new Handler();
        using var host = await StartAsync(broker, handler, members: 2);
        await handler.WhenFinished(1).OrTimeout("the first record");
        var checks = host.Services.GetRequiredService<HealthCheckService>();
        Assert.Equal(HealthStatus.Healthy, await HealthAsync(checks));
        Assert.Equal(2, handler.Service!.ReadingMembers);

        await broker.KillAsync();
        await broker.RestartAsync();
        await ProduceAsync(broker, 1, first: 1);
        await handler.WhenFinished(2).OrTimeout("the record after the restart");
        await host.StopAsync().OrTimeout("the stop");

        Assert.Equal(["0", "1"], handler.Finished.Distinct());
        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync(checks));
    }

    [Fact]
    public async Task Options_that_cannot_be_used_are_told_when_the_service_is_made()
    {
        await using var client = new KafkaClient("127.0.0.1:1");
        var faults = Assert.Throws<KafkaConfigurationException>(() => new Printing(
            client, new KafkaShareServiceOptions { Topics = [""], Consumer = new ShareConsumerOptions { GroupId = Group }, Members = 1001 }, new Handler()));
        Assert.Equal(
            "KafkaShareServiceOptions cannot be used. Topics must name one topic at least, and none without a name. Members is 1001; it must be from 1 to 1000.", faults.Message);
    }

    private static async Task<HealthStatus> HealthAsync(HealthCheckService checks) =>
        (await checks.CheckHealthAsync().OrTimeout("the check")).Entries[nameof(Printing)].Status;

    private static async Task<EmbeddedBroker> StartBrokerAsync()
    {
        var broker = await EmbeddedBroker.StartAsync("group.share.min.heartbeat.interval.ms=50", "group.share.heartbeat.interval.ms=50");
        await using var client = new KafkaClient(broker.BootstrapServers);
        await client.Admin.Configs.AlterAsync(new Dictionary<ConfigResource, IReadOnlyCollection<ConfigChange>>
        {
            [ConfigResource.Group(Group)] = [ConfigChange.Set("share.auto.offset.reset", "earliest")],
        }).OrTimeout("the setting");
        return broker;
    }

    private static async Task ProduceAsync(EmbeddedBroker broker, int count, int first = 0)
    {
        await using var client = new KafkaClient(broker.BootstrapServers);
        for (var number = first; number < first + count; number++)
        {
            await client.ProduceAsync("jobs", $"{number}").AsTask().OrTimeout("a record");
        }
    }

    /// <summary>Before which offset all is done with, as the group sees it.</summary>
    private static async Task<long?> DoneAsync(EmbeddedBroker broker)
    {
        await using var client = new KafkaClient(broker.BootstrapServers);
        var offsets = (await client.Admin.Groups.ListShareOffsetsAsync([Group]).OrTimeout("the offsets"))[Group].Value;
        return offsets[new("jobs", 0)].Value?.StartOffset;
    }

    private static async Task<IHost> StartAsync(EmbeddedBroker broker, Handler handler, int members = 1)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddKafkaClient(broker.BootstrapServers);
        builder.Services.AddSingleton(handler);
        builder.Services.AddSingleton(new KafkaShareServiceOptions
        {
            Topics = ["jobs"],
            Consumer = new ShareConsumerOptions { GroupId = Group, MaxWait = TimeSpan.FromMilliseconds(20) },
            Members = members,
            RetryBackoff = TimeSpan.FromMilliseconds(1),
        });
        builder.Services.AddKafkaConsumer<Printing>();
        builder.Services.AddHealthChecks().AddKafkaConsumer<Printing>();
        var host = builder.Build();
        await host.StartAsync().OrTimeout("the start");
        return host;
    }

    internal sealed class Handler : RecordHandler<Printing>
    {
        public Func<ShareRecord<string, string>, CancellationToken, Task> OnRecord { get; init; } = static (_, _) => Task.CompletedTask;

        public Func<ShareRecord<string, string>, Exception, ShareFailureAction> OnFailure { get; init; } = static (_, _) => ShareFailureAction.Release;
    }

    internal sealed class Printing : KafkaShareService<string, string>
    {
        private readonly Handler _handler;

        public Printing(KafkaClient client, KafkaShareServiceOptions options, Handler handler)
            : base(client, options, NullLogger.Instance)
        {
            _handler = handler;
            handler.Service = this;
        }

        protected override async Task HandleAsync(ShareRecord<string, string> record, CancellationToken cancellationToken)
        {
            await _handler.OnRecord(record, cancellationToken);
            _handler.Finish(record.Value!);
        }

        protected override ValueTask<ShareFailureAction> OnFailedAsync(ShareRecord<string, string> record, Exception failure, CancellationToken cancellationToken) =>
            ValueTask.FromResult(_handler.OnFailure(record, failure));

        protected override ValueTask OnUnreadableAsync(KafkaSerializationException unreadable, CancellationToken cancellationToken)
        {
            _handler.Unreadable.Enqueue(unreadable);
            return ValueTask.CompletedTask;
        }
    }
}
