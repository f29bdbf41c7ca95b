using System.Text.Json;
using Spate.Cli.Tests.Harness;
using Spate.Client;
using Spate.Client.Sharing;

namespace Spate.Cli.Tests.Scenarios;

/// <summary>Share groups and those of streams applications, by the same verbs as all others.</summary>
public sealed class GroupKindTests(BrokerOnDisk running) : IClassFixture<BrokerOnDisk>
{
    private const int Failure = 1;
    private const int Missing = 4;

    [Fact]
    public async Task A_share_group_is_described_moved_and_deleted()
    {
        await PrepareAsync("dealt", 10);
        (await running.SpateAsync("configs", "alter", "--group", "dealers", "--set", "share.auto.offset.reset=earliest")).Succeeded();
        await using (var client = new KafkaClient(running.Broker.BootstrapServers))
        {
            await using var consumer = client.CreateShareConsumer(new ShareConsumerOptions { GroupId = "dealers" });
            consumer.Subscribe("dealt");
            await using var records = consumer.ReceiveAsync<byte[], byte[]>().GetAsyncEnumerator();
            for (var count = 0; count <= 3; count++)
            {
                Assert.True(await records.MoveNextAsync());
            }

            await consumer.CommitAsync();
            var busy = (await running.SpateAsync("groups", "describe", "dealers", "-o", "json")).Succeeded().Json;
            var member = Assert.Single((await running.SpateAsync("groups", "members", "dealers", "-o", "json")).Succeeded().Json.EnumerateArray());
            Assert.Equal("dealt-0", member.GetProperty("assignment")[0].GetString());
            Assert.Equal(("share", "stable"), (Text(busy.GetProperty("groups")[0], "type"), Text(busy.GetProperty("groups")[0], "state")));
            Assert.Equal(("dealt", 3, 10, 7), Numbers(busy));
            Assert.Equal(Text(member, "member"), Text(busy.GetProperty("offsets")[0], "member"));
            (await running.SpateAsync("groups", "reset-offsets", "dealers", "--to", "beginning", "--execute")).Failed(Failure, "'dealers' has 1 members", "stop them first");
            (await running.SpateAsync("groups", "delete", "dealers")).Failed(Failure, "'dealers' has 1 members", "stop them first");
        }

        var shown = (await running.SpateAsync("groups", "reset-offsets", "dealers", "--shift", "-1")).Succeeded();
        Assert.Equal("dealers\tdealt\t0\t3\t2\t8\tfalse", Assert.Single(shown.Lines));
        Assert.Equal(("dealt", 3, 10, 7), Numbers((await running.SpateAsync("groups", "describe", "dealers", "-o", "json")).Succeeded().Json));
        Assert.Equal("dealers\tdealt\t0\t3\t9\t1\ttrue", Assert.Single((await running.SpateAsync("groups", "reset-offsets", "dealers", "--to", "9", "--execute")).Succeeded().Lines));
        Assert.Equal(("dealt", 9, 10, 1), Numbers((await running.SpateAsync("groups", "describe", "dealers", "-o", "json")).Succeeded().Json));

        Assert.Equal("dealers\tshare\ttrue", Assert.Single((await running.SpateAsync("groups", "delete", "dealers")).Succeeded().Lines));
        (await running.SpateAsync("groups", "describe", "dealers")).Failed(Missing, "no group 'dealers'");
    }

