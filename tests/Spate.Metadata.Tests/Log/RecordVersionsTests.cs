using Spate.Metadata.Log;
using Spate.Protocol;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Metadata.Tests.Log;

public sealed class RecordVersionsTests
{
    [Theory]
    [InlineData(7, 1, 1, 0, 0)]
    [InlineData(8, 2, 1, 0, 0)]
    [InlineData(16, 2, 1, 0, 0)]
    [InlineData(17, 3, 2, 1, 1)]
    [InlineData(22, 3, 2, 1, 1)]
    [InlineData(23, 3, 2, 1, 2)]
    [InlineData(29, 3, 2, 1, 2)]
    public void Encode_AtALevel_WritesTheVersionThatBelongsToIt(short level, byte broker, byte change, byte partition, byte withEligibleLeaders)
    {
        Assert.Equal(broker, Version(new RegisterBrokerRecord { Rack = null }, level));
        Assert.Equal(change, Version(new BrokerRegistrationChangeRecord(), level));
        Assert.Equal(partition, Version(new PartitionRecord(), level));
        Assert.Equal(partition, Version(new PartitionChangeRecord(), level));
        if (level >= 23)
        {
            Assert.Equal(withEligibleLeaders, Version(new PartitionRecord { EligibleLeaderReplicas = [1] }, level));
            Assert.Equal(withEligibleLeaders, Version(new PartitionChangeRecord { LastKnownElr = [1] }, level));
        }

        Assert.Equal(0, Version(new TopicRecord(), level));
    }

    [Fact]
    public void Encode_UnknownDirectoriesBeforeThereWereAny_AreLeftOut()
    {
        var record = new PartitionRecord { Replicas = [1], Isr = [1], Leader = 1, LeaderEpoch = 4, PartitionEpoch = 5, Directories = [Uuid.Zero] };

        var read = Assert.IsType<PartitionRecord>(MetadataRecordCodec.Decode(MetadataRecordCodec.Encode(record, 16)));

        Assert.Equal((1, 4, 5, 0), (read.Leader, read.LeaderEpoch, read.PartitionEpoch, read.Directories.Count));
        Assert.Equal([Uuid.Zero], record.Directories);
    }

    [Fact]
    public void Encode_WhatALevelCannotSay_IsAnErrorAndNotLost() =>
        Assert.Throws<UnsupportedFieldException>(() => MetadataRecordCodec.Encode(new PartitionRecord { Directories = [new Uuid(1, 1)] }, 16));

    private static byte Version(IMetadataRecord record, short level) => MetadataRecordCodec.Encode(record, level)[2];
}
