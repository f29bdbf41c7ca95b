namespace Spate.Client.Consuming;

/// <summary>Which records of transactions are handed out. Kafka: <c>isolation.level</c>.</summary>
public enum IsolationLevel
{
    /// <summary>All, also those of transactions that are open or were aborted.</summary>
    ReadUncommitted = 0,

    /// <summary>Only those of committed transactions, and those outside of transactions; nothing beyond the first open transaction (KIP-98).</summary>
    ReadCommitted = 1,
}
