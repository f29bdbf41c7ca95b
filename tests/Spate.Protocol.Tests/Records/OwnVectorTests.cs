using Spate.Protocol.Compression;
using Spate.Protocol.Records;

namespace Spate.Protocol.Tests.Records;

/// <summary>Bytes put together from the layouts alone, so that the formats are pinned on every machine.</summary>
public sealed class OwnVectorTests
{
    private const int MaximumBytes = 1 << 16;

    private const string Batch =
        "00000000000003E8000000550000000402246E53A00010000000020000018BCFE568000000018BCFE568FA000000000000004D000100000005000000"
        + "032800000008706C756D0872697065040268020100010E00F403020100000C000504000100";

    private const string ZstdBatch =
        "000000000000000300000044FFFFFFFF025A74739400040000000000000000000000050000000000000005FFFFFFFFFFFFFFFFFFFFFFFFFFFF000000"
        + "0128B52FFD200A51000012000000027A047A7A00";

    private const string Magic0 = "0000000000000009000000101FECD70A0000000000016B0000000176";

    private const string Magic0Lz4WithOldChecksum =
        "000000000000003400000053556B717F0003FFFFFFFF0000004504224D1860401A3600008000000000000000320000001056CF205F0000000000016100"
        + "0000013100000000000000340000000EA7EC68030000FFFFFFFFFFFFFFFF00000000";

    private const string Magic1 =
        "00000000000000320000001870057B6601000000018BCFE568000000000161000000013100000000000000340000001622902C4C01080000018BCFE568"
        + "07FFFFFFFFFFFFFFFF";

    private const string Magic1Gzip =
        "00000000000000340000005061BF5F2F01010000018BCFE56807FFFFFFFF0000003A1F8B0800000000000203636080038902D6EA34462083B1FBFCD30C90"
        + "086322883084CA3301B1D89186E44B7035ECFFA1000099482BBF46000000";

    private const string Magic1GzipAppendTime =
        "000000000000003400000050CB3D349B01090000018BCFE58F0FFFFFFFFF0000003A1F8B0800000000000203636080038902D6EA34462083B1FBFCD30C90"
        + "086322883084CA3301B1D89186E44B7035ECFFA1000099482BBF46000000";

    private const string Magic1BareSnappy =
        "00000000000000340000005F8E968AAB01020000018BCFE56807FFFFFFFF0000004946F04500000000000000000000001870057B6601000000018BCFE568"
        + "0000000001610000000131000000000000000200000016C48063D201000000018BCFE56807FFFFFFFFFFFFFFFF";

    [Theory]
    [InlineData(Batch, "1000@1700000000000 plum=ripe, 1001@1700000000250 null=, 1002@1699999999997 =null")]
    [InlineData(ZstdBatch, "3@5 z=zz")]
    [InlineData(Magic0, "9@-1 k=v")]
    [InlineData(Magic0Lz4WithOldChecksum, "50@-1 a=1, 52@-1 null=null")]
    [InlineData(Magic1, "50@1700000000000 a=1, 52@1700000000007 null=null")]
    [InlineData(Magic1Gzip, "50@1700000000000 a=1, 52@1700000000007 null=null")]
    [InlineData(Magic1GzipAppendTime, "50@1700000009999 a=1, 52@1700000009999 null=null")]
    [InlineData(Magic1BareSnappy, "50@1700000000000 a=1, 52@1700000000007 null=null")]
    public void ReadAll_KnownBytes_GivesTheirRecords(string hex, string expected) => Assert.Equal(expected, Describe(Convert.FromHexString(hex)));

    [Fact]
    public void Build_KnownRecords_GivesKnownBytes()
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions
        {
            BaseOffset = 1000,
            PartitionLeaderEpoch = 4,
            IsTransactional = true,
            ProducerId = 77,
            ProducerEpoch = 1,
            BaseSequence = 5,
        });
        builder.Append(1700000000000, "plum"u8, "ripe"u8, [new("h", [1]), new(string.Empty, null)]);
        builder.Append(1700000000250, NullableBytes.Null, Array.Empty<byte>());
        builder.Append(1699999999997, ReadOnlySpan<byte>.Empty, NullableBytes.Null);
        Assert.Equal(Batch, Convert.ToHexString(builder.Build().Span));
    }

    [Fact]
    public void Complete_AnUncompressedMessage_GivesKnownBytes()
    {
        using var builder = new LegacyMessageSetBuilder();
        using var output = new PooledBuffer();
        builder.Begin(output, 0, CompressionCodec.None, TimestampType.LogAppendTime);
        builder.Append(9, 1234, "k"u8, "v"u8);
        builder.Complete();
        Assert.Equal(Magic0, Convert.ToHexString(output.Span));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Complete_ACompressedSet_KeepsOffsetsWithTheirGaps(byte magic)
    {
        using var builder = new LegacyMessageSetBuilder();
        using var output = new PooledBuffer();
        foreach (var codec in new[] { CompressionCodec.Gzip, CompressionCodec.Snappy, CompressionCodec.Lz4 })
        {
            output.Clear();
            builder.Begin(output, magic, codec);
            builder.Append(50, 1700000000000, "a"u8, "1"u8);
            builder.Append(52, 1700000000007, NullableBytes.Null, NullableBytes.Null);
            builder.Complete();
            Assert.Equal(magic == 0 ? "50@-1 a=1, 52@-1 null=null" : "50@1700000000000 a=1, 52@1700000000007 null=null", Describe(output.Span));
            Assert.Equal(RecordError.None, LegacyMessage.Read(output.Span, out var wrapper));
            Assert.Equal((52, codec, magic == 0 ? -1 : 1700000000007), (wrapper.Offset, wrapper.Codec, wrapper.Timestamp));
        }
    }

    [Fact]
    public void Read_ADamagedMessage_SaysCrcMismatch()
    {
        var message = Convert.FromHexString(Magic0);
        message[^1] ^= 1;
        Assert.Equal(RecordError.CrcMismatch, LegacyMessage.Read(message, out _));
    }

    private static string Describe(ReadOnlySpan<byte> set) => string.Join(
        ", ",
        OwnedRecord.ReadAll(set, MaximumBytes).Select(record => $"{record.Offset}@{record.Timestamp} {Text(record.Key)}={Text(record.Value)}"));

    private static string Text(byte[]? bytes) => bytes is null ? "null" : System.Text.Encoding.ASCII.GetString(bytes);
}
