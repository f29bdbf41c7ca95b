using Microsoft.Extensions.Time.Testing;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Testing.Tests.Wire;

namespace Spate.Testing.Tests;

/// <summary>All that takes its time in the broker takes the test's.</summary>
public sealed class ClockTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_000);

    private readonly FakeTimeProvider _clock = new(Start);

    [Fact]
    public async Task Records_are_stamped_and_kept_by_it()
    {
        await using var broker = await StartAsync();
        using var client = await RawClient.ConnectAsync(broker);
        await client.AskAsync(Ask.CreateTopic("t", 1, ("retention.ms", "3600000"), ("segment.ms", "60000"), ("message.timestamp.type", "LogAppendTime")));
        var first = await client.AskAsync(Ask.Produce("t", "old"), Ask.Named);
        Assert.Equal(Start.ToUnixTimeMilliseconds(), first.Responses[0].PartitionResponses[0].LogAppendTimeMs);
        _clock.Advance(TimeSpan.FromMinutes(2));
        await client.AskAsync(Ask.Produce("t", "new"), Ask.Named);

        Assert.Equal(0, await StartOfAsync(client));
        _clock.Advance(TimeSpan.FromMinutes(59));

        // The look at the logs runs beside the test; each step of the clock lets it go on.
        while (await StartOfAsync(client) != 1)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            Assert.True(_clock.GetUtcNow() < Start + TimeSpan.FromHours(2), "The old record is still there.");
        }
    }

    [Fact]
    public async Task Sessions_last_by_it()
    {
        await using var broker = await StartAsync();
        using var client = await RawClient.ConnectAsync(broker);
        await client.AskAsync(new FindCoordinatorRequest { CoordinatorKeys = ["g"] });
        var named = await client.AskAsync(Ask.Join("g", ""), 9);
        var joined = await client.AskAsync(Ask.Join("g", named.MemberId), 9);
        await client.AskAsync(Ask.Sync("g", joined.GenerationId, joined.MemberId));

        _clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(ErrorCode.None, (await client.AskAsync(Ask.Beat("g", joined.GenerationId, joined.MemberId))).ErrorCode);
        _clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(ErrorCode.None, (await client.AskAsync(Ask.Beat("g", joined.GenerationId, joined.MemberId))).ErrorCode);
        _clock.Advance(TimeSpan.FromSeconds(31));

        // The end of the session is seen to beside the test; to look at the group does not prolong it.
        while ((await client.AskAsync(new DescribeGroupsRequest { Groups = ["g"] })).Groups[0].GroupState != "Empty")
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            Assert.True(_clock.GetUtcNow() < Start + TimeSpan.FromHours(1), "The session goes on.");
        }

        Assert.Equal(ErrorCode.UnknownMemberId, (await client.AskAsync(Ask.Beat("g", joined.GenerationId, joined.MemberId))).ErrorCode);
    }

    [Fact]
    public async Task A_fetch_waits_by_it()
    {
        await using var broker = await StartAsync();
        using var client = await RawClient.ConnectAsync(broker);
        await client.AskAsync(Ask.CreateTopic("t"));
        var fetch = Ask.Fetch("t", maxWaitMs: 600_000);
        await client.SendAsync(fetch, Ask.Named);
        var reply = client.ReceiveAsync(fetch, Ask.Named);
        using var other = await RawClient.ConnectAsync(broker);
        await other.AskAsync(Ask.Metadata("t"));
        Assert.False(reply.IsCompleted);

        // The fetch may arrive after a step of the clock, and counts from then.
        while (!reply.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromMinutes(10));
            await other.AskAsync(Ask.Metadata("t"));
        }

        Assert.Equal(ErrorCode.None, (await reply).Responses[0].Partitions[0].ErrorCode);
    }

    /// <summary>A broker that lets silent connections be, since hours pass here in no time.</summary>
    private Task<EmbeddedBroker> StartAsync() =>
        EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { TimeProvider = _clock, Settings = ["connections.max.idle.ms=-1"] });

    private static async Task<long> StartOfAsync(RawClient client) => (await client.AskAsync(Ask.Earliest("t"))).Topics[0].Partitions[0].Offset;
}
