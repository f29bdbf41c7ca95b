using Spate.Client.Connections;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Administration.Calls;

/// <summary>Reads, sets and forgets how far groups have read. Topics go by their names, which a group's offsets are kept under: versions that have ids instead are left to consumers.</summary>
internal sealed class GroupOffsets(AdminCalls calls)
{
    private const short FirstFetchOfManyGroups = 8;
    private const short FirstFetchOfStableOffsets = 7;
    private const short FirstFetchOfAllPartitions = 2;
    private const short LastFetchByNames = 9;
    private const short LastCommitByNames = 9;

    public Task<IReadOnlyDictionary<string, AdminResult<IReadOnlyDictionary<TopicPartition, AdminResult<GroupOffset?>>>>> ListAsync(
        IReadOnlyCollection<string> groups, ListGroupOffsetsOptions options, CancellationToken cancellationToken) =>
        new ItemCall<string, AdminResult<IReadOnlyDictionary<TopicPartition, AdminResult<GroupOffset?>>>>(calls, ApiKey.OffsetFetch)
        {
            Route = (wanted, token) => calls.Routes.ToCoordinatorsAsync(CoordinatorType.Group, wanted, token),
            Again = RetryRules.CoordinatorMoved,
            Ask = async (node, wanted, token) =>
            {
                var lowest = options.RequireStable ? FirstFetchOfStableOffsets : options.Partitions is null ? FirstFetchOfAllPartitions : (short)0;
                var version = await calls.VersionAsync(
                    node, ApiKey.OffsetFetch, token, lowest, options.RequireStable ? "waiting for open transactions" : "the offsets of all partitions", LastFetchByNames).ConfigureAwait(false);
                return version >= FirstFetchOfManyGroups
                    ? await FetchManyAsync(node, version, wanted, options, token).ConfigureAwait(false)
                    : (await Task.WhenAll(wanted.Select(group => FetchOneAsync(node, version, group, options, token))).ConfigureAwait(false)).ToResults(static each => each.Group, static each => each.Result);
            },
        }.RunAsync(groups, cancellationToken);

    public Task<IReadOnlyDictionary<TopicPartition, AdminResult>> AlterAsync(
        string group, IReadOnlyDictionary<TopicPartition, GroupOffset> offsets, CancellationToken cancellationToken) =>
        AtCoordinatorAsync(ApiKey.OffsetCommit, group, offsets.Keys, async (node, partitions, token) =>
        {
            var request = new OffsetCommitRequest
            {
                GroupId = group,
                Topics = partitions.ByTopic((topic, ofTopic) => new OffsetCommitRequest.OffsetCommitRequestTopic
                {
                    Name = topic,
                    Partitions =
                    [
                        .. ofTopic.Select(partition => new OffsetCommitRequest.OffsetCommitRequestPartition
                        {
                            PartitionIndex = partition.Partition,
                            CommittedOffset = offsets[partition].Offset,
                            CommittedLeaderEpoch = offsets[partition].LeaderEpoch ?? -1,
                            CommittedMetadata = offsets[partition].Metadata,
                        }),
                    ],
                }),
            };
            using var reply = await calls.AskAsync(node, request, token, LastCommitByNames).ConfigureAwait(false);
            var answers = new Answers(ApiKey.OffsetCommit, calls.NameOf(node));
            return reply.Message.Topics.SelectMany(static topic => topic.Partitions, static (topic, partition) => (Name: new TopicPartition(topic.Name, partition.PartitionIndex), partition.ErrorCode))
                .ToResults(static each => each.Name, each => answers.Of(each.ErrorCode, $"{each.Name} in group '{group}'"));
        }, cancellationToken);

    public Task<IReadOnlyDictionary<TopicPartition, AdminResult>> DeleteAsync(string group, IReadOnlyCollection<TopicPartition> wanted, CancellationToken cancellationToken) =>
        AtCoordinatorAsync(ApiKey.OffsetDelete, group, wanted, async (node, partitions, token) =>
        {
            var request = new OffsetDeleteRequest
            {
                GroupId = group,
                Topics = partitions.ByTopic(static (topic, ofTopic) => new OffsetDeleteRequest.OffsetDeleteRequestTopic
                {
                    Name = topic,
                    Partitions = [.. ofTopic.Select(static partition => new OffsetDeleteRequest.OffsetDeleteRequestPartition { PartitionIndex = partition.Partition })],
                }),
            };
            using var reply = await calls.AskAsync(node, request, token).ConfigureAwait(false);
            var answers = new Answers(ApiKey.OffsetDelete, calls.NameOf(node));
            answers.ThrowIfFailed(reply.Message.ErrorCode, $"group '{group}'");
            return reply.Message.Topics.SelectMany(static topic => topic.Partitions, static (topic, partition) => (Name: new TopicPartition(topic.Name, partition.PartitionIndex), partition.ErrorCode))
                .ToResults(static each => each.Name, each => answers.Of(each.ErrorCode, $"{each.Name} in group '{group}'"));
        }, cancellationToken);

