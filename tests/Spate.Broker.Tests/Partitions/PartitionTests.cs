using Spate.Broker.Partitions;
using Spate.Broker.Tests.Hosting;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Broker.Tests.Partitions;

public sealed class PartitionTests : IDisposable
{
    private static readonly ProduceTerms Terms = new() { RequiresInSyncReplicas = true, AcceptsLegacyMagic = false, AcceptsZstd = true };

    private readonly TestPartitions _partitions = new();
    private readonly Partition _partition;

    public PartitionTests()
    {
        _partition = _partitions.New(Uuid.NewRandom(new Random(1)), 0, leaderEpoch: 3);
        Assert.Equal(ErrorCode.None, _partition.Append(Batches.Of("a"), Terms).Error);
    }

    public void Dispose() => _partitions.Dispose();

    [Theory]
    [InlineData(-1, ErrorCode.None)]
    [InlineData(3, ErrorCode.None)]
    [InlineData(0, ErrorCode.FencedLeaderEpoch)]
    [InlineData(2, ErrorCode.FencedLeaderEpoch)]
    [InlineData(4, ErrorCode.UnknownLeaderEpoch)]
    public void CheckLeaderEpoch_OldOrNew_IsToldApart(int clientEpoch, ErrorCode error) => Assert.Equal(error, _partition.CheckLeaderEpoch(clientEpoch));

    [Fact]
    public void EpochOf_AppendedRecord_IsTheEpochOfTheLeader() => Assert.Equal(3, _partition.EpochOf(0));

    [Fact]
    public void Append_Records_WakesWhoWaitsOnceTheyCanBeRead()
    {
        var watcher = new CountingWatcher();
        _partition.Watch(watcher);

        _partition.Append(Batches.Of("b"), Terms);
        Assert.Equal((1, 2L), (watcher.Count, _partition.Log.HighWatermark));

        _partition.Unwatch(watcher);
        _partition.Append(Batches.Of("c"), Terms);
        Assert.Equal(1, watcher.Count);
    }

    [Fact]
    public void Append_Refused_WakesNobody()
    {
        var watcher = new CountingWatcher();
        _partition.Watch(watcher);

        Assert.Equal(ErrorCode.InvalidRecord, _partition.Append(Array.Empty<byte>(), Terms).Error);
        Assert.Equal(0, watcher.Count);
    }

    [Fact]
    public void EveryUse_DiskThatFailed_IsAStorageErrorThatTheOwnerHearsOf()
    {
        _partitions.Disk.Break(Path.GetFullPath("/data"));

        Assert.Equal(ErrorCode.KafkaStorageError, _partition.Append(Batches.Of("b"), Terms).Error);
        Assert.NotEmpty(_partitions.Failures);
        AssertAll(ErrorCode.KafkaStorageError);
    }

    [Theory]
    [InlineData(ErrorCode.UnknownTopicOrPartition)]
    [InlineData(ErrorCode.KafkaStorageError)]
    public void EveryUse_LogThatItsOwnerClosed_IsTheReasonOfTheEnd(ErrorCode why)
    {
        _partition.End(why);
        _partition.Log.Dispose();

        AssertAll(why);
        Assert.Empty(_partitions.Failures);
    }

    [Fact]
    public async Task WaitUntilDurable_LogThatItsOwnerClosed_IsTheReasonOfTheEnd()
    {
        _partition.End(ErrorCode.UnknownTopicOrPartition);
        _partition.Log.Dispose();

        Assert.Equal(ErrorCode.UnknownTopicOrPartition, await _partition.WaitUntilDurableAsync(0));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void Read_OffsetOutside_IsOutOfRange(long offset) =>
        Assert.Equal(ErrorCode.OffsetOutOfRange, _partition.Read(offset, 100, readCommitted: false, atLeastOneBatch: true, out _));

    private void AssertAll(ErrorCode error)
    {
        Assert.Equal(error, _partition.Append(Batches.Of("b"), Terms).Error);
        Assert.Equal(error, _partition.Read(0, 100, readCommitted: true, atLeastOneBatch: true, out _));
        Assert.Equal(error, _partition.FindByTimestamp(0, out _));
        Assert.Equal(error, _partition.FindNewest(out _));
    }
}
