using Spate.Client.Connections;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Client.Administration.Calls;

/// <summary>Describes groups. Their kind is not known before: where the coordinator knows groups that it assigns itself, it is asked for those first, and for what is none of them then.</summary>
internal sealed class GroupDescribing(AdminCalls calls)
{
    private const string ConsumerProtocolType = "consumer";
    private const string ShareProtocolType = "share";

    public Task<IReadOnlyDictionary<string, AdminResult<GroupDescription>>> RunAsync(IReadOnlyCollection<string> groups, CancellationToken cancellationToken) =>
        new ItemCall<string, AdminResult<GroupDescription>>(calls, ApiKey.DescribeGroups)
        {
            Route = (wanted, token) => calls.Routes.ToCoordinatorsAsync(CoordinatorType.Group, wanted, token),
            Again = RetryRules.CoordinatorMoved,
            Ask = AskAsync,
        }.RunAsync(groups, cancellationToken);

    private async Task<IReadOnlyDictionary<string, AdminResult<GroupDescription>>> AskAsync(int node, IReadOnlyList<string> groups, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, AdminResult<GroupDescription>>(StringComparer.Ordinal);
        if (await calls.OffersAsync(node, ApiKey.ConsumerGroupDescribe, cancellationToken).ConfigureAwait(false))
        {
            using var reply = await calls.AskAsync(node, new ConsumerGroupDescribeRequest { GroupIds = [.. groups], IncludeAuthorizedOperations = true }, cancellationToken).ConfigureAwait(false);
            var answers = new Answers(ApiKey.ConsumerGroupDescribe, calls.NameOf(node));

            // A broker may know the request and have what it is about turned off.
            foreach (var group in reply.Message.Groups.Where(static group => group.ErrorCode is not (ErrorCode.GroupIdNotFound or ErrorCode.UnsupportedVersion)))
            {
                found[group.GroupId] = answers.Of(Describe(group, node), group.ErrorCode, $"group '{group.GroupId}'", group.ErrorMessage);
            }
        }

        await AskForShareGroupsAsync(node, [.. groups.Where(group => !found.ContainsKey(group))], found, cancellationToken).ConfigureAwait(false);
        await AskForStreamsGroupsAsync(node, [.. groups.Where(group => !found.ContainsKey(group))], found, cancellationToken).ConfigureAwait(false);
        var others = groups.Where(group => !found.ContainsKey(group)).ToList();
        if (others.Count > 0)
        {
            var version = await calls.VersionAsync(node, ApiKey.DescribeGroups, cancellationToken).ConfigureAwait(false);
            var request = new DescribeGroupsRequest { Groups = others, IncludeAuthorizedOperations = version >= AuthorizedOperations.FirstOfGroups };
            using var reply = await calls.AskAsync(node, request, cancellationToken, version).ConfigureAwait(false);
            var answers = new Answers(ApiKey.DescribeGroups, calls.NameOf(node));
            foreach (var group in reply.Message.Groups)
            {
                // Before version 6 a group that is not there was told of as one that is dead.
                var error = group.ErrorCode == ErrorCode.None && CoordinatorWords.GroupStateOf(group.GroupState) == GroupState.Dead ? ErrorCode.GroupIdNotFound : group.ErrorCode;
                found[group.GroupId] = answers.Of(Describe(group, node), error, $"group '{group.GroupId}'", group.ErrorMessage);
            }
        }

        return found;
    }

