using Spate.Broker.Requests;
using Spate.Metadata.Control;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Configs;

/// <summary>
/// AlterConfigs 0 to 2: what the request does not give of a resource has its default again. Kept for clients that know nothing newer. What is
/// answered without an error holds already.
/// </summary>
public sealed class AlterConfigsHandler(Controller controller, ConfigAlteration alteration) : RequestHandler<AlterConfigsRequest, AlterConfigsResponse>
{
    protected override async ValueTask<AlterConfigsResponse?> HandleAsync(AlterConfigsRequest request, RequestContext context, CancellationToken cancellation)
    {
        try
        {
            return await controller.DecideAsync(image => alteration.Decide(image, request), cancellation);
        }
        catch (IOException failure)
        {
            return new AlterConfigsResponse
            {
                Responses =
                [
                    .. request.Resources.Select(each => new AlterConfigsResponse.AlterConfigsResourceResponse
                    {
                        ErrorCode = ErrorCode.KafkaStorageError,
                        ErrorMessage = failure.Message,
                        ResourceType = each.ResourceType,
                        ResourceName = each.ResourceName,
                    }),
                ],
            };
        }
    }
}
