using Spate.Broker.Network;

namespace Spate.Testing.Faults;

/// <summary>The request is not done and never answered, nor is any behind it on its connection, since replies leave in order.</summary>
internal sealed class DropAction : FaultAction
{
    public override async ValueTask<OutgoingFrame?> AnswerAsync(FaultedCall call)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(call.Closed, call.Ended);
        call.Befell();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        throw new ConnectionProtocolException($"the test has dropped its {call.Request.ApiKey}");
    }
}
