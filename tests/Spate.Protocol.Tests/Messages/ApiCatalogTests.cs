using System.Globalization;
using System.Text.RegularExpressions;
using Spate.Protocol.Messages;

namespace Spate.Protocol.Tests.Messages;

public class ApiCatalogTests
{
    private const int KnownApis = 93;

    [Fact]
    public void All_HasEveryKeyFromZeroOnInOrder()
    {
        Assert.Equal(KnownApis, ApiCatalog.All.Length);
        for (var key = 0; key < KnownApis; key++)
        {
            Assert.Equal((ApiKey)key, ApiCatalog.All[key].Key);
            Assert.Equal(((ApiKey)key).ToString(), ApiCatalog.All[key].Name);
        }
    }

    [Fact]
    public void Create_EveryKey_MakesTheRequestAndResponseOfThatApi()
    {
        foreach (var facts in ApiCatalog.All)
        {
            var request = ApiCatalog.CreateRequest(facts.Key);
            var response = ApiCatalog.CreateResponse(facts.Key);
            Assert.Equal((facts.Key, facts.Name + "Request"), (request.ApiKey, request.GetType().Name));
            Assert.Equal((facts.Key, facts.Name + "Response"), (response.ApiKey, response.GetType().Name));
            foreach (var type in new[] { MessageType.Named(request.GetType().Name), MessageType.Named(response.GetType().Name) })
            {
                Assert.Equal(
                    (facts.LowestVersion, facts.HighestVersion, facts.FirstFlexibleVersion),
                    (type.LowestVersion, type.HighestVersion, type.FirstFlexibleVersion));
            }
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(KnownApis)]
    [InlineData(short.MaxValue)]
    [InlineData(short.MinValue)]
    public void TryGet_UnknownKey_IsFalse(short key)
    {
        Assert.False(ApiCatalog.TryGet((ApiKey)key, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => ApiCatalog.Get((ApiKey)key));
        Assert.Throws<ArgumentOutOfRangeException>(() => ApiCatalog.CreateRequest((ApiKey)key));
        Assert.Throws<ArgumentOutOfRangeException>(() => ApiCatalog.CreateResponse((ApiKey)key));
    }

    [Theory]
    [InlineData(ApiKey.Produce, 8, 1, 0)]
    [InlineData(ApiKey.Produce, 9, 2, 1)]
    [InlineData(ApiKey.ApiVersions, 0, 1, 0)]
    [InlineData(ApiKey.ApiVersions, 4, 2, 0)]
    [InlineData(ApiKey.ControlledShutdown, 0, 0, 0)]
    [InlineData(ApiKey.ControlledShutdown, 1, 1, 0)]
    [InlineData(ApiKey.ControlledShutdown, 3, 2, 1)]
    [InlineData(ApiKey.SaslHandshake, 1, 1, 0)]
    public void HeaderVersions_FollowFlexibility(ApiKey key, short version, short request, short response)
    {
        var facts = ApiCatalog.Get(key);

        Assert.Equal((request, response), (facts.RequestHeaderVersion(version), facts.ResponseHeaderVersion(version)));
    }

    [Theory]
    [InlineData(ApiKey.Produce, 13)]
    [InlineData(ApiKey.Fetch, 18)]
    [InlineData(ApiKey.ListOffsets, 11)]
    [InlineData(ApiKey.Metadata, 13)]
    [InlineData(ApiKey.OffsetCommit, 10)]
    [InlineData(ApiKey.OffsetFetch, 10)]
    [InlineData(ApiKey.ListConfigResources, 1)]
    [InlineData(ApiKey.ShareFetch, 2)]
    [InlineData(ApiKey.StreamsGroupHeartbeat, 0)]
    public void HighestVersion_IsTheNewestKnown(ApiKey key, short version) => Assert.Equal(version, ApiCatalog.Get(key).HighestVersion);

    [Fact]
    public void Listeners_TellBrokersFromControllers()
    {
        Assert.Equal(ApiListeners.Broker | ApiListeners.Controller, ApiCatalog.Get(ApiKey.Fetch).Listeners);
        Assert.Equal(ApiListeners.Controller, ApiCatalog.Get(ApiKey.Vote).Listeners);
        Assert.Equal(ApiListeners.None, ApiCatalog.Get(ApiKey.LeaderAndIsr).Listeners);
    }

    [SharedFact("protocol", "api")]
    public void Ranges_agree_with_the_published_layouts()
    {
        foreach (var facts in ApiCatalog.All)
        {
            var path = Directory.EnumerateFiles(Repository.Shared("protocol", "api")!, $"{(int)facts.Key:00}-*.txt").Single();
            var text = File.ReadAllText(path);
            var newest = Find(text, @"=> key \d+, max version (\d+)") is { Success: true } newer
                ? newer
                : Find(text, @"Request  type=request  key=\d+  versions=(?:\d+-)?(\d+)");
            var flexible = Find(text, @"flexible[= ]v?(\d+)\+");
            Assert.Equal(short.Parse(newest.Groups[1].Value, CultureInfo.InvariantCulture), facts.HighestVersion);
            Assert.Equal(0, facts.LowestVersion);
            var first = flexible.Success ? short.Parse(flexible.Groups[1].Value, CultureInfo.InvariantCulture) : short.MaxValue;
            Assert.Equal(first, facts.FirstFlexibleVersion);
        }
    }

    [Fact]
    public void MetadataRecordCatalog_KnowsEveryTypeAndNoOther()
    {
        foreach (var type in Enum.GetValues<MetadataRecordType>())
        {
            Assert.Equal(type, MetadataRecordCatalog.Create(type)?.Type);
        }

        Assert.Null(MetadataRecordCatalog.Create((MetadataRecordType)6));
        Assert.Equal(27, (short)MetadataRecordType.RegisterController);
        Assert.Equal(4, Enum.GetValues<RemoteLogRecordType>().Length);
    }

    private static Match Find(string text, string pattern) => Regex.Match(text, pattern, RegexOptions.NonBacktracking);
}
