using Spate.Protocol.Records;

namespace Spate.Storage.Producers;

/// <summary>The rules by which a producer's state admits what comes next; <see cref="ProducerStates"/> says them in words.</summary>
internal static class ProducerRules
{
    public static ProducerCheck Check(
        ProducerState? producer,
        Verification? verification,
        in RecordBatchHeader batch,
        AppendOrigin origin,
        VerificationGuard guard,
        bool mustVerify)
    {
        var isOfClient = origin == AppendOrigin.Client;
        if (batch.ProducerEpoch < 0 || (isOfClient && batch.BaseSequence < 0))
        {
            return ProducerCheck.Of(ProducerCheckOutcome.InvalidRecord);
        }

        if (isOfClient && producer is not null && producer.TryFind(batch, out var first))
        {
            return new ProducerCheck(ProducerCheckOutcome.Duplicate, first.FirstOffset, first.LastOffset, first.Timestamp);
        }

        if (mustVerify && batch.IsTransactional && !IsVerified(producer, verification, batch, guard))
        {
            return ProducerCheck.Of(ProducerCheckOutcome.InvalidTransactionState);
        }

        if (producer is not null && batch.ProducerEpoch < producer.Epoch)
        {
            return ProducerCheck.Of(ProducerCheckOutcome.InvalidProducerEpoch);
        }

        if (isOfClient && !IsInSequence(producer, verification, batch))
        {
            return ProducerCheck.Of(ProducerCheckOutcome.OutOfOrderSequence);
        }

        return producer is { InTransaction: true } && !batch.IsTransactional
            ? ProducerCheck.Of(ProducerCheckOutcome.InvalidTransactionState)
            : ProducerCheck.Accepted;
    }

    public static ProducerCheck Check(ProducerState producer, in TransactionMarker marker, short transactionVersion)
    {
        var isLate = marker.ProducerEpoch < producer.Epoch
            || (transactionVersion >= 2 && marker.ProducerEpoch == producer.Epoch && producer.InTransaction);
        if (isLate)
        {
            return ProducerCheck.Of(ProducerCheckOutcome.InvalidProducerEpoch);
        }

        return marker.CoordinatorEpoch < producer.CoordinatorEpoch
            ? ProducerCheck.Of(ProducerCheckOutcome.TransactionCoordinatorFenced)
            : ProducerCheck.Accepted;
    }

    private static bool IsVerified(ProducerState? producer, Verification? verification, in RecordBatchHeader batch, VerificationGuard guard) =>
        (producer is { InTransaction: true } && producer.Epoch == batch.ProducerEpoch)
        || (verification is not null && verification.Guard == guard);

    private static bool IsInSequence(ProducerState? producer, Verification? verification, in RecordBatchHeader batch)
    {
        if (verification is not null)
        {
            var mustBeginAtZero = verification.BumpsEpoch && (producer is null || producer.IsEmpty);
            if (batch.BaseSequence > verification.LowestSequence || (mustBeginAtZero && batch.BaseSequence != 0))
            {
                return false;
            }
        }

        if (producer is null || producer.Epoch < 0)
        {
            return true;
        }

        return batch.ProducerEpoch == producer.Epoch
            ? batch.BaseSequence == RecordBatchHeader.AddToSequence(producer.LastSequence, 1)
            : batch.BaseSequence == 0;
    }
}
