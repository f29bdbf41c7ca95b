namespace Spate.Client.Administration;

/// <summary>How a member of a group is named.</summary>
public readonly record struct GroupMemberIdentity
{
    private GroupMemberIdentity(string? memberId, string? instanceId) => (MemberId, InstanceId) = (memberId, instanceId);

    /// <summary>The id that it goes by; null when it is named by its instance.</summary>
    public string? MemberId { get; }

    /// <summary>The name that it keeps over restarts (<c>group.instance.id</c>, KIP-345); null when it is named by its id.</summary>
    public string? InstanceId { get; }

    /// <summary>A member by the id that it goes by.</summary>
    /// <param name="memberId">The id, as its coordinator has given it.</param>
    /// <exception cref="ArgumentException">The id is empty.</exception>
    public static GroupMemberIdentity OfMember(string memberId)
    {
        ArgumentException.ThrowIfNullOrEmpty(memberId);
        return new GroupMemberIdentity(memberId, null);
    }

    /// <summary>A member by the name that it keeps over restarts.</summary>
    /// <param name="instanceId">The name. Kafka: <c>group.instance.id</c>.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public static GroupMemberIdentity OfInstance(string instanceId)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        return new GroupMemberIdentity(null, instanceId);
    }

    /// <summary>In words.</summary>
    public override string ToString() => InstanceId is { } instance ? $"member of instance '{instance}'" : $"member '{MemberId}'";
}
