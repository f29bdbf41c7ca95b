using Spate.Client.Consuming;
using Spate.Client.Tests.Fakes;
using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Client.Tests.Consuming.Groups;

/// <summary>What is committed by itself of a topic that was deleted and made anew: nothing of the old one.</summary>
public sealed class NewTopicCommitTests : IAsyncDisposable
{
    private static readonly TopicPartition First = new("t", 0);

    private readonly FakeBroker _broker = new();
    private readonly FakeBroker _coordinator = new();
    private readonly FakeCluster _cluster = new();
    private readonly FakeGroup _group = new();
    private readonly KafkaClient _client;
    private readonly Consumer _consumer;

    public NewTopicCommitTests()
    {
        _group.Commit(First, 7);
        _cluster.SetTopic("t", (1, 0));
        _cluster.Add(1, _group.Attach(_broker));
        _cluster.Add(2, _group.Attach(_coordinator));
        _group.Coordinator = 2;
        _client = new KafkaClient(new KafkaClientOptions
        {
            BootstrapServers = _broker.Address,
            Seed = 1,
            RetryBackoff = TimeSpan.FromMilliseconds(1),
            ReconnectBackoff = TimeSpan.FromMilliseconds(1),
            MetadataMaxAge = TimeSpan.FromMilliseconds(10),
        });
        _consumer = _client.CreateConsumer(new ConsumerOptions { GroupId = "g", OffsetReset = OffsetReset.Earliest, AutoCommit = false });
    }

    public async ValueTask DisposeAsync()
    {
        await _consumer.DisposeAsync().AsTask().OrTimeout("the end of the consumer");
        await _client.DisposeAsync().AsTask().OrTimeout("the end of the client");
        await _broker.DisposeAsync();
        await _coordinator.DisposeAsync();
    }

    [Fact]
    public async Task An_offset_of_the_old_topic_is_not_committed_before_the_consumer_has_noticed()
    {
        await ReadUpToAsync(9);

        // The fetch that is under way is not answered, and so nobody looks at the partition meanwhile.
        await MakeAnewAsync();
        await _consumer.CommitAsync().OrTimeout("the commit");

        Assert.Empty(_group.All<OffsetCommitRequest>());
        Assert.Equal(7, _group.Committed(First));
    }

    [Fact]
    public async Task An_offset_of_the_old_topic_is_not_committed_while_the_position_in_the_new_one_is_looked_for_and_the_new_one_is_from_then_on()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _broker.On<ListOffsetsRequest, ListOffsetsResponse>(ApiKey.ListOffsets, 1, 7, async (_, _) =>
        {
            asked.TrySetResult();
            await told.Task;
            return new ListOffsetsResponse { Topics = [new() { Name = "t", Partitions = [new() { Offset = 7 }] }] };
        });
        var isMadeAnew = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _broker.On<FetchRequest, FetchResponse>(ApiKey.Fetch, 4, 12, async (request, _) =>
        {
            await isMadeAnew.Task;
            return new FetchResponse
            {
                Responses = [.. request.Topics.Select(static topic => new FetchResponse.FetchableTopicResponse
                {
                    Topic = topic.Topic, Partitions = [.. topic.Partitions.Select(static partition => new FetchResponse.PartitionData { PartitionIndex = partition.Partition, HighWatermark = 9 })],
                })],
            };
        });
        await ReadUpToAsync(9);
        await MakeAnewAsync();
        isMadeAnew.SetResult();
        await asked.Task.OrTimeout("the new topic to be noticed");

        await _consumer.CommitAsync().OrTimeout("the commit");
        Assert.Empty(_group.All<OffsetCommitRequest>());

        // What the group had committed of the old topic says nothing of the new one, also where the offsets happen to be the same.
        told.SetResult();
        await Waiting.Until(() => _consumer.Position(First) == 7, () => "the position in the new topic");
        await _consumer.CommitAsync().OrTimeout("the commit");
        Assert.Equal(7, Assert.Single(_group.All<OffsetCommitRequest>()).Topics[0].Partitions[0].CommittedOffset);
    }

    /// <summary>Has so much handed out that is not committed, by a seek, since that makes no records.</summary>
    private async Task ReadUpToAsync(long offset)
    {
        _consumer.Assign([First]);
        await Waiting.Until(() => _consumer.Position(First) == 7, () => "the committed position");
        await Waiting.Until(() => Fetches() > 0, () => "the first fetch");
        var fetches = Fetches();
        _consumer.Seek(First, StartPosition.At(offset));
        _broker.CutAll();
        await Waiting.Until(() => Fetches() > fetches, () => "the fetch at the new position");
    }

    private int Fetches() => _broker.Requests.Count(static request => request.Api == ApiKey.Fetch);

    private async Task MakeAnewAsync()
    {
        _cluster.SetTopicId("t", new Uuid(9, 9));
        var asked = _cluster.Asked.Count;

        // The answer to the first is known when the third is asked for.
        await Waiting.Until(() => _cluster.Asked.Count > asked + 2, () => "the cluster to be asked again");
    }
}
