using Spate.Cli.Consuming;
using Spate.Protocol;

namespace Spate.Cli.Tests.Consuming;

public sealed class ReadingTests
{
    private static readonly TopicPartition Partition = new("t", 0);

    private readonly EndWatch _ends = new();

    public ReadingTests() => _ends.Add([(Partition, 0, 1)]);

    [Fact]
    public async Task A_record_that_is_handed_out_while_its_end_is_seen_is_read()
    {
        using var enough = new CancellationTokenSource();
        var record = new TaskCompletionSource<bool>();
        using var late = enough.Token.Register(() => record.SetResult(true));

        // The consumer's position moves before whoever waits for the record hears of it.
        Assert.True(await Reading.NextAsync(record.Task, SeeTheEnd, _ends, enough, TimeProvider.System).OrTimeout("the record"));
    }

    [Fact]
    public async Task An_end_without_a_record_ends_the_wait_for_one()
    {
        using var enough = new CancellationTokenSource();
        var record = new TaskCompletionSource<bool>();
        using var late = enough.Token.Register(() => record.SetCanceled(enough.Token));

        Assert.False(await Reading.NextAsync(record.Task, SeeTheEnd, _ends, enough, TimeProvider.System).OrTimeout("the end"));
    }

    [Fact]
    public async Task A_failure_at_the_end_is_not_kept_back()
    {
        using var enough = new CancellationTokenSource();
        var record = new TaskCompletionSource<bool>();
        using var late = enough.Token.Register(() => record.SetException(new IOException("broken")));

        await Assert.ThrowsAsync<IOException>(() => Reading.NextAsync(record.Task, SeeTheEnd, _ends, enough, TimeProvider.System).OrTimeout("the failure"));
    }

    private void SeeTheEnd() => Assert.True(_ends.Includes(Partition, 0));
}
