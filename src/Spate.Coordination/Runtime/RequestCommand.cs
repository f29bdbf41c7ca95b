using Spate.Protocol.Errors;

namespace Spate.Coordination.Runtime;

/// <summary>A command that a caller waits for.</summary>
internal sealed class RequestCommand<TState, TReply> : ShardCommand<TState>
{
    private readonly Func<TState, Reply<TReply>, CommandOutcome> _execute;
    private readonly Action _release;

    public RequestCommand(
        string key,
        CommandAccess access,
        Func<TState, Reply<TReply>, CommandOutcome> execute,
        Func<ErrorCode, TReply> refusal,
        Action release)
        : base(key, access)
    {
        _execute = execute;
        _release = release;
        Reply = new Reply<TReply>(refusal);
    }

    public Reply<TReply> Reply { get; }

    public override void Attach(HashSet<PendingReply> outstanding)
    {
        outstanding.Add(Reply);
        Reply.Outstanding = outstanding;
    }

    public override CommandOutcome Execute(TState state) => Reply.IsCompleted ? CommandOutcome.Done : _execute(state, Reply);

    public override void Refuse(ErrorCode error) => Reply.Refuse(error);

    public override void Overdue() => Reply.Refuse(ErrorCode.RequestTimedOut);

    public override void Release() => _release();
}
