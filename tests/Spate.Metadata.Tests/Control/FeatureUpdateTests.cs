using Spate.Metadata.Control;
using Spate.Metadata.Images;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Tests.Control;

public sealed class FeatureUpdateTests
{
    private const sbyte Upgrade = 1;
    private const sbyte SafeDowngrade = 2;
    private const sbyte UnsafeDowngrade = 3;

    public static TheoryData<string, short, sbyte, short, string> Refusals => new()
    {
        { "metadata.version", 30, Upgrade, 25, "7 to 29" },
        { "metadata.version", 6, SafeDowngrade, 25, "7 to 29" },
        { "metadata.version", 0, UnsafeDowngrade, 25, "7 to 29" },
        { "metadata.version", -1, Upgrade, 25, "less than 0" },
        { "metadata.version", 24, Upgrade, 25, "without setting the upgrade type" },
        { "metadata.version", 26, SafeDowngrade, 25, "to a newer version" },
        { "metadata.version", 26, UnsafeDowngrade, 25, "to a newer version" },
        { "metadata.version", 22, SafeDowngrade, 25, "might delete" },
        { "metadata.version", 22, UnsafeDowngrade, 25, "not supported in this version" },
        { "metadata.version", 28, Upgrade, 25, "Broker 1 supports versions 7 to 27" },
        { "metadata.version", 26, 0, 25, "upgrade type 0" },
        { "metadata.version", 26, 4, 25, "upgrade type 4" },
        { "group.version", 2, Upgrade, 25, "0 to 1" },
        { "share.version", 2, Upgrade, 25, "0 to 1" },
        { "moon.phase", 1, Upgrade, 25, "does not know" },
        { "", 1, Upgrade, 25, "does not know" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void Decide_WrongUpdate_IsRefusedByItselfOrWithAllOthers(string feature, short level, sbyte kind, short current, string because)
    {
        var image = Image(current);
        var alone = FeatureUpdate.Decide(image, Request(Update(feature, level, kind)), 1);
        Assert.Equal((ErrorCode.None, ErrorCode.InvalidUpdateVersion), (alone.Reply.ErrorCode, alone.Reply.Results[0].ErrorCode));
        Assert.Contains(because, alone.Reply.Results[0].ErrorMessage, StringComparison.Ordinal);
        Assert.Empty(alone.Records);

        var all = FeatureUpdate.Decide(image, Request(Update(feature, level, kind)), 2);
        Assert.Equal((ErrorCode.InvalidUpdateVersion, 0), (all.Reply.ErrorCode, all.Reply.Results.Count));
        Assert.Contains(because, all.Reply.ErrorMessage, StringComparison.Ordinal);
        Assert.Empty(all.Records);
    }

    [Theory]
    [InlineData(26, Upgrade)]
    [InlineData(24, SafeDowngrade)]
    [InlineData(23, UnsafeDowngrade)]
    public void Decide_RightUpdate_IsDecided(short level, sbyte kind)
    {
        foreach (var version in (short[])[1, 2])
        {
            var decision = FeatureUpdate.Decide(Image(25), Request(Update("metadata.version", level, kind)), version);

            Assert.Equal(ErrorCode.None, decision.Reply.ErrorCode);
            Assert.Equal(version == 1 ? [("metadata.version", ErrorCode.None)] : [], decision.Reply.Results.Select(each => (each.Feature, each.ErrorCode)));
            Assert.Equal(level, Assert.IsType<FeatureLevelRecord>(Assert.Single(decision.Records)).FeatureLevel);
        }
    }

    [Theory]
    [InlineData(false, ErrorCode.InvalidUpdateVersion)]
    [InlineData(true, ErrorCode.None)]
    public void Decide_DowngradeInVersionZero_IsAllowedByItsFlag(bool allowed, ErrorCode error)
    {
        var update = new UpdateFeaturesRequest.FeatureUpdateKey { Feature = "metadata.version", MaxVersionLevel = 24, AllowDowngrade = allowed };

        var decision = FeatureUpdate.Decide(Image(25), Request(update), 0);

        Assert.Equal(error, decision.Reply.Results[0].ErrorCode);
        Assert.Equal(allowed ? 1 : 0, decision.Records.Count);
    }

    [Theory]
    [InlineData(Upgrade)]
    [InlineData(SafeDowngrade)]
    public void Decide_SameLevel_ChangesNothing(sbyte kind)
    {
        var decision = FeatureUpdate.Decide(Image(25), Request(Update("metadata.version", 25, kind), Update("group.version", 0, kind)), 2);

        Assert.Equal(ErrorCode.None, decision.Reply.ErrorCode);
        Assert.Empty(decision.Records);
    }

    [Fact]
    public void Decide_OneWrongOfTwo_LeavesTheOtherUpToVersionOneAndStopsAllFromVersionTwo()
    {
        var request = Request(Update("moon.phase", 1, Upgrade), Update("metadata.version", 26, Upgrade));

        var each = FeatureUpdate.Decide(Image(25), request, 1);
        Assert.Equal(
            [("metadata.version", ErrorCode.None), ("moon.phase", ErrorCode.InvalidUpdateVersion)],
            each.Reply.Results.Select(result => (result.Feature, result.ErrorCode)));
        Assert.Single(each.Records);

        Assert.Empty(FeatureUpdate.Decide(Image(25), request, 2).Records);
    }

    [Fact]
    public void Decide_SameFeatureTwice_IsRefused()
    {
        var request = Request(Update("metadata.version", 26, Upgrade), Update("metadata.version", 27, Upgrade));

        Assert.Equal(ErrorCode.InvalidRequest, Assert.Single(FeatureUpdate.Decide(Image(25), request, 1).Reply.Results).ErrorCode);
        Assert.Equal(ErrorCode.InvalidRequest, FeatureUpdate.Decide(Image(25), request, 2).Reply.ErrorCode);
    }

    [Fact]
    public void Decide_ValidateOnly_AnswersAsIfAndDecidesNothing()
    {
        var request = Request(Update("metadata.version", 26, Upgrade));
        request.ValidateOnly = true;

        var decision = FeatureUpdate.Decide(Image(25), request, 2);

        Assert.Equal(ErrorCode.None, decision.Reply.ErrorCode);
        Assert.Empty(decision.Records);
    }

    [Fact]
    public void Decide_NoFeatures_ChangesNothing() => Assert.Empty(FeatureUpdate.Decide(Image(25), Request(), 2).Records);

    private static UpdateFeaturesRequest Request(params UpdateFeaturesRequest.FeatureUpdateKey[] updates) => new() { FeatureUpdates = [.. updates] };

    private static UpdateFeaturesRequest.FeatureUpdateKey Update(string feature, short level, sbyte kind) =>
        new() { Feature = feature, MaxVersionLevel = level, UpgradeType = kind };

    /// <summary>A cluster at a level, with a broker that can run with 27 at most.</summary>
    private static ClusterImage Image(short level) => ClusterImage.Empty
        .Apply(new FeatureLevelRecord { Name = "metadata.version", FeatureLevel = level })
        .Apply(new RegisterBrokerRecord
        {
            BrokerId = 1,
            BrokerEpoch = 1,
            Fenced = false,
            Features = [new RegisterBrokerRecord.BrokerFeature { Name = "metadata.version", MinSupportedVersion = 7, MaxSupportedVersion = 27 }],
        });
}
