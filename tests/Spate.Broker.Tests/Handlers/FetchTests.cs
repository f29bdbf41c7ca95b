using Spate.Broker.Tests.Hosting;
using Spate.Protocol;
using Spate.Protocol.Compression;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Tests.Handlers;

/// <summary>What Fetch refuses, how much it brings, and how it waits.</summary>
public sealed class FetchTests
{
    private const short Version = 12;
    private const int HourMs = 3_600_000;

    [Theory]
    [InlineData("t", 0, 3, 12, ErrorCode.OffsetOutOfRange)]
    [InlineData("t", 0, -1, 12, ErrorCode.OffsetOutOfRange)]
    [InlineData("t", 0, long.MaxValue, 12, ErrorCode.OffsetOutOfRange)]
    [InlineData("t", 0, long.MinValue, 4, ErrorCode.OffsetOutOfRange)]
    [InlineData("t", 1, 0, 12, ErrorCode.UnknownTopicOrPartition)]
    [InlineData("t", 1, 0, 13, ErrorCode.UnknownTopicOrPartition)]
    [InlineData("t", -1, 0, 12, ErrorCode.UnknownTopicOrPartition)]
    [InlineData("none", 0, 0, 12, ErrorCode.UnknownTopicOrPartition)]
    [InlineData("none", 0, 0, 13, ErrorCode.UnknownTopicId)]
    public async Task Wrong_places_are_refused_without_a_wait(string topic, int partition, long offset, short version, ErrorCode error)
    {
        await using var broker = await TestBroker.StartAsync();
        var id = await broker.CreateTopicAsync("t");
        await broker.ProduceAsync("t", 0, "a", "b");

        var reply = await broker.AskAsync(Ask.Fetch(topic, topic == "t" ? id : Uuid.NewRandom(new Random(3)), partition, offset, HourMs, 1), version);

        var answer = reply.Responses[0].Partitions[0];
        Assert.Equal((error, -1L, 0), (answer.ErrorCode, answer.HighWatermark, answer.Records.Length));
    }

    [Theory]
    [InlineData(0, ErrorCode.None)]
    [InlineData(-1, ErrorCode.None)]
    [InlineData(1, ErrorCode.UnknownLeaderEpoch)]
    public async Task Leader_epoch_of_the_client_is_checked(int epoch, ErrorCode error)
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        var request = Ask.Fetch("t", 0, 0);
        request.Topics[0].Partitions[0].CurrentLeaderEpoch = epoch;

