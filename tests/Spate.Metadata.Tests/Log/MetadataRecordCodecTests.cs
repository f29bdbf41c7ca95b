using Spate.Metadata.Log;
using Spate.Protocol;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Metadata.Tests.Log;

public sealed class MetadataRecordCodecTests
{
    private static readonly Uuid Id = Uuid.NewRandom(new Random(1));

    [Fact]
    public void Decode_EncodedTopic_IsTheSame()
    {
        var record = Assert.IsType<TopicRecord>(MetadataRecordCodec.Decode(MetadataRecordCodec.Encode(new TopicRecord { Name = "a", TopicId = Id })));

        Assert.Equal(("a", Id), (record.Name, record.TopicId));
    }

    [Fact]
    public void Decode_EncodedPartition_IsTheSame()
    {
        var record = Assert.IsType<PartitionRecord>(MetadataRecordCodec.Decode(MetadataRecordCodec.Encode(new PartitionRecord
        {
            PartitionId = 3,
            TopicId = Id,
            Replicas = [1, 2],
            Isr = [2],
            Leader = 2,
            LeaderEpoch = 5,
            PartitionEpoch = 6,
            Directories = [Id, Uuid.Zero],
        })));

        Assert.Equal((3, Id, 2, 5, 6), (record.PartitionId, record.TopicId, record.Leader, record.LeaderEpoch, record.PartitionEpoch));
        Assert.Equal([1, 2], record.Replicas);
        Assert.Equal([2], record.Isr);
        Assert.Equal([Id, Uuid.Zero], record.Directories);
    }

    [Theory]
    [InlineData("1")]
    [InlineData(null)]
    public void Decode_EncodedSetting_IsTheSame(string? value)
    {
        var record = Assert.IsType<ConfigRecord>(MetadataRecordCodec.Decode(
            MetadataRecordCodec.Encode(new ConfigRecord { ResourceType = 2, ResourceName = "a", Name = "x", Value = value })));

        Assert.Equal(((sbyte)2, "a", "x", value), (record.ResourceType, record.ResourceName, record.Name, record.Value));
    }

    [Fact]
    public void Encode_Topic_BeginsWithFrameTypeAndVersionAsInKafka()
    {
        var bytes = MetadataRecordCodec.Encode(new TopicRecord { Name = "a", TopicId = Id });

        // Frame 1, type 2 (TopicRecord), version 0, the compact string "a".
        Assert.Equal([1, 2, 0, 2, (byte)'a'], bytes[..5]);
    }

    [Theory]
    [InlineData(new byte[] { 0, 2, 0 })]
    [InlineData(new byte[] { 2, 2, 0 })]
    [InlineData(new byte[] { 1, 126, 0 })]
    [InlineData(new byte[] { 1, 2, 99 })]
    [InlineData(new byte[] { 1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0 })]
    [InlineData(new byte[] { 1, 2, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F })]
    public void Decode_UnknownFraming_IsInvalidData(byte[] bytes) => Assert.Throws<InvalidDataException>(() => MetadataRecordCodec.Decode(bytes));

    [Fact]
    public void Decode_AnyCutOrLengthening_IsMalformed()
    {
        var bytes = MetadataRecordCodec.Encode(new TopicRecord { Name = "a", TopicId = Id });

        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<MalformedMessageException>(() => MetadataRecordCodec.Decode(bytes.AsMemory(0, length)));
        }

        Assert.Throws<MalformedMessageException>(() => MetadataRecordCodec.Decode((byte[])[.. bytes, 0]));
    }
}
