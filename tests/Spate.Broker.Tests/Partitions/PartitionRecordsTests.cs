using Spate.Broker.Partitions;
using Spate.Broker.Tests.Hosting;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Storage;

namespace Spate.Broker.Tests.Partitions;

/// <summary>Who is told when records cannot be read that a client was promised.</summary>
public sealed class PartitionRecordsTests : IDisposable
{
    private static readonly ProduceTerms Terms = new() { RequiresInSyncReplicas = false, AcceptsLegacyMagic = false, AcceptsZstd = true };

    private readonly TestPartitions _partitions = new();
    private readonly Partition _partition;

    public PartitionRecordsTests()
    {
        _partition = _partitions.New(Uuid.NewRandom(new Random(1)), 0, leaderEpoch: 0);
        _partition.Append(Batches.Of("a"), Terms);
        _partition.Append(Batches.Of("b"), Terms);
    }

    public void Dispose() => _partitions.Dispose();

    [Fact]
    public void Read_DiskThatFailed_IsToldToTheOwnerOfTheLog()
    {
        Assert.Equal(ErrorCode.None, _partition.Read(0, 1000, readCommitted: false, atLeastOneBatch: true, out var read));
        using var records = read.Records;
        _partitions.Disk.Break(Path.GetFullPath("/data"));

        Assert.Throws<IOException>(() => records.Read(0, new byte[records.Length]));

        Assert.Equal(_partition.Log.Directory, Assert.Single(_partitions.Failures).Directory);
    }

    [Fact]
    public void Read_RecordsThatWereTruncated_IsNobodysFault()
    {
        Assert.Equal(ErrorCode.None, _partition.Read(0, 1000, readCommitted: false, atLeastOneBatch: true, out var read));
        using var records = read.Records;
        _partition.Log.TruncateTo(1);

        Assert.Throws<TruncatedRecordsException>(() => records.Read(0, new byte[records.Length]));

        Assert.Empty(_partitions.Failures);
    }

    [Fact]
    public void Read_NoBytesWanted_TellsTheBoundsOnly()
    {
        Assert.Equal(ErrorCode.None, _partition.Read(0, 0, readCommitted: true, atLeastOneBatch: false, out var read));

        Assert.Equal((0, 2L, 2L), (read.Records.Length, read.HighWatermark, read.LastStableOffset));
        Assert.Equal(ErrorCode.OffsetOutOfRange, _partition.Read(3, 0, readCommitted: true, atLeastOneBatch: false, out _));
    }

    [Fact]
    public void Read_EndOfASegment_TellsThatMoreLiesElsewhere()
    {
        Assert.False(Continues(0));
        _partition.Log.Roll();
        Assert.False(Continues(0));
        _partition.Append(Batches.Of("c"), Terms);

        Assert.True(Continues(0));
        Assert.False(Continues(2));
    }

    [Fact]
    public void Watch_OneChange_IsToldOnce()
    {
        var watcher = new CountingWatcher();
        _partition.Watch(watcher);

        _partition.Append(Batches.Of("c"), Terms);
        _partition.Append(Batches.Of("d"), Terms);

        Assert.Equal((1, 0), (watcher.Count, _partition.WatcherCount));
    }

    [Fact]
    public void Watch_StartOfTheLogThatMoves_IsToldToo()
    {
        var watcher = new CountingWatcher();
        _partition.Watch(watcher);

        Assert.True(_partition.Log.DeleteRecordsBefore(1));

        Assert.Equal(1, watcher.Count);
    }

    private bool Continues(long offset)
    {
        Assert.Equal(ErrorCode.None, _partition.Read(offset, 1000, readCommitted: false, atLeastOneBatch: true, out var read));
        read.Records.Dispose();
        return read.ContinuesElsewhere;
    }
}