        Assert.Equal(error, (await broker.AskAsync(request, Version)).Responses[0].Partitions[0].ErrorCode);
    }

    [Theory]
    [InlineData(0, -1, ErrorCode.None)]
    [InlineData(77, -1, ErrorCode.None)]
    [InlineData(77, 1, ErrorCode.FetchSessionIdNotFound)]
    [InlineData(77, -2, ErrorCode.FetchSessionIdNotFound)]
    [InlineData(77, int.MinValue, ErrorCode.FetchSessionIdNotFound)]
    [InlineData(0, 5, ErrorCode.FetchSessionIdNotFound)]
    [InlineData(-1, int.MaxValue, ErrorCode.FetchSessionIdNotFound)]
    public async Task Sessions_that_there_are_not_are_refused_and_full_fetches_are_answered(int session, int epoch, ErrorCode error)
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        var request = Ask.Fetch("t", 0, 0);
        request.SessionId = session;
        request.SessionEpoch = epoch;

        var reply = await broker.AskAsync(request, Version);

        Assert.Equal((error, 0, error == ErrorCode.None ? 1 : 0), (reply.ErrorCode, reply.SessionId, reply.Responses.Count));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(12)]
    public async Task First_batch_that_is_larger_than_the_limit_comes_whole_and_alone(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t", 2);
        await broker.ProduceAsync("t", 0, new string('a', 2000));
        await broker.ProduceAsync("t", 1, "b");
        var request = Ask.Fetch("t", 0, 0, maxBytes: 100);
        request.Topics[0].Partitions.Add(new FetchRequest.FetchPartition { Partition = 1, PartitionMaxBytes = 100 });

        var partitions = (await broker.AskAsync(request, version)).Responses[0].Partitions;

        Assert.Equal([new string('a', 2000)], Batches.Values(partitions[0].Records.Bytes));
        Assert.Equal((ErrorCode.None, 0), (partitions[1].ErrorCode, partitions[1].Records.Length));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Old_clients_get_a_piece_of_a_message_that_is_larger_than_their_limit_and_so_ask_for_more(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        await broker.ProduceAsync("t", 0, new string('a', 2000));

        var piece = (await broker.AskAsync(Ask.Fetch("t", 0, 0, maxBytes: 100), version)).Responses[0].Partitions[0];
        var whole = (await broker.AskAsync(Ask.Fetch("t", 0, 0, maxBytes: 5000), version)).Responses[0].Partitions[0];

        Assert.Equal((ErrorCode.None, 100), (piece.ErrorCode, piece.Records.Length));
        Assert.Equal([new string('a', 2000)], Batches.Values(whole.Records.Bytes));
    }

    [Fact]
    public async Task Limits_of_partition_and_response_hold_behind_the_first_batch()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t", 2);
        for (var batch = 0; batch < 5; batch++)
        {
            await broker.ProduceAsync("t", 0, new string('a', 500));
            await broker.ProduceAsync("t", 1, new string('b', 500));
        }

        var request = Ask.Fetch("t", 0, 0, maxBytes: 2000);
        request.Topics[0].Partitions[0].PartitionMaxBytes = 1200;
        request.Topics[0].Partitions.Add(new FetchRequest.FetchPartition { Partition = 1, PartitionMaxBytes = 1200 });
        var partitions = (await broker.AskAsync(request, Version)).Responses[0].Partitions;

        Assert.Equal(1200, partitions[0].Records.Length);
        Assert.Equal(800, partitions[1].Records.Length);
    }

    [Fact]
    public async Task Negative_limits_bring_the_first_batch_and_no_more()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        await broker.ProduceAsync("t", 0, "a");
        await broker.ProduceAsync("t", 0, "b");

        var reply = await broker.AskAsync(Ask.Fetch("t", 0, 0, maxBytes: -5), Version);

        Assert.Equal(["a"], Batches.Values(reply.Responses[0].Partitions[0].Records.Bytes));
    }

    [Theory]
    [InlineData(0, CompressionCodec.Zstd, ErrorCode.UnsupportedCompressionType)]
    [InlineData(3, CompressionCodec.Zstd, ErrorCode.UnsupportedCompressionType)]
    [InlineData(9, CompressionCodec.Zstd, ErrorCode.None)]
    [InlineData(10, CompressionCodec.Zstd, ErrorCode.None)]
    [InlineData(0, CompressionCodec.Lz4, ErrorCode.None)]
    [InlineData(1, CompressionCodec.Snappy, ErrorCode.None)]
    [InlineData(3, CompressionCodec.Gzip, ErrorCode.None)]
    public async Task Compressed_records_are_served_in_what_the_client_can_read(short version, CompressionCodec codec, ErrorCode error)
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        await broker.AskAsync(Ask.Produce("t", 0, Batches.Compressed(codec, "a", "b")), 9);

        var answer = (await broker.AskAsync(Ask.Fetch("t", 0, 0), version)).Responses[0].Partitions[0];

        Assert.Equal(error, answer.ErrorCode);
        Assert.Equal(error == ErrorCode.None ? ["a", "b"] : [], Batches.Values(answer.Records.Bytes));
    }

    [Theory]
    [InlineData(9, ErrorCode.UnsupportedCompressionType)]
    [InlineData(10, ErrorCode.None)]
    public async Task Topic_that_is_kept_in_zstd_is_refused_to_those_who_cannot_know_it(short version, ErrorCode error)
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t", 1, ("compression.type", "zstd"));
        await broker.ProduceAsync("t", 0, "a");

        Assert.Equal(error, (await broker.AskAsync(Ask.Fetch("t", 0, 0), version)).Responses[0].Partitions[0].ErrorCode);
    }

    [Fact]
    public async Task Fetch_that_finds_too_little_waits_for_its_time_and_no_longer()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        var client = await broker.ConnectAsync();
        var waiting = await WaitingAsync(broker, client, Ask.Fetch("t", 0, 0, maxWaitMs: 500, minBytes: 1));

        broker.Clock.Advance(TimeSpan.FromMilliseconds(499));
        Assert.False(waiting.IsCompleted);
        broker.Clock.Advance(TimeSpan.FromMilliseconds(1));

        var answer = (await waiting).Responses[0].Partitions[0];
        Assert.Equal((ErrorCode.None, 0L, 0), (answer.ErrorCode, answer.HighWatermark, answer.Records.Length));
    }

    [Fact]
    public async Task Fetch_that_waits_is_answered_as_soon_as_enough_is_appended()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        var client = await broker.ConnectAsync();
        var waiting = await WaitingAsync(broker, client, Ask.Fetch("t", 0, 0, maxWaitMs: HourMs, minBytes: 100));

        await broker.ProduceAsync("t", 0, "a");
        Assert.False(waiting.IsCompleted);
        await broker.ProduceAsync("t", 0, "b");

        Assert.Equal(["a", "b"], Batches.Values((await waiting).Responses[0].Partitions[0].Records.Bytes));
    }

    [Fact]
    public async Task Fetch_that_waits_is_told_when_its_topic_is_deleted()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        var client = await broker.ConnectAsync();
        var waiting = await WaitingAsync(broker, client, Ask.Fetch("t", 0, 0, maxWaitMs: HourMs, minBytes: 1));

        await broker.DeleteTopicAsync("t");

        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await waiting).Responses[0].Partitions[0].ErrorCode);
    }

    [Fact]
    public async Task Fetch_whose_client_goes_is_forgotten_and_nobody_complains()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        using (var client = await TestClient.ConnectAsync(broker.EndPoint))
        {
            await client.SendAsync(Ask.Fetch("t", 0, 0, maxWaitMs: HourMs, minBytes: 1), Version);
            await broker.WhenWatchedAsync("t", 0, 1);
        }

        await broker.WhenWatchedAsync("t", 0, 0);
        Assert.Equal(0, await broker.ProduceAsync("t", 0, "a"));
        Assert.Empty(broker.Log.Complaints);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public async Task Aborted_transactions_are_told_to_those_who_read_what_is_committed(sbyte isolation, bool told)
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        await broker.ProduceAsync("t", 0, "a");
        var request = Ask.Fetch("t", 0, 0);
        request.IsolationLevel = isolation;

        var answer = (await broker.AskAsync(request, Version)).Responses[0].Partitions[0];

        Assert.Equal(["a"], Batches.Values(answer.Records.Bytes));
        Assert.Equal(told, answer.AbortedTransactions is { Count: 0 });
    }

    [Fact]
    public async Task Fetch_of_no_partitions_does_not_wait()
    {
        await using var broker = await TestBroker.StartAsync();

        Assert.Empty((await broker.AskAsync(new FetchRequest { MaxWaitMs = HourMs, MinBytes = 1 }, Version)).Responses);
    }

    [Fact]
    public async Task Replies_leave_in_the_order_of_the_requests_though_the_first_waits()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        var client = await broker.ConnectAsync();
        var first = await client.SendAsync(Ask.Fetch("t", 0, 0, maxWaitMs: HourMs, minBytes: 1), Version);
        var second = await client.SendAsync(Ask.ListOffsets("t", 0, -1), 5);
        await broker.WhenWatchedAsync("t", 0, 1);

        await broker.ProduceAsync("t", 0, "a");

        Assert.Equal(["a"], Batches.Values((await client.ReceiveAsync<FetchResponse>(ApiKey.Fetch, Version, first)).Responses[0].Partitions[0].Records.Bytes));
        Assert.Equal(ErrorCode.None, (await client.ReceiveAsync<ListOffsetsResponse>(ApiKey.ListOffsets, 5, second)).Topics[0].Partitions[0].ErrorCode);
    }

    /// <summary>Sends a fetch and returns when it waits on its partition.</summary>
    private static async Task<Task<FetchResponse>> WaitingAsync(TestBroker broker, TestClient client, FetchRequest request)
    {
        var correlationId = await client.SendAsync(request, Version);
        await broker.WhenWatchedAsync(request.Topics[0].Topic, 0, 1);
        return client.ReceiveAsync<FetchResponse>(ApiKey.Fetch, Version, correlationId);
    }
}
