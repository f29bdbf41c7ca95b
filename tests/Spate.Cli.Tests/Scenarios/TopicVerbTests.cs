using System.Text.Json;
using Spate.Cli.Tests.Harness;

namespace Spate.Cli.Tests.Scenarios;

public sealed class TopicVerbTests(RunningBroker running) : IClassFixture<RunningBroker>
{
    private const int Failure = 1;
    private const int Missing = 4;

    [Fact]
    public async Task A_topic_is_created_and_told_in_every_form()
    {
        var created = (await running.SpateAsync("topics", "create", "every-form", "--partitions", "3", "--set", "retention.ms=60000", "--output", "json")).Succeeded().Json;
        Assert.Equal(("every-form", 3, 1, true), (created.GetProperty("topic").GetString(), created.GetProperty("partitions").GetInt32(), created.GetProperty("replicationFactor").GetInt32(), created.GetProperty("created").GetBoolean()));

        Assert.Contains("every-form\t3\t1\tfalse", (await running.SpateAsync("topics", "list")).Succeeded().Lines);
        var table = (await running.SpateAsync("topics", "list", "--output", "table")).Succeeded();
        Assert.Contains("Replication factor", table.Lines[0], StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', table.Output);
        var listed = (await running.SpateAsync("topics", "list", "--output", "json")).Succeeded().Json.EnumerateArray().Single(static topic => topic.GetProperty("topic").GetString() == "every-form");
        Assert.Equal(3, listed.GetProperty("partitions").GetInt32());
    }

    [Fact]
    public async Task A_description_has_offsets_sizes_health_and_settings()
    {
        (await running.SpateAsync("topics", "create", "described", "--partitions", "2", "--set", "cleanup.policy=compact")).Succeeded();
        (await running.SpateWithInputAsync("a\nb\nc\n", "produce", "described", "--partition", "1", "--key", "k")).Succeeded();
        var described = (await running.SpateAsync("topics", "describe", "described", "-o", "json")).Succeeded().Json;

        var topic = Assert.Single(described.GetProperty("topics").EnumerateArray());
        Assert.Equal((3, "ok"), (topic.GetProperty("offsets").GetInt64(), topic.GetProperty("health").GetString()));
        var partition = described.GetProperty("partitions")[1];
        Assert.Equal((0, 3), (partition.GetProperty("startOffset").GetInt64(), partition.GetProperty("endOffset").GetInt64()));
        Assert.True(partition.GetProperty("sizeBytes").GetInt64() > 0);
        Assert.Equal(topic.GetProperty("sizeBytes").GetInt64(), described.GetProperty("partitions").EnumerateArray().Sum(static each => each.GetProperty("sizeBytes").GetInt64()));
        var setting = Assert.Single(described.GetProperty("settings").EnumerateArray());
        Assert.Equal(("cleanup.policy", "compact"), (setting.GetProperty("key").GetString(), setting.GetProperty("value").GetString()));
    }

    [Fact]
    public async Task A_partition_without_a_leader_is_told_and_the_others_too()
    {
        (await running.SpateAsync("topics", "create", "headless", "--partitions", "2")).Succeeded();
        await running.Broker.DeposeLeaderAsync("headless", 0);
        var described = (await running.SpateAsync("topics", "describe", "headless", "-o", "json")).Succeeded().Json;
        Assert.Equal("1 no leader", described.GetProperty("topics")[0].GetProperty("health").GetString());
        Assert.Equal(JsonValueKind.Null, described.GetProperty("partitions")[0].GetProperty("leader").ValueKind);
        Assert.Equal("ok", described.GetProperty("partitions")[1].GetProperty("health").GetString());
    }

    [Fact]
    public async Task A_topic_that_is_not_there_is_answered_with_the_nearest_one()
    {
        (await running.SpateAsync("topics", "create", "invoices")).Succeeded();
        foreach (var verb in new[] { "describe", "delete" })
        {
            (await running.SpateAsync("topics", verb, "invocies")).Failed(Missing, "no topic 'invocies'", "the nearest is 'invoices'", "'spate topics list'");
        }

        (await running.SpateAsync("topics", "alter", "invocies", "--set", "retention.ms=1")).Failed(Missing, "the nearest is 'invoices'");
        (await running.SpateAsync("topics", "partitions", "invocies", "4")).Failed(Missing, "the nearest is 'invoices'");
        (await running.SpateAsync("topics", "trim", "invocies", "--before", "end")).Failed(Missing, "the nearest is 'invoices'");
        (await running.SpateAsync("consume", "invocies")).Failed(Missing, "the nearest is 'invoices'");
        (await running.SpateWithInputAsync("a\n", "produce", "invocies")).Failed(Missing, "the nearest is 'invoices'");
    }

    [Fact]
    public async Task A_topic_that_is_there_already_is_told_or_accepted()
    {
        (await running.SpateAsync("topics", "create", "twice")).Succeeded();
        (await running.SpateAsync("topics", "create", "twice")).Failed(Failure, "TOPIC_ALREADY_EXISTS", "twice");
        Assert.Contains("is there already", (await running.SpateAsync("topics", "create", "twice", "--if-missing")).Succeeded().Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_changes_nothing()
    {
        (await running.SpateAsync("topics", "create", "dry", "--partitions", "2")).Succeeded();
        (await running.SpateWithInputAsync("a\nb\n", "produce", "dry", "--partition", "0")).Succeeded();
        (await running.SpateAsync("topics", "create", "dry-too", "--dry-run")).Succeeded();
        (await running.SpateAsync("topics", "partitions", "dry", "5", "--dry-run")).Succeeded();
        (await running.SpateAsync("topics", "alter", "dry", "--set", "retention.ms=1", "--dry-run")).Succeeded();
        Assert.Equal("dry\t0\t0\t2\t2\tfalse", (await running.SpateAsync("topics", "trim", "dry", "--before", "end", "--dry-run", "--partition", "0")).Succeeded().Lines[0]);
        (await running.SpateAsync("topics", "delete", "dry", "--dry-run")).Succeeded();
        var described = (await running.SpateAsync("topics", "describe", "dry", "-o", "json")).Succeeded().Json;
        Assert.Equal((2, 0), (described.GetProperty("partitions").GetArrayLength(), described.GetProperty("settings").GetArrayLength()));
        Assert.Equal(0, described.GetProperty("partitions")[0].GetProperty("startOffset").GetInt64());
        Assert.DoesNotContain((await running.SpateAsync("topics", "list")).Lines, static line => line.StartsWith("dry-too", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Partitions_are_added_and_never_taken_away()
    {
        (await running.SpateAsync("topics", "create", "growing", "--partitions", "2")).Succeeded();
        (await running.SpateAsync("topics", "partitions", "growing", "4")).Succeeded();
        Assert.Contains("growing\t4\t1\tfalse", (await running.SpateAsync("topics", "list")).Lines);
        (await running.SpateAsync("topics", "partitions", "growing", "3")).Failed(Failure, "has 4 partitions already", "above 4");
    }

    [Fact]
    public async Task Settings_are_given_and_given_back()
    {
        (await running.SpateAsync("topics", "create", "altered")).Succeeded();
        Assert.Equal("retention.ms\t123456\ttopic\ttopic altered\tfalse", Assert.Single((await running.SpateAsync("topics", "alter", "altered", "--set", "retention.ms=123456")).Succeeded().Lines));
        Assert.DoesNotContain("123456", Assert.Single((await running.SpateAsync("topics", "alter", "altered", "--reset", "retention.ms")).Succeeded().Lines), StringComparison.Ordinal);
        (await running.SpateAsync("topics", "alter", "altered", "--set", "retention.sm=1")).Failed(Failure, "retention.sm", "retention.ms");
        (await running.SpateAsync("topics", "alter", "altered")).Failed(2, "--set key=value");
    }

    [Fact]
    public async Task Trimmed_records_are_gone()
    {
        (await running.SpateAsync("topics", "create", "trimmed")).Succeeded();
        (await running.SpateWithInputAsync("a\nb\nc\nd\n", "produce", "trimmed")).Succeeded();
        Assert.Equal("trimmed\t0\t0\t3\t4\ttrue", (await running.SpateAsync("topics", "trim", "trimmed", "--before", "-1")).Succeeded().Lines[0]);
        Assert.Equal(["d"], (await running.SpateAsync("consume", "trimmed")).Succeeded().Lines);
    }

    [Fact]
    public async Task A_deleted_topic_is_gone()
    {
        (await running.SpateAsync("topics", "create", "short-lived")).Succeeded();
        (await running.SpateAsync("topics", "delete", "short-lived")).Succeeded();
        (await running.SpateAsync("topics", "describe", "short-lived")).Failed(Missing, "no topic 'short-lived'");
    }
}
