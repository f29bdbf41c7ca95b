using Microsoft.Extensions.Time.Testing;
using Spate.Client.Consuming;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Testing;
using Spate.Testing.Faults;

namespace Spate.Client.Tests.Faults;

/// <summary>Each request of the way of a record fails once in each way that passes: the client goes on, writes once, and reads once.</summary>
public sealed class RequestFaultTests
{
    /// <summary>What a producer, a consumer and the first question of all ask.</summary>
    private static readonly ApiKey[] Apis = [ApiKey.ApiVersions, ApiKey.Metadata, ApiKey.InitProducerId, ApiKey.Produce, ApiKey.ListOffsets, ApiKey.Fetch];

    public static TheoryData<ApiKey, BreakPoint> Breaks()
    {
        var data = new TheoryData<ApiKey, BreakPoint>();
        foreach (var api in Apis)
        {
            foreach (var point in Enum.GetValues<BreakPoint>())
            {
                data.Add(api, point);
            }
        }

        return data;
    }

    public static TheoryData<ApiKey, ErrorCode> PassingErrors() => new()
    {
        { ApiKey.Produce, ErrorCode.NotLeaderOrFollower },
        { ApiKey.Produce, ErrorCode.UnknownTopicOrPartition },
        { ApiKey.Produce, ErrorCode.KafkaStorageError },
        { ApiKey.Produce, ErrorCode.NotEnoughReplicas },
        { ApiKey.Produce, ErrorCode.RequestTimedOut },
        { ApiKey.Produce, ErrorCode.CorruptMessage },
        { ApiKey.Metadata, ErrorCode.LeaderNotAvailable },
        { ApiKey.Metadata, ErrorCode.UnknownTopicOrPartition },
        { ApiKey.InitProducerId, ErrorCode.CoordinatorLoadInProgress },
        { ApiKey.ListOffsets, ErrorCode.NotLeaderOrFollower },
        { ApiKey.ListOffsets, ErrorCode.FencedLeaderEpoch },
        { ApiKey.ListOffsets, ErrorCode.OffsetNotAvailable },
        { ApiKey.Fetch, ErrorCode.NotLeaderOrFollower },
        { ApiKey.Fetch, ErrorCode.FencedLeaderEpoch },
        { ApiKey.Fetch, ErrorCode.UnknownLeaderEpoch },
        { ApiKey.Fetch, ErrorCode.KafkaStorageError },
        { ApiKey.Fetch, ErrorCode.UnknownTopicOrPartition },
    };

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task A_connection_that_breaks_costs_nothing_but_time(ApiKey api, BreakPoint point) =>
        await GoesOnAsync(faults => faults.Break(api, point));

    [Theory]
    [MemberData(nameof(PassingErrors))]
    public async Task An_error_that_passes_costs_nothing_but_time(ApiKey api, ErrorCode error) =>
        await GoesOnAsync(faults => faults.Refuse(api, error, new FaultScope { Times = 2 }));

    [Theory]
    [InlineData(ApiKey.Metadata)]
    [InlineData(ApiKey.InitProducerId)]
    [InlineData(ApiKey.Produce)]
    [InlineData(ApiKey.ListOffsets)]
    [InlineData(ApiKey.Fetch)]
    public async Task A_request_that_is_never_answered_is_given_up_after_its_time_and_asked_again(ApiKey api)
    {
        var clock = new FakeTimeProvider();
        await using var broker = await EmbeddedBroker.StartAsync();
        using var fault = broker.Faults.Drop(api);
        await using var client = Client(broker, clock);

        await RoundAsync(client).WhileMoving(clock, TimeSpan.FromMilliseconds(250), $"a record to pass by a {api} that is lost");

        Assert.Equal(1, fault.Count);
    }

    [Fact]
    public async Task A_record_whose_batch_the_broker_finds_too_large_fails_with_what_to_do_and_the_next_is_delivered()
    {
        await using var broker = await EmbeddedBroker.StartAsync("message.max.bytes=2000");
        await using var client = Client(broker);

        var failure = await Assert.ThrowsAsync<KafkaException>(() => client.ProduceAsync("t", new string('x', 5000)).AsTask().OrTimeout("the failure"));

        Assert.Equal((ErrorCode.MessageTooLarge, false, false), (failure.ErrorCode, failure.IsRetriable, failure.IsFatal));
        Assert.Contains("t-0", failure.Message, StringComparison.Ordinal);
        Assert.Contains("max.message.bytes", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await client.ProduceAsync("t", "small").AsTask().OrTimeout("the next record")).Offset);
    }

    private static async Task GoesOnAsync(Func<BrokerFaults, Fault> order)
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        using var fault = order(broker.Faults);
        await using var client = Client(broker);

        await RoundAsync(client).OrTimeout("the records");

        Assert.True(fault.Count >= 1, "The fault befell nothing.");
    }

    private static KafkaClient Client(EmbeddedBroker broker, TimeProvider? clock = null) => new(new KafkaClientOptions
    {
        BootstrapServers = broker.BootstrapServers,
        TimeProvider = clock ?? TimeProvider.System,
        Seed = 1,
        ReconnectBackoff = TimeSpan.FromMilliseconds(1),
        RetryBackoff = TimeSpan.FromMilliseconds(1),
        RequestTimeout = TimeSpan.FromSeconds(20),
    });

    /// <summary>Writes some records and reads them back.</summary>
    private static async Task RoundAsync(KafkaClient client)
    {
        const int count = 20;
        var sent = await Task.WhenAll(Enumerable.Range(0, count).Select(number => client.ProduceAsync("t", $"{number}").AsTask()));
        Assert.All(sent, (record, number) => Assert.True(record.Offset == number || record.Offset == -1, $"record {number} has offset {record.Offset}"));
        var values = new List<string>();
        await foreach (var record in client.ConsumeAsync<string, string>("t", StartPosition.Beginning))
        {
            values.Add(record.Value!);
            if (values.Count == count)
            {
                break;
            }
        }

        Assert.Equal(Enumerable.Range(0, count).Select(number => $"{number}"), values);
    }
}
