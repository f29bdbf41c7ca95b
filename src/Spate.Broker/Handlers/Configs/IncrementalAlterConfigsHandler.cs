using System.Globalization;
using Spate.Broker.Logging;
using Spate.Broker.Requests;
using Spate.Metadata.Control;
using Spate.Metadata.Images;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Configs;

/// <summary>
/// IncrementalAlterConfigs 0 to 1 (KIP-339): sets and deletes single settings, adds to lists and takes from them. What is answered without an
/// error holds already. Levels of loggers (KIP-412) are changed here and nowhere kept.
/// </summary>
public sealed class IncrementalAlterConfigsHandler(Controller controller, ConfigAlteration alteration, LeveledLogging logging, int nodeId)
    : RequestHandler<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>
{
    protected override async ValueTask<IncrementalAlterConfigsResponse?> HandleAsync(
        IncrementalAlterConfigsRequest request, RequestContext context, CancellationToken cancellation)
    {
        var order = request.Resources.Select(each => (each.ResourceType, each.ResourceName)).Distinct().ToList();
        var loggers = request.Resources.Where(each => each.ResourceType == ConfigResourceType.BrokerLogger).ToList();
        request.Resources.RemoveAll(each => each.ResourceType == ConfigResourceType.BrokerLogger);
        IncrementalAlterConfigsResponse reply;
        try
        {
            reply = await controller.DecideAsync(image => alteration.Decide(image, request), cancellation);
        }
        catch (IOException failure)
        {
            reply = new IncrementalAlterConfigsResponse
            {
                Responses = [.. request.Resources.Select(each => Reply(each.ResourceType, each.ResourceName, new ConfigFault(ErrorCode.KafkaStorageError, failure.Message)))],
            };
        }

        reply.Responses.AddRange(loggers.GroupBy(each => each.ResourceName, StringComparer.Ordinal)
            .Select(same => Reply(ConfigResourceType.BrokerLogger, same.Key, Alter(same.Key, [.. same], request.ValidateOnly))));
        reply.Responses = [.. reply.Responses.OrderBy(each => order.IndexOf((each.ResourceType, each.ResourceName)))];
        return reply;
    }

    private static IncrementalAlterConfigsResponse.AlterConfigsResourceResponse Reply(sbyte type, string name, ConfigFault? fault) =>
        new() { ErrorCode = fault?.Error ?? ErrorCode.None, ErrorMessage = fault?.Message, ResourceType = type, ResourceName = name };

    private ConfigFault? Alter(string broker, List<IncrementalAlterConfigsRequest.AlterConfigsResource> same, bool validateOnly) =>
        broker != nodeId.ToString(CultureInfo.InvariantCulture)
            ? new ConfigFault(ErrorCode.InvalidRequest, $"Loggers are those of one broker, named by its id, which is {nodeId} here and not '{broker}'.")
        : same.Count > 1
            ? new ConfigFault(ErrorCode.InvalidRequest, "The resource stands in the request more than once; give all its settings together.")
        : LevelAlteration.Alter(logging, same[0].Configs, validateOnly);
}
