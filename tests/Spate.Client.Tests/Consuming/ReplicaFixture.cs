using Microsoft.Extensions.Time.Testing;
using Spate.Client.Consuming;
using Spate.Client.Tests.Fakes;
using Spate.Protocol;

namespace Spate.Client.Tests.Consuming;

/// <summary>Two fake brokers, of which the first leads both partitions of topic "t", and a consumer before them.</summary>
internal sealed class ReplicaFixture : IAsyncDisposable
{
    private readonly KafkaClient _client;

    public ReplicaFixture(ConsumerOptions? options = null, short highest = 18, bool knowsEpochs = true, bool isClockMoved = false)
    {
        Cluster.SetTopic("t", (1, 5), (1, 5));
        Replicas = new FakeReplicas(Cluster);
        foreach (var (node, broker) in new[] { (1, First), (2, Second) })
        {
            Replicas.Attach(node, Cluster.Add(node, broker), highest, knowsEpochs);
        }

        _client = new KafkaClient(new KafkaClientOptions
        {
            BootstrapServers = First.Address,
            Seed = 1,
            RetryBackoff = TimeSpan.FromMilliseconds(isClockMoved ? 100 : 1),
            ReconnectBackoff = TimeSpan.FromMilliseconds(isClockMoved ? 100 : 1),
            TimeProvider = isClockMoved ? Clock : TimeProvider.System,
        });
        Consumer = _client.CreateConsumer((options ?? new ConsumerOptions()) with { FetchMaxWait = TimeSpan.FromMilliseconds(50) });
    }

    public static TopicPartition Zero { get; } = new("t", 0);

    public static TopicPartition One { get; } = new("t", 1);

    public FakeTimeProvider Clock { get; } = new();

    public FakeCluster Cluster { get; } = new();

    public FakeBroker First { get; } = new();

    public FakeBroker Second { get; } = new();

    public FakeReplicas Replicas { get; }

    public Consumer Consumer { get; }

    /// <summary>Reads so many records, and gives their values, each with its partition.</summary>
    public async Task<List<string>> ReadAsync(int count)
    {
        var values = new List<string>();
        await foreach (var record in Consumer.ConsumeAsync<string, string>())
        {
            values.Add($"{record.Partition.Partition}:{record.Value}");
            if (values.Count == count)
            {
                break;
            }
        }

        return values;
    }

    public Task<List<string>> NextAsync(int count) => ReadAsync(count).OrTimeout($"{count} records");

    /// <summary>Reads so many records while the clock moves on, a little at a time.</summary>
    public async Task<List<string>> NextWhileMovingAsync(int count)
    {
        var reading = ReadAsync(count);
        await reading.WhileMoving(Clock, TimeSpan.FromMilliseconds(10), $"{count} records");
        return await reading;
    }

    /// <summary>Reads both partitions, which are known already, so that they are asked for together.</summary>
    public Task AssignBothAsync() => Consumer.AssignTopicAsync("t", StartPosition.At(0)).OrTimeout("the topic");

    public async ValueTask DisposeAsync()
    {
        await Consumer.DisposeAsync().AsTask().OrTimeout("the end of the consumer");
        await _client.DisposeAsync().AsTask().OrTimeout("the end of the client");
        await First.DisposeAsync();
        await Second.DisposeAsync();
    }
}
