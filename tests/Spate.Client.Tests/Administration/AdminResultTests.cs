using Spate.Client.Administration;
using Spate.Protocol.Errors;

namespace Spate.Client.Tests.Administration;

public sealed class AdminResultTests
{
    private static readonly KafkaException Busy = new(ErrorCode.NotController, "busy");
    private static readonly KafkaException Wrong = new(ErrorCode.InvalidTopic, "wrong");

    [Fact]
    public void All_or_an_exception_is_one_call_away()
    {
        Fine(("a", null)).ThrowIfAnyFailed();
        Assert.Same(Wrong, Assert.Throws<KafkaException>(() => Fine(("a", null), ("b", Wrong)).ThrowIfAnyFailed()));
        var both = Assert.Throws<KafkaException>(() => Fine(("a", Busy), ("b", Wrong), ("c", null)).ThrowIfAnyFailed());
        Assert.Equal((ErrorCode.NotController, false, "2 of 3 items failed. busy wrong"), (both.ErrorCode, both.IsRetriable, both.Message));
        var many = Assert.Throws<KafkaException>(() => Fine([.. Enumerable.Range(0, 12).Select(number => ($"{number}", Busy))]).ThrowIfAnyFailed());
        Assert.EndsWith(" And 2 more.", many.Message, StringComparison.Ordinal);
        Assert.True(many.IsRetriable);
        Assert.Same(Busy, Assert.Throws<KafkaException>(() => new Dictionary<string, AdminResult<int>> { ["a"] = new(1), ["b"] = new(Busy) }.ThrowIfAnyFailed()));
    }

    [Fact]
    public void A_result_says_what_it_is()
    {
        Assert.Equal(("success", "wrong", "5"), (new AdminResult(null).ToString(), new AdminResult(Wrong).ToString(), new AdminResult<int>(5).ToString()));
        Assert.Throws<KafkaException>(() => new AdminResult(Wrong).ThrowIfFailed());
        Assert.True(default(AdminResult).IsSuccess);
    }

    private static Dictionary<string, AdminResult> Fine(params (string Item, KafkaException? Error)[] items) => items.ToDictionary(item => item.Item, item => new AdminResult(item.Error));
}
