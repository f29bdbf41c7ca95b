using Spate.Metadata.Images;
using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Tests.Images;

/// <summary>Features, ids of producers, controllers, and the records that say nothing.</summary>
public sealed class SmallImagesTests
{
    [Fact]
    public void Apply_FeatureLevel_IsKeptAndTakenBack()
    {
        Assert.Equal(MetadataVersion.Lowest, ClusterImage.Empty.Features.MetadataVersion);

        var image = ClusterImage.Empty.Apply(Level("metadata.version", 25));
        Assert.Equal((25, 25), (image.Features.MetadataVersion, image.Features.LevelOf("metadata.version")));

        Assert.Empty(image.Apply(Level("metadata.version", 0)).Features.Levels);
    }

    [Theory]
    [InlineData("metadata.version", 6)]
    [InlineData("metadata.version", 30)]
    [InlineData("metadata.version", -1)]
    [InlineData("group.version", 2)]
    [InlineData("moon.phase", 3)]
    public void Apply_FeatureLevelThatCannotBeRunWith_NamesFeatureAndLevel(string name, short level)
    {
        var refusal = Assert.Throws<InvalidOperationException>(() => ClusterImage.Empty.Apply(Level(name, level)));

        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"{level}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_ProducerIds_MovesOnOnly()
    {
        Assert.Equal(0, ClusterImage.Empty.ProducerIds.Next);
        var image = ClusterImage.Empty.Apply(new ProducerIdsRecord { BrokerId = 1, NextProducerId = 1000 });

        Assert.Equal(1000, image.ProducerIds.Next);
        Assert.Throws<InvalidOperationException>(() => image.Apply(new ProducerIdsRecord { BrokerId = 1, NextProducerId = 999 }));
    }

    [Fact]
    public void Apply_Controller_IsKept() =>
        Assert.Equal([7], ClusterImage.Empty.Apply(new RegisterControllerRecord { ControllerId = 7, IncarnationId = new Uuid(1, 2) }).Controllers.ById.Keys);

    [Fact]
    public void Apply_RecordsThatSayNothing_LeaveTheImage()
    {
        Assert.Same(ClusterImage.Empty, ClusterImage.Empty.Apply(new NoOpRecord()));
        Assert.Same(ClusterImage.Empty, ClusterImage.Empty.Apply(new ZkMigrationStateRecord { ZkMigrationState = 0 }));
        Assert.Same(ClusterImage.Empty, ClusterImage.Empty.Apply(new ZkMigrationStateRecord { ZkMigrationState = 3 }));
    }

    public static TheoryData<string> NotYet =>
    [
        nameof(AccessControlEntryRecord), nameof(RemoveAccessControlEntryRecord), nameof(ClientQuotaRecord), nameof(UserScramCredentialRecord),
        nameof(RemoveUserScramCredentialRecord), nameof(DelegationTokenRecord), nameof(RemoveDelegationTokenRecord), nameof(ZkMigrationStateRecord),
    ];

    [Theory]
    [MemberData(nameof(NotYet))]
    public void Apply_RecordThatIsNotObeyedYet_IsRefusedByItsName(string kind)
    {
        IMetadataRecord record = kind switch
        {
            nameof(AccessControlEntryRecord) => new AccessControlEntryRecord(),
            nameof(RemoveAccessControlEntryRecord) => new RemoveAccessControlEntryRecord(),
            nameof(ClientQuotaRecord) => new ClientQuotaRecord(),
            nameof(UserScramCredentialRecord) => new UserScramCredentialRecord(),
            nameof(RemoveUserScramCredentialRecord) => new RemoveUserScramCredentialRecord(),
            nameof(DelegationTokenRecord) => new DelegationTokenRecord(),
            nameof(RemoveDelegationTokenRecord) => new RemoveDelegationTokenRecord(),
            _ => new ZkMigrationStateRecord { ZkMigrationState = 2 },
        };

        Assert.Contains(kind, Assert.Throws<InvalidOperationException>(() => ClusterImage.Empty.Apply(record)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NameOf_FirstAndLastLevel_AreKafkas()
    {
        Assert.Equal(("3.3-IV3", "3.7-IV2", "4.0-IV1", "4.2-IV1"), (MetadataVersion.NameOf(7), MetadataVersion.NameOf(17), MetadataVersion.NameOf(23), MetadataVersion.NameOf(29)));
        Assert.Throws<ArgumentOutOfRangeException>(() => MetadataVersion.NameOf(6));
        Assert.Throws<ArgumentOutOfRangeException>(() => MetadataVersion.NameOf(30));
    }

    [Theory]
    [InlineData(29, 23, false)]
    [InlineData(29, 22, true)]
    [InlineData(22, 17, false)]
    [InlineData(17, 16, true)]
    [InlineData(8, 7, true)]
    [InlineData(12, 11, false)]
    public void IsLossy_LevelsWithOtherRecordsBetween_AreLossy(short higher, short lower, bool isLossy) => Assert.Equal(isLossy, MetadataVersion.IsLossy(higher, lower));

    private static FeatureLevelRecord Level(string name, short level) => new() { Name = name, FeatureLevel = level };
}
