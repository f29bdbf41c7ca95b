using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Client.Tests.Fakes;
using Spate.Protocol;
using Spate.Testing;

namespace Spate.Client.Tests.Consuming.Groups;

/// <summary>A real broker with topic t, and a client with which members of group g are made.</summary>
internal sealed class GroupFixture : IAsyncDisposable
{
    private readonly RecordingLogs _brokerLog;
    private int _produced;

    private GroupFixture(EmbeddedBroker broker, KafkaClient client, RecordingLogs brokerLog)
    {
        _brokerLog = brokerLog;
        Broker = broker;
        Client = client;
    }

    public EmbeddedBroker Broker { get; }

    public KafkaClient Client { get; }

    /// <summary>Hears of rebalances quickly, and reads from the beginning.</summary>
    public static ConsumerOptions Options { get; } = new()
    {
        GroupId = "g",
        OffsetReset = OffsetReset.Earliest,
        HeartbeatInterval = TimeSpan.FromMilliseconds(20),
        SessionTimeout = TimeSpan.FromSeconds(6),
        FetchMaxWait = TimeSpan.FromMilliseconds(100),
    };

    public static async Task<GroupFixture> StartAsync(int partitions = 1, Func<KafkaClientOptions, KafkaClientOptions>? change = null, params string[] settings)
    {
        var brokerLog = new RecordingLogs("");
        var broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { Settings = [$"num.partitions={partitions}", .. settings], Logging = brokerLog });
        var options = new KafkaClientOptions
        {
            BootstrapServers = broker.BootstrapServers,
            Seed = 1,
            RetryBackoff = TimeSpan.FromMilliseconds(5),
            ReconnectBackoff = TimeSpan.FromMilliseconds(5),

            // Below the patience of tests: the client gives up first, and says on what.
            RequestTimeout = TimeSpan.FromSeconds(20),
            ApiTimeout = TimeSpan.FromSeconds(45),
        };
        return new GroupFixture(broker, new KafkaClient(change?.Invoke(options) ?? options), brokerLog);
    }

    /// <summary>Produces the next numbers as values, to the partitions in turn.</summary>
    public async Task ProduceAsync(int count, int partitions = 1, string topic = "t")
    {
        for (; count > 0; count--, _produced++)
        {
            await Client.Producer.ProduceAsync(new ProducerRecord<NoKey, string>(topic, default, $"{_produced}") { Partition = _produced % partitions }).AsTask().OrTimeout("the delivery");
        }
    }

    /// <summary>What the group has committed of a partition; null for nothing.</summary>
    public async Task<long?> CommittedAsync(int partition = 0, string topic = "t")
    {
        await using var asker = Client.CreateConsumer(Options);
        var name = new TopicPartition(topic, partition);
        try
        {
            return (await asker.CommittedAsync([name]).OrTimeout("the committed offset"))[name]?.Offset;
        }
        catch (Exception failure) when (failure is TimeoutException or KafkaTimeoutException)
        {
            throw new TimeoutException($"{failure.Message}\n{await AccountAsync()}", failure);
        }
    }

    /// <summary>How the group stands, asked for by a client of its own, and what the broker has said; for the message of a test that waits in vain.</summary>
    public async Task<string> AccountAsync()
    {
        string state;
        try
        {
            await using var asker = new KafkaClient(new KafkaClientOptions { BootstrapServers = Broker.BootstrapServers, ApiTimeout = TimeSpan.FromSeconds(10) });
            var group = (await asker.Admin.Groups.DescribeAsync(["g"]))["g"];
            var offsets = (await asker.Admin.Groups.ListOffsetsAsync(["g"]))["g"];
            state = $"{(group.IsSuccess ? group.Value : group.Error)}, committed {(offsets.IsSuccess ? string.Join(' ', offsets.Value.Select(pair => $"{pair.Key}={pair.Value.Value?.Offset}")) : offsets.Error)}";
        }
        catch (KafkaException failure)
        {
            state = $"it could not be asked for: {failure.Message}";
        }

        return $"The group: {state}\nThe broker said:\n{string.Join('\n', _brokerLog.Lines.Select(line => $"{line.Level}: {line.Text}"))}";
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync().AsTask().OrTimeout("the end of the client");
        await Broker.DisposeAsync();
    }
}
