using Spate.Protocol.Errors;

namespace Spate.Coordination.Runtime;

/// <summary>A timer that is due. Nobody waits for it, so when the log refuses its records it simply tries again later.</summary>
internal sealed class TimerCommand<TState> : ShardCommand<TState>
{
    private readonly ShardTimers _timers;
    private readonly ShardTimer _timer;

    public TimerCommand(ShardTimers timers, ShardTimer timer)
        : base(timer.Key.Group, timer.Access)
    {
        _timers = timers;
        _timer = timer;
    }

    public override void Attach(HashSet<PendingReply> outstanding)
    {
    }

    public override CommandOutcome Execute(TState state) => _timers.TryClaim(_timer) ? _timer.Action() : CommandOutcome.Done;

    public override void Refuse(ErrorCode error) => _timers.Retry(_timer);

    public override void Overdue()
    {
    }

    public override void Release()
    {
    }
}
