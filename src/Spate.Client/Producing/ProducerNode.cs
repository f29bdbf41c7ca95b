namespace Spate.Client.Producing;

/// <summary>What the sender knows of one broker. Belongs to the sender's loop.</summary>
internal sealed class ProducerNode
{
    /// <summary>
    /// Requests that are not settled yet, in the order in which they were sent. They are settled in that order too, so that callers hear of their records in
    /// order, and a complaint about a number is seen after the news of those before it.
    /// </summary>
    public Queue<ProduceDraft> UnderWay { get; } = new();

    /// <summary>The clock's timestamp until which the broker wants to be left alone (KIP-219).</summary>
    public long MutedUntil { get; set; }

    /// <summary>The attempt to connect that is under way, or the last one.</summary>
    public Task? Connecting { get; set; }

    /// <summary>Why the last attempt failed, until one succeeds.</summary>
    public KafkaException? LastFailure { get; set; }
}
