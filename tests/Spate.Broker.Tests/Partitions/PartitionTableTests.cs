using Spate.Broker.Partitions;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Broker.Tests.Partitions;

public sealed class PartitionTableTests : IDisposable
{
    private static readonly Uuid Topic = Uuid.NewRandom(new Random(1));
    private static readonly Uuid Stranger = Uuid.NewRandom(new Random(2));

    private readonly TestPartitions _partitions = new();
    private readonly PartitionTable _table = new();

    public void Dispose() => _partitions.Dispose();

    [Fact]
    public void Find_ServedPartition_IsFoundByNameAndById()
    {
        var partition = Add(0);

        Assert.Equal((ErrorCode.None, partition), (_table.Find("t", 0, out var byName), byName));
        Assert.Equal((ErrorCode.None, partition), (_table.Find(Topic, 0, out var byId), byId));
        Assert.Equal([partition], _table.All);
    }

    [Fact]
    public void Find_UnknownPartition_IsToldFromAnUnknownId()
    {
        Add(0);

        Assert.Equal(ErrorCode.UnknownTopicOrPartition, _table.Find("t", 1, out _));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, _table.Find(Topic, 1, out _));
        Assert.Equal(ErrorCode.UnknownTopicId, _table.Find(Stranger, 0, out _));
    }

    [Fact]
    public void TakeOffline_ServedPartition_StaysKnownAndWakesWhoWaits()
    {
        var partition = Add(0);
        var watcher = new CountingWatcher();
        partition.Watch(watcher);

        Assert.Same(partition, _table.TakeOffline(partition.Name));
        Assert.Null(_table.TakeOffline(partition.Name));

        Assert.Equal(1, watcher.Count);
        Assert.Equal(ErrorCode.KafkaStorageError, _table.Find("t", 0, out _));
        Assert.Equal(ErrorCode.KafkaStorageError, _table.Find(Topic, 0, out _));
        Assert.True(_table.IsOffline("t", 0));
        Assert.Empty(_table.All);
    }

    [Fact]
    public void Remove_LastPartitionOfATopic_MakesItsIdUnknown()
    {
        var partition = Add(0);
        _table.AddOffline(new TopicPartition("t", 1), Topic);

        Assert.Same(partition, _table.Remove(partition.Name));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, _table.Find(Topic, 0, out _));

        Assert.Null(_table.Remove(new TopicPartition("t", 1)));
        Assert.Equal(ErrorCode.UnknownTopicId, _table.Find(Topic, 0, out _));
        Assert.Null(_table.Remove(partition.Name));
    }

    [Fact]
    public void Add_SameName_IsABrokenInvariant()
    {
        Add(0);

        Assert.Throws<InvalidOperationException>(() => Add(0));
        Assert.Throws<InvalidOperationException>(() => _table.AddOffline(new TopicPartition("t", 0), Stranger));
    }

    private Partition Add(int index)
    {
        var partition = _partitions.New(Topic, index, leaderEpoch: 0);
        _table.Add(partition);
        return partition;
    }
}
