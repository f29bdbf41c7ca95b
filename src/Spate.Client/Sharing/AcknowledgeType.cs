namespace Spate.Client.Sharing;

/// <summary>What is said of an offset that was acquired, by Kafka's numbers.</summary>
internal enum AcknowledgeType : sbyte
{
    /// <summary>There is no record.</summary>
    Gap = 0,

    /// <summary>It is done with.</summary>
    Accept = 1,

    /// <summary>It is to be delivered again.</summary>
    Release = 2,

    /// <summary>It is never to be delivered again.</summary>
    Reject = 3,

    /// <summary>It needs more time.</summary>
    Renew = 4,
}
