using Spate.Broker.Coordinators;
using Spate.Broker.Requests;
using Spate.Coordination;
using Spate.Metadata;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Transactions;

/// <summary>
/// AddOffsetsToTxn 0 to 4: the partition that keeps a group's offsets becomes part of a transaction, so that they can be committed with it. A
/// producer that speaks TxnOffsetCommit 5 leaves that to the broker (KIP-890).
/// </summary>
public sealed class AddOffsetsToTxnHandler(TransactionCoordinator transactions, GroupCoordinator groups, InternalTopic offsets)
    : RequestHandler<AddOffsetsToTxnRequest, AddOffsetsToTxnResponse>
{
    private const short FirstVersionOfFenced = 2;

    protected override async ValueTask<AddOffsetsToTxnResponse?> HandleAsync(AddOffsetsToTxnRequest request, RequestContext context, CancellationToken cancellation)
    {
        if (!await offsets.EnsureAsync(cancellation))
        {
            return new AddOffsetsToTxnResponse { ErrorCode = ErrorCode.CoordinatorNotAvailable };
        }

        var owner = new TransactionOwner(request.TransactionalId, request.ProducerId, request.ProducerEpoch);
        TopicPartition partition = new(TopicName.ConsumerOffsets, groups.PartitionFor(request.GroupId));
        var error = await transactions.AddPartitionsAsync(owner, [partition], clientVersion: 0);
        return new AddOffsetsToTxnResponse { ErrorCode = FencedProducers.Tell(error, context.ApiVersion, FirstVersionOfFenced) };
    }
}