    private async Task AskForShareGroupsAsync(int node, List<string> groups, Dictionary<string, AdminResult<GroupDescription>> found, CancellationToken cancellationToken)
    {
        if (groups.Count == 0 || !await calls.OffersAsync(node, ApiKey.ShareGroupDescribe, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        using var reply = await calls.AskAsync(node, new ShareGroupDescribeRequest { GroupIds = groups, IncludeAuthorizedOperations = true }, cancellationToken).ConfigureAwait(false);
        var answers = new Answers(ApiKey.ShareGroupDescribe, calls.NameOf(node));
        foreach (var group in reply.Message.Groups.Where(static group => group.ErrorCode is not (ErrorCode.GroupIdNotFound or ErrorCode.UnsupportedVersion)))
        {
            found[group.GroupId] = answers.Of(Describe(group, node), group.ErrorCode, $"group '{group.GroupId}'", group.ErrorMessage);
        }
    }

    private async Task AskForStreamsGroupsAsync(int node, List<string> groups, Dictionary<string, AdminResult<GroupDescription>> found, CancellationToken cancellationToken)
    {
        if (groups.Count == 0 || !await calls.OffersAsync(node, ApiKey.StreamsGroupDescribe, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        using var reply = await calls.AskAsync(node, new StreamsGroupDescribeRequest { GroupIds = groups, IncludeAuthorizedOperations = true }, cancellationToken).ConfigureAwait(false);
        var answers = new Answers(ApiKey.StreamsGroupDescribe, calls.NameOf(node));
        foreach (var group in reply.Message.Groups.Where(static group => group.ErrorCode is not (ErrorCode.GroupIdNotFound or ErrorCode.UnsupportedVersion)))
        {
            found[group.GroupId] = answers.Of(StreamsGroupWords.Describe(group, node), group.ErrorCode, $"group '{group.GroupId}'", group.ErrorMessage);
        }
    }

    private static GroupDescription Describe(ShareGroupDescribeResponse.DescribedGroup group, int node) => new(
        group.GroupId,
        GroupType.Share,
        CoordinatorWords.GroupStateOf(group.GroupState),
        ShareProtocolType,
        group.AssignorName,
        node,
        group.Members.ConvertAll(static member => new GroupMemberDescription(
            member.MemberId,
            null,
            member.ClientId,
            member.ClientHost,
            [.. member.Assignment.TopicPartitions.SelectMany(static topic => topic.Partitions, static (topic, partition) => new TopicPartition(topic.TopicName, partition))])
        {
            Topics = member.SubscribedTopicNames,
            Rack = member.RackId,
            Epoch = member.MemberEpoch,
        }))
    {
        Epoch = group.GroupEpoch,
        AssignmentEpoch = group.AssignmentEpoch,
        AuthorizedOperations = AuthorizedOperations.Read(group.AuthorizedOperations),
    };

    private static GroupDescription Describe(ConsumerGroupDescribeResponse.DescribedGroup group, int node) => new(
        group.GroupId,
        GroupType.Consumer,
        CoordinatorWords.GroupStateOf(group.GroupState),
        ConsumerProtocolType,
        group.AssignorName,
        node,
        group.Members.ConvertAll(static member => new GroupMemberDescription(member.MemberId, member.InstanceId, member.ClientId, member.ClientHost, Partitions(member.Assignment))
        {
            Topics = member.SubscribedTopicNames,
            TopicPattern = member.SubscribedTopicRegex is { Length: > 0 } pattern ? pattern : null,
            Rack = member.RackId,
            Epoch = member.MemberEpoch,
            TargetAssignment = Partitions(member.TargetAssignment),
        }))
    {
        Epoch = group.GroupEpoch,
        AssignmentEpoch = group.AssignmentEpoch,
        AuthorizedOperations = AuthorizedOperations.Read(group.AuthorizedOperations),
    };

    private static GroupDescription Describe(DescribeGroupsResponse.DescribedGroup group, int node) => new(
        group.GroupId,
        GroupType.Classic,
        CoordinatorWords.GroupStateOf(group.GroupState),
        group.ProtocolType,
        group.ProtocolData,
        node,
        group.Members.ConvertAll(member =>
        {
            // Connect's workers and others have words of their own, which are handed on as they came.
            var isConsumer = group.ProtocolType == ConsumerProtocolType;
            var subscription = isConsumer ? Read<ConsumerProtocolSubscription>(member.MemberMetadata, ConsumerProtocolSubscription.LowestVersion, ConsumerProtocolSubscription.HighestVersion) : null;
            var assignment = isConsumer ? Read<ConsumerProtocolAssignment>(member.MemberAssignment, ConsumerProtocolAssignment.LowestVersion, ConsumerProtocolAssignment.HighestVersion) : null;
            return new GroupMemberDescription(
                member.MemberId,
                member.GroupInstanceId,
                member.ClientId,
                member.ClientHost,
                [.. (assignment?.AssignedPartitions ?? []).SelectMany(static topic => topic.Partitions, static (topic, partition) => new TopicPartition(topic.Topic, partition))])
            {
                Topics = subscription?.Topics ?? [],
                Rack = subscription?.RackId,
                ProtocolMetadata = member.MemberMetadata.ToArray(),
                ProtocolAssignment = member.MemberAssignment.ToArray(),
            };
        }))
    {
        AuthorizedOperations = AuthorizedOperations.Read(group.AuthorizedOperations),
    };

    private static IReadOnlyList<TopicPartition> Partitions(ConsumerGroupDescribeResponse.Assignment assignment) =>
        [.. assignment.TopicPartitions.SelectMany(static topic => topic.Partitions, static (topic, partition) => new TopicPartition(topic.TopicName, partition))];

    /// <summary>What members say to each other. Null when it is nothing that is understood: they may put there what they like.</summary>
    private static T? Read<T>(ReadOnlyMemory<byte> bytes, short lowest, short highest)
        where T : class, IMessage, new()
    {
        try
        {
            var reader = new MessageReader(bytes);
            var version = reader.ReadInt16();
            if (version < lowest)
            {
                return null;
            }

            // A newer version begins as the newest known one does: that is how clients read each other.
            var message = new T();
            message.Read(ref reader, Math.Min(version, highest));
            return message;
        }
        catch (MalformedMessageException)
        {
            return null;
        }
    }
}
