using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Time.Testing;
using Spate.Broker.Configuration;
using Spate.Broker.Hosting;
using Spate.Broker.Partitions;
using Spate.Broker.Shares;
using Spate.Broker.Telemetry;
using Spate.Broker.Telemetry.Clients;
using Spate.Broker.Tests.Network;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Storage.Files;
using Spate.Storage.Moves;

namespace Spate.Broker.Tests.Hosting;

/// <summary>A whole broker on a disk in memory, behind a port of the loopback interface, by a clock that only the test moves.</summary>
internal sealed class TestBroker : IAsyncDisposable
{
    /// <summary>Where the clock of every test begins, in milliseconds since 1970.</summary>
    public const long StartMs = 1_800_000_000_000;

    public static readonly string DataPath = Path.GetFullPath("/data");

    /// <summary>How often a broker was started on a disk: each start has chance of its own, the same in every run of the test.</summary>
    private static readonly ConditionalWeakTable<IFileSystem, StrongBox<int>> Starts = [];

    private readonly BrokerServer _server;
    private readonly List<TestClient> _clients = [];

    private TestBroker(BrokerServer server, IFileSystem files, FakeTimeProvider clock, TestLog log)
    {
        _server = server;
        Files = files;
        Clock = clock;
        Log = log;
    }

    public IFileSystem Files { get; }

    public FakeTimeProvider Clock { get; }

    public TestLog Log { get; }

    public IPEndPoint EndPoint => _server.EndPoints[0];

    /// <summary>Those of all listeners.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints => _server.EndPoints;

    public PartitionTable Partitions => _server.Partitions;

    public PartitionHost Host => _server.Host;

    public BrokerMetrics Metrics => _server.Metrics;

    public ShareService Shares => _server.Shares;

    public ClientTelemetry ClientTelemetry => _server.ClientTelemetry;

    public LogMover Moves => _server.Moves;

    public static Task<TestBroker> StartAsync(params string[] assignments) => StartOnAsync(new MemoryFileSystem(), assignments);

    /// <summary>Starts a broker on a disk that may hold what another left.</summary>
    public static async Task<TestBroker> StartOnAsync(IFileSystem files, params string[] assignments)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(StartMs));
        var log = new TestLog();
        var seed = 1_000 * ++Starts.GetOrCreateValue(files).Value;
        var environment = new BrokerEnvironment { Files = files, Clock = clock, NewRandom = () => new Random(seed++), Logging = log };
        var server = await BrokerServer.StartAsync(Settings(assignments), environment).OrTimeout("the start of a broker");
        return new TestBroker(server, files, clock, log);
    }

    public static BrokerSettings Settings(params string[] assignments)
    {
        var reader = new ConfigReader(BrokerKeys.All);
        string[] given =
        [
            "listeners=PLAINTEXT://127.0.0.1:0", $"log.dirs={DataPath}", "offsets.topic.num.partitions=3",
            "transaction.state.log.num.partitions=3", "share.coordinator.state.topic.num.partitions=3",
            "group.initial.rebalance.delay.ms=0", .. assignments,
        ];
        foreach (var assignment in given)
        {
            reader.AddAssignment(assignment);
        }

        var faults = new List<string>(reader.Faults);
        return (faults.Count == 0 ? BrokerSettings.TryCreate(reader.Build(), faults) : null)
            ?? throw new InvalidOperationException(string.Join(' ', faults));
    }

    /// <summary>A client, let go of together with the broker.</summary>
    public async Task<TestClient> ConnectAsync()
    {
        var client = await TestClient.ConnectAsync(_server.EndPoints[0]);
        _clients.Add(client);
        return client;
    }

    /// <summary>Asks once, on a connection of its own.</summary>
    public async Task<TResponse> AskAsync<TResponse>(IRequestMessage<TResponse> request, short version)
        where TResponse : class, IResponseMessage, new()
    {
        using var client = await TestClient.ConnectAsync(_server.EndPoints[0]);
        return await client.AskAsync(request, version);
    }

    /// <summary>Creates a topic and gives its id.</summary>
    public async Task<Uuid> CreateTopicAsync(string name, int partitions = 1, params (string Name, string Value)[] configs)
    {
        var reply = await AskAsync(Ask.CreateTopic(name, partitions, configs), 7);
        Assert.Equal((ErrorCode.None, null), (reply.Topics[0].ErrorCode, reply.Topics[0].ErrorMessage));
        return reply.Topics[0].TopicId;
    }

    public async Task DeleteTopicAsync(string name)
    {
        var reply = await AskAsync(new DeleteTopicsRequest { TopicNames = [name] }, 5);
        Assert.Equal(ErrorCode.None, reply.Responses[0].ErrorCode);
    }

    /// <summary>Appends a batch and gives the offset of its first record.</summary>
    public async Task<long> ProduceAsync(string topic, int partition, params string[] values)
    {
        var reply = await AskAsync(Ask.Produce(topic, partition, Batches.Of(values)), 9);
        var answer = reply.Responses[0].PartitionResponses[0];
        Assert.Equal((ErrorCode.None, null), (answer.ErrorCode, answer.ErrorMessage));
        return answer.BaseOffset;
    }

    /// <summary>The values that can be read from an offset on.</summary>
    public async Task<List<string>> ReadAsync(string topic, int partition, long offset = 0)
    {
        var reply = await AskAsync(Ask.Fetch(topic, partition, offset), 12);
        var answer = reply.Responses[0].Partitions[0];
        Assert.Equal(ErrorCode.None, answer.ErrorCode);
        return Batches.Values(answer.Records.Bytes);
    }

    /// <summary>Waits until so many fetches wait on a partition.</summary>
    public async Task WhenWatchedAsync(string topic, int partition, int watchers)
    {
        Assert.Equal(ErrorCode.None, Partitions.Find(topic, partition, out var found));
        var began = Stopwatch.GetTimestamp();
        while (found!.WatcherCount != watchers)
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(60), $"{found.WatcherCount} fetches wait on {topic}-{partition}, and {watchers} were expected.");
            await Task.Yield();
        }
    }

    /// <summary>Waits until something is so that other threads bring about.</summary>
    public async Task WhenAsync(Func<bool> isSo, string what)
    {
        var began = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(60), $"Waited in vain for {what}.");
            await Task.Yield();
        }
    }

    /// <summary>Stops as an operator does: what was accepted is answered, the logs are closed cleanly.</summary>
    public Task StopAsync() => _server.StopAsync(TimeSpan.FromSeconds(30)).OrTimeout("the stop of a broker");

    /// <summary>Ends as a crash does, but for what the operating system would tidy up.</summary>
    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await _server.DisposeAsync().AsTask().OrTimeout("the end of a broker");
    }
}
