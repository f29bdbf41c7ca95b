using Spate.Broker.Tests.Hosting;
using Spate.Broker.Tests.Network;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Tests.Handlers;

/// <summary>What lies in which directory, and how it gets into another while clients write and read it.</summary>
public sealed class LogDirsTests
{
    private static readonly string First = Path.GetFullPath("/first");
    private static readonly string Second = Path.GetFullPath("/second");
    private static readonly string Third = Path.GetFullPath("/third");
    private static readonly string Directories = $"log.dirs={First},{Second},{Third}";

    private readonly BrokenDisk _disk = new();

    public static TheoryData<short> DescribeVersions => Versions.From(DescribeLogDirsRequest.LowestVersion, DescribeLogDirsRequest.HighestVersion);

    public static TheoryData<short> AlterVersions => Versions.From(AlterReplicaLogDirsRequest.LowestVersion, AlterReplicaLogDirsRequest.HighestVersion);

    [Theory]
    [MemberData(nameof(DescribeVersions))]
    public async Task DescribeLogDirs_tells_of_every_directory_what_is_in_it(short version)
    {
        await using var broker = await FilledAsync();

        var reply = await broker.AskAsync(new DescribeLogDirsRequest { Topics = null }, version);

        Assert.Equal(ErrorCode.None, reply.ErrorCode);
        Assert.Equal([First, Second, Third], reply.Results.Select(result => result.LogDir));
        var found = reply.Results.SelectMany(result => result.Topics).Where(topic => topic.Name == "t").SelectMany(topic => topic.Partitions).ToList();
        Assert.Equal([0, 1, 2], found.Select(partition => partition.PartitionIndex).Order());
        Assert.All(found, partition => Assert.Equal((true, 0L, false), (partition.PartitionSize > 60, partition.OffsetLag, partition.IsFutureKey)));
        Assert.All(reply.Results, result => Assert.Equal(
            (ErrorCode.None, version >= 4, version >= 4), (result.ErrorCode, result.TotalBytes > 0, result.UsableBytes > 0 && result.UsableBytes < long.MaxValue)));
    }

    [Fact]
    public async Task DescribeLogDirs_tells_of_the_partitions_that_were_asked_for_and_of_an_offline_directory_nothing()
    {
        await using var broker = await FilledAsync();
        var request = new DescribeLogDirsRequest
        {
            Topics =
            [
                new DescribeLogDirsRequest.DescribableLogDirTopic { Topic = "t", Partitions = [1, 1, 9, -1] },
                new DescribeLogDirsRequest.DescribableLogDirTopic { Topic = "none", Partitions = [0] },
            ],
        };
        var found = (await broker.AskAsync(request, 4)).Results.SelectMany(result => result.Topics).ToList();
        Assert.Equal((1, "t", 1), (found.Count, found[0].Name, Assert.Single(found[0].Partitions).PartitionIndex));

        var lost = await PlaceAsync(broker, "t", 1);
        _disk.Break(lost);
        await broker.AskAsync(Ask.Produce("t", 1, Batches.Of("x")), 9);

        var results = (await broker.AskAsync(new DescribeLogDirsRequest { Topics = null }, 4)).Results;
        var offline = Assert.Single(results, result => result.ErrorCode != ErrorCode.None);
        Assert.Equal((ErrorCode.KafkaStorageError, lost, 0, -1L, -1L), (offline.ErrorCode, offline.LogDir, offline.Topics.Count, offline.TotalBytes, offline.UsableBytes));
        Assert.Empty((await broker.AskAsync(new DescribeLogDirsRequest { Topics = [] }, 4)).Results.SelectMany(result => result.Topics));
    }

    [Theory]
    [MemberData(nameof(AlterVersions))]
    public async Task AlterReplicaLogDirs_moves_a_log_with_all_that_is_in_it(short version)
    {
        await using var broker = await FilledAsync();
        var destination = Other(await PlaceAsync(broker, "t", 1));

        var reply = await broker.AskAsync(Move(destination, "t", 1), version);

        Assert.Equal([("t", 1, ErrorCode.None)], reply.Results.SelectMany(topic => topic.Partitions, (topic, partition) => (topic.TopicName, partition.PartitionIndex, partition.ErrorCode)));
        await broker.Moves.WhenIdle().OrTimeout("the move");
        Assert.Equal(destination, await PlaceAsync(broker, "t", 1));
        Assert.Equal(["v1"], await broker.ReadAsync("t", 1));
        Assert.Equal(1, await broker.ProduceAsync("t", 1, "more"));
        Assert.Equal(["v1", "more"], await broker.ReadAsync("t", 1));
        Assert.Empty(broker.Log.Complaints);
    }

