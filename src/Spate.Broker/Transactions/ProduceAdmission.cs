using Spate.Broker.Partitions;
using Spate.Coordination;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Transactions;

/// <summary>
/// Finds out which partitions of a Produce with a transactional id may be appended to. Where the transaction is under way already nothing has to be
/// asked, which is so for all of its batches but the first. Safe for use by several threads at once.
/// </summary>
internal sealed class ProduceAdmission(TransactionAdmission admission, PartitionTable partitions)
{
    private const short FirstVersionOfTopicIds = 13;
    private const short FirstVersionOfEnrolment = 12;
    private const short FirstVersionOfAbortable = 11;

    /// <summary>Whether records of a transaction are let in unasked.</summary>
    public static bool Enrols(short version) => version >= FirstVersionOfEnrolment;

    /// <inheritdoc cref="TransactionAdmission.Verifies"/>
    public bool Verifies => admission.Verifies;

    /// <summary>The permits that there are, by partition; a partition without one needs none, or is none.</summary>
    public ValueTask<IReadOnlyDictionary<TopicPartition, AppendPermit>?> AskAsync(ProduceRequest request, short version)
    {
        var enrols = Enrols(version);
        Dictionary<TopicPartition, AppendPermit>? permits = null;
        TransactionOwner? owner = null;
        if (enrols || Verifies)
        {
            foreach (var topic in request.TopicData)
            {
                foreach (var data in topic.PartitionData)
                {
                    Begin(request, topic, data, version, ref owner, ref permits);
                }
            }
        }

        return permits is null || owner is null
            ? new ValueTask<IReadOnlyDictionary<TopicPartition, AppendPermit>?>(permits)
            : FinishAsync(owner.Value, permits, enrols, version);
    }

    /// <summary>What a producer is told who may not append; older versions are told what makes them do the right thing.</summary>
    private static ErrorCode Tell(ErrorCode error, short version) => error switch
    {
        ErrorCode.ProducerFenced => ErrorCode.InvalidProducerEpoch,
        ErrorCode.TransactionAbortable when version < FirstVersionOfAbortable => ErrorCode.InvalidTxnState,

        // Tried again by all of them, without another look for the leader.
        ErrorCode.CoordinatorLoadInProgress or ErrorCode.CoordinatorNotAvailable or ErrorCode.NotCoordinator => ErrorCode.NotEnoughReplicas,
        ErrorCode.ConcurrentTransactions when !Enrols(version) => ErrorCode.NotEnoughReplicas,
        _ => error,
    };

    private void Begin(
        ProduceRequest request,
        ProduceRequest.TopicProduceData topic,
        ProduceRequest.PartitionProduceData data,
        short version,
        ref TransactionOwner? owner,
        ref Dictionary<TopicPartition, AppendPermit>? permits)
    {
        var found = version >= FirstVersionOfTopicIds
            ? partitions.Find(topic.TopicId, data.Index, out var partition)
            : partitions.Find(topic.Name, data.Index, out partition);
        if (found != ErrorCode.None || partition is null || !TransactionalBatch.TryRead(data.Records.Bytes.Span, out var header) || header.ProducerId < 0)
        {
            return;
        }

        var error = partition.BeginVerification(header.ProducerId, header.ProducerEpoch, header.BaseSequence, Enrols(version), out var guard);
        if (error == ErrorCode.None && guard.IsNone)
        {
            return;
        }

        var asking = new TransactionOwner(request.TransactionalId!, header.ProducerId, header.ProducerEpoch);
        owner ??= asking;
        permits ??= [];
        permits[partition.Name] = new AppendPermit(owner == asking ? error : ErrorCode.InvalidProducerIdMapping, guard);
    }

    private async ValueTask<IReadOnlyDictionary<TopicPartition, AppendPermit>?> FinishAsync(
        TransactionOwner owner, Dictionary<TopicPartition, AppendPermit> permits, bool enrols, short version)
    {
        List<TopicPartition> asked = [.. permits.Where(permit => permit.Value.Error == ErrorCode.None).Select(permit => permit.Key)];
        var answers = asked.Count == 0 ? [] : await admission.AskAsync(owner, asked, enrols);
        for (var index = 0; index < asked.Count; index++)
        {
            permits[asked[index]] = permits[asked[index]] with { Error = Tell(answers[index], version) };
        }

        return permits;
    }
}
