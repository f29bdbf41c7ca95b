using Spate.Client.Connections;
using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Client.Administration.Calls;

/// <summary>Reads, sets and forgets where share groups are.</summary>
internal sealed class ShareGroupOffsets(AdminCalls calls)
{
    public Task<IReadOnlyDictionary<string, AdminResult<IReadOnlyDictionary<TopicPartition, AdminResult<ShareGroupOffset?>>>>> ListAsync(
        IReadOnlyCollection<string> groups, IReadOnlyCollection<TopicPartition>? partitions, CancellationToken cancellationToken) =>
        new ItemCall<string, AdminResult<IReadOnlyDictionary<TopicPartition, AdminResult<ShareGroupOffset?>>>>(calls, ApiKey.DescribeShareGroupOffsets)
        {
            Route = (wanted, token) => calls.Routes.ToCoordinatorsAsync(CoordinatorType.Group, wanted, token),
            Again = RetryRules.CoordinatorMoved,
            Ask = async (node, wanted, token) =>
            {
                var request = new DescribeShareGroupOffsetsRequest
                {
                    Groups =
                    [
                        .. wanted.Select(group => new DescribeShareGroupOffsetsRequest.GroupOffsetsQuery
                        {
                            GroupId = group,
                            Topics = partitions?.ByTopic(static (topic, ofTopic) => new DescribeShareGroupOffsetsRequest.TopicOffsetsQuery { TopicName = topic, Partitions = ofTopic.Indexes() }),
                        }),
                    ],
                };
                using var reply = await calls.AskAsync(node, request, token).ConfigureAwait(false);
                var answers = new Answers(ApiKey.DescribeShareGroupOffsets, calls.NameOf(node));
                return reply.Message.Groups.ToResults(static group => group.GroupId, group => answers.Of(Read(answers, group), group.ErrorCode, $"group '{group.GroupId}'", group.ErrorMessage));
            },
        }.RunAsync(groups, cancellationToken);

    public Task<IReadOnlyDictionary<TopicPartition, AdminResult>> AlterAsync(string group, IReadOnlyDictionary<TopicPartition, long> offsets, CancellationToken cancellationToken) =>
        new ItemCall<TopicPartition, AdminResult>(calls, ApiKey.AlterShareGroupOffsets)
        {
            Route = (wanted, token) => AdminRoutes.ToOneAsync(wanted, calls.Routes.CoordinatorAsync(group, token)),
            Again = RetryRules.CoordinatorMoved,
            Ask = async (node, partitions, token) =>
            {
                var request = new AlterShareGroupOffsetsRequest
                {
                    GroupId = group,
                    Topics = partitions.ByTopic((topic, ofTopic) => new AlterShareGroupOffsetsRequest.TopicOffsets
                    {
                        TopicName = topic,
                        Partitions = [.. ofTopic.Select(name => new AlterShareGroupOffsetsRequest.PartitionOffset { PartitionIndex = name.Partition, StartOffset = offsets[name] })],
                    }),
                };
                using var reply = await calls.AskAsync(node, request, token).ConfigureAwait(false);
                var answers = new Answers(ApiKey.AlterShareGroupOffsets, calls.NameOf(node));
                answers.ThrowIfFailed(reply.Message.ErrorCode, $"group '{group}'");
                return reply.Message.Responses
                    .SelectMany(static topic => topic.Partitions, static (topic, partition) => (Name: new TopicPartition(topic.TopicName, partition.PartitionIndex), partition.ErrorCode, partition.ErrorMessage))
                    .ToResults(static each => each.Name, each => answers.Of(each.ErrorCode, $"{each.Name} in group '{group}'", each.ErrorMessage));
            },
        }.RunAsync(offsets.Keys, cancellationToken);

    public Task<IReadOnlyDictionary<string, AdminResult>> DeleteAsync(string group, IReadOnlyCollection<string> topics, CancellationToken cancellationToken) =>
        new ItemCall<string, AdminResult>(calls, ApiKey.DeleteShareGroupOffsets)
        {
            Route = (wanted, token) => AdminRoutes.ToOneAsync(wanted, calls.Routes.CoordinatorAsync(group, token)),
            Again = RetryRules.CoordinatorMoved,
            Ask = async (node, wanted, token) =>
            {
                var request = new DeleteShareGroupOffsetsRequest { GroupId = group, Topics = [.. wanted.Select(static topic => new DeleteShareGroupOffsetsRequest.DeletedTopic { TopicName = topic })] };
                using var reply = await calls.AskAsync(node, request, token).ConfigureAwait(false);
                var answers = new Answers(ApiKey.DeleteShareGroupOffsets, calls.NameOf(node));
                answers.ThrowIfFailed(reply.Message.ErrorCode, $"group '{group}'");
                return reply.Message.Responses.ToResults(static topic => topic.TopicName, topic => answers.Of(topic.ErrorCode, $"topic '{topic.TopicName}' in group '{group}'", topic.ErrorMessage));
            },
        }.RunAsync(topics, cancellationToken);

    private static IReadOnlyDictionary<TopicPartition, AdminResult<ShareGroupOffset?>> Read(Answers answers, DescribeShareGroupOffsetsResponse.GroupOffsets group) => group.Topics
        .SelectMany(static topic => topic.Partitions, static (topic, partition) => (Name: new TopicPartition(topic.TopicName, partition.PartitionIndex), Partition: partition))
        .ToResults(
            static each => each.Name,
            each => answers.Of(
                each.Partition.StartOffset < 0
                    ? null
                    : new ShareGroupOffset(each.Partition.StartOffset)
                    {
                        LeaderEpoch = each.Partition.LeaderEpoch >= 0 ? each.Partition.LeaderEpoch : null,
                        Lag = each.Partition.Lag >= 0 ? each.Partition.Lag : null,
                    },
                each.Partition.ErrorCode,
                $"{each.Name} in group '{group.GroupId}'",
                each.Partition.ErrorMessage));
}