    [Theory]
    [InlineData("/nowhere", "t", 0, ErrorCode.LogDirNotFound)]
    [InlineData("", "t", 0, ErrorCode.LogDirNotFound)]
    [InlineData("second", "t", 0, ErrorCode.LogDirNotFound)]
    [InlineData("/second/../second", "t", 0, ErrorCode.LogDirNotFound)]
    [InlineData("/second/", "t", 0, ErrorCode.None)]
    [InlineData("/second", "t", 9, ErrorCode.ReplicaNotAvailable)]
    [InlineData("/second", "t", -1, ErrorCode.ReplicaNotAvailable)]
    [InlineData("/second", "none", 0, ErrorCode.ReplicaNotAvailable)]
    [InlineData("/second", "a b", 0, ErrorCode.ReplicaNotAvailable)]
    [InlineData("/second", "", 0, ErrorCode.ReplicaNotAvailable)]
    [InlineData("/second", "long", 0, ErrorCode.InvalidTopic)]
    public async Task AlterReplicaLogDirs_has_an_answer_to_each_input(string path, string topic, int partition, ErrorCode error)
    {
        await using var broker = await FilledAsync();
        topic = topic == "long" ? new string('x', 240) : topic;

        var reply = await broker.AskAsync(Move(path, topic, partition), 2);

        var result = Assert.Single(reply.Results);
        Assert.Equal((topic, partition, error), (result.TopicName, result.Partitions[0].PartitionIndex, result.Partitions[0].ErrorCode));
        await broker.Moves.WhenIdle().OrTimeout("the move");
    }

    [Fact]
    public async Task Partition_that_is_wished_to_two_places_is_refused_and_one_that_is_wished_twice_to_one_is_not()
    {
        await using var broker = await FilledAsync();
        var request = Move(Second, "t", 0, 1, 1);
        request.Dirs.Add(Move(Third, "t", 0).Dirs[0]);

        var reply = await broker.AskAsync(request, 2);

        Assert.Equal(
            [(0, ErrorCode.InvalidRequest), (1, ErrorCode.None)],
            Assert.Single(reply.Results).Partitions.Select(partition => (partition.PartitionIndex, partition.ErrorCode)));
        await broker.Moves.WhenIdle().OrTimeout("the move");
        Assert.Equal(Second, await PlaceAsync(broker, "t", 1));
    }

    [Fact]
    public async Task Offline_directory_takes_no_log_and_gives_none()
    {
        await using var broker = await FilledAsync();
        var lost = await PlaceAsync(broker, "t", 0);
        _disk.Break(lost);
        await broker.AskAsync(Ask.Produce("t", 0, Batches.Of("x")), 9);

        Assert.Equal(ErrorCode.KafkaStorageError, (await broker.AskAsync(Move(lost, "t", 1), 2)).Results[0].Partitions[0].ErrorCode);
        Assert.Equal(ErrorCode.KafkaStorageError, (await broker.AskAsync(Move(Other(lost), "t", 0), 2)).Results[0].Partitions[0].ErrorCode);
    }

    [Fact]
    public async Task Wish_for_a_partition_that_is_not_there_is_granted_when_it_is_made()
    {
        await using var broker = await FilledAsync();
        foreach (var index in (int[])[0, 1, 2])
        {
            Assert.Equal(ErrorCode.ReplicaNotAvailable, (await broker.AskAsync(Move(Third, "u", index), 2)).Results[0].Partitions[0].ErrorCode);
        }

        await broker.CreateTopicAsync("u", 4);

        Assert.Equal([Third, Third, Third], [await PlaceAsync(broker, "u", 0), await PlaceAsync(broker, "u", 1), await PlaceAsync(broker, "u", 2)]);
        Assert.NotEqual(Third, await PlaceAsync(broker, "u", 3));
    }

