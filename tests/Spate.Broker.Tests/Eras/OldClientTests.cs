using System.Text;
using Spate.Broker.Tests.Groups;
using Spate.Broker.Tests.Hosting;
using Spate.Protocol.Compression;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Records;
using Spate.Storage.Files;

namespace Spate.Broker.Tests.Eras;

/// <summary>
/// Lives of clients of Kafka 0.8 to 0.10: they ask for no versions, create topics by asking for them, bring and want messages of magic 0 and 1,
/// keep offsets and join groups in the first versions that there were. Beside them stands a client of today, which sees the same records.
/// </summary>
public sealed class OldClientTests
{
    private readonly MemoryFileSystem _files = new();

    [Fact]
    public async Task Life_of_a_client_that_knows_the_first_version_of_everything()
    {
        await using (var broker = await TestBroker.StartOnAsync(_files))
        {
            var client = await broker.ConnectAsync();
            await CreateByMetadataAsync(client, "old");

            await ProduceAsync(client, 0, Batches.Legacy(0, "one", "two"), 0);
            await ProduceAsync(client, 0, Wrapped(0, CompressionCodec.Gzip, "three", "four"), 2);
            await ProduceAsync(client, 1, Wrapped(0, CompressionCodec.Snappy, "five"), 4);
            await ProduceAsync(client, 2, Batches.Legacy(1, "six"), 5);
            await ProduceAsync(client, 2, Wrapped(1, CompressionCodec.Lz4, "seven", "eight"), 6);
            await broker.AskAsync(Ask.Produce("old", 0, Batches.Compressed(CompressionCodec.Gzip, "nine", "ten")), 9);
            await broker.ProduceAsync("old", 0, "eleven");

            string[] all = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"];
            for (short version = 0; version < 4; version++)
            {
                Assert.Equal(all, await FollowAsync(client, version, 1 << 20));
                Assert.Equal(all, await FollowAsync(client, version, 120));
            }

            Assert.Equal(all, await broker.ReadAsync("old", 0));
            Assert.Equal((11L, 0L), (await OffsetAsync(client, -1), await OffsetAsync(client, -2)));
            await KeepOffsetsAsync(broker, client);
            await JoinAsync(broker);
            await broker.StopAsync();
        }

        await using var again = await TestBroker.StartOnAsync(_files);
        var later = await again.ConnectAsync();
        Assert.Equal(11, (await FollowAsync(later, 0, 1 << 20)).Count);
        using var member = await GroupMember.FindAsync(again, "simple");
        Assert.Equal(7, await CommittedAsync(member, "simple"));
        Assert.Empty(again.Log.Complaints);
    }

    [Fact]
    public async Task Client_of_0_10_asks_for_the_versions_first_and_finds_all_that_it_knows()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        var offered = (await client.AskAsync(new ApiVersionsRequest(), 0)).ApiKeys.ToDictionary(range => range.ApiKey);

        // What a client of 0.10.0 sends.
        (ApiKey Key, short Version)[] sent =
        [
            (ApiKey.Produce, 2), (ApiKey.Fetch, 2), (ApiKey.ListOffsets, 0), (ApiKey.Metadata, 1), (ApiKey.OffsetCommit, 2), (ApiKey.OffsetFetch, 1),
            (ApiKey.FindCoordinator, 0), (ApiKey.JoinGroup, 0), (ApiKey.Heartbeat, 0), (ApiKey.LeaveGroup, 0), (ApiKey.SyncGroup, 0),
            (ApiKey.DescribeGroups, 0), (ApiKey.ListGroups, 0),
        ];
        Assert.All(sent, api => Assert.InRange(api.Version, offered[(short)api.Key].MinVersion, offered[(short)api.Key].MaxVersion));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Old_fetch_waits_and_is_woken_as_any_other(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("old");
        var client = await broker.ConnectAsync();
        var correlationId = await client.SendAsync(Ask.Fetch("old", 0, 0, maxWaitMs: 3_600_000, minBytes: 1), version);
        await broker.WhenWatchedAsync("old", 0, 1);

        await broker.ProduceAsync("old", 0, "a");

        var reply = await client.ReceiveAsync<FetchResponse>(ApiKey.Fetch, version, correlationId);
        Assert.Equal(["a"], Batches.Values(reply.Responses[0].Partitions[0].Records.Bytes));
    }

