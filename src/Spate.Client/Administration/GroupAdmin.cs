using Spate.Client.Administration.Calls;
using Spate.Client.Connections;
using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Client.Administration;

/// <summary>
/// Looks after groups of every kind and the offsets that they have committed. Each group is asked about at its coordinator. Safe for use by several threads at
/// once; <see cref="Admin"/> says what holds for all calls.
/// </summary>
public sealed class GroupAdmin
{
    private const short FirstListByState = 4;
    private const short FirstListByType = 5;

    private readonly AdminCalls _calls;
    private readonly GroupDescribing _describing;
    private readonly GroupOffsets _offsets;
    private readonly GroupMembers _members;
    private readonly ShareGroupOffsets _shareOffsets;

    internal GroupAdmin(AdminCalls calls)
    {
        _calls = calls;
        _describing = new GroupDescribing(calls);
        _offsets = new GroupOffsets(calls);
        _members = new GroupMembers(calls, _describing);
        _shareOffsets = new ShareGroupOffsets(calls);
    }

    /// <summary>The groups of the cluster, by their names (ListGroups). Every broker is asked about those that it coordinates.</summary>
    /// <param name="options">Which groups; null for all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public async Task<ClusterListing<GroupListing>> ListAsync(ListGroupsOptions? options = null, CancellationToken cancellationToken = default)
    {
        var request = new ListGroupsRequest
        {
            StatesFilter = [.. (options?.States ?? []).Select(static state => state.ToString())],
            TypesFilter = [.. (options?.Types ?? []).Select(static type => type.ToString())],
        };
        var (lowest, need) = request.TypesFilter.Count > 0 ? (FirstListByType, "a list by type") : request.StatesFilter.Count > 0 ? (FirstListByState, "a list by state") : ((short)0, "a list");
        var answers = await new ItemCall<int, AdminResult<List<GroupListing>>>(_calls, ApiKey.ListGroups)
        {
            Route = (brokers, token) => _calls.Routes.ToNamedAsync(brokers, static broker => broker, token),
            Again = RetryRules.CoordinatorMoved,
            Ask = async (node, _, token) =>
            {
                var version = await _calls.VersionAsync(node, ApiKey.ListGroups, token, lowest, need).ConfigureAwait(false);
                using var reply = await _calls.AskAsync(node, request, token, version).ConfigureAwait(false);
                var groups = reply.Message.Groups.ConvertAll(static group => new GroupListing(group.GroupId, CoordinatorWords.GroupTypeOf(group.GroupType), CoordinatorWords.GroupStateOf(group.GroupState), group.ProtocolType));
                return new Dictionary<int, AdminResult<List<GroupListing>>> { [node] = new Answers(ApiKey.ListGroups, _calls.NameOf(node)).Of(groups, reply.Message.ErrorCode, "its groups") };
            },
        }.RunAsync(await _calls.AllBrokersAsync(nameof(ApiKey.ListGroups), cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

        // While a group moves, two brokers may tell of it.
        return new ClusterListing<GroupListing>(
            [.. answers.Values.Where(static answer => answer.IsSuccess).SelectMany(static answer => answer.Value).DistinctBy(static group => group.GroupId).OrderBy(static group => group.GroupId, StringComparer.Ordinal)],
            answers.Where(static pair => !pair.Value.IsSuccess).ToResults(static pair => pair.Key, static pair => pair.Value.Error!));
    }

    /// <summary>
    /// Groups in detail: those that the coordinator assigns (ConsumerGroupDescribe, KIP-848), share groups (ShareGroupDescribe, KIP-932), those of streams
    /// applications (StreamsGroupDescribe, KIP-1071) and classic ones (DescribeGroups), told apart by the coordinator.
    /// </summary>
    /// <param name="groups">Their names, each once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>For each group its description; GROUP_ID_NOT_FOUND when there is none of the name.</returns>
    /// <exception cref="ArgumentException">A name is empty or there twice.</exception>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public Task<IReadOnlyDictionary<string, AdminResult<GroupDescription>>> DescribeAsync(IReadOnlyCollection<string> groups, CancellationToken cancellationToken = default) =>
        _describing.RunAsync(Arguments.Names(groups, nameof(groups)), cancellationToken);

    /// <summary>Deletes groups without members, with their offsets (DeleteGroups).</summary>
    /// <param name="groups">Their names, each once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>For each group whether it was deleted; NON_EMPTY_GROUP when it has members.</returns>
    /// <exception cref="ArgumentException">A name is empty or there twice.</exception>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public Task<IReadOnlyDictionary<string, AdminResult>> DeleteAsync(IReadOnlyCollection<string> groups, CancellationToken cancellationToken = default) =>
        new ItemCall<string, AdminResult>(_calls, ApiKey.DeleteGroups)
        {
            Route = (wanted, token) => _calls.Routes.ToCoordinatorsAsync(CoordinatorType.Group, wanted, token),
            Again = RetryRules.CoordinatorMoved,
            Ask = async (node, wanted, token) =>
            {
                using var reply = await _calls.AskAsync(node, new DeleteGroupsRequest { GroupsNames = [.. wanted] }, token).ConfigureAwait(false);
                var answers = new Answers(ApiKey.DeleteGroups, _calls.NameOf(node));
                return reply.Message.Results.ToResults(static group => group.GroupId, group => answers.Of(group.ErrorCode, $"group '{group.GroupId}'"));
            },
        }.RunAsync(Arguments.Names(groups, nameof(groups)), cancellationToken);

    /// <summary>How far groups have read (OffsetFetch). A group that is not there has committed nothing.</summary>
    /// <param name="groups">Their names, each once.</param>
    /// <param name="options">Which offsets; null for all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>For each group its offsets by partition.</returns>
    /// <exception cref="ArgumentException">A name is empty or there twice.</exception>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public Task<IReadOnlyDictionary<string, AdminResult<IReadOnlyDictionary<TopicPartition, AdminResult<GroupOffset?>>>>> ListOffsetsAsync(
        IReadOnlyCollection<string> groups, ListGroupOffsetsOptions? options = null, CancellationToken cancellationToken = default)
    {
        Arguments.Check(options?.Partitions ?? [], nameof(options));
        return _offsets.ListAsync(Arguments.Names(groups, nameof(groups)), options ?? new ListGroupOffsetsOptions(), cancellationToken);
    }

    /// <summary>Sets how far a group has read (OffsetCommit). The group must have no members; one that is not there is made.</summary>
    /// <param name="group">Its name.</param>
    /// <param name="offsets">The offset of each partition; those that are not named stay as they are.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>For each partition whether it was set; UNKNOWN_MEMBER_ID when the group has members.</returns>
    /// <exception cref="ArgumentException">A name is empty, or an index or offset is negative.</exception>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public Task<IReadOnlyDictionary<TopicPartition, AdminResult>> AlterOffsetsAsync(
        string group, IReadOnlyDictionary<TopicPartition, GroupOffset> offsets, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(group);
        ArgumentNullException.ThrowIfNull(offsets);
        Arguments.Check(offsets.Keys, nameof(offsets));
        foreach (var offset in offsets.Values)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(offset.Offset, nameof(offsets));
        }