    [Fact]
    public async Task Move_waits_for_its_allowance_and_can_be_seen_changed_and_taken_back()
    {
        await using var broker = await FilledAsync("replica.alter.log.dirs.io.max.bytes.per.second=1");
        var source = await PlaceAsync(broker, "t", 0);
        var (one, two) = (Other(source), Other(source, Other(source)));
        await broker.ProduceAsync("t", 0, new string('x', 5000));

        Assert.Equal(ErrorCode.None, (await broker.AskAsync(Move(one, "t", 0), 2)).Results[0].Partitions[0].ErrorCode);
        Assert.Equal([(one, true), (source, false)], await PlacesAsync(broker, "t", 0));

        Assert.Equal(ErrorCode.None, (await broker.AskAsync(Move(one, "t", 0), 2)).Results[0].Partitions[0].ErrorCode);
        Assert.Equal([(one, true), (source, false)], await PlacesAsync(broker, "t", 0));

        Assert.Equal(ErrorCode.None, (await broker.AskAsync(Move(two, "t", 0), 2)).Results[0].Partitions[0].ErrorCode);
        Assert.Equal([(two, true), (source, false)], await PlacesAsync(broker, "t", 0));

        Assert.Equal(ErrorCode.None, (await broker.AskAsync(Move(source, "t", 0), 2)).Results[0].Partitions[0].ErrorCode);
        Assert.Equal([(source, false)], await PlacesAsync(broker, "t", 0));
        Assert.Equal(2, await broker.ProduceAsync("t", 0, "more"));
        Assert.DoesNotContain(_disk.ListDirectories(one).Concat(_disk.ListDirectories(two)), path => path.EndsWith("-future", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Move_that_a_stop_interrupts_begins_anew_with_the_next_start(bool isClean)
    {
        string source;
        string destination;
        await using (var broker = await FilledAsync("replica.alter.log.dirs.io.max.bytes.per.second=1"))
        {
            source = await PlaceAsync(broker, "t", 0);
            destination = Other(source);
            await broker.ProduceAsync("t", 0, new string('x', 5000));
            await broker.AskAsync(Move(destination, "t", 0), 2);
            if (isClean)
            {
                await broker.StopAsync();
            }
        }

        Assert.True(_disk.DirectoryExists(Path.Combine(source, "t-0")));
        await using var again = await TestBroker.StartOnAsync(_disk, Directories);
        await again.Moves.WhenIdle().OrTimeout("the move");

        Assert.Equal([(destination, false)], await PlacesAsync(again, "t", 0));
        Assert.Equal(["v0", new string('x', 5000)], await again.ReadAsync("t", 0));
        Assert.Equal(2, await again.ProduceAsync("t", 0, "more"));
    }

    [Fact]
    public async Task Topic_that_is_deleted_while_it_moves_is_gone_from_both_places()
    {
        await using var broker = await FilledAsync("replica.alter.log.dirs.io.max.bytes.per.second=1");
        var destination = Other(await PlaceAsync(broker, "t", 0));
        await broker.AskAsync(Move(destination, "t", 0), 2);

        await broker.DeleteTopicAsync("t");

        Assert.Empty(await PlacesAsync(broker, "t", 0));
        Assert.Equal(0, broker.Moves.Count);
        await broker.CreateTopicAsync("t");
        Assert.Empty(await broker.ReadAsync("t", 0));
    }

    [Fact]
    public async Task Disk_that_fails_under_the_copy_leaves_the_log_where_it_is()
    {
        await using var broker = await FilledAsync("replica.alter.log.dirs.io.max.bytes.per.second=1");
        var source = await PlaceAsync(broker, "t", 0);
        var destination = Other(source);
        await broker.ProduceAsync("t", 0, "more");
        _disk.Fails = (path, writes) => writes && path.StartsWith(destination, StringComparison.Ordinal) && path.EndsWith(".log", StringComparison.Ordinal);

        await broker.AskAsync(Move(destination, "t", 0), 2);
        await broker.Moves.WhenIdle().OrTimeout("the move");

        Assert.Equal([(source, false)], await PlacesAsync(broker, "t", 0));
        Assert.Equal(["v0", "more"], await broker.ReadAsync("t", 0));
        Assert.Equal(2, await broker.ProduceAsync("t", 0, "again"));
        Assert.Contains((await broker.AskAsync(new DescribeLogDirsRequest { Topics = null }, 4)).Results, result => result.LogDir == destination && result.ErrorCode == ErrorCode.KafkaStorageError);
    }

    [Fact]
    public async Task Log_that_moves_to_and_fro_under_writers_and_readers_loses_and_repeats_nothing()
    {
        const int Rounds = 30;
        await using var broker = await FilledAsync();
        using var done = new CancellationTokenSource();
        var written = new List<string> { "v0" };
        var writer = Task.Run(async () =>
        {
            using var client = await TestClient.ConnectAsync(broker.EndPoint);
            while (!done.IsCancellationRequested)
            {
                var value = $"value {written.Count}";
                var answer = (await client.AskAsync(Ask.Produce("t", 0, Batches.Of(value)), 9)).Responses[0].PartitionResponses[0];
                Assert.Equal((ErrorCode.None, (long)written.Count), (answer.ErrorCode, answer.BaseOffset));
                written.Add(value);
            }
        });
        var reader = Task.Run(async () =>
        {
            using var client = await TestClient.ConnectAsync(broker.EndPoint);
            var offset = 0L;
            while (!done.IsCancellationRequested)
            {
                var answer = (await client.AskAsync(Ask.Fetch("t", 0, offset, maxWaitMs: 0, minBytes: 1, maxBytes: 4096), 12)).Responses[0].Partitions[0];
                Assert.Equal(ErrorCode.None, answer.ErrorCode);
                foreach (var value in Batches.Values(answer.Records.Bytes))
                {
                    Assert.Equal(offset == 0 ? "v0" : $"value {offset}", value);
                    offset++;
                }
            }
        });

        for (var round = 0; round < Rounds; round++)
        {
            var destination = Other(await PlaceAsync(broker, "t", 0));
            Assert.Equal(ErrorCode.None, (await broker.AskAsync(Move(destination, "t", 0), 2)).Results[0].Partitions[0].ErrorCode);
            await broker.Moves.WhenIdle().OrTimeout("the move");
            Assert.Equal(destination, await PlaceAsync(broker, "t", 0));
            broker.Clock.Advance(TimeSpan.FromMinutes(2));
        }

        await done.CancelAsync();
        await Task.WhenAll(writer, reader).OrTimeout("the clients to finish");
        var read = new List<string>();
        while (read.Count < written.Count)
        {
            read.AddRange(await broker.ReadAsync("t", 0, read.Count));
        }

        Assert.Equal(written, read);
        Assert.Empty(broker.Log.Complaints);
    }

    private static AlterReplicaLogDirsRequest Move(string path, string topic, params int[] partitions) => new()
    {
        Dirs =
        [
            new AlterReplicaLogDirsRequest.AlterReplicaLogDir
            {
                Path = path,
                Topics = [new AlterReplicaLogDirsRequest.AlterReplicaLogDirTopic { Name = topic, Partitions = [.. partitions] }],
            },
        ],
    };

    private static string Other(params string[] taken) => ((string[])[First, Second, Third]).First(path => !taken.Contains(path));

    private static async Task<string> PlaceAsync(TestBroker broker, string topic, int partition) =>
        Assert.Single(await PlacesAsync(broker, topic, partition), place => !place.IsFuture).Directory;

    /// <summary>Where a partition's logs lie, in the order of the directories' names.</summary>
    private static async Task<List<(string Directory, bool IsFuture)>> PlacesAsync(TestBroker broker, string topic, int partition)
    {
        var request = new DescribeLogDirsRequest { Topics = [new DescribeLogDirsRequest.DescribableLogDirTopic { Topic = topic, Partitions = [partition] }] };
        return
        [
            .. (await broker.AskAsync(request, 4)).Results
                .SelectMany(result => result.Topics.SelectMany(each => each.Partitions), (result, each) => (result.LogDir, each.IsFutureKey))
                .OrderByDescending(place => place.IsFutureKey),
        ];
    }

    private async Task<TestBroker> FilledAsync(params string[] settings)
    {
        var broker = await TestBroker.StartOnAsync(_disk, [Directories, .. settings]);
        await broker.CreateTopicAsync("t", 3);
        for (var partition = 0; partition < 3; partition++)
        {
            await broker.ProduceAsync("t", partition, $"v{partition}");
        }

        return broker;
    }
}
