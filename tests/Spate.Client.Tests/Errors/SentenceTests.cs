using Spate.Client.Errors;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Tests.Errors;

public sealed class SentenceTests
{
    [Theory]
    [InlineData("no such thing", "no such thing.")]
    [InlineData("No such thing.", "No such thing.")]
    [InlineData("No such thing. \n", "No such thing.")]
    [InlineData("Wait...", "Wait.")]
    [InlineData("Who are you?", "Who are you?")]
    public void Words_of_others_end_with_one_stop(string words, string expected)
    {
        Assert.Equal(expected, Sentence.Of(words));
        var message = BrokerFailure.Of(ErrorCode.PolicyViolation, ApiKey.CreateTopics, "b", said: words).Message;
        Assert.Contains($"The broker says: {expected}", message, StringComparison.Ordinal);
        Assert.DoesNotContain("..", message, StringComparison.Ordinal);
    }
}
