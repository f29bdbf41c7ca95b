using Microsoft.Extensions.Time.Testing;
using Spate.Broker.Cluster;
using Spate.Broker.Tests.Hosting;
using Spate.Metadata.Control;
using Spate.Metadata.Images;
using Spate.Metadata.Log;
using Spate.Protocol;
using Spate.Protocol.Messages;
using Spate.Storage;
using Spate.Storage.Files;

namespace Spate.Broker.Tests.Cluster;

/// <summary>A log of decisions on a disk of a test's choice, opened as the broker opens it, with the controller that decides.</summary>
internal sealed class DecisionLog : IDisposable
{
    public const string Root = "/data";
    public const string Path = "/data/__cluster_metadata-0";

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeMilliseconds(TestBroker.StartMs));
    private int _names;

    private DecisionLog(IFileSystem files, bool stoppedCleanly, int segmentBytes)
    {
        files.CreateDirectory(Root);
        MetadataLogCheck.Run(files, Path, stoppedCleanly);
        Partition = PartitionLog.Open(new LogOptions
        {
            Directory = Path,
            StoppedCleanly = stoppedCleanly,
            Files = new FilePool(files),
            Config = new LogConfig { SegmentMs = long.MaxValue, RetentionMs = -1, DeletesOldSegments = false, FlushMessages = 1, FileDeleteDelayMs = 0, SegmentBytes = segmentBytes, Validation = new() { MaximumBatchSize = int.MaxValue } },
            Time = _clock,
            Random = new Random(1),
            FlushScheduler = new InlineScheduler(),
        });
        Log = new MetadataLog(Partition, files, _clock, Failures.Add);
        Controller = new Controller(Log, new ControllerSettings { Nodes = [1], TopicConfigFault = static (_, _) => null }, new Random(2));
        Controller.Load();
        _names = Controller.Image.TopicsByName.Count;
    }

    public PartitionLog Partition { get; }

    public MetadataLog Log { get; }

    public Controller Controller { get; }

    public List<LogFailedException> Failures { get; } = [];

    public ClusterImage Image => Controller.Image;

    /// <summary>Everything that is decided, to be compared.</summary>
    public string Described => Describe(Image);

    public static DecisionLog Open(IFileSystem files, bool stoppedCleanly = false, int segmentBytes = 1 << 20) => new(files, stoppedCleanly, segmentBytes);

    public static string Describe(ClusterImage image) =>
        $"{image.Position.EndOffset} {string.Join('\n', image.ToRecords().Select(record => Convert.ToHexString(MetadataRecordCodec.Encode(record))))}";

    /// <summary>Decides another topic.</summary>
    public async Task DecideAsync(int partitions = 1)
    {
        var id = new Uuid(1, (ulong)++_names);
        List<IMetadataRecord> records = [new TopicRecord { Name = $"topic-{_names}", TopicId = id }];
        for (var index = 0; index < partitions; index++)
        {
            records.Add(new PartitionRecord { TopicId = id, PartitionId = index, Replicas = [1], Isr = [1], Leader = 1, LeaderEpoch = 0, PartitionEpoch = 0 });
        }

        await Controller.DecideAsync(_ => new Decision<int>(records, 0), default);
    }

    public void TakeSnapshot() =>
        Log.WriteSnapshot(Image.Position, TestBroker.StartMs, Image.ToRecords().Select(record => (ReadOnlyMemory<byte>)MetadataRecordCodec.Encode(record)));

    public void Dispose()
    {
        Controller.Dispose();
        Partition.Dispose();
    }
}
