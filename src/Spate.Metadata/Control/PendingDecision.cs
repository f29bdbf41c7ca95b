using Spate.Metadata.Images;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Control;

/// <summary>A decision that waits for its turn, whatever its reply. Either the controller begins it or its caller gives it up, never both.</summary>
internal abstract class PendingDecision
{
    private int _isTaken;

    /// <summary>True for the first who asks.</summary>
    public bool TryTake() => Interlocked.Exchange(ref _isTaken, 1) == 0;

    /// <summary>Decides on an image.</summary>
    /// <returns>The records that decide it.</returns>
    public abstract IReadOnlyList<IMetadataRecord> Decide(ClusterImage image);

    /// <summary>Lets the reply leave: everything that it rests on is committed.</summary>
    public abstract void Answer();

    /// <summary>Tells the caller that nothing came of it.</summary>
    public abstract void Fail(Exception failure);
}
