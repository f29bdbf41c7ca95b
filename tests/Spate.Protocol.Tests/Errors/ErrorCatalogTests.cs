using Spate.Protocol.Errors;
using Spate.Protocol.Tests.Messages;

namespace Spate.Protocol.Tests.Errors;

public class ErrorCatalogTests
{
    [Fact]
    public void All_HasEveryCodeInOrderWithADistinctNameAndASentence()
    {
        var codes = Enum.GetValues<ErrorCode>().Order().ToArray();

        Assert.Equal(Enumerable.Range(-1, 135), codes.Select(code => (int)code));
        Assert.Equal(codes, ErrorCatalog.All.ToArray().Select(facts => facts.Code));
        Assert.Equal(codes.Length, ErrorCatalog.All.ToArray().Select(facts => facts.Name).Distinct(StringComparer.Ordinal).Count());
        Assert.All(ErrorCatalog.All.ToArray(), facts => Assert.EndsWith(".", facts.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ErrorCode.None, "NONE", false)]
    [InlineData(ErrorCode.UnknownServerError, "UNKNOWN_SERVER_ERROR", false)]
    [InlineData(ErrorCode.NotLeaderOrFollower, "NOT_LEADER_OR_FOLLOWER", true)]
    [InlineData(ErrorCode.InvalidTopic, "INVALID_TOPIC_EXCEPTION", false)]
    [InlineData(ErrorCode.RebalanceInProgress, "REBALANCE_IN_PROGRESS", false)]
    [InlineData(ErrorCode.ShareSessionLimitReached, "SHARE_SESSION_LIMIT_REACHED", true)]
    public void Get_KnownCode_GivesItsNameAndWhetherToRetry(ErrorCode code, string name, bool isRetriable)
    {
        Assert.Equal(code, ErrorCatalog.Get(code).Code);
        Assert.Equal(name, ErrorCatalog.NameOf(code));
        Assert.Equal(isRetriable, ErrorCatalog.IsRetriable(code));
    }

    [Theory]
    [InlineData(short.MinValue)]
    [InlineData(-2)]
    [InlineData(134)]
    [InlineData(short.MaxValue)]
    public void Get_UnknownCode_IsAnUnknownServerErrorUnderItsOwnNumber(short code)
    {
        var facts = ErrorCatalog.Get((ErrorCode)code);

        Assert.Equal((code, "UNKNOWN_SERVER_ERROR", false), ((short)facts.Code, facts.Name, facts.IsRetriable));
    }

    [SharedFact("protocol")]
    public void Codes_agree_with_the_published_table()
    {
        foreach (var line in File.ReadLines(Path.Combine(Repository.Shared("protocol")!, "errors.tsv")).Skip(1))
        {
            var columns = line.Split('\t');
            var facts = ErrorCatalog.Get((ErrorCode)short.Parse(columns[1], null));
            Assert.Equal(columns[0], facts.Name);
            Assert.Equal(columns[2] == "True", facts.IsRetriable);
        }
    }
}
