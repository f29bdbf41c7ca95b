using Spate.Broker.Network;

namespace Spate.Testing.Faults;

/// <summary>The connection is closed on the client, at one of three points of its request.</summary>
internal sealed class BreakAction(BreakPoint point) : FaultAction
{
    public override ValueTask<OutgoingFrame?> AnswerAsync(FaultedCall call)
    {
        if (point != BreakPoint.BeforeWork)
        {
            return AnswerAsync(call.Work(), call);
        }

        call.Befell();
        throw Broken(call);
    }

    private async ValueTask<OutgoingFrame?> AnswerAsync(ValueTask<OutgoingFrame?> work, FaultedCall call)
    {
        using var reply = await work.ConfigureAwait(false);
        call.Befell();
        return point == BreakPoint.WithinReply && reply is not null ? OutgoingFrame.Torn(FirstHalf(reply)) : throw Broken(call);
    }

    private static ConnectionProtocolException Broken(FaultedCall call) => new($"the test breaks off its {call.Request.ApiKey}");

    private static byte[] FirstHalf(OutgoingFrame reply)
    {
        var half = new byte[reply.Length / 2];
        var filled = 0;
        foreach (var part in reply.Parts)
        {
            var length = Math.Min(part.Length, half.Length - filled);
            var target = half.AsSpan(filled, length);
            if (part.Source is { } source)
            {
                source.Read(0, target);
            }
            else
            {
                part.Bytes.Span[..length].CopyTo(target);
            }

            filled += length;
        }

        return half;
    }
}
