using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Administration.Calls;

/// <summary>Describes topics: page by page (DescribeTopicPartitions), or in one piece where the broker knows no pages or topics are named by ids (Metadata).</summary>
internal sealed class TopicDescribing(AdminCalls calls)
{
    private const short FirstMetadataWithoutCreation = 4;

    /// <summary>Earlier versions have a place for ids, and answer wrongly to a topic without a name.</summary>
    private const short FirstMetadataByIds = 12;

    public Task<IReadOnlyDictionary<string, AdminResult<TopicDescription>>> RunAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken) =>
        new ItemCall<string, AdminResult<TopicDescription>>(calls, ApiKey.DescribeTopicPartitions)
        {
            Route = (wanted, token) => AdminRoutes.ToOneAsync(wanted, calls.Routes.AnyAsync(token)),
            Again = RetryRules.Never,
            Ask = async (node, wanted, token) => await calls.OffersAsync(node, ApiKey.DescribeTopicPartitions, token).ConfigureAwait(false)
                ? await ByPagesAsync(node, wanted, token).ConfigureAwait(false)
                : await AtOnceAsync(node, wanted, token).ConfigureAwait(false),
        }.RunAsync(names, cancellationToken);

    public Task<IReadOnlyDictionary<Uuid, AdminResult<TopicDescription>>> RunAsync(IReadOnlyCollection<Uuid> ids, CancellationToken cancellationToken) =>
        new ItemCall<Uuid, AdminResult<TopicDescription>>(calls, ApiKey.Metadata)
        {
            Route = (wanted, token) => AdminRoutes.ToOneAsync(wanted, calls.Routes.AnyAsync(token)),
            Again = RetryRules.Never,
            Ask = async (node, wanted, token) =>
            {
                var version = await calls.VersionAsync(node, ApiKey.Metadata, token, FirstMetadataByIds, "a description by topic id").ConfigureAwait(false);
                var request = new MetadataRequest { AllowAutoTopicCreation = false, IncludeTopicAuthorizedOperations = true, Topics = [.. wanted.Select(static id => new MetadataRequest.MetadataRequestTopic { TopicId = id })] };
                using var reply = await calls.AskAsync(node, request, token, version).ConfigureAwait(false);
                var answers = new Answers(ApiKey.Metadata, calls.NameOf(node));
                return reply.Message.Topics.ToResults(static topic => topic.TopicId, topic => answers.Of(Describe(topic), topic.ErrorCode, $"the topic of id {topic.TopicId}"));
            },
        }.RunAsync(ids, cancellationToken);

    private async Task<IReadOnlyDictionary<string, AdminResult<TopicDescription>>> ByPagesAsync(int node, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var answers = new Answers(ApiKey.DescribeTopicPartitions, calls.NameOf(node));
        var found = new Dictionary<string, AdminResult<TopicDescription>>(StringComparer.Ordinal);
        var partitions = new Dictionary<string, List<PartitionDescription>>(StringComparer.Ordinal);
        var request = new DescribeTopicPartitionsRequest
        {
            // A cursor counts in the order of names.
            Topics = [.. names.Order(StringComparer.Ordinal).Select(static name => new DescribeTopicPartitionsRequest.TopicRequest { Name = name })],
        };
        while (true)
        {
            using var reply = await calls.AskAsync(node, request, cancellationToken).ConfigureAwait(false);
            foreach (var topic in reply.Message.Topics.Where(static topic => topic.Name is not null))
            {
                // A topic that is cut by the end of a page comes again with the next.
                if (!partitions.TryGetValue(topic.Name!, out var ofTopic))
                {
                    partitions.Add(topic.Name!, ofTopic = []);
                    found[topic.Name!] = answers.Of(
                        new TopicDescription(topic.Name!, topic.TopicId, topic.IsInternal, ofTopic) { AuthorizedOperations = AuthorizedOperations.Read(topic.TopicAuthorizedOperations) },
                        topic.ErrorCode,
                        $"topic '{topic.Name}'");
                }

                ofTopic.AddRange(topic.Partitions.OrderBy(static partition => partition.PartitionIndex).Select(Describe));
            }

            if (reply.Message.NextCursor is not { } next)
            {
                return found;
            }

            if (request.Cursor is { } before && string.CompareOrdinal(next.TopicName, before.TopicName) is var order && (order < 0 || (order == 0 && next.PartitionIndex <= before.PartitionIndex)))
            {
                throw answers.Failure(ErrorCode.UnknownServerError, "the next page", $"begin at {next.TopicName}-{next.PartitionIndex}, which is not behind {before.TopicName}-{before.PartitionIndex}");
            }

            request.Cursor = new DescribeTopicPartitionsRequest.TopicCursor { TopicName = next.TopicName, PartitionIndex = next.PartitionIndex };
        }
    }

    private async Task<IReadOnlyDictionary<string, AdminResult<TopicDescription>>> AtOnceAsync(int node, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var version = await calls.VersionAsync(node, ApiKey.Metadata, cancellationToken, FirstMetadataWithoutCreation, "asking for topics without creating them").ConfigureAwait(false);
        var request = new MetadataRequest
        {
            AllowAutoTopicCreation = false,
            IncludeTopicAuthorizedOperations = version >= AuthorizedOperations.FirstOfTopics,
            Topics = [.. names.Select(static name => new MetadataRequest.MetadataRequestTopic { Name = name })],
        };
        using var reply = await calls.AskAsync(node, request, cancellationToken, version).ConfigureAwait(false);
        var answers = new Answers(ApiKey.Metadata, calls.NameOf(node));
        return reply.Message.Topics.ToResults(static topic => topic.Name ?? "", topic => answers.Of(Describe(topic), topic.ErrorCode, $"topic '{topic.Name}'"));
    }

    private static TopicDescription Describe(MetadataResponse.MetadataResponseTopic topic) => new(
        topic.Name ?? "",
        topic.TopicId,
        topic.IsInternal,
        [
            .. topic.Partitions.OrderBy(static partition => partition.PartitionIndex).Select(static partition => new PartitionDescription(
                partition.PartitionIndex, LeaderOf(partition.LeaderId), partition.LeaderEpoch, partition.ReplicaNodes, partition.IsrNodes) { OfflineReplicas = partition.OfflineReplicas }),
        ])
    {
        AuthorizedOperations = AuthorizedOperations.Read(topic.TopicAuthorizedOperations),
    };

    private static PartitionDescription Describe(DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition partition) => new(
        partition.PartitionIndex, LeaderOf(partition.LeaderId), partition.LeaderEpoch, partition.ReplicaNodes, partition.IsrNodes)
    {
        OfflineReplicas = partition.OfflineReplicas,
        EligibleLeaderReplicas = partition.EligibleLeaderReplicas,
        LastKnownEligibleLeaderReplicas = partition.LastKnownElr,
    };

    private static int? LeaderOf(int id) => id >= 0 ? id : null;
}