    private Task<IReadOnlyDictionary<TopicPartition, AdminResult>> AtCoordinatorAsync(
        ApiKey api,
        string group,
        IEnumerable<TopicPartition> partitions,
        Func<int, IReadOnlyList<TopicPartition>, CancellationToken, Task<IReadOnlyDictionary<TopicPartition, AdminResult>>> ask,
        CancellationToken cancellationToken) => new ItemCall<TopicPartition, AdminResult>(calls, api)
        {
            Route = (wanted, token) => AdminRoutes.ToOneAsync(wanted, calls.Routes.CoordinatorAsync(group, token)),
            Again = RetryRules.CoordinatorMoved,
            Ask = ask,
        }.RunAsync(partitions, cancellationToken);

    private async Task<IReadOnlyDictionary<string, AdminResult<IReadOnlyDictionary<TopicPartition, AdminResult<GroupOffset?>>>>> FetchManyAsync(
        int node, short version, IReadOnlyList<string> groups, ListGroupOffsetsOptions options, CancellationToken cancellationToken)
    {
        var request = new OffsetFetchRequest
        {
            RequireStable = options.RequireStable,
            Groups =
            [
                .. groups.Select(group => new OffsetFetchRequest.OffsetFetchRequestGroup
                {
                    GroupId = group,
                    Topics = options.Partitions?.ByTopic(static (topic, partitions) => new OffsetFetchRequest.OffsetFetchRequestTopics { Name = topic, PartitionIndexes = partitions.Indexes() }),
                }),
            ],
        };
        using var reply = await calls.AskAsync(node, request, cancellationToken, version).ConfigureAwait(false);
        var answers = new Answers(ApiKey.OffsetFetch, calls.NameOf(node));
        return reply.Message.Groups.ToResults(static group => group.GroupId, group => Gather(
            answers,
            group.GroupId,
            group.ErrorCode,
            group.Topics.SelectMany(static topic => topic.Partitions, static (topic, partition) => new Found(
                new TopicPartition(topic.Name, partition.PartitionIndex), partition.CommittedOffset, partition.CommittedLeaderEpoch, partition.Metadata, partition.ErrorCode))));
    }

    private async Task<(string Group, AdminResult<IReadOnlyDictionary<TopicPartition, AdminResult<GroupOffset?>>> Result)> FetchOneAsync(
        int node, short version, string group, ListGroupOffsetsOptions options, CancellationToken cancellationToken)
    {
        var request = new OffsetFetchRequest
        {
            GroupId = group,
            RequireStable = options.RequireStable,
            Topics = options.Partitions?.ByTopic(static (topic, partitions) => new OffsetFetchRequest.OffsetFetchRequestTopic { Name = topic, PartitionIndexes = partitions.Indexes() }),
        };
        using var reply = await calls.AskAsync(node, request, cancellationToken, version).ConfigureAwait(false);
        return (group, Gather(
            new Answers(ApiKey.OffsetFetch, calls.NameOf(node)),
            group,
            reply.Message.ErrorCode,
            reply.Message.Topics.SelectMany(static topic => topic.Partitions, static (topic, partition) => new Found(
                new TopicPartition(topic.Name, partition.PartitionIndex), partition.CommittedOffset, partition.CommittedLeaderEpoch, partition.Metadata, partition.ErrorCode))));
    }

    private static AdminResult<IReadOnlyDictionary<TopicPartition, AdminResult<GroupOffset?>>> Gather(Answers answers, string group, ErrorCode error, IEnumerable<Found> partitions)
    {
        var found = partitions.ToList();

        // What passes is asked for again with the whole group.
        var passing = found.Find(static partition => partition.Error == ErrorCode.UnstableOffsetCommit);
        return answers.Of(
            found.ToResults(
                static partition => partition.Name,
                partition => answers.Of(
                    partition.Offset < 0 ? null : new GroupOffset(partition.Offset) { LeaderEpoch = partition.LeaderEpoch >= 0 ? partition.LeaderEpoch : null, Metadata = partition.Metadata ?? "" },
                    partition.Error,
                    $"{partition.Name} in group '{group}'")),
            error == ErrorCode.None ? passing.Error : error,
            $"group '{group}'");
    }

    private readonly record struct Found(TopicPartition Name, long Offset, int LeaderEpoch, string? Metadata, ErrorCode Error);
}
