using Spate.Broker.Network;
using Spate.Broker.Requests;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Testing.Faults;

/// <summary>The request is not done, and all that it asks for is answered with the error.</summary>
internal sealed class RefuseAction(ErrorCode error) : FaultAction
{
    public override ValueTask<OutgoingFrame?> AnswerAsync(FaultedCall call)
    {
        var request = call.Request;
        call.Befell();
        if (request.Message is ProduceRequest { Acks: 0 })
        {
            throw new ConnectionProtocolException($"the test refuses its {request.ApiKey} with {error}, and it expects no answer that could say so");
        }

        var reply = RefusedReplies.Of(request.Message, request.Version, error)
            ?? throw new InvalidOperationException($"A refusal of {request.ApiKey} was ordered, and there is none.");
        return new ValueTask<OutgoingFrame?>(ReplyFrame.Of(request.ApiKey, request.Version, request.CorrelationId, reply));
    }
}
