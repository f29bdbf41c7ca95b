namespace Spate.Client.Administration;

/// <summary>What a client may do to a resource, by Kafka's numbers (KIP-11, KIP-430).</summary>
public enum AclOperation
{
    /// <summary>An operation that this client does not know.</summary>
    Unknown = 0,

    /// <summary>Reading: records of a topic, or offsets of a group and being its member.</summary>
    Read = 3,

    /// <summary>Writing records, or under a transactional id.</summary>
    Write = 4,

    /// <summary>Creating: topics where it is the cluster's, the topic where it is a topic's.</summary>
    Create = 5,

    /// <summary>Deleting the resource, a topic's records among it.</summary>
    Delete = 6,

    /// <summary>Changing the resource, such as a topic's partitions or the cluster's access rules.</summary>
    Alter = 7,

    /// <summary>Being told of the resource.</summary>
    Describe = 8,

    /// <summary>What brokers ask of each other.</summary>
    ClusterAction = 9,

    /// <summary>Being told of the resource's settings.</summary>
    DescribeConfigs = 10,

    /// <summary>Changing the resource's settings.</summary>
    AlterConfigs = 11,

    /// <summary>Writing with idempotence, which brokers before Kafka 2.8 asked a right of its own for.</summary>
    IdempotentWrite = 12,

    /// <summary>Creating delegation tokens (KIP-373).</summary>
    CreateTokens = 13,

    /// <summary>Being told of delegation tokens (KIP-373).</summary>
    DescribeTokens = 14,

    /// <summary>Preparing transactions that somebody else decides about (KIP-939).</summary>
    TwoPhaseCommit = 15,
}
