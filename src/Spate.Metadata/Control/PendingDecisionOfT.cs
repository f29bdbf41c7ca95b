using Spate.Metadata.Images;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Control;

/// <summary>A decision that waits for its turn.</summary>
/// <param name="decide">Decides on an image; called once.</param>
/// <param name="watcher">Told of what becomes of it.</param>
internal sealed class PendingDecision<TReply>(Func<ClusterImage, Decision<TReply>> decide, IDecisionWatcher? watcher) : PendingDecision(watcher)
{
    // Those who asked go on elsewhere: the loop that decides is not theirs.
    private readonly TaskCompletionSource<TReply> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Decision<TReply>? _decision;

    /// <summary>The reply, once it may leave.</summary>
    public Task<TReply> Replied => _completion.Task;

    public override IReadOnlyList<IMetadataRecord> Decide(ClusterImage image)
    {
        _decision = decide(image);
        return _decision.Records;
    }

    protected override void Reply() => _completion.SetResult(_decision!.Reply);

    protected override void Reply(Exception failure) => _completion.SetException(failure);

    /// <summary>Gives it up, unless its turn has come.</summary>
    public void GiveUp(CancellationToken cancellation)
    {
        if (TryGiveUp())
        {
            _completion.SetCanceled(cancellation);
        }
    }
}