    private static async Task CreateByMetadataAsync(TestClient client, string topic)
    {
        for (var attempt = 0; ; attempt++)
        {
            var metadata = await client.AskAsync(new MetadataRequest { Topics = [new MetadataRequest.MetadataRequestTopic { Name = topic }] }, 0);
            var told = Assert.Single(metadata.Topics);
            if (told.ErrorCode == ErrorCode.None && told.Partitions.TrueForAll(partition => partition.ErrorCode == ErrorCode.None))
            {
                Assert.Equal(Assert.Single(metadata.Brokers).NodeId, Assert.Single(told.Partitions).LeaderId);
                return;
            }

            Assert.True(attempt < 100 && told.ErrorCode is ErrorCode.None or ErrorCode.LeaderNotAvailable, $"{topic}: {told.ErrorCode}");
        }
    }

    private static async Task ProduceAsync(TestClient client, short version, byte[] messages, long offset)
    {
        var answer = Assert.Single(Assert.Single((await client.AskAsync(Ask.Produce("old", 0, messages, acks: 1), version)).Responses).PartitionResponses);
        Assert.Equal((ErrorCode.None, offset), (answer.ErrorCode, answer.BaseOffset));
    }

    /// <summary>Reads from the start to the end as a simple consumer does: a piece of a message means to ask again for more.</summary>
    private static async Task<List<string>> FollowAsync(TestClient client, short version, int maxBytes)
    {
        var values = new List<string>();
        var (offset, bytes) = (0L, maxBytes);
        while (true)
        {
            var partition = (await client.AskAsync(Ask.Fetch("old", 0, offset, maxBytes: bytes), version)).Responses[0].Partitions[0];
            Assert.Equal(ErrorCode.None, partition.ErrorCode);
            var records = OwnedRecord.ReadAll(partition.Records.Bytes.Span, 64 << 20).Where(record => record.Offset >= offset).ToList();
            if (records.Count == 0)
            {
                if (offset == partition.HighWatermark)
                {
                    return values;
                }

                bytes *= 2;
                Assert.True(bytes < 1 << 24, $"Nothing comes behind offset {offset}.");
                continue;
            }

            Assert.Equal(version < 2 ? 0 : 1, partition.Records.Bytes.Span[RecordBatchLayout.Magic]);
            values.AddRange(records.Select(record => Encoding.UTF8.GetString(record.Value!)));
            (offset, bytes) = (records[^1].Offset + 1, maxBytes);
        }
    }

    private static async Task<long> OffsetAsync(TestClient client, long timestamp)
    {
        var request = Ask.ListOffsets("old", 0, timestamp);
        request.Topics[0].Partitions[0].MaxNumOffsets = 1;
        var answer = (await client.AskAsync(request, 0)).Topics[0].Partitions[0];
        Assert.Equal(ErrorCode.None, answer.ErrorCode);
        return Assert.Single(answer.OldStyleOffsets);
    }

    /// <summary>A consumer without a group protocol, which only keeps its offsets.</summary>
    private static async Task KeepOffsetsAsync(TestBroker broker, TestClient client)
    {
        using var coordinator = await GroupMember.FindAsync(broker, "simple");
        var found = await client.AskAsync(new FindCoordinatorRequest { Key = "simple" }, 0);
        Assert.Equal((ErrorCode.None, 1), (found.ErrorCode, found.NodeId));
        for (short version = 0; version < 2; version++)
        {
            var commit = Ask.Commit("simple", "old", default, 0, 6 + version);
            commit.GenerationIdOrMemberEpoch = -1;
            Assert.Equal(ErrorCode.None, (await client.AskAsync(commit, version)).Topics[0].Partitions[0].ErrorCode);
        }

        Assert.Equal(7, await CommittedAsync(coordinator, "simple"));
    }

