using Spate.Broker.Requests;
using Spate.Metadata.Control;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers;

/// <summary>DeleteTopics 0 to 6; from version 6 on by id as well (KIP-516). The logs are gone from their names when the reply leaves.</summary>
public sealed class DeleteTopicsHandler(Controller controller) : RequestHandler<DeleteTopicsRequest, DeleteTopicsResponse>
{
    protected override async ValueTask<DeleteTopicsResponse?> HandleAsync(DeleteTopicsRequest request, RequestContext context, CancellationToken cancellation) =>
        await controller.DeleteTopicsAsync(request, cancellation);
}
