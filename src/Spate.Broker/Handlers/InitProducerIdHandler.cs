using Spate.Broker.Cluster;
using Spate.Broker.Handlers.Transactions;
using Spate.Broker.Requests;
using Spate.Coordination;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers;

/// <summary>
/// InitProducerId 0 to 5: an id for a producer that wants its records once and in order (KIP-98). One without a transactional id gets a new id with
/// epoch 0 each time, also when it names the one that it had (KIP-360). With one it is the coordinator that gives it, which fences whoever had
/// the transactional id before.
/// </summary>
public sealed class InitProducerIdHandler(ProducerIdBlocks ids, TransactionCoordinator transactions) : RequestHandler<InitProducerIdRequest, InitProducerIdResponse>
{
    private const short FirstVersionOfFenced = 4;
    private const long NoId = -1;
    private const short NoEpoch = -1;

    protected override async ValueTask<InitProducerIdResponse?> HandleAsync(InitProducerIdRequest request, RequestContext context, CancellationToken cancellation)
    {
        if (request.TransactionalId is "" || (request.ProducerId == NoId) != (request.ProducerEpoch == NoEpoch))
        {
            return Refused(ErrorCode.InvalidRequest);
        }

        if (request.TransactionalId is not null)
        {
            var given = await transactions.InitProducerIdAsync(request, cancellation);
            given.ErrorCode = FencedProducers.Tell(given.ErrorCode, context.ApiVersion, FirstVersionOfFenced);
            return given;
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

    private static InitProducerIdResponse Refused(ErrorCode error) => new() { ErrorCode = error, ProducerId = NoId, ProducerEpoch = NoEpoch };
}
