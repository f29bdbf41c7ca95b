using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Client.Consuming;

/// <summary>What a broker was last told of a partition within a fetch session, and what it last told.</summary>
internal sealed class SessionPartition
{
    public Uuid TopicId { get; set; }

    public long Offset { get; set; }

    public int LeaderEpoch { get; set; }

    /// <summary>The request that last wanted it, by the session's count.</summary>
    public long Turn { get; set; }

    /// <summary>The end of the partition as last heard; -1 before that. A broker is silent about a partition of which nothing has changed.</summary>
    public long EndOffset { get; set; } = -1;

    /// <summary>What the response that is being looked at says of it; null when it says nothing.</summary>
    public FetchResponse.PartitionData? Answer { get; set; }

    public bool Says(in FetchAsk ask) => Offset == ask.Offset && LeaderEpoch == ask.LeaderEpoch;
}
