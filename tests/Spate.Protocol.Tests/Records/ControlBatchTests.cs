using Spate.Protocol.Records;

namespace Spate.Protocol.Tests.Records;

public sealed class ControlBatchTests
{
    // As Apache Kafka writes it at offset 77, in the epoch 3.
    private const string Commit =
        "000000000000004D0000004200000003020946F94C0030000000000000018BCFE5687B0000018BCFE5687B00000000000010920005FFFFFFFF00000001"
        + "2000000008000000010C00000000000900";

    [Fact]
    public void BuildEndTransaction_ACommit_IsWhatKafkaWrites()
    {
        using var builder = new RecordBatchBuilder();
        var batch = ControlBatch.BuildEndTransaction(builder, 1700000000123, ControlRecordType.Commit, 4242, 5, 9).Span;
        RecordBatchPatch.SetBaseOffset(batch, 77);
        RecordBatchPatch.SetPartitionLeaderEpoch(batch, 3);
        Assert.Equal(Commit, Convert.ToHexString(batch));
        Assert.Equal(RecordError.None, RecordBatchHeader.Validate(batch, out var header));
        Assert.Equal(RecordError.None, ControlBatch.ReadEndTransaction(batch, header, out var type, out var marker));
        Assert.Equal((ControlRecordType.Commit, new EndTransactionMarker(9)), (type, marker));
    }

    [Fact]
    public void BuildEndTransaction_AnotherType_IsRefused()
    {
        using var builder = new RecordBatchBuilder();
        Assert.Throws<ArgumentOutOfRangeException>(() => ControlBatch.BuildEndTransaction(builder, 0, ControlRecordType.LeaderChange, 1, 1, 1));
    }

    [Theory]
    [InlineData(ControlRecordType.LeaderChange)]
    [InlineData(ControlRecordType.KRaftVoters)]
    [InlineData((ControlRecordType)99)]
    public void ReadFirst_ARecordOfAnyType_GivesItsKeyAndValue(ControlRecordType type)
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { IsControl = true });
        ControlBatch.Append(builder, 5, type, [1, 2, 3]);
        var batch = builder.Build().Span;
        Assert.Equal(RecordError.None, RecordBatchHeader.Validate(batch, out var header));
        Assert.Equal(RecordError.None, ControlBatch.ReadFirst(batch, header, out var key, out var value));
        Assert.Equal(new ControlRecordKey(0, type), key);
        Assert.Equal([1, 2, 3], value.ToArray());
        Assert.Equal(RecordError.InvalidControlRecord, ControlBatch.ReadEndTransaction(batch, header, out _, out _));
    }

    [Fact]
    public void ReadFirst_ABatchOfAUser_IsNoControlRecord()
    {
        using var builder = new RecordBatchBuilder();
        builder.Append(1, new byte[4], "v"u8);
        var batch = builder.Build().Span;
        Assert.Equal(RecordError.None, RecordBatchHeader.Validate(batch, out var header));
        Assert.Equal(RecordError.InvalidControlRecord, ControlBatch.ReadFirst(batch, header, out _, out _));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("000000", false)]
    [InlineData("FFFF0001", false)]
    [InlineData("00000001", true)]
    [InlineData("0001000100", true)]
    public void TryRead_AKey_NeedsFourBytesAndAVersion(string hex, bool expected) =>
        Assert.Equal(expected, ControlRecordKey.TryRead(Convert.FromHexString(hex), out _));

    [Theory]
    [InlineData("0000000000", false)]
    [InlineData("800000000001", false)]
    [InlineData("000000000001", true)]
    [InlineData("000100000001FF", true)]
    public void TryRead_AMarker_NeedsSixBytesAndAVersion(string hex, bool expected) =>
        Assert.Equal(expected, EndTransactionMarker.TryRead(Convert.FromHexString(hex), out _));
}
