using System.Globalization;
using Spate.Broker.Requests;
using Spate.Metadata.Control;
using Spate.Metadata.Images;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Configs;

/// <summary>
/// ListConfigResources 0 to 1: names of what has settings. Version 0, which was called ListClientMetricsResources (KIP-1000), knows only
/// subscriptions of clients' metrics; version 1 (KIP-1142) every kind, all of them when none is named.
/// </summary>
public sealed class ListConfigResourcesHandler(Controller controller, int nodeId) : RequestHandler<ListConfigResourcesRequest, ListConfigResourcesResponse>
{
    private static readonly sbyte[] Kinds =
        [ConfigResourceType.Topic, ConfigResourceType.Broker, ConfigResourceType.BrokerLogger, ConfigResourceType.ClientMetrics, ConfigResourceType.Group];

    protected override ValueTask<ListConfigResourcesResponse?> HandleAsync(
        ListConfigResourcesRequest request, RequestContext context, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        IReadOnlyList<sbyte> asked = context.ApiVersion == 0 ? [ConfigResourceType.ClientMetrics]
            : request.ResourceTypes.Count == 0 ? Kinds
            : [.. request.ResourceTypes.Distinct()];
        if (asked.Except(Kinds).Any())
        {
            return new ValueTask<ListConfigResourcesResponse?>(new ListConfigResourcesResponse { ErrorCode = ErrorCode.UnsupportedVersion });
        }

        var image = controller.Image;
        return new ValueTask<ListConfigResourcesResponse?>(new ListConfigResourcesResponse
        {
            ConfigResources =
            [
                .. asked.SelectMany(kind => Names(image, kind).Order(StringComparer.Ordinal)
                    .Select(name => new ListConfigResourcesResponse.ConfigResource { ResourceName = name, ResourceType = kind })),
            ],
        });
    }

    private IEnumerable<string> Names(ClusterImage image, sbyte kind) => kind switch
    {
        ConfigResourceType.Topic => image.TopicsByName.Keys,
        ConfigResourceType.Broker or ConfigResourceType.BrokerLogger => [nodeId.ToString(CultureInfo.InvariantCulture)],
        _ => image.Configs.ByResource.Keys.Where(resource => resource.Type == kind).Select(resource => resource.Name),
    };
}
