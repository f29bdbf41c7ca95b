using Spate.Protocol.Errors;

namespace Spate.Coordination.Runtime;

/// <summary>
/// The answer to one command. A command completes it, or keeps it for a later command to complete; the shard completes those that are
/// left when it ends. Only the first completion counts. The waiting caller goes on elsewhere, never inside the shard's loop.
/// </summary>
public sealed class Reply<TReply> : PendingReply
{
    private readonly TaskCompletionSource<TReply> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Func<ErrorCode, TReply> _refusal;

    internal Reply(Func<ErrorCode, TReply> refusal) => _refusal = refusal;

    public override bool IsCompleted => _source.Task.IsCompleted;

    internal Task<TReply> Task => _source.Task;

    public void Complete(TReply reply)
    {
        Outstanding?.Remove(this);
        Outstanding = null;
        _source.TrySetResult(reply);
    }

    public override void Refuse(ErrorCode error)
    {
        if (!IsCompleted)
        {
            Complete(_refusal(error));
        }
    }
}
