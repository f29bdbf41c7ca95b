using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Transactions;

/// <summary>
/// What an EndTxn is told in each state. Where each transaction has its own epoch, a request in the epoch before is the repetition of one that
/// was heard, and one in the present epoch is about the present transaction; before that, nothing tells the two apart.
/// </summary>
internal static class EndRules
{
    /// <summary>From this version on EndTxn gives the producer its next epoch (KIP-890).</summary>
    public const short FirstVersionOfBumps = 5;

    public static EndVerdict Judge(Transaction logged, EndTxnRequest request, short clientVersion) =>
        clientVersion >= Transaction.EpochBumpVersion ? JudgeWithBumps(logged, request) : JudgeWithoutBumps(logged, request);

    private static EndVerdict JudgeWithoutBumps(Transaction logged, EndTxnRequest request)
    {
        if (logged.ProducerId != request.ProducerId)
        {
            return EndVerdict.Refused(ErrorCode.InvalidProducerIdMapping);
        }

        if (logged.ProducerEpoch != request.ProducerEpoch)
        {
            return EndVerdict.Refused(ErrorCode.ProducerFenced);
        }

        return logged.State switch
        {
            TransactionState.Ongoing => EndVerdict.Ends,
            TransactionState.PrepareCommit => EndVerdict.Refused(request.Committed ? ErrorCode.ConcurrentTransactions : ErrorCode.InvalidTxnState),
            TransactionState.PrepareAbort => EndVerdict.Refused(request.Committed ? ErrorCode.InvalidTxnState : ErrorCode.ConcurrentTransactions),
            TransactionState.CompleteCommit when request.Committed => EndVerdict.EndedBefore,
            TransactionState.CompleteAbort when !request.Committed => EndVerdict.EndedBefore,
            _ => EndVerdict.Refused(ErrorCode.InvalidTxnState),
        };
    }

    private static EndVerdict JudgeWithBumps(Transaction logged, EndTxnRequest request)
    {
        var isOverflow = logged.IsComplete && logged.PreviousProducerId == request.ProducerId && logged.ProducerId != request.ProducerId
            && request.ProducerEpoch == Transaction.LastGivenEpoch && logged.ProducerEpoch == 0;
        if (logged.ProducerId != request.ProducerId && !isOverflow)
        {
            return EndVerdict.Refused(ErrorCode.InvalidProducerIdMapping);
        }

        var isRepetition = isOverflow || logged.ProducerEpoch == request.ProducerEpoch + 1;
        var isCurrent = !isOverflow && logged.ProducerEpoch == request.ProducerEpoch && !logged.IsFenceOnly;
        return logged.State switch
        {
            TransactionState.Ongoing when isCurrent => EndVerdict.Ends,

            // Nothing was begun, or nothing that the coordinator was told of: a producer that met an error ends what it has anyhow.
            TransactionState.Empty when isCurrent => request.Committed ? EndVerdict.Refused(ErrorCode.InvalidTxnState) : EndVerdict.Ends,
            TransactionState.CompleteCommit or TransactionState.CompleteAbort when isCurrent =>
                request.Committed ? EndVerdict.Refused(ErrorCode.InvalidTxnState) : EndVerdict.Ends,
            TransactionState.PrepareCommit or TransactionState.PrepareAbort when isRepetition =>
                EndVerdict.Refused(request.Committed == (logged.State == TransactionState.PrepareCommit) ? ErrorCode.ConcurrentTransactions : ErrorCode.InvalidTxnState),
            TransactionState.CompleteCommit or TransactionState.CompleteAbort when isRepetition =>
                request.Committed == (logged.State == TransactionState.CompleteCommit) ? EndVerdict.EndedBefore : EndVerdict.Refused(ErrorCode.InvalidTxnState),
            _ => EndVerdict.Refused(ErrorCode.ProducerFenced),
        };
    }
}
