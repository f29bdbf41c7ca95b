using Spate.Protocol.Errors;

namespace Spate.Coordination.Runtime;

/// <summary>An answer that somebody waits for, whatever its type. Completed by the shard's loop only.</summary>
public abstract class PendingReply
{
    /// <summary>The replies that end with the shard, this one among them until it is completed.</summary>
    internal HashSet<PendingReply>? Outstanding { get; set; }

    public abstract bool IsCompleted { get; }

    /// <summary>Answers with an error.</summary>
    public abstract void Refuse(ErrorCode error);
}
