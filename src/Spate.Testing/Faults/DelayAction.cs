using Spate.Broker.Network;

namespace Spate.Testing.Faults;

/// <summary>The request is done in its turn, and the reply is held back by the clock of the broker.</summary>
internal sealed class DelayAction(TimeSpan time, TimeProvider clock) : FaultAction
{
    public override ValueTask<OutgoingFrame?> AnswerAsync(FaultedCall call) => AnswerAsync(call.Work(), call);

    private async ValueTask<OutgoingFrame?> AnswerAsync(ValueTask<OutgoingFrame?> work, FaultedCall call)
    {
        var reply = await work.ConfigureAwait(false);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(call.Closed, call.Ended, call.Lifted);

        // However the wait ends, the reply is the connection's to send or to throw away.
        var delay = Task.Delay(time, clock, ending.Token);
        call.Befell();
        await delay.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return reply;
    }
}
