using Spate.Broker.Requests;
using Spate.Metadata.Control;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers;

/// <summary>DeleteTopics 0 to 6; from version 6 on by id as well (KIP-516). The logs are gone from their names when the reply leaves.</summary>
public sealed class DeleteTopicsHandler(Controller controller) : RequestHandler<DeleteTopicsRequest, DeleteTopicsResponse>
{
    protected override async ValueTask<DeleteTopicsResponse?> HandleAsync(DeleteTopicsRequest request, RequestContext context, CancellationToken cancellation)
    {
        try
        {
            return await controller.DeleteTopicsAsync(request, cancellation);
        }
        catch (IOException failure)
        {
            return new DeleteTopicsResponse
            {
                Responses =
                [
                    .. request.TopicNames.Select(name => Undecided(name, default, failure)),
                    .. request.Topics.Select(topic => Undecided(topic.Name, topic.TopicId, failure)),
                ],
            };
        }
    }

    private static DeleteTopicsResponse.DeletableTopicResult Undecided(string? name, Protocol.Uuid id, IOException failure) =>
        new() { Name = name, TopicId = id, ErrorCode = ErrorCode.KafkaStorageError, ErrorMessage = failure.Message };
}
