using BenchmarkDotNet.Attributes;
using Spate.Benchmarks.Samples;
using Spate.Broker.Fetching;
using Spate.Broker.Partitions;
using Spate.Protocol;
using Spate.Protocol.Messages;
using Spate.Storage;

namespace Spate.Benchmarks;

/// <summary>
/// A fetch of many partitions of which one has records: with a session, which is told of that one only, and without, where all are named. From
/// the decoded request to the reply; neither is on the wire.
/// </summary>
[MemoryDiagnoser]
public class FetchSessionBenchmarks : IDisposable
{
    private const short Version = 18;
    private const int BatchBytes = 16 << 10;
    private const int RecordBytes = 1 << 10;
    private const int FetchBytes = 1 << 20;
    private const int NodeId = 1;

    private readonly List<PartitionLog> _logs = [];
    private readonly PartitionTable _table = new();
    private readonly List<FetchRequest.FetchTopic> _all = [];
    private readonly List<FetchRequest.FetchTopic> _one = [];
    private ScratchDisk _disk = null!;
    private FetchedPartitions _session = null!;
    private FetchTerms _terms;

    [Params(1, 1000)]
    public int Partitions { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _disk = new ScratchDisk(DiskKind.Memory);
        var topic = Uuid.NewRandom(new Random(1));
        var asked = new List<FetchRequest.FetchPartition>();
        for (var index = 0; index < Partitions; index++)
        {
            var log = _disk.OpenLog();
            var end = new ProducedBatch(BatchBytes, RecordBytes).AppendTo(log) + 1;
            log.UpdateHighWatermark(end);
            _logs.Add(log);
            _table.Add(new Partition(new TopicPartition("orders", index), topic, 0, log, (_, failure) => throw failure));
            asked.Add(new FetchRequest.FetchPartition { Partition = index, FetchOffset = index == 0 ? 0 : end, PartitionMaxBytes = FetchBytes });
        }

        _all.Add(new FetchRequest.FetchTopic { TopicId = topic, Partitions = asked });
        _one.Add(new FetchRequest.FetchTopic { TopicId = topic, Partitions = [asked[0]] });
        _terms = new FetchTerms(new FetchRequest { MaxBytes = FetchBytes, MinBytes = 1 }, Version, FetchBytes, NodeId);
        _session = FetchedPartitions.Of(_all);
        for (var fetch = 0; fetch < 3; fetch++)
        {
            Session();
        }
    }

    [Benchmark]
    public int Session()
    {
        _session.Update(_one);
        return Fetch(_session, isIncremental: true);
    }

    [Benchmark]
    public int Full()
    {
        using var partitions = FetchedPartitions.Of(_all);
        return Fetch(partitions, isIncremental: false);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _session.Dispose();
        _logs.ForEach(log => log.Delete());
        _disk.Dispose();
        GC.SuppressFinalize(this);
    }

    private int Fetch(FetchedPartitions partitions, bool isIncremental)
    {
        var pass = new FetchPass(_table, partitions, _terms, isIncremental);
        pass.Run();
        var reply = pass.TakeReply();
        var bytes = 0;
        foreach (var partition in reply.Responses[0].Partitions)
        {
            bytes += partition.Records.Length;
            partition.Records.Source?.Dispose();
        }

        return bytes > 0 ? bytes : throw new InvalidOperationException("Nothing was read.");
    }
}
