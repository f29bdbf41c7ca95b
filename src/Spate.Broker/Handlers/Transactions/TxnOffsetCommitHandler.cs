using Spate.Broker.Cluster;
using Spate.Broker.Partitions;
using Spate.Broker.Requests;
using Spate.Broker.Transactions;
using Spate.Coordination;
using Spate.Metadata;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Transactions;

/// <summary>
/// TxnOffsetCommit 0 to 5: offsets that a group has read to, committed together with a producer's records. Up to version 4 the producer has made
/// the group part of its transaction, which is verified; from 5 on that is done here (KIP-890). From version 3 on the member is named, and
/// fenced when its group has gone on without it (KIP-447). Partitions that do not exist are refused one by one.
/// </summary>
internal sealed class TxnOffsetCommitHandler(TransactionAdmission admission, GroupCoordinator groups, PartitionTable partitions, ClusterView cluster)
    : RequestHandler<TxnOffsetCommitRequest, TxnOffsetCommitResponse>
{
    private const short FirstVersionOfLoading = 2;
    private const short FirstVersionOfAbortable = 4;
    private const short FirstVersionOfEnrolment = 5;

    protected override async ValueTask<TxnOffsetCommitResponse?> HandleAsync(TxnOffsetCommitRequest request, RequestContext context, CancellationToken cancellation)
    {
        var version = context.ApiVersion;
        var strangers = TakeOutStrangers(request);
        var (error, guard) = await AdmitAsync(request, version);
        var response = error == ErrorCode.None
            ? await groups.TxnOffsetCommitAsync(request, guard)
            : Refused(request.Topics, error);
        Merge(response, Refused(strangers, ErrorCode.UnknownTopicOrPartition));
        foreach (var partition in response.Topics.SelectMany(topic => topic.Partitions))
        {
            partition.ErrorCode = Tell(partition.ErrorCode, version);
        }

        return response;
    }

    private static ErrorCode Tell(ErrorCode error, short version) => error switch
    {
        // Producers of that time take "still loading" for a failure.
        ErrorCode.CoordinatorLoadInProgress when version < FirstVersionOfLoading => ErrorCode.CoordinatorNotAvailable,
        ErrorCode.TransactionAbortable when version < FirstVersionOfAbortable => ErrorCode.InvalidTxnState,
        ErrorCode.ProducerFenced => ErrorCode.InvalidProducerEpoch,
        _ => error,
    };

    private static TxnOffsetCommitResponse Refused(List<TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic> topics, ErrorCode error) => new()
    {
        Topics = topics.ConvertAll(topic => new TxnOffsetCommitResponse.TxnOffsetCommitResponseTopic
        {
            Name = topic.Name,
            Partitions = topic.Partitions.ConvertAll(partition => new TxnOffsetCommitResponse.TxnOffsetCommitResponsePartition
            {
                PartitionIndex = partition.PartitionIndex,
                ErrorCode = error,
            }),
        }),
    };

    private static void Merge(TxnOffsetCommitResponse response, TxnOffsetCommitResponse refused)
    {
        foreach (var topic in refused.Topics)
        {
            if (response.Topics.Find(other => other.Name == topic.Name) is { } answered)
            {
                answered.Partitions.AddRange(topic.Partitions);
            }
            else
            {
                response.Topics.Add(topic);
            }
        }
    }

    private List<TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic> TakeOutStrangers(TxnOffsetCommitRequest request)
    {
        var strangers = new List<TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic>();
        foreach (var topic in request.Topics)
        {
            var known = cluster.Image.TryGetTopic(topic.Name, out var found) ? found : null;
            var unknown = topic.Partitions.FindAll(partition => known?.FindPartition(partition.PartitionIndex) is null);
            if (unknown.Count > 0)
            {
                topic.Partitions.RemoveAll(unknown.Contains);
                strangers.Add(new TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic { Name = topic.Name, Partitions = unknown });
            }
        }

        request.Topics.RemoveAll(topic => topic.Partitions.Count == 0);
        return strangers;
    }

    /// <summary>Makes sure that what is to be written belongs to a transaction that is under way, or will be refused by the log if that ends meanwhile.</summary>
    private async ValueTask<(ErrorCode Error, long? Guard)> AdmitAsync(TxnOffsetCommitRequest request, short version)
    {
        var enrols = version >= FirstVersionOfEnrolment;
        if (!enrols && !admission.Verifies)
        {
            return (ErrorCode.None, null);
        }

        TopicPartition name = new(TopicName.ConsumerOffsets, groups.PartitionFor(request.GroupId));
        if (partitions.Find(name.Topic, name.Partition, out var partition) != ErrorCode.None)
        {
            return (ErrorCode.NotCoordinator, null);
        }

        var error = partition!.BeginVerification(request.ProducerId, request.ProducerEpoch, firstSequence: 0, bumpsEpoch: false, out var guard);
        if (error != ErrorCode.None || guard.IsNone)
        {
            return (error == ErrorCode.None ? error : ErrorCode.NotCoordinator, guard.Number);
        }

        var owner = new TransactionOwner(request.TransactionalId, request.ProducerId, request.ProducerEpoch);
        return ((await admission.AskAsync(owner, [name], enrols))[0], guard.Number);
    }
}
