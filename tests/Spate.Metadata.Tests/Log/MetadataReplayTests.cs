using Spate.Metadata.Images;
using Spate.Metadata.Log;
using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Tests.Log;

public sealed class MetadataReplayTests
{
    private readonly MetadataReplay _replay = new(ClusterImage.Empty);
    private long _next;

    [Fact]
    public void Apply_Batches_MovesThePositionBehindEach()
    {
        Apply(3, Topic("a"), Topic("b"));
        Assert.Equal(new MetadataPosition(2, 3), _replay.Image.Position);

        Apply(4);
        Assert.Equal((new MetadataPosition(2, 4), 2), (_replay.Image.Position, _replay.Image.TopicsByName.Count));
    }

    [Fact]
    public void Apply_TransactionOverSeveralBatches_CountsWhenItEnds()
    {
        Apply(1, Topic("a"), new BeginTransactionRecord(), Topic("b"));
        Assert.True(_replay.IsInTransaction);
        Assert.Equal(["a"], _replay.Image.TopicsByName.Keys);

        Apply(1, Topic("c"));
        Assert.Equal(["a"], _replay.Image.TopicsByName.Keys);
        Assert.Equal(4, _replay.Position.EndOffset);

        Apply(1, Topic("d"), new EndTransactionRecord(), Topic("e"));
        Assert.False(_replay.IsInTransaction);
        Assert.Equal(["a", "b", "c", "d", "e"], _replay.Image.TopicsByName.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(7, _replay.Image.Position.EndOffset);
    }

    [Fact]
    public void Apply_AbortedTransaction_LeavesNothingOfIt()
    {
        Apply(1, Topic("a"), new BeginTransactionRecord(), Topic("b"));
        Apply(1, Topic("c"), new AbortTransactionRecord(), Topic("b"));

        Assert.Equal(["a", "b"], _replay.Image.TopicsByName.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(6, _replay.Image.Position.EndOffset);
    }

    [Theory]
    [InlineData("begin twice")]
    [InlineData("end without begin")]
    [InlineData("abort without begin")]
    public void Apply_MarksThatDoNotFit_AreABrokenLog(string what)
    {
        IMetadataRecord[] records = what switch
        {
            "begin twice" => [new BeginTransactionRecord(), new BeginTransactionRecord()],
            "end without begin" => [new EndTransactionRecord()],
            _ => [new AbortTransactionRecord()],
        };

        Assert.Throws<InvalidDataException>(() => Apply(1, records));
    }

    [Fact]
    public void Apply_RecordThatCannotBeApplied_IsNamedWithItsOffset()
    {
        Apply(1, Topic("a"), Topic("b"));

        var fault = Assert.Throws<InvalidDataException>(() => Apply(1, Topic("c"), new AccessControlEntryRecord()));

        Assert.Contains(nameof(AccessControlEntryRecord), fault.Message, StringComparison.Ordinal);
        Assert.Contains("offset 3", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_RecordOfAnUnknownType_IsNamedWithItsOffset()
    {
        Apply(1, Topic("a"));

        var fault = Assert.Throws<InvalidDataException>(() => _replay.Apply(new MetadataBatch(1, new MetadataPosition(2, 1), 0, 0, [new byte[] { 1, 126, 0 }])));

        Assert.Contains("126", fault.Message, StringComparison.Ordinal);
        Assert.Contains("offset 1", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_Snapshot_IsItsRecordsAtItsPosition()
    {
        var image = MetadataReplay.Load(new MetadataSnapshot(new MetadataPosition(70, 6), [Batch(0, 1), Batch(0, 1, Topic("a")), Batch(1, 1, Topic("b"))]));

        Assert.Equal(["a", "b"], image.TopicsByName.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(new MetadataPosition(70, 6), image.Position);
    }

    [Fact]
    public void Load_SnapshotWithinATransaction_IsRefused() =>
        Assert.Throws<InvalidDataException>(() => MetadataReplay.Load(new MetadataSnapshot(new MetadataPosition(70, 6), [Batch(0, 1, new BeginTransactionRecord())])));

    private static TopicRecord Topic(string name) => new() { Name = name, TopicId = new Uuid(1, name[0]) };

    private static MetadataBatch Batch(long offset, int epoch, params IMetadataRecord[] records) =>
        new(offset, new MetadataPosition(offset + records.Length, epoch), 0, 0, [.. records.Select(record => (ReadOnlyMemory<byte>)MetadataRecordCodec.Encode(record))]);

    private void Apply(int epoch, params IMetadataRecord[] records)
    {
        _replay.Apply(Batch(_next, epoch, records));
        _next += records.Length;
    }
}
