using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Spate.Broker.Partitions;
using Spate.Broker.Tests.Hosting;
using Spate.Protocol;
using Spate.Storage;
using Spate.Storage.Files;

namespace Spate.Broker.Tests.Partitions;

/// <summary>Partitions over logs on a disk that can break, without a broker around them.</summary>
internal sealed class TestPartitions : IDisposable
{
    private readonly FilePool _files;
    private readonly List<PartitionLog> _logs = [];

    public TestPartitions() => _files = new FilePool(Disk);

    public BrokenDisk Disk { get; } = new();

    /// <summary>Runs the flushes.</summary>
    public TaskScheduler FlushScheduler { get; init; } = TaskScheduler.Default;

    /// <summary>What holds for the logs.</summary>
    public LogConfig Config { get; init; } = new();

    /// <summary>The failures that partitions told of.</summary>
    public List<LogFailedException> Failures { get; } = [];

    public Partition New(Uuid topic, int index, int leaderEpoch)
    {
        var log = PartitionLog.Open(new LogOptions
        {
            Directory = Path.GetFullPath(string.Create(CultureInfo.InvariantCulture, $"/data/t-{index}.{_logs.Count}")),
            Files = _files,
            Random = new Random(index),
            FlushScheduler = FlushScheduler,
            Config = Config,
            Time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(TestBroker.StartMs)),
        });
        _logs.Add(log);
        return new Partition(new TopicPartition("t", index), topic, leaderEpoch, log, (_, failure) => Failures.Add(failure));
    }

    public void Dispose() => _logs.ForEach(log => log.Dispose());
}
