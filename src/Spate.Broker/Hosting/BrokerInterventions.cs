using Spate.Metadata.Control;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Hosting;

/// <summary>
/// What a test does to a running broker that no client could ask for. Each is done by the broker's own roads: a decision of the controller, a
/// command of the coordinator. Safe for use by several threads at once, while the broker runs.
/// </summary>
public sealed class BrokerInterventions
{
    private const sbyte Preferred = 0;

    private readonly BrokerParts _parts;

    internal BrokerInterventions(BrokerParts parts) => _parts = parts;

    /// <summary>Leaves a partition without a leader, until one is elected.</summary>
    /// <returns>UNKNOWN_TOPIC_OR_PARTITION when there is no such partition, LEADER_NOT_AVAILABLE when nobody leads it.</returns>
    /// <exception cref="IOException">The decision could not be made to last.</exception>
    public ValueTask<ErrorCode> DeposeLeaderAsync(TopicPartition partition) =>
        _parts.Controller.DecideAsync(image => LeaderDeposition.Decide(image, partition), CancellationToken.None);

    /// <summary>Elects the preferred leader of a partition, which begins an epoch of its own.</summary>
    /// <returns>UNKNOWN_TOPIC_OR_PARTITION when there is no such partition, ELECTION_NOT_NEEDED when its preferred leader leads it.</returns>
    /// <exception cref="IOException">The decision could not be made to last.</exception>
    public async ValueTask<ErrorCode> ElectLeaderAsync(TopicPartition partition)
    {
        var request = new ElectLeadersRequest
        {
            ElectionType = Preferred,
            TopicPartitions = [new ElectLeadersRequest.ElectionTopic { Topic = partition.Topic, Partitions = [partition.Partition] }],
        };
        var reply = await _parts.Controller.DecideAsync(image => LeaderElection.Decide(image, request, CanLead), CancellationToken.None);
        return reply.ReplicaElectionResults[0].PartitionResult[0].ErrorCode;
    }

    /// <summary>The epoch in which a partition is led, or was led last; null when there is no such partition.</summary>
    public int? LeaderEpochOf(TopicPartition partition) =>
        _parts.Cluster.Image.TryGetTopic(partition.Topic, out var topic) ? topic.FindPartition(partition.Partition)?.LeaderEpoch : null;

    /// <summary>Ends the session of a group's members as if they had been silent for its time.</summary>
    /// <param name="groupId">The group.</param>
    /// <param name="memberId">The member, or null for all of them.</param>
    /// <returns>GROUP_ID_NOT_FOUND or UNKNOWN_MEMBER_ID when there is nobody; COORDINATOR_LOAD_IN_PROGRESS and the like when the group cannot be asked now.</returns>
    public ValueTask<ErrorCode> ExpireMembersAsync(string groupId, string? memberId) => _parts.Groups.ExpireMembersAsync(groupId, memberId);

    private bool CanLead(int node, TopicPartition partition) =>
        node == _parts.Cluster.NodeId && !_parts.Partitions.IsOffline(partition.Topic, partition.Partition);
}
