using Spate.Broker.Configuration;
using Spate.Broker.Requests;
using Spate.Metadata.Control;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers;

/// <summary>
/// DeleteTopics 0 to 6; from version 6 on by id as well (KIP-516). The logs are gone from their names when the reply leaves. Where
/// <c>delete.topic.enable</c> is false, every topic is refused.
/// </summary>
public sealed class DeleteTopicsHandler(Controller controller, BrokerSettings settings) : RequestHandler<DeleteTopicsRequest, DeleteTopicsResponse>
{
    private const short FirstVersionOfDeletionDisabled = 3;

    protected override async ValueTask<DeleteTopicsResponse?> HandleAsync(DeleteTopicsRequest request, RequestContext context, CancellationToken cancellation)
    {
        if (!settings.Values.Get(BrokerKeys.DeleteTopicEnable))
        {
            return Refused(
                request,
                context.ApiVersion >= FirstVersionOfDeletionDisabled ? ErrorCode.TopicDeletionDisabled : ErrorCode.InvalidRequest,
                $"{BrokerKeys.DeleteTopicEnable.Name} is false on this broker, so no topic can be deleted.");
        }

        try
        {
            return await controller.DeleteTopicsAsync(request, cancellation);
        }
        catch (IOException failure)
        {
            return Refused(request, ErrorCode.KafkaStorageError, failure.Message);
        }
    }

    private static DeleteTopicsResponse Refused(DeleteTopicsRequest request, ErrorCode error, string message) => new()
    {
        Responses =
        [
            .. request.TopicNames.Select(name => Refused(name, default, error, message)),
            .. request.Topics.Select(topic => Refused(topic.Name, topic.TopicId, error, message)),
        ],
    };

    private static DeleteTopicsResponse.DeletableTopicResult Refused(string? name, Protocol.Uuid id, ErrorCode error, string message) =>
        new() { Name = name, TopicId = id, ErrorCode = error, ErrorMessage = message };
}
