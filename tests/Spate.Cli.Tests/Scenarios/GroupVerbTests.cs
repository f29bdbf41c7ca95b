using Spate.Cli.Tests.Harness;

namespace Spate.Cli.Tests.Scenarios;

public sealed class GroupVerbTests(RunningBroker running) : IClassFixture<RunningBroker>
{
    private const int Failure = 1;
    private const int Usage = 2;
    private const int Missing = 4;

    [Fact]
    public async Task A_group_is_listed_and_described_with_its_lag()
    {
        await PrepareAsync("lag-topic", "lag-group", read: 3, of: 10);
        Assert.Contains("lag-group\tclassic\tempty\tconsumer", (await running.SpateAsync("groups", "list")).Succeeded().Lines);
        Assert.Contains((await running.SpateAsync("groups", "list", "--state", "Empty", "--type", "classic")).Succeeded().Lines, static line => line.StartsWith("lag-group\t", StringComparison.Ordinal));
        Assert.DoesNotContain((await running.SpateAsync("groups", "list", "--state", "stable")).Succeeded().Lines, static line => line.StartsWith("lag-group\t", StringComparison.Ordinal));
        var described = (await running.SpateAsync("groups", "describe", "lag-group", "-o", "json")).Succeeded().Json;
        Assert.Equal(7, described.GetProperty("groups")[0].GetProperty("lag").GetInt64());
        var offset = Assert.Single(described.GetProperty("offsets").EnumerateArray());
        Assert.Equal(("lag-topic", 3, 10, 7), (offset.GetProperty("topic").GetString(), offset.GetProperty("offset").GetInt64(), offset.GetProperty("end").GetInt64(), offset.GetProperty("lag").GetInt64()));
    }

    [Theory]
    [InlineData("--to", "beginning", 0)]
    [InlineData("--to", "end", 10)]
    [InlineData("--to", "7", 7)]
    [InlineData("--to", "-2", 8)]
    [InlineData("--to", "2026-05-01T00:00:00Z", 0)]
    [InlineData("--shift", "3", 6)]
    [InlineData("--shift", "-2", 1)]
    [InlineData("--shift", "-99", 0)]
    public async Task Offsets_are_moved_only_when_it_is_said_so(string option, string value, long expected)
    {
        var name = $"reset{option}{value.Replace(":", "", StringComparison.Ordinal)}";
        await PrepareAsync(name, name, read: 3, of: 10);
        var shown = (await running.SpateAsync("groups", "reset-offsets", name, option, value)).Succeeded();
        Assert.Equal($"{name}\t{name}\t0\t3\t{expected}\t{10 - expected}\tfalse", Assert.Single(shown.Lines));
        Assert.Contains("add --execute", shown.Errors, StringComparison.Ordinal);
        Assert.Equal(3, await OffsetAsync(name));

        Assert.Equal($"{name}\t{name}\t0\t3\t{expected}\t{10 - expected}\ttrue", Assert.Single((await running.SpateAsync("groups", "reset-offsets", name, option, value, "--execute")).Succeeded().Lines));
        Assert.Equal(expected, await OffsetAsync(name));
    }

    [Fact]
    public async Task A_group_that_is_not_there_yet_gets_offsets_of_the_topics_that_are_named()
    {
        await PrepareAsync("fresh-topic", "other-group", read: 1, of: 4);
        (await running.SpateAsync("groups", "reset-offsets", "fresh-group", "--to", "2")).Failed(Missing, "'fresh-group' has committed no offsets", "--topic");
        (await running.SpateAsync("groups", "reset-offsets", "fresh-group", "--to", "2", "--topic", "fresh-topic", "--execute")).Succeeded();
        Assert.Equal(["3", "4"], (await running.SpateAsync("consume", "fresh-topic", "--group", "fresh-group")).Succeeded().Lines);
    }

    [Fact]
    public async Task A_group_with_members_is_neither_moved_nor_deleted()
    {
        await PrepareAsync("busy-topic", "busy-group", read: 1, of: 4);
        await using var client = new Client.KafkaClient(running.Broker.BootstrapServers);
        await using var consumer = client.CreateConsumer(new Client.Consuming.ConsumerOptions { GroupId = "busy-group" });
        consumer.Subscribe("busy-topic");
        await using var records = consumer.ConsumeAsync<byte[], byte[]>().GetAsyncEnumerator();
        Assert.True(await records.MoveNextAsync());

        (await running.SpateAsync("groups", "reset-offsets", "busy-group", "--to", "beginning", "--execute")).Failed(Failure, "'busy-group' has 1 members", "stop them first");
        (await running.SpateAsync("groups", "delete", "busy-group")).Failed(Failure, "'busy-group' has 1 members", "stop them first");
        var member = Assert.Single((await running.SpateAsync("groups", "members", "busy-group", "-o", "json")).Succeeded().Json.EnumerateArray());
        Assert.Equal(("spate", "busy-topic-0"), (member.GetProperty("clientId").GetString(), member.GetProperty("assignment")[0].GetString()));
    }

    [Fact]
    public async Task A_deleted_group_is_gone()
    {
        await PrepareAsync("gone-topic", "gone-group", read: 1, of: 4);
        (await running.SpateAsync("groups", "delete", "gone-group", "--dry-run")).Succeeded();
        (await running.SpateAsync("groups", "delete", "gone-group")).Succeeded();
        (await running.SpateAsync("groups", "describe", "gone-group")).Failed(Missing, "no group 'gone-group'");
    }

    [Fact]
    public async Task A_group_that_is_not_there_is_answered_with_the_nearest_one()
    {
        await PrepareAsync("near-topic", "near-group", read: 1, of: 4);
        foreach (var verb in new[] { "describe", "members", "delete" })
        {
            (await running.SpateAsync("groups", verb, "naer-group")).Failed(Missing, "no group 'naer-group'", "the nearest is 'near-group'");
        }

        (await running.SpateAsync("groups", "reset-offsets", "near-group")).Failed(Usage, "one of --to and --shift");
        (await running.SpateAsync("groups", "list", "--state", "sleepy")).Failed(Usage, "'sleepy' is none of empty");
    }

    private async Task PrepareAsync(string topic, string group, int read, int of)
    {
        (await running.SpateAsync("topics", "create", topic, "--partitions", "1")).Succeeded();
        (await running.SpateAsync("produce", topic, "--template", "%{n}", "--count", $"{of}")).Succeeded();
        (await running.SpateAsync("consume", topic, "--group", group, "--count", $"{read}")).Succeeded();
    }

    private async Task<long> OffsetAsync(string group) =>
        (await running.SpateAsync("groups", "describe", group, "-o", "json")).Succeeded().Json.GetProperty("offsets")[0].GetProperty("offset").GetInt64();
}
