using Spate.Broker.Requests;
using Spate.Metadata.Control;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers;

/// <summary>UpdateFeatures 0 to 2 (KIP-584): the levels of the cluster's features. See <see cref="FeatureUpdate"/> for what each version means.</summary>
public sealed class UpdateFeaturesHandler(Controller controller) : RequestHandler<UpdateFeaturesRequest, UpdateFeaturesResponse>
{
    protected override async ValueTask<UpdateFeaturesResponse?> HandleAsync(UpdateFeaturesRequest request, RequestContext context, CancellationToken cancellation)
    {
        try
        {
            return await controller.DecideAsync(image => FeatureUpdate.Decide(image, request, context.ApiVersion), cancellation);
        }
        catch (IOException failure)
        {
            return new UpdateFeaturesResponse { ErrorCode = ErrorCode.KafkaStorageError, ErrorMessage = failure.Message };
        }
    }
}
