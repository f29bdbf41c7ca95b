using Spate.Broker.Cluster;
using Spate.Broker.Requests;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers;

/// <summary>
/// InitProducerId 0 to 5: an id for a producer that wants its records once and in order (KIP-98). Such a producer gets a new id with epoch 0
/// each time, also when it names the one that it had (KIP-360). A transactional one needs a coordinator, and there is none here yet: it is refused
/// with the error by which <see cref="FindCoordinatorHandler"/> refuses it, for every client takes that as final, where one that comes here
/// without asking who coordinates would try COORDINATOR_NOT_AVAILABLE again until its patience ends.
/// </summary>
public sealed class InitProducerIdHandler(ProducerIdBlocks ids) : RequestHandler<InitProducerIdRequest, InitProducerIdResponse>
{
    private const long NoId = -1;
    private const short NoEpoch = -1;

    protected override async ValueTask<InitProducerIdResponse?> HandleAsync(InitProducerIdRequest request, RequestContext context, CancellationToken cancellation)
    {
        if (Refusal(request) is { } error)
        {
            return Refused(error);
        }

        try
        {
            // An id beyond the last that can be: no retry helps, and nothing was given.
            return await ids.NextAsync(cancellation) is { } id
                ? new InitProducerIdResponse { ProducerId = id, ProducerEpoch = 0 }
                : Refused(ErrorCode.UnknownServerError);
        }
        catch (IOException)
        {
            // The log of decisions has told the operator.
            return Refused(ErrorCode.KafkaStorageError);
        }
    }

    private static ErrorCode? Refusal(InitProducerIdRequest request)
    {
        if (request.TransactionalId is "" || (request.ProducerId == NoId) != (request.ProducerEpoch == NoEpoch))
        {
            return ErrorCode.InvalidRequest;
        }

        return request.TransactionalId is null ? null : ErrorCode.TransactionalIdAuthorizationFailed;
    }

    private static InitProducerIdResponse Refused(ErrorCode error) => new() { ErrorCode = error, ProducerId = NoId, ProducerEpoch = NoEpoch };
}