        return _offsets.AlterAsync(group, offsets, cancellationToken);
    }

    /// <summary>Forgets how far a group has read partitions (OffsetDelete, KIP-496): brokers since Kafka 2.4.</summary>
    /// <param name="group">Its name.</param>
    /// <param name="partitions">The partitions.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>For each partition whether it was forgotten; GROUP_SUBSCRIBED_TO_TOPIC when a member reads its topic.</returns>
    /// <exception cref="ArgumentException">A name is empty, or an index is negative.</exception>
    /// <exception cref="KafkaException">No broker could be asked, or it refused the whole, such as for a group that is not there.</exception>
    public Task<IReadOnlyDictionary<TopicPartition, AdminResult>> DeleteOffsetsAsync(
        string group, IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(group);
        Arguments.Check(partitions, nameof(partitions));
        return _offsets.DeleteAsync(group, partitions, cancellationToken);
    }

    /// <summary>Where share groups are (DescribeShareGroupOffsets, KIP-932): brokers since Kafka 4.1.</summary>
    /// <param name="groups">Their names, each once.</param>
    /// <param name="partitions">Of which partitions; null for all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>For each group where it is, by partition; null where it has not been yet.</returns>
    /// <exception cref="ArgumentException">A name is empty or there twice.</exception>
    /// <exception cref="KafkaException">No broker could be asked, or it is too old.</exception>
    public Task<IReadOnlyDictionary<string, AdminResult<IReadOnlyDictionary<TopicPartition, AdminResult<ShareGroupOffset?>>>>> ListShareOffsetsAsync(
        IReadOnlyCollection<string> groups, IReadOnlyCollection<TopicPartition>? partitions = null, CancellationToken cancellationToken = default)
    {
        Arguments.Check(partitions ?? [], nameof(partitions));
        return _shareOffsets.ListAsync(Arguments.Names(groups, nameof(groups)), partitions, cancellationToken);
    }

    /// <summary>Sets where a share group is (AlterShareGroupOffsets, KIP-932): brokers since Kafka 4.1. The group must have no members. What was delivered and is not done with is forgotten.</summary>
    /// <param name="group">Its name.</param>
    /// <param name="startOffsets">The first offset to be delivered, for each partition; those that are not named stay as they are.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>For each partition whether it was set.</returns>
    /// <exception cref="ArgumentException">A name is empty, or an index or offset is negative.</exception>
    /// <exception cref="KafkaException">No broker could be asked, or it refused the whole, such as NON_EMPTY_GROUP, or is too old.</exception>
    public Task<IReadOnlyDictionary<TopicPartition, AdminResult>> AlterShareOffsetsAsync(
        string group, IReadOnlyDictionary<TopicPartition, long> startOffsets, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(group);
        ArgumentNullException.ThrowIfNull(startOffsets);
        Arguments.Check(startOffsets.Keys, nameof(startOffsets));
        foreach (var offset in startOffsets.Values)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(offset, nameof(startOffsets));
        }

        return _shareOffsets.AlterAsync(group, startOffsets, cancellationToken);
    }

    /// <summary>Forgets where a share group is in topics (DeleteShareGroupOffsets, KIP-932): brokers since Kafka 4.1. The group must have no members.</summary>
    /// <param name="group">Its name.</param>
    /// <param name="topics">The topics' names, each once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>For each topic whether it was forgotten.</returns>
    /// <exception cref="ArgumentException">A name is empty or there twice.</exception>
    /// <exception cref="KafkaException">No broker could be asked, or it refused the whole, such as NON_EMPTY_GROUP, or is too old.</exception>
    public Task<IReadOnlyDictionary<string, AdminResult>> DeleteShareOffsetsAsync(string group, IReadOnlyCollection<string> topics, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(group);
        return _shareOffsets.DeleteAsync(group, Arguments.Names(topics, nameof(topics)), cancellationToken);
    }

    /// <summary>Has members leave a classic group (LeaveGroup, KIP-345). One that is still running joins again.</summary>
    /// <param name="group">The group's name.</param>
    /// <param name="members">The members; null for all that there are.</param>
    /// <param name="reason">Why, for the broker's log (KIP-800); null for nothing.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>For each member whether it has left.</returns>
    /// <exception cref="ArgumentException">The name is empty, or a member has none.</exception>
    /// <exception cref="KafkaException">
    /// No broker could be asked, or it refused the whole, or is too old: members are named by their instance since Kafka 2.4.
    /// </exception>
    public Task<IReadOnlyDictionary<GroupMemberIdentity, AdminResult>> RemoveMembersAsync(
        string group, IReadOnlyCollection<GroupMemberIdentity>? members, string? reason = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(group);
        if (members?.Contains(default) is true)
        {
            throw new ArgumentException("A member is named neither by its id nor by its instance.", nameof(members));
        }

        return _members.RemoveAsync(group, members, reason, cancellationToken);
    }
}
