namespace Spate.Client.Administration;

/// <summary>Which replica is to lead, by Kafka's numbers.</summary>
public enum ElectionType
{
    /// <summary>The first of the replicas, when it is in sync.</summary>
    Preferred = 0,

    /// <summary>Any that is alive, when none that is in sync is: records that were acknowledged may be lost. Brokers since Kafka 2.4.</summary>
    Unclean = 1,
}
