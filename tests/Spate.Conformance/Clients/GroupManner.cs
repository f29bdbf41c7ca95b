namespace Spate.Conformance.Clients;

/// <summary>How the members of a group agree on who has what.</summary>
public enum GroupManner
{
    /// <summary>By the classic protocol: all give everything up and are assigned anew.</summary>
    Eager,

    /// <summary>By the classic protocol: only partitions that move are given up.</summary>
    Cooperative,

    /// <summary>By the consumer protocol (KIP-848): the broker assigns.</summary>
    ConsumerProtocol,
}