    private static async Task<long> CommittedAsync(GroupMember coordinator, string group)
    {
        var request = new OffsetFetchRequest { GroupId = group, Topics = [new OffsetFetchRequest.OffsetFetchRequestTopic { Name = "old", PartitionIndexes = [0] }] };
        var answer = (await coordinator.AskAsync(request, 0)).Topics[0].Partitions[0];
        Assert.Equal(ErrorCode.None, answer.ErrorCode);
        return answer.CommittedOffset;
    }

    /// <summary>A group of 0.9: joins, gets its part, commits, leaves, and joins again as a client of 0.10.1 does.</summary>
    private static async Task JoinAsync(TestBroker broker)
    {
        using var member = await GroupMember.FindAsync(broker, "group");
        for (short version = 0; version < 2; version++)
        {
            var joined = await member.AskAsync(
                new JoinGroupRequest
                {
                    GroupId = "group",
                    SessionTimeoutMs = 30_000,
                    RebalanceTimeoutMs = 30_000,
                    ProtocolType = "consumer",
                    Protocols = [new JoinGroupRequest.JoinGroupRequestProtocol { Name = "range", Metadata = new byte[] { 1, 2 } }],
                },
                version);
            Assert.Equal((ErrorCode.None, joined.MemberId), (joined.ErrorCode, joined.Leader));
            var synced = await member.AskAsync(
                new SyncGroupRequest
                {
                    GroupId = "group",
                    GenerationId = joined.GenerationId,
                    MemberId = joined.MemberId,
                    Assignments = [new SyncGroupRequest.SyncGroupRequestAssignment { MemberId = joined.MemberId, Assignment = new byte[] { 9 } }],
                },
                0);
            Assert.Equal((ErrorCode.None, 9), (synced.ErrorCode, Assert.Single(synced.Assignment.ToArray())));
            Assert.Equal(ErrorCode.None, (await member.AskAsync(new HeartbeatRequest { GroupId = "group", GenerationId = joined.GenerationId, MemberId = joined.MemberId }, 0)).ErrorCode);
            var commit = Ask.Commit("group", "old", default, 0, 3 + version);
            (commit.GenerationIdOrMemberEpoch, commit.MemberId) = (joined.GenerationId, joined.MemberId);
            Assert.Equal(ErrorCode.None, (await member.AskAsync(commit, 1)).Topics[0].Partitions[0].ErrorCode);
            commit.GenerationIdOrMemberEpoch++;
            Assert.Equal(ErrorCode.IllegalGeneration, (await member.AskAsync(commit, 1)).Topics[0].Partitions[0].ErrorCode);
            Assert.Equal(ErrorCode.None, (await member.AskAsync(new LeaveGroupRequest { GroupId = "group", MemberId = joined.MemberId }, 0)).ErrorCode);
            Assert.Equal(3 + version, await CommittedAsync(member, "group"));
        }
    }

    /// <summary>Messages in a compressed wrapper, numbered from 0 as producers number them.</summary>
    private static byte[] Wrapped(byte magic, CompressionCodec codec, params ReadOnlySpan<string> values)
    {
        using var bytes = new PooledBuffer();
        using var builder = new LegacyMessageSetBuilder();
        builder.Begin(bytes, magic, codec);
        for (var index = 0; index < values.Length; index++)
        {
            builder.Append(index, TestBroker.StartMs, "k"u8, Encoding.UTF8.GetBytes(values[index]));
        }

        builder.Complete();
        return bytes.Span.ToArray();
    }
}
