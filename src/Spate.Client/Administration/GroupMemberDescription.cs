using Spate.Protocol;

namespace Spate.Client.Administration;

/// <summary>A member of a group.</summary>
/// <param name="MemberId">The id that it goes by.</param>
/// <param name="InstanceId">The name that it keeps over restarts (<c>group.instance.id</c>, KIP-345); null when it has none.</param>
/// <param name="ClientId">Its <c>client.id</c>.</param>
/// <param name="Host">Where it speaks from.</param>
/// <param name="Assignment">The partitions that it has; empty in groups that assign something else. In a streams group those of the topics that its active tasks read.</param>
public sealed record GroupMemberDescription(string MemberId, string? InstanceId, string ClientId, string Host, IReadOnlyList<TopicPartition> Assignment)
{
    /// <summary>The topics that it subscribes to; empty in groups that do something else, and while a classic group is not stable.</summary>
    public IReadOnlyList<string> Topics { get; init; } = [];

    /// <summary>The pattern of topics that it subscribes to (KIP-848); null without one.</summary>
    public string? TopicPattern { get; init; }

    /// <summary>Where it stands (<c>client.rack</c>); null when it does not say.</summary>
    public string? Rack { get; init; }

    /// <summary>The epoch that it has reached (KIP-848); null in a classic group.</summary>
    public int? Epoch { get; init; }

    /// <summary>The partitions that it is to have when the group has settled (KIP-848); null in a classic group.</summary>
    public IReadOnlyList<TopicPartition>? TargetAssignment { get; init; }

    /// <summary>What it says of itself, in the words of the group's protocol type; empty in groups that the coordinator assigns.</summary>
    public ReadOnlyMemory<byte> ProtocolMetadata { get; init; }

    /// <summary>What is assigned to it, in the words of the group's protocol type; empty in groups that the coordinator assigns.</summary>
    public ReadOnlyMemory<byte> ProtocolAssignment { get; init; }

    /// <summary>The tasks that it has (KIP-1071); null in a group of another kind.</summary>
    public StreamsMemberTasks? Tasks { get; init; }

    /// <summary>The tasks that it is to have when the group has settled (KIP-1071); null in a group of another kind.</summary>
    public StreamsMemberTasks? TargetTasks { get; init; }
}
