using Spate.Broker.Requests;
using Spate.Metadata.Control;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers;

/// <summary>
/// CreateTopics 0 to 7. A topic that is answered without an error has its logs open and takes records. Version 1 brings validate-only, 5 the
/// settings in the reply, 7 the topic's id.
/// </summary>
public sealed class CreateTopicsHandler(Controller controller) : RequestHandler<CreateTopicsRequest, CreateTopicsResponse>
{
    protected override async ValueTask<CreateTopicsResponse?> HandleAsync(CreateTopicsRequest request, RequestContext context, CancellationToken cancellation) =>
        await controller.CreateTopicsAsync(request, cancellation);
}