    [Fact]
    public async Task A_streams_group_is_described_moved_and_deleted()
    {
        await PrepareAsync("counted", 10);
        (await running.SpateAsync("configs", "alter", "--group", "counter", "--set", "streams.initial.rebalance.delay.ms=0")).Succeeded();
        using var app = await StreamsMember.JoinAsync(running.Broker, "counter", "counted");
        await app.CommitAsync("counted", 0, 4);
        await app.CommitAsync(app.Changelog, 0, 0);

        var described = (await running.SpateAsync("groups", "describe", "counter", "-o", "json")).Succeeded().Json;
        Assert.Equal(("streams", "stable"), (Text(described.GetProperty("groups")[0], "type"), Text(described.GetProperty("groups")[0], "state")));
        var offset = described.GetProperty("offsets").EnumerateArray().Single(static each => Text(each, "topic") == "counted");
        Assert.Equal((4, 10, 6, "me"), (offset.GetProperty("offset").GetInt64(), offset.GetProperty("end").GetInt64(), offset.GetProperty("lag").GetInt64(), Text(offset, "member")));
        Assert.Equal("me\t-\tapp\t", string.Concat((await running.SpateAsync("groups", "members", "counter")).Succeeded().Output.Take(9)));
        Assert.EndsWith("\tcount_0\t-\t-", Assert.Single((await running.SpateAsync("groups", "members", "counter")).Succeeded().Lines), StringComparison.Ordinal);
        (await running.SpateAsync("groups", "reset-offsets", "counter", "--to", "beginning", "--execute")).Failed(Failure, "'counter' has 1 members", "stop them first");

        await app.LeaveAsync();
        var shown = (await running.SpateAsync("groups", "reset-offsets", "counter", "--to", "beginning")).Succeeded();
        Assert.Equal("counter\tcounted\t0\t4\t0\t10\tfalse", Assert.Single(shown.Lines));
        Assert.Contains($"spate topics delete {app.Changelog}", shown.Errors, StringComparison.Ordinal);
        Assert.Equal("counter\tcounted\t0\t4\t7\t3\ttrue", Assert.Single((await running.SpateAsync("groups", "reset-offsets", "counter", "--to", "7", "--execute")).Succeeded().Lines));

        var deleted = (await running.SpateAsync("groups", "delete", "counter")).Succeeded();
        Assert.Equal("counter\tstreams\ttrue", Assert.Single(deleted.Lines));
        Assert.Contains($"'spate topics delete {app.Changelog}' deletes them", deleted.Errors, StringComparison.Ordinal);
        (await running.SpateAsync("groups", "describe", "counter")).Failed(Missing, "no group 'counter'");
    }

    [Fact]
    public async Task What_coordinators_keep_of_them_is_decoded()
    {
        await PrepareAsync("kept", 4);
        (await running.SpateAsync("configs", "alter", "--group", "kept-share", "--set", "share.auto.offset.reset=earliest")).Succeeded();
        await using (var client = new KafkaClient(running.Broker.BootstrapServers))
        {
            await using var consumer = client.CreateShareConsumer(new ShareConsumerOptions { GroupId = "kept-share" });
            consumer.Subscribe("kept");
            await using var records = consumer.ReceiveAsync<byte[], byte[]>().GetAsyncEnumerator();
            Assert.True(await records.MoveNextAsync());
        }

        (await running.SpateAsync("configs", "alter", "--group", "kept-streams", "--set", "streams.initial.rebalance.delay.ms=0")).Succeeded();
        using (await StreamsMember.JoinAsync(running.Broker, "kept-streams", "kept"))
        {
            var groups = await KeysAsync("__consumer_offsets-*", "kept-");
            foreach (var name in new[] { "ShareGroupMetadataKey", "ShareGroupStatePartitionMetadataKey", "StreamsGroupMetadataKey", "StreamsGroupTopologyKey", "StreamsGroupMemberMetadataKey", "StreamsGroupTargetAssignmentMemberKey", "StreamsGroupCurrentMemberAssignmentKey" })
            {
                Assert.Contains(groups, key => key.StartsWith($"{name} {{\"groupId\":\"kept-", StringComparison.Ordinal));
            }

            Assert.DoesNotContain(groups, static key => !key.Contains("Key {", StringComparison.Ordinal));
            Assert.Contains(await KeysAsync("__share_group_state-*", "kept-share"), static key => key.StartsWith("ShareSnapshotKey {\"groupId\":\"kept-share\"", StringComparison.Ordinal));
        }
    }

    private async Task PrepareAsync(string topic, int count)
    {
        (await running.SpateAsync("topics", "create", topic, "--partitions", "1")).Succeeded();
        (await running.SpateAsync("produce", topic, "--template", "%{n}", "--count", $"{count}")).Succeeded();
    }

    private async Task<List<string>> KeysAsync(string directories, string group)
    {
        var found = Directory.GetDirectories(running.Data, directories);
        Assert.NotEmpty(found);
        var dump = (await SpateInProcess.RunAsync(["log", "dump", .. found, "--records", "-o", "json"])).Succeeded().Json;
        return [.. dump.GetProperty("records").EnumerateArray().Select(static record => Text(record, "key") ?? "").Where(key => key.Contains(group, StringComparison.Ordinal))];
    }

    private static (string? Topic, long Offset, long End, long Lag) Numbers(JsonElement described)
    {
        var offset = Assert.Single(described.GetProperty("offsets").EnumerateArray());
        return (Text(offset, "topic"), offset.GetProperty("offset").GetInt64(), offset.GetProperty("end").GetInt64(), offset.GetProperty("lag").GetInt64());
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
