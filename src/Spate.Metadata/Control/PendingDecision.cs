using Spate.Metadata.Images;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Control;

/// <summary>A decision that waits for its turn, whatever its reply. Either the controller begins it or its caller gives it up, never both.</summary>
/// <param name="watcher">Told of what becomes of it.</param>
internal abstract class PendingDecision(IDecisionWatcher? watcher)
{
    private readonly long _asked = watcher?.Asked() ?? 0;
    private long _began;
    private int _isTaken;

    /// <summary>Its turn has come; false when its caller has given it up.</summary>
    public bool TryBegin()
    {
        if (!TryTake())
        {
            return false;
        }

        _began = watcher?.Began(_asked) ?? 0;
        return true;
    }

    /// <summary>Decides on an image.</summary>
    /// <returns>The records that decide it.</returns>
    public abstract IReadOnlyList<IMetadataRecord> Decide(ClusterImage image);

    /// <summary>Lets the reply leave: everything that it rests on is committed.</summary>
    public void Answer()
    {
        watcher?.Ended(_began, succeeded: true);
        Reply();
    }

    /// <summary>Tells the caller that nothing came of it.</summary>
    public void Fail(Exception failure)
    {
        watcher?.Ended(_began, succeeded: false);
        Reply(failure);
    }

    protected abstract void Reply();

    protected abstract void Reply(Exception failure);

    /// <summary>Its caller loses patience; false when its turn has come already.</summary>
    protected bool TryGiveUp()
    {
        if (!TryTake())
        {
            return false;
        }

        watcher?.GaveUp();
        return true;
    }

    private bool TryTake() => Interlocked.Exchange(ref _isTaken, 1) == 0;
}
