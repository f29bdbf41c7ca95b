using Spate.Client.Consuming.Groups.Assignors;

namespace Spate.Client.Consuming;

/// <summary>The assignors that come with the client. They understand those of the same name of other clients, so that groups may be mixed.</summary>
public static class PartitionAssignors
{
    /// <summary>Deals each topic by itself, in stretches: members of the same place get the partitions of the same numbers of all topics. Name: <c>range</c>.</summary>
    public static IPartitionAssignor Range { get; } = new RangeAssignor();

    /// <summary>Deals all partitions of all topics out in turn. Name: <c>roundrobin</c>.</summary>
    public static IPartitionAssignor RoundRobin { get; } = new RoundRobinAssignor();

    /// <summary>As even as possible, and as much as possible as it was. All stop during a rebalance. Name: <c>sticky</c>.</summary>
    public static IPartitionAssignor Sticky { get; } = new StickyAssignor();

    /// <summary>As even as possible, and as much as possible as it was. Only partitions that change hands stop. Name: <c>cooperative-sticky</c>.</summary>
    public static IPartitionAssignor CooperativeSticky { get; } = new CooperativeStickyAssignor();
}
