using Spate.Broker.Requests;
using Spate.Metadata.Control;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers;

/// <summary>
/// CreatePartitions 0 to 3 (KIP-195): more partitions for topics that are there. A topic that is answered without an error has the logs of its new
/// partitions open and takes records.
/// </summary>
public sealed class CreatePartitionsHandler(Controller controller, PartitionCreation creation) : RequestHandler<CreatePartitionsRequest, CreatePartitionsResponse>
{
    protected override async ValueTask<CreatePartitionsResponse?> HandleAsync(CreatePartitionsRequest request, RequestContext context, CancellationToken cancellation)
    {
        try
        {
            return await controller.DecideAsync(image => creation.Decide(image, request), cancellation);
        }
        catch (IOException failure)
        {
            return new CreatePartitionsResponse
            {
                Results =
                [
                    .. request.Topics.Select(topic => new CreatePartitionsResponse.CreatePartitionsTopicResult
                    {
                        Name = topic.Name,
                        ErrorCode = ErrorCode.KafkaStorageError,
                        ErrorMessage = failure.Message,
                    }),
                ],
            };
        }
    }
}
