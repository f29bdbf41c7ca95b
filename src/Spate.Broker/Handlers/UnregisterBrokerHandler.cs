using Spate.Broker.Requests;
using Spate.Metadata.Control;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers;

/// <summary>UnregisterBroker 0: a broker is gone for good. This one runs, and refuses to be unregistered by itself.</summary>
public sealed class UnregisterBrokerHandler(Controller controller, int nodeId) : RequestHandler<UnregisterBrokerRequest, UnregisterBrokerResponse>
{
    protected override async ValueTask<UnregisterBrokerResponse?> HandleAsync(UnregisterBrokerRequest request, RequestContext context, CancellationToken cancellation)
    {
        try
        {
            return await controller.DecideAsync(image => BrokerUnregistration.Decide(image, request, id => id == nodeId), cancellation);
        }
        catch (IOException failure)
        {
            return new UnregisterBrokerResponse { ErrorCode = ErrorCode.KafkaStorageError, ErrorMessage = failure.Message };
        }
    }
}
