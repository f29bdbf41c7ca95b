using Microsoft.Extensions.Logging;
using Spate.Coordination.Groups;
using Spate.Coordination.Runtime;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Shares.State;

/// <summary>
/// The share coordinator (KIP-932): keeps what the leaders of data partitions tell of share groups' deliveries, in __share_group_state, and answers the five
/// share-state requests, each version of them. Safe for use by several threads at once.
/// </summary>
public sealed class ShareStateKeeper : IShareStates
{
    private readonly CoordinatorShard<ShareStateShard>[] _shards;

    /// <param name="options">What it is held to.</param>
    /// <param name="topics">Which topics there are.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where shards say what went wrong.</param>
    /// <param name="scheduler">Where shards run; the thread pool when null.</param>
    public ShareStateKeeper(ShareStateOptions options, IShareTopics topics, TimeProvider time, ILogger<ShareStateKeeper> logger, IShardScheduler? scheduler = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.PartitionCount, 1);
        _shards = [.. Enumerable.Range(0, options.PartitionCount).Select(partition => new CoordinatorShard<ShareStateShard>(
            $"__share_group_state-{partition}",
            context => new ShareStateShard(context, options, topics),
            options.Shard,
            time,
            scheduler ?? ThreadPoolScheduler.Instance,
            logger))];
    }

    /// <summary>Partitions of __share_group_state.</summary>
    public int PartitionCount => _shards.Length;

    /// <summary>The partition of __share_group_state whose leader answers for a share partition.</summary>
    public int PartitionFor(SharePartitionKey key) => GroupPartitioner.PartitionFor(key.ToString(), _shards.Length);

    /// <summary>Whether a partition of __share_group_state is answered for here and now.</summary>
    public ShardStatus StatusOf(int partition) => _shards[partition].Status;

    /// <summary>The first offset of a partition of __share_group_state that still counts: what precedes it may be deleted. Null while it is not answered for.</summary>
    public ValueTask<long?> OldestNeededAsync(int partition) => _shards[partition].SubmitAsync<long?>(
        "",
        CommandAccess.Immediate,
        static (shard, reply) =>
        {
            reply.Complete(shard.OldestNeeded);
            return CommandOutcome.Done;
        },
        static _ => null);

    /// <inheritdoc cref="GroupCoordinator.LoadAsync"/>
    public Task LoadAsync(int partition, int leaderEpoch, ICoordinatorLog log) => _shards[partition].LoadAsync(leaderEpoch, log);

    /// <inheritdoc cref="GroupCoordinator.UnloadAsync"/>
    public Task UnloadAsync(int partition, int leaderEpoch) => _shards[partition].UnloadAsync(leaderEpoch);

    /// <summary>InitializeShareGroupState, version 0.</summary>
    public async ValueTask<InitializeShareGroupStateResponse> InitializeAsync(InitializeShareGroupStateRequest request)
    {
        var response = new InitializeShareGroupStateResponse();
        foreach (var topic in request.Topics)
        {
            var answers = await AllAsync(topic.Partitions, one => SubmitAsync(
                new(request.GroupId, topic.TopicId, one.Partition), (shard, key, reply) => shard.Initialize(key, one.StateEpoch, one.StartOffset, reply)));
            response.Results.Add(new()
            {
                TopicId = topic.TopicId,
                Partitions = [.. topic.Partitions.Zip(answers, static (one, error) => new InitializeShareGroupStateResponse.PartitionResult { Partition = one.Partition, ErrorCode = error })],
            });
        }

        return response;
    }

    /// <summary>ReadShareGroupState, version 0.</summary>
    public async ValueTask<ReadShareGroupStateResponse> ReadAsync(ReadShareGroupStateRequest request)
    {
        var response = new ReadShareGroupStateResponse();
        foreach (var topic in request.Topics)
        {
            var answers = await AllAsync(topic.Partitions, one => ReadOneAsync(new(request.GroupId, topic.TopicId, one.Partition), one.LeaderEpoch));
            response.Results.Add(new() { TopicId = topic.TopicId, Partitions = [.. topic.Partitions.Zip(answers, static (one, answer) => Describe(one.Partition, answer))] });
        }

        return response;
    }

    /// <summary>WriteShareGroupState, versions 0 and 1.</summary>
    public async ValueTask<WriteShareGroupStateResponse> WriteAsync(WriteShareGroupStateRequest request)
    {
        var response = new WriteShareGroupStateResponse();
        foreach (var topic in request.Topics)
        {
            var answers = await AllAsync(topic.Partitions, one => SubmitAsync(
                new(request.GroupId, topic.TopicId, one.Partition), (shard, key, reply) => shard.Write(key, one, reply)));
            response.Results.Add(new()
            {
                TopicId = topic.TopicId,
                Partitions = [.. topic.Partitions.Zip(answers, static (one, error) => new WriteShareGroupStateResponse.PartitionResult { Partition = one.Partition, ErrorCode = error })],
            });
        }

        return response;
    }

    /// <summary>DeleteShareGroupState, version 0.</summary>
    public async ValueTask<DeleteShareGroupStateResponse> DeleteAsync(DeleteShareGroupStateRequest request)
    {
        var response = new DeleteShareGroupStateResponse();
        foreach (var topic in request.Topics)
        {
            var answers = await AllAsync(topic.Partitions, one => SubmitAsync(
                new(request.GroupId, topic.TopicId, one.Partition), static (shard, key, reply) => shard.Delete(key, reply)));
            response.Results.Add(new()
            {
                TopicId = topic.TopicId,
                Partitions = [.. topic.Partitions.Zip(answers, static (one, error) => new DeleteShareGroupStateResponse.PartitionResult { Partition = one.Partition, ErrorCode = error })],
            });
        }

        return response;
    }

    /// <summary>ReadShareGroupStateSummary, versions 0 and 1. A share partition of which nothing is known has the start offset -1.</summary>
    public async ValueTask<ReadShareGroupStateSummaryResponse> SummarizeAsync(ReadShareGroupStateSummaryRequest request)
    {
        var response = new ReadShareGroupStateSummaryResponse();
        foreach (var topic in request.Topics)
        {
            var answers = await AllAsync(topic.Partitions, one => SummarizeOneAsync(new(request.GroupId, topic.TopicId, one.Partition)));
            response.Results.Add(new() { TopicId = topic.TopicId, Partitions = [.. answers] });
        }

        return response;
    }

    private static ReadShareGroupStateResponse.PartitionResult Describe(int partition, (ErrorCode Error, SharePartitionState? State) answer) => new()
    {
        Partition = partition,
        ErrorCode = answer.Error,
        StateEpoch = answer.State?.StateEpoch ?? 0,
        StartOffset = answer.State?.StartOffset ?? SharePartitionState.NoOffset,
        StateBatches = answer.State is null ? [] : [.. answer.State.Batches.Select(static batch => new ReadShareGroupStateResponse.StateBatch
        {
            FirstOffset = batch.First, LastOffset = batch.Last, DeliveryState = (sbyte)batch.State, DeliveryCount = batch.DeliveryCount,
        })],
    };

    private static async ValueTask<TAnswer[]> AllAsync<TQuestion, TAnswer>(List<TQuestion> questions, Func<TQuestion, ValueTask<TAnswer>> ask) =>
        await Task.WhenAll(questions.ConvertAll(question => ask(question).AsTask()));

    private ValueTask<ErrorCode> SubmitAsync(SharePartitionKey key, Func<ShareStateShard, SharePartitionKey, Reply<ErrorCode>, CommandOutcome> execute) =>
        _shards[PartitionFor(key)].SubmitAsync<ErrorCode>(key.ToString(), CommandAccess.Exclusive, (shard, reply) => execute(shard, key, reply), GroupReplies.OfLog);

    private ValueTask<(ErrorCode, SharePartitionState?)> ReadOneAsync(SharePartitionKey key, int leaderEpoch) =>
        _shards[PartitionFor(key)].SubmitAsync<(ErrorCode, SharePartitionState?)>(
            key.ToString(), CommandAccess.Exclusive, (shard, reply) => shard.Read(key, leaderEpoch, reply), static error => (GroupReplies.OfLog(error), null));

    private ValueTask<ReadShareGroupStateSummaryResponse.PartitionResult> SummarizeOneAsync(SharePartitionKey key) =>
        _shards[PartitionFor(key)].SubmitAsync<ReadShareGroupStateSummaryResponse.PartitionResult>(
            key.ToString(),
            CommandAccess.Immediate,
            (shard, reply) =>
            {
                var state = shard.States.GetValueOrDefault(key);
                reply.Complete(new()
                {
                    Partition = key.Partition,
                    StateEpoch = state?.StateEpoch ?? 0,
                    LeaderEpoch = state?.LeaderEpoch ?? 0,
                    StartOffset = state?.StartOffset ?? SharePartitionState.NoOffset,
                    DeliveryCompleteCount = state?.DeliveryCompleteCount ?? -1,
                });
                return CommandOutcome.Done;
            },
            error => new() { Partition = key.Partition, ErrorCode = GroupReplies.OfLog(error), StartOffset = SharePartitionState.NoOffset });
}
